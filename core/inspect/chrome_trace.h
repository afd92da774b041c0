// SPDX-License-Identifier: MIT
// Events as a trace file that Perfetto and chrome://tracing open ("Trace Event Format", JSON array
// form): a track that shows who had the processor, and a track per process with its system calls,
// faults and interrupts as nested slices, and the rest as instants. Times are virtual, in microseconds.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/trace/event.h"

namespace lucid::inspect {

class ChromeTrace {
 public:
  /// What to write for an event; the first piece begins the array. `text`: as for event_json.
  std::string add(const trace::Event& event, const std::string& text);
  /// Closes what is open, and the array.
  std::string finish(u64 time);

 private:
  struct Slice {
    u64 since = 0;  // ticks
    std::string name, category, detail;
  };
  struct Track {
    std::string name;
    bool announced = false;
    std::vector<Slice> open;  // outermost first
  };

  Track& track(u32 pid);
  void line(const std::string& fields);
  void slice(u32 pid, const Slice& slice, u64 until);
  void instant(u32 pid, u64 time, const std::string& name, const trace::Event& event, const std::string& text);
  void leave(u32 pid, u64 time, const std::string& text);
  void leave_all(u32 pid, u64 time);
  void run(u32 pid, u64 time);

  std::map<u32, Track> tracks_{{1, {"init", false, {}}}};
  u32 running_ = 0;
  u64 running_since_ = 0;
  std::string out_;
  bool begun_ = false;
};

}  // namespace lucid::inspect
