// SPDX-License-Identifier: MIT
// What the kernel keeps about one process beyond its memory: open files, signals, limits, scheduling.
#pragma once
#include "core/inspect/kernel_tables.h"
#include "core/inspect/views.h"

namespace lucid::inspect {

ProcessDetailsView process_details(const Guest& guest, u32 pid);
SchedView sched_view(const KernelTables& kernel, const Task& task);

}  // namespace lucid::inspect
