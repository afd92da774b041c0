// SPDX-License-Identifier: MIT
// How the processor came to be at work on a system call, and how it goes back: from the registers, and from
// the frame that the kernel's doors leave at the very top of the task's stack (core/kernel/trap/trapframe.h).
#pragma once
#include <optional>

#include "core/inspect/descriptors.h"
#include "core/inspect/images.h"
#include "core/inspect/views.h"

namespace lucid::inspect {

/// `calls` is the present backtrace(). Nothing when the kernel is not at work on a system call, or something
/// has interrupted it there.
std::optional<SyscallPathView> syscall_path(const Guest& guest, const Symbolizer& symbols,
                                            const std::vector<StackFrame>& calls, const SystemTablesView& tables);

}  // namespace lucid::inspect
