// SPDX-License-Identifier: MIT
// Tells whoever watches how far booting has come.
#pragma once
#include "core/kernel/drivers/tracepoint.h"

namespace lucid::kernel {

using abi::BootPhase;

inline void reached(BootPhase phase) { trace(Trace::boot_phase, static_cast<u64>(phase)); }

}  // namespace lucid::kernel
