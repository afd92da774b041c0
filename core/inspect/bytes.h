// SPDX-License-Identifier: MIT
// Checked reads from bytes that somebody else wrote: nothing here trusts an offset or a length.
#pragma once
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/types.h"

namespace lucid::inspect {

inline bool contains(std::span<const u8> bytes, u64 offset, u64 length) {
  return offset <= bytes.size() && length <= bytes.size() - offset;
}

/// Copies a little-endian plain value out (host and guest are little-endian).
template <typename T>
[[nodiscard]] bool read_at(std::span<const u8> bytes, u64 offset, T& out) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (!contains(bytes, offset, sizeof(T))) return false;
  std::memcpy(&out, bytes.data() + offset, sizeof(T));
  return true;
}

/// The NUL-terminated string at `offset`; "" when it does not end inside the bytes.
inline std::string_view string_at(std::span<const u8> bytes, u64 offset) {
  if (offset >= bytes.size()) return {};
  const char* start = reinterpret_cast<const char*>(bytes.data() + offset);
  const void* end = std::memchr(start, 0, bytes.size() - offset);
  return end ? std::string_view(start, static_cast<const char*>(end) - start) : std::string_view{};
}

/// `value` in hexadecimal with 0x and no leading zeros.
std::string hex(u64 value);

}  // namespace lucid::inspect
