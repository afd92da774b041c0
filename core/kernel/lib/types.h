// SPDX-License-Identifier: MIT
// Fixed-width integers and the page size, as every file of the kernel uses them.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace lucid::kernel {

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i8 = int8_t;
using i16 = int16_t;
using i32 = int32_t;
using i64 = int64_t;

constexpr u64 page_size = 4096;
constexpr u64 page_mask = page_size - 1;
constexpr u64 page_down(u64 address) { return address & ~page_mask; }
constexpr u64 page_up(u64 address) { return (address + page_mask) & ~page_mask; }

template <typename T>
constexpr T min(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
constexpr T max(T a, T b) {
  return a < b ? b : a;
}

}  // namespace lucid::kernel
