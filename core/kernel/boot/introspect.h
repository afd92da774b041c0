// SPDX-License-Identifier: MIT
// Tells whoever looks at the machine from outside where the kernel's tables are.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

void publish_introspection();
/// The rate of the ticks that the published tick count counts has changed.
void publish_tick_rate(u32 ticks_per_second);

}  // namespace lucid::kernel
