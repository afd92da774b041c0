// SPDX-License-Identifier: MIT
#include "web/state_json.h"

#include <iterator>

#include "web/json.h"

namespace lucid::web {
namespace {

const char* name(abi::TaskState state) {
  static constexpr const char* names[] = {"unused",   "created", "ready",  "running",
                                          "sleeping", "stopped", "zombie", "dead"};
  const auto index = static_cast<unsigned>(state);
  return index < std::size(names) ? names[index] : "?";
}

const char* name(abi::WaitReason reason) {
  static constexpr const char* names[] = {"",     "child", "pipe read", "pipe write", "terminal", "sleep",
                                          "stop", "other", "poll",      "futex",      "disk",     "signal"};
  const auto index = static_cast<unsigned>(reason);
  return index < std::size(names) ? names[index] : "?";
}

const char* name(session::Stop stop) {
  switch (stop) {
    case session::Stop::limit:
      return "limit";
    case session::Stop::idle:
      return "idle";
    case session::Stop::event:
      return "event";
    case session::Stop::breakpoint:
      return "breakpoint";
    case session::Stop::powered_off:
      return "powered-off";
    case session::Stop::panicked:
      return "panicked";
    case session::Stop::dead:
      return "dead";
  }
  return "?";
}

const char* name(mem::WalkResult::Outcome outcome) {
  using Outcome = mem::WalkResult::Outcome;
  switch (outcome) {
    case Outcome::mapped:
      return "mapped";
    case Outcome::not_present:
      return "not present";
    case Outcome::reserved_bit:
      return "reserved bit";
    case Outcome::bad_table:
      return "table outside RAM";
    case Outcome::not_canonical:
      return "not canonical";
  }
  return "?";
}

void write_registers(Json& json, const cpu::State& state) {
  static constexpr const char* names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                          "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  json.key("registers").begin_object();
  for (unsigned i = 0; i < state.gpr.size(); ++i) json.key(names[i]).hex(state.gpr[i]);
  json.key("rip").hex(state.rip).key("rflags").hex(state.rflags);
  json.key("cs").hex(state.segment[cpu::cs].selector).key("ss").hex(state.segment[cpu::ss].selector);
  json.key("cr0").hex(state.cr0).key("cr2").hex(state.cr2).key("cr3").hex(state.cr3).key("cr4").hex(state.cr4);
  json.key("efer").hex(state.efer).end_object();
}

void write_processes(Json& json, const inspect::ProcessesView& view) {
  json.key("currentPid").number(view.current_pid);
  json.key("processes").begin_array();
  for (const inspect::ProcessView& process : view.processes) {
    json.begin_object().key("pid").number(process.pid).key("parent").number(process.parent_pid);
    json.key("name").text(process.name).key("state").text(name(process.state));
    json.key("waitingFor").text(name(process.wait_reason)).key("current").boolean(process.current);
    json.key("exitStatus").number(process.exit_status).key("cpuTicks").number(process.cpu_ticks);
    json.key("residentFrames").number(process.resident_frames).key("program").text(process.program);
    json.key("colour").number(process.colour).end_object();
  }
  json.end_array().key("runQueue").begin_array();
  for (const u32 pid : view.run_queue) json.number(pid);
  json.end_array();
}

void write_stats(Json& json, const session::Stats& stats) {
  json.key("stats")
      .begin_object()
      .key("pageFaults")
      .number(stats.page_faults)
      .key("cowCopies")
      .number(stats.cow_copies);
  json.key("contextSwitches").number(stats.context_switches).key("systemCalls").number(stats.system_calls);
  json.key("interrupts").number(stats.interrupts).key("forks").number(stats.forks).key("execs").number(stats.execs);
  json.key("signals").number(stats.signals).end_object();
}

}  // namespace

std::string state_json(const session::Session& session) {
  const inspect::RegistersView view = session.registers();
  Json json;
  json.begin_object().key("instruction").number(session.instruction()).key("time").number(session.time());
  json.key("mode").text(view.mode).key("cpl").number(view.state.cpl()).key("place").text(view.place.text());
  json.key("source").text(view.place.line == 0 ? "" : view.place.file + ":" + std::to_string(view.place.line));
  json.key("halted")
      .boolean(session.halted())
      .key("stop")
      .text(name(session.last_stop()))
      .key("over")
      .boolean(session.over());
  if (session.last_stop() == session::Stop::powered_off) json.key("exitStatus").number(session.exit_status());
  if (session.over()) json.key("deathReason").text(session.death_reason());
  write_registers(json, view.state);
  write_processes(json, session.processes());
  write_stats(json, session.stats());
  json.key("events").begin_object().key("count").number(session.events().count());
  json.key("hash").hex(session.events().hash()).end_object();
  return json.end_object().str();
}

std::string memory_map_json(const session::Session& session, u32 pid) {
  static constexpr const char* kinds[] = {"anonymous", "text", "data", "bss", "heap", "stack", "file", "vdso"};
  const inspect::MemoryMapView view = session.memory_map(pid);
  Json json;
  json.begin_object().key("pid").number(pid).key("valid").boolean(view.valid).key("whyNot").text(view.why_not);
  json.key("areas").begin_array();
  for (const inspect::VmaView& area : view.vmas) {
    const auto kind = static_cast<unsigned>(area.kind);
    const char permissions[] = {area.flags & abi::vma_read ? 'r' : '-', area.flags & abi::vma_write ? 'w' : '-',
                                area.flags & abi::vma_exec ? 'x' : '-', area.flags & abi::vma_shared ? 's' : 'p', 0};
    json.begin_object().key("start").hex(area.start.value).key("end").hex(area.end.value);
    json.key("permissions").text(permissions).key("kind").text(kind < std::size(kinds) ? kinds[kind] : "?");
    json.key("file").text(area.file).key("residentPages").number(area.resident_pages);
    json.key("copyOnWritePages").number(area.shared_pages).end_object();
  }
  return json.end_array().end_object().str();
}

std::string walk_json(const session::Session& session, u32 pid, Gva address) {
  const inspect::WalkView view = session.walk(pid, address);
  const mem::WalkResult& result = view.result;
  Json json;
  json.begin_object()
      .key("address")
      .hex(address.value)
      .key("pid")
      .number(pid)
      .key("outcome")
      .text(name(result.outcome));
  json.key("physical").hex(result.physical.value).key("pageBytes").number(result.page_bytes);
  json.key("writable").boolean(result.writable).key("user").boolean(result.user);
  json.key("noExecute").boolean(result.no_execute).key("explanation").text(view.explanation);
  json.key("steps").begin_array();
  for (unsigned i = 0; i < result.step_count; ++i) {
    const mem::WalkStep& step = result.steps[i];
    json.begin_object().key("level").number(step.level).key("index").number(step.index);
    json.key("entryAt").hex(step.entry_at.value).key("entry").hex(step.entry).end_object();
  }
  return json.end_array().end_object().str();
}

std::string event_json(const trace::Event& event, const std::string& detail) {
  const trace::KindInfo& info = trace::info(event.kind);
  Json json;
  json.begin_object().key("kind").text(info.json_name).key("instruction").number(event.instruction);
  json.key("time").number(event.time).key("pid").number(event.pid).key("args").begin_object();
  for (unsigned i = 0; i < 7 && info.arg_names[i][0] != '\0'; ++i) json.key(info.arg_names[i]).hex(event.args[i]);
  json.end_object();
  if (!detail.empty()) json.key("detail").text(detail);
  return json.end_object().str();
}

}  // namespace lucid::web
