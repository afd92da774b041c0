// SPDX-License-Identifier: MIT
// The kernel thread that reclaims memory when whoever needs it could not (mm/reclaim.h) and a process is about to be
// killed for it: it goes on while that one waits, and holds no memory that it would need itself.
#pragma once

namespace lucid::kernel {

void start_kswapd();
void wake_kswapd();

}  // namespace lucid::kernel
