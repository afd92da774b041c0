// SPDX-License-Identifier: MIT
// MSRs that are kept and read back but have no effect here: there is neither a cache nor a machine check
// (SDM vol. 3, 11.11 and 15.3).
#pragma once
#include "core/cpu/state.h"

namespace lucid::cpu {

/// IA32_MTRRCAP: eight variable ranges, the fixed ones, write combining. IA32_MCG_CAP: four banks.
constexpr u64 mtrr_capabilities = 0x508, machine_check_capabilities = 4;

/// Where such an MSR is kept; null = this is none of them.
u64* inert_msr(State& state, u32 index);
/// Whether it takes the value: no unknown memory type, no reserved bit, only zero for an error report.
bool inert_msr_takes(u32 index, u64 value);

}  // namespace lucid::cpu
