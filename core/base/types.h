// SPDX-License-Identifier: MIT
// Fixed-width integers and the address types. A guest virtual address is not a guest physical
// address; mixing them up does not compile.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>

namespace lucid {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u128 = unsigned __int128;
using i128 = __int128;

constexpr u64 page_size = 4096;
constexpr u64 page_mask = page_size - 1;

/// Guest virtual ("linear") address: what an instruction uses once its segment base is added.
struct Gva {
  u64 value = 0;
  friend constexpr auto operator<=>(Gva, Gva) = default;
  constexpr Gva operator+(u64 offset) const { return {value + offset}; }
  constexpr Gva page() const { return {value & ~page_mask}; }
  constexpr u64 page_offset() const { return value & page_mask; }
};

/// Guest physical address: what the MMU hands to RAM and devices.
struct Gpa {
  u64 value = 0;
  friend constexpr auto operator<=>(Gpa, Gpa) = default;
  constexpr Gpa operator+(u64 offset) const { return {value + offset}; }
  constexpr Gpa page() const { return {value & ~page_mask}; }
  constexpr u64 page_offset() const { return value & page_mask; }
  constexpr u64 frame_number() const { return value / page_size; }
};

}  // namespace lucid
