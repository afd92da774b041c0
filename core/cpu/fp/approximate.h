// SPDX-License-Identifier: MIT
// RCPxS and RSQRTxS: 12-bit approximations, the same bits as Intel's processors give (measured: from the
// middle of the interval that the leading fraction bits leave open, rounded to 13 significant bits).
// No exceptions; denormals count as zeros, tiny results are zeros; MXCSR plays no part.
#pragma once
#include "core/base/types.h"

namespace lucid::cpu::fp {

u32 approximate_reciprocal(u32 a);
u32 approximate_reciprocal_root(u32 a);

}  // namespace lucid::cpu::fp
