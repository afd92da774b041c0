// SPDX-License-Identifier: MIT
#include "core/session/stats.h"

#include "core/abi/tracepoint.h"

namespace lucid::session {

void Stats::count(const trace::Event& event) {
  using trace::Kind;
  switch (event.kind) {
    case Kind::fault_resolved:
      ++page_faults;
      cow_copies += event.args[2] == static_cast<u64>(abi::FaultOutcome::cow_copied);
      break;
    case Kind::switched:
      ++context_switches;
      break;
    case Kind::syscall_entered:
      ++system_calls;
      break;
    case Kind::interrupt_delivered:
      ++interrupts;
      break;
    case Kind::forked:
      ++forks;
      break;
    case Kind::execed:
      ++execs;
      break;
    case Kind::signal_delivered:
      ++signals;
      break;
    default:
      break;
  }
}

}  // namespace lucid::session
