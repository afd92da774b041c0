// SPDX-License-Identifier: MIT
#include "core/cpu/inert_msrs.h"

namespace lucid::cpu {
namespace {

constexpr u32 mcg_status = 0x17a, mtrr_variable = 0x200, mtrr_default = 0x2ff, bank_registers = 0x400;
constexpr u32 mtrr_fixed[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f};
constexpr u64 beyond_physical = ~((u64{1} << 40) - 1);

/// UC, WC, WT, WP, WB.
bool is_memory_type(u64 byte) { return byte == 0 || byte == 1 || (byte >= 4 && byte <= 6); }

bool are_memory_types(u64 value) {
  for (unsigned i = 0; i < 8; ++i)
    if (!is_memory_type(value >> 8 * i & 0xff)) return false;
  return true;
}

bool takes_variable(u32 index, u64 value) {
  const bool is_mask = index & 1;
  return !(value & beyond_physical) && (is_mask ? !(value & 0x7ff) : is_memory_type(value & 0xff) && !(value & 0xf00));
}

/// CTL takes none or all (but for the bits that old Linux leaves out), STATUS nothing but zero.
bool bank_takes(u32 which, u64 value) {
  constexpr u64 left_out = 1 << 10 | 1;
  if (which == 0) return value == 0 || (value | left_out) == ~u64{0};
  return which != 1 || value == 0;
}

template <typename Array>
u64* element(Array& array, u32 index, u32 first) {
  return index - first < array.size() ? &array[index - first] : nullptr;
}

}  // namespace

u64* inert_msr(State& state, u32 index) {
  InertMsrs& m = state.inert;
  for (unsigned i = 0; i < m.mtrr_fixed.size(); ++i)
    if (index == mtrr_fixed[i]) return &m.mtrr_fixed[i];
  if (index == mtrr_default) return &m.mtrr_default;
  if (index == mcg_status) return &m.mcg_status;
  u64* const variable = element(m.mtrr_variable, index, mtrr_variable);
  return variable ? variable : element(m.banks, index, bank_registers);
}

bool inert_msr_takes(u32 index, u64 value) {
  if (index == mcg_status) return true;
  if (index == mtrr_default) return is_memory_type(value & 0xff) && !(value & ~u64{0xcff});
  if (index >= bank_registers) return bank_takes(index & 3, value);
  return index < mtrr_fixed[0] ? takes_variable(index, value) : are_memory_types(value);
}

}  // namespace lucid::cpu
