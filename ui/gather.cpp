// SPDX-License-Identifier: MIT
#include "ui/gather.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/session/code_patch.h"
#include "ui/draw.h"

namespace lucid::ui {
namespace {

constexpr u64 entries_around = 8;                    // of a page table
constexpr u64 stack_below = 24, stack_above = 1024;  // bytes
constexpr u64 bytes_shown = 4096;

void gather_walk(Picture& p, const session::Session& session, Gva address) {
  p.walk = session.walk(p.pid, address);
  p.walk_tables.clear();
  for (unsigned i = 0; i < p.walk.result.step_count; ++i) {
    const mem::WalkStep& step = p.walk.result.steps[i];
    const Gpa first{step.entry_at.value & ~(entries_around * 8 - 1)};
    const std::vector<u8> raw = session.read_physical(first, entries_around * 8);
    std::vector<u64> entries(raw.size() / 8);
    if (!entries.empty()) std::memcpy(entries.data(), raw.data(), entries.size() * 8);
    p.walk_tables.push_back(std::move(entries));
  }
}

void gather_bytes(Picture& p, const session::Session& session, Gva address) {
  const u64 wanted = address.value - std::min(address.value, Picture::bytes_before);
  p.bytes_at = Gva{std::max(wanted, address.value & ~page_mask) & ~u64{15}};
  if (const u64 above = p.bytes_at.value & ~u64{15}; wanted < above) {
    const Gva lower{wanted & ~u64{15}};
    const auto bytes = session.read_memory(p.pid, lower, above - lower.value);
    if (bytes.size() == above - lower.value) p.bytes_at = lower;  // the page before is there, too
  }
  p.bytes = session.read_memory(p.pid, p.bytes_at, bytes_shown);
}

/// A stack is used from its end: what was never touched before that is left out.
void trim_untouched(std::vector<inspect::PageView>& pages) {
  constexpr std::ptrdiff_t kept = 2;
  const auto first = std::find_if(pages.begin(), pages.end(), [](const auto& page) { return page.present; });
  if (first - pages.begin() > kept) pages.erase(pages.begin(), first - kept);
}

void gather_spaces(Picture& p, const session::Session& session) {
  p.spaces.clear();
  for (const auto& process : p.processes.processes) {
    if (process.page_root == 0) continue;
    Space space;
    space.map = session.memory_map(process.pid);
    for (const auto& vma : space.map.vmas) {
      const u64 count = std::min((vma.end.value - vma.start.value) / page_size, Space::most_pages);
      const Gva from = vma.flags & abi::vma_grows_down ? Gva{vma.end.value - count * page_size} : vma.start;
      space.pages.push_back(session.pages(process.pid, from, count));
      if (vma.flags & abi::vma_grows_down) trim_untouched(space.pages.back());
    }
    if (!space.map.vmas.empty()) p.spaces.push_back(std::move(space));
  }
}

/// The listing is where the reader went in it until time goes on.
void gather_code(Picture& p, const Selection& s, const session::Session& session, Gva rip) {
  constexpr unsigned before = 12, after = 24;  // instructions
  p.code = session.disassembly(rip, before, after);
  p.code_elsewhere.clear();
  if (!s.code.empty()) p.code_elsewhere = session.disassembly(s.code.back(), before, after);
  p.code_at = s.code.empty() ? rip : s.code.back();
}

/// The files of the archives never change: read once, and a file's contents when it is chosen.
void gather_files(Picture& p, const Selection& s, const session::Session& session) {
  if (p.files.empty()) p.files = session.files();
  const auto* process = p.process(p.pid);
  const std::string wanted = !s.file.empty() ? s.file : process ? process->program : "/boot/kernel.elf";
  if (wanted == p.file || wanted.empty()) return;
  p.file = wanted;
  p.elf = session.elf_parts(wanted);
  p.file_bytes = session.file_bytes(wanted, 0, Picture::most_file_bytes);
  p.file_size = p.file_bytes.size();
  for (const auto& file : p.files)
    if (file.path == wanted && file.target.empty()) p.file_size = std::max(p.file_size, file.size);
}

void gather_tables(Picture& p, const session::Session& session) {
  p.tables = session.system_tables();
  p.gates.clear();
  for (const auto& gate : p.tables.idt) p.gates.push_back(session.place(gate.handler));
}

/// When the kernel left again: the next return to a program, or switch to another task.
std::optional<u64> end_of_trap(const session::Session& session, u64 number) {
  constexpr u64 most = 4096;  // events looked at
  std::optional<u64> end;
  session.record().read(number + 1, std::min(session.events_before_now(), number + most), [&](u64, const auto& e) {
    if (!end && (e.kind == trace::Kind::returned_to_user || e.kind == trace::Kind::switched)) end = e.time;
  });
  return end;
}

bool gather_syscall(Trap& trap, const session::Session& session) {
  trap.call = session.syscall_path();
  if (!trap.call) return false;
  trap.known = true;
  trap.kind = trace::Kind::syscall_entered;
  trap.number = trap.call->number, trap.time = trap.call->time, trap.pid = trap.call->pid;
  trap.handler = trap.call->entry_place;
  return true;
}

void gather_trap(Picture& p, const session::Session& session) {
  using trace::Kind;
  p.trap = {};
  if (gather_syscall(p.trap, session)) return;
  const auto kinds =
      trace::KindSet{}.with(Kind::interrupt_delivered).with(Kind::exception_raised).with(Kind::software_interrupt);
  const auto number =
      session.record().find_last(kinds, session.events_before_now(), [](const trace::Event&) { return true; });
  if (!number) return;
  const trace::Event e = session.record().at(*number);
  Trap& trap = p.trap;
  trap.known = true;
  trap.number = *number, trap.time = e.time, trap.pid = e.pid, trap.kind = e.kind;
  trap.vector = static_cast<u8>(e.args[0]);
  const bool exception = e.kind == Kind::exception_raised;
  trap.from = Gva{e.args[exception ? 3 : 1]};
  if (exception) trap.error = e.args[1], trap.cr2 = e.args[2], trap.has_error = e.args[4] != 0;
  trap.place = session.place(trap.from);
  for (const auto& gate : p.tables.idt)
    if (gate.vector == trap.vector) trap.handler = session.place(gate.handler);
  const auto end = end_of_trap(session, *number);
  trap.over = end.has_value();
  trap.over_at = end.value_or(0);
}

/// Code it points to by its symbol, text by its first characters.
RegisterNote note_of(const session::Session& session, u32 pid, u64 value) {
  constexpr u64 longest = 40, shortest = 3;
  RegisterNote note;
  if (value < page_size) return note;
  note.symbol = session.place(Gva{value}).text();
  const std::vector<u8> bytes = session.read_memory(pid, Gva{value}, longest);
  for (const u8 byte : bytes) {
    if (byte < 32 || byte >= 127) {
      if (byte != 0 && byte != '\n') note.text.clear();
      break;
    }
    note.text += static_cast<char>(byte);
  }
  if (note.text.size() < shortest) note.text.clear();
  return note;
}

void gather_notes(Picture& p, const session::Session& session) {
  const u32 pid = p.registers.state.cpl() == 3 ? p.processes.current_pid : 0;
  for (unsigned i = 0; i < 16; ++i) p.notes[i] = note_of(session, pid, p.registers.state.gpr[i]);
  p.notes[16] = {p.registers.place.text(), ""};
}

/// The address spaces of other programs are not there to be looked at: of those the address.
std::string place_text(const session::BreakpointView& breakpoint, const session::Session& session) {
  const Gva at = breakpoint.places.front();
  if (!breakpoint.program.empty()) return hexadecimal(at.value) + " in " + breakpoint.program;
  const inspect::Place place = session.place(at);
  if (place.symbol.empty()) return hexadecimal(at.value);
  return short_name(place.text()) + (place.line != 0 ? "  " + place.source() : "");
}

void gather_stops(Picture& p, const session::Session& session) {
  const std::vector<u32>& hits = session.last_hit().ids;
  const bool stands = session.last_stop() == session::Stop::breakpoint;
  p.stops.clear();
  for (auto& each : session.breakpoint_list()) {
    StopLine line{std::move(each), "", stands && std::find(hits.begin(), hits.end(), each.id) != hits.end()};
    if (!line.breakpoint.places.empty()) line.where = place_text(line.breakpoint, session);
    p.stops.push_back(std::move(line));
  }
}

}  // namespace

std::string hit_text(const session::Session& session) {
  const std::vector<u32>& hits = session.last_hit().ids;
  std::string text;
  for (const auto& each : session.breakpoint_list())
    if (std::find(hits.begin(), hits.end(), each.id) != hits.end()) text += (text.empty() ? "" : ", ") + each.text;
  return text;
}

void gather_cheap(Picture& p, const session::Session& session) {
  p.registers = session.registers();
  p.stats = session.stats();
  p.over = session.over();
  p.stopped = session.last_stop() == session::Stop::breakpoint ? hit_text(session) : "";
  p.ending = session.over() ? session.death_reason() : "";
}

void gather_costly(Picture& p, Selection& s, const session::Session& session, Need needs) {
  p.processes = session.processes();
  gather_stops(p, session);
  if (p.processes.current_pid != 0) s.last_user = p.processes.current_pid;
  if (s.process != 0 && !p.process(s.process)) s.process = 0;
  if (s.last_user != 0 && !p.process(s.last_user)) s.last_user = 0;
  if (s.last_user == 0 && !p.processes.processes.empty()) s.last_user = p.processes.processes.back().pid;
  p.following = s.process == 0;
  p.pid = p.following ? s.last_user : s.process;
  const Gva rip = session::next_instruction(session);
  if (std::exchange(p.current_code, rip) != rip) s.code.clear();
  if (has(needs, Need::code)) gather_code(p, s, session, rip);
  if (has(needs, Need::stack)) p.stack = session.stack(stack_below, stack_above);
  if (has(needs, Need::map)) p.map = session.memory_map(p.pid);
  if (has(needs, Need::frames)) p.frames = session.frames();
  const Gva chosen = s.has_address ? s.address : p.current_code;
  if (has(needs, Need::walk)) gather_walk(p, session, chosen);
  if (has(needs, Need::bytes)) gather_bytes(p, session, chosen);
  if (has(needs, Need::spaces)) gather_spaces(p, session);
  if (has(needs, Need::files)) gather_files(p, s, session);
  p.event_filter = s.events;
  if (has(needs, Need::events)) p.events = list_events(session, s.events);
  if (has(needs, Need::tables)) gather_tables(p, session);
  if (has(needs, Need::trap)) gather_trap(p, session);
  if (has(needs, Need::details)) p.details = session.process_details(p.pid);
  if (has(needs, Need::kernel)) p.kernel = session.kernel_state();
  if (has(needs, Need::notes)) gather_notes(p, session);
  if (has(needs, Need::tlb)) p.tlb = session.tlb();
}

}  // namespace lucid::ui
