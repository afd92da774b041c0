// SPDX-License-Identifier: MIT
// A running 64-bit hash for comparing states: equal inputs, equal hashes, on every platform. Not
// for adversaries.
#pragma once
#include <cstring>
#include <type_traits>

#include "core/base/types.h"

namespace lucid {

class Hasher {
 public:
  void word(u64 value) {
    hash_ = (hash_ ^ value) * 0x9e37'79b9'7f4a'7c15;
    hash_ ^= hash_ >> 29;
  }

  /// Bytes, eight at a time in little-endian order, then their number.
  void bytes(const void* data, u64 size) {
    const auto* at = static_cast<const u8*>(data);
    for (u64 left = size; left; at += 8) {
      const u64 take = left < 8 ? left : 8;
      u64 value = 0;
      std::memcpy(&value, at, take);
      word(value);
      left -= take;
    }
    word(size);
  }

  /// A struct without padding, as its bytes.
  template <typename T>
  void object(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>);
    bytes(&value, sizeof value);
  }

  u64 value() const { return hash_; }

 private:
  u64 hash_ = 0xcbf2'9ce4'8422'2325;
};

}  // namespace lucid
