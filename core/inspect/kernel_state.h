// SPDX-License-Identifier: MIT
// What the kernel keeps about the whole machine: interrupts, the scheduler, page cache and swap, programs on
// their way to being run.
#pragma once
#include "core/inspect/guest.h"
#include "core/inspect/views.h"

namespace lucid::inspect {

KernelStateView kernel_state(const Guest& guest);

}  // namespace lucid::inspect
