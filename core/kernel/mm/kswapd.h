// SPDX-License-Identifier: MIT
// The kernel thread that reclaims memory: woken below the low watermark it frees frames up to the high one. Whoever
// is about to need memory reclaims too (mm/reclaim.h); while that one waits for its disk, kswapd goes on.
#pragma once

namespace lucid::kernel {

void start_kswapd();
void wake_kswapd();

}  // namespace lucid::kernel
