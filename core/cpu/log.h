// SPDX-License-Identifier: MIT
// How the processor tells the event log what happened. The clock must be exact: see Core::sync_clock.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu {

template <typename... Args>
void log(Core& c, trace::Kind kind, Args... args) {
  const bus::Clock& clock = c.wiring.clock;
  const trace::EventLog::Stamp stamp{clock.retired, clock.now(), c.wiring.current_pid, static_cast<u8>(c.cpl())};
  c.wiring.log.append(stamp, kind, static_cast<u64>(args)...);
}

}  // namespace lucid::cpu
