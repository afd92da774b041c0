// SPDX-License-Identifier: MIT
// What the processor says it is: exactly what it does.
#pragma once
#include "core/cpu/state.h"

namespace lucid::cpu {

struct CpuidResult {
  u32 eax = 0, ebx = 0, ecx = 0, edx = 0;
};
CpuidResult cpuid_leaf(const State& state, u32 leaf, u32 subleaf);

}  // namespace lucid::cpu
