// SPDX-License-Identifier: MIT
// What repeated string instructions do to host memory: as if element by element in the direction
// given, but in blocks. Elements are numbered by address; `down` works on the last one first.
//
// Native, per second: 4 G elements and more moved and stored, 2 G and more compared or scanned.
#pragma once
#include <cstring>

#include "core/base/types.h"

namespace lucid::cpu::exec {

template <typename T>
inline T element(const u8* from, u64 i) {
  T value;
  std::memcpy(&value, from + i * sizeof(T), sizeof(T));
  return value;
}

/// Each byte becomes the one `distance` below (above, when down) it: what lies between the operands
/// is repeated. The part that is right already doubles with every copy.
inline void repeat_pattern(u8* to, u64 bytes, u64 distance, bool down) {
  u64 ready = distance;  // next to the destination, on the side of the source
  for (u64 left = bytes; left != 0;) {
    const u64 now = left < ready ? left : ready;
    if (down) {
      std::memcpy(to + left - now, to + left - now + ready, now);
    } else {
      u8* at = to + (bytes - left);
      std::memcpy(at, at - ready, now);
    }
    left -= now;
    ready += now;
  }
}

template <typename T>
inline void copy_elements(u8* to, const u8* from, u64 count, bool down) {
  const u64 bytes = count * sizeof(T);
  const bool reads_what_it_wrote = down ? to < from && from < to + bytes : from < to && to < from + bytes;
  if (!reads_what_it_wrote) {
    std::memmove(to, from, bytes);
    return;
  }
  const u64 distance = static_cast<u64>(down ? from - to : to - from);
  if (distance >= sizeof(T)) {
    repeat_pattern(to, bytes, distance, down);
    return;
  }
  for (u64 i = 0; i < count; ++i) {
    const u64 at = down ? count - 1 - i : i;
    const T value = element<T>(from, at);
    std::memcpy(to + at * sizeof(T), &value, sizeof(T));
  }
}

template <typename T>
inline void fill_elements(u8* to, T value, u64 count) {
  const u8 low = static_cast<u8>(value);
  if (value == static_cast<T>(low * (~u64{0} / 255))) {
    std::memset(to, low, count * sizeof(T));
    return;
  }
  for (u64 i = 0; i < count; ++i) std::memcpy(to + i * sizeof(T), &value, sizeof(T));
}

/// How many of `count` elements are looked at until one, the last of these, `decides`; all if none
/// does. Whole blocks first: that loop has no exit, so compilers make vectors of it.
template <typename Decides>
inline u64 elements_until(u64 count, bool down, Decides decides) {
  constexpr u64 block = 32;
  u64 before = 0;
  for (; count - before >= block; before += block) {
    const u64 lowest = down ? count - before - block : before;
    unsigned any = 0;
    for (u64 i = 0; i < block; ++i) any |= decides(lowest + i);
    if (any) break;
  }
  while (before < count && !decides(down ? count - 1 - before : before)) ++before;
  return before < count ? before + 1 : count;
}

}  // namespace lucid::cpu::exec
