// SPDX-License-Identifier: MIT
// Pseudo-random numbers, seeded by the TSC: a run on our machine repeats exactly, as all of it does.
// Not for keys.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

u64 random_u64();

}  // namespace lucid::kernel
