// SPDX-License-Identifier: MIT
// Announcements to whoever watches the machine: core/abi/tracepoint.h. One OUT each, nothing else.
#pragma once
#include "core/abi/tracepoint.h"
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

using abi::Trace;

void trace(Trace kind, u64 a0 = 0, u64 a1 = 0, u64 a2 = 0, u64 a3 = 0, u64 a4 = 0);

}  // namespace lucid::kernel
