// SPDX-License-Identifier: MIT
#include "core/inspect/chrome_trace.h"

#include <cstring>
#include <utility>

#include "core/inspect/event_json.h"
#include "core/inspect/syscall_text.h"

namespace lucid::inspect {
namespace {

using trace::Event;
using trace::Kind;

constexpr int all_tracks = 86;  // the "process" of the trace that holds them
constexpr int processor_track = 0;

/// Ticks of 10 ns as microseconds with two decimals.
std::string microseconds(u64 ticks) {
  const u64 hundredths = ticks % 100;
  return std::to_string(ticks / 100) + (hundredths < 10 ? ".0" : ".") + std::to_string(hundredths);
}

std::string field(const char* name, const std::string& json) { return std::string(",\"") + name + "\":" + json; }
std::string text_field(const char* name, const std::string& text) { return field(name, json_string(text)); }

std::string comm(const Event& execed) {
  char text[17] = {};
  std::memcpy(text, &execed.args[1], 8);
  std::memcpy(text + 8, &execed.args[2], 8);
  return text;
}

bool enters_kernel(Kind kind) {
  return kind == Kind::syscall_entered || kind == Kind::exception_raised || kind == Kind::interrupt_delivered;
}

bool is_noise(Kind kind) {
  switch (kind) {
    case Kind::instruction_retired:
    case Kind::memory_read:
    case Kind::memory_written:
    case Kind::console_output:
    case Kind::console_input:
    case Kind::control_written:
    case Kind::msr_written:
    case Kind::frame_allocated:
    case Kind::frame_freed:
    case Kind::irq_raised:
      return true;
    default:
      return false;
  }
}

std::string entry_name(const Event& event) {
  if (event.kind == Kind::syscall_entered) return syscall_name(event.args[0]);
  if (event.kind == Kind::exception_raised)
    return event.args[0] == 14 ? "page fault" : "exception " + std::to_string(event.args[0]);
  return "interrupt " + std::to_string(event.args[0]);
}

}  // namespace

void ChromeTrace::line(const std::string& fields) {
  out_ += begun_ ? ",\n" : "[\n";
  begun_ = true;
  out_ += "{\"pid\":" + std::to_string(all_tracks) + fields + "}";
}

ChromeTrace::Track& ChromeTrace::track(u32 pid) {
  Track& t = tracks_[pid];
  if (!t.announced) {
    t.announced = true;
    if (!begun_) line(",\"ph\":\"M\",\"name\":\"process_name\",\"args\":{\"name\":\"lucid86\"}");
    const std::string name = pid == processor_track ? "processor" : std::to_string(pid) + " " + t.name;
    line(",\"ph\":\"M\",\"tid\":" + std::to_string(pid) +
         ",\"name\":\"thread_name\",\"args\":{\"name\":" + json_string(name) + "}");
  }
  return t;
}

void ChromeTrace::slice(u32 pid, const Slice& slice, u64 until) {
  std::string fields = ",\"ph\":\"X\",\"tid\":" + std::to_string(pid) + ",\"ts\":" + microseconds(slice.since) +
                       ",\"dur\":" + microseconds(until - slice.since) + text_field("name", slice.name) +
                       text_field("cat", slice.category);
  if (!slice.detail.empty()) fields += ",\"args\":{\"call\":" + json_string(slice.detail) + "}";
  line(fields);
}

void ChromeTrace::instant(u32 pid, u64 time, const std::string& name, const Event& event, const std::string& text) {
  line(",\"ph\":\"i\",\"s\":\"t\",\"tid\":" + std::to_string(pid) + ",\"ts\":" + microseconds(time) +
       text_field("name", name) + text_field("cat", trace::category_name(trace::info(event.kind).category)) +
       ",\"args\":{\"event\":" + event_json(event, text) + "}");
}

void ChromeTrace::leave(u32 pid, u64 time, const std::string& text) {
  Track& t = track(pid);
  if (t.open.empty()) return;
  t.open.back().detail = text;
  slice(pid, t.open.back(), time);
  t.open.pop_back();
}

void ChromeTrace::leave_all(u32 pid, u64 time) {
  while (!track(pid).open.empty()) leave(pid, time, "");
}

void ChromeTrace::run(u32 pid, u64 time) {
  if (pid == running_) return;
  if (running_ != 0 && time > running_since_) {
    track(processor_track);
    slice(processor_track, {running_since_, std::to_string(running_) + " " + tracks_[running_].name, "switch", ""},
          time);
  }
  running_ = pid;
  running_since_ = time;
}

std::string ChromeTrace::add(const Event& event, const std::string& text) {
  const u64 time = event.time;
  if (event.kind == Kind::switched) {
    run(static_cast<u32>(event.args[1]), time);
  } else if (event.kind == Kind::returned_to_user) {
    // What was nested in the kernel (a fault of its own) is over, too.
    while (track(event.pid).open.size() > 1) leave(event.pid, time, "");
    leave(event.pid, time, text);
  } else if (enters_kernel(event.kind) && event.pid != 0) {
    track(event.pid).open.push_back(
        {time, entry_name(event), trace::category_name(trace::info(event.kind).category), ""});
  } else if (!is_noise(event.kind) && !enters_kernel(event.kind)) {
    if (event.kind == Kind::execed) {
      Track& t = tracks_[static_cast<u32>(event.args[0])];
      t.name = comm(event);
      t.announced = false;  // by its new name
    } else if (event.kind == Kind::forked) {
      tracks_[static_cast<u32>(event.args[1])].name = tracks_[static_cast<u32>(event.args[0])].name;
    }
    track(event.pid);
    instant(event.pid, time, trace::info(event.kind).json_name, event, text);
    if (event.kind == Kind::exited) leave_all(static_cast<u32>(event.args[0]), time);
  }
  return std::exchange(out_, {});
}

std::string ChromeTrace::finish(u64 time) {
  run(0, time);
  for (const auto& [pid, each] : tracks_) leave_all(pid, time);
  out_ += begun_ ? "\n]\n" : "[]\n";
  return std::exchange(out_, {});
}

}  // namespace lucid::inspect
