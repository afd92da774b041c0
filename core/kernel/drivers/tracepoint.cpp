// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/tracepoint.h"

#include "core/kernel/arch/interrupts.h"
#include "core/kernel/arch/io.h"
#include "core/kernel/mm/layout.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

void trace(Trace kind, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4) {
  InterruptsOff off;  // one record for all
  static abi::TraceRecord record;
  record.kind = static_cast<u32>(kind);
  record.pid = current ? current->pid : 0;
  record.args[0] = a0, record.args[1] = a1, record.args[2] = a2, record.args[3] = a3, record.args[4] = a4;
  out32({abi::trace_port}, static_cast<u32>(image_to_physical(&record)));
}

}  // namespace lucid::kernel
