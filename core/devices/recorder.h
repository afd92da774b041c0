// SPDX-License-Identifier: MIT
// How devices log facts: they say what happened, this adds when and in whose time. Device events
// carry privilege level 0: a device does not know who is running.
#pragma once
#include "core/bus/clock.h"
#include "core/trace/event_log.h"

namespace lucid::devices {

class Recorder {
 public:
  Recorder(trace::EventLog& log, const bus::Clock& clock, const u32& current_pid)
      : log_(log), clock_(clock), current_pid_(current_pid) {}

  void record(trace::Kind kind, u64 a0 = 0, u64 a1 = 0, u64 a2 = 0, u64 a3 = 0, u64 a4 = 0, u64 a5 = 0) {
    log_.append({clock_.retired, clock_.now(), current_pid_, 0}, kind, a0, a1, a2, a3, a4, a5);
  }

 private:
  trace::EventLog& log_;
  const bus::Clock& clock_;
  const u32& current_pid_;
};

}  // namespace lucid::devices
