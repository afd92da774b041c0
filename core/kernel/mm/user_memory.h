// SPDX-License-Identifier: MIT
// The one place where the kernel touches a program's memory. A user address is not a pointer: it
// cannot be dereferenced, only copied from and to, and a bad one gives EFAULT.
#pragma once
#include "core/kernel/lib/errno.h"
#include "core/kernel/mm/layout.h"

extern "C" lucid::kernel::u64 user_copy(void* to, const void* from, lucid::kernel::u64 size);
extern "C" lucid::kernel::u64 user_clear(void* to, lucid::kernel::u64 size);
extern "C" lucid::kernel::i64 user_string_length(const char* from, lucid::kernel::u64 limit);

namespace lucid::kernel {

template <typename T>
struct UserPtr {
  u64 address;
  explicit operator bool() const { return address; }
  UserPtr operator+(u64 count) const { return {address + count * sizeof(T)}; }
  template <typename U>
  UserPtr<U> as() const {
    return {address};
  }
};
template <>
struct UserPtr<void> {
  u64 address;
  explicit operator bool() const { return address; }
  UserPtr operator+(u64 bytes) const { return {address + bytes}; }
};

inline bool user_range(u64 address, u64 size) { return address <= user_end && size <= user_end - address; }

/// Bytes that could be copied before a fault; the whole size when all went well.
inline u64 copy_in_partial(void* to, u64 from, u64 size) {
  return user_range(from, size) ? size - user_copy(to, reinterpret_cast<void*>(from), size) : 0;
}
inline u64 copy_out_partial(u64 to, const void* from, u64 size) {
  return user_range(to, size) ? size - user_copy(reinterpret_cast<void*>(to), from, size) : 0;
}
inline Status copy_in(void* to, u64 from, u64 size) {
  return copy_in_partial(to, from, size) == size ? Status{} : Errno::FAULT;
}
inline Status copy_out(u64 to, const void* from, u64 size) {
  return copy_out_partial(to, from, size) == size ? Status{} : Errno::FAULT;
}
template <typename T>
Result<T> read_user(UserPtr<T> from) {
  T value;
  TRY(copy_in(&value, from.address, sizeof value));
  return value;
}
template <typename T>
Status write_user(UserPtr<T> to, const T& value) {
  return copy_out(to.address, &value, sizeof value);
}
inline Status clear_user(u64 to, u64 size) {
  return user_range(to, size) && user_clear(reinterpret_cast<void*>(to), size) == 0 ? Status{} : Errno::FAULT;
}
/// Characters before the NUL; `limit` when there is none within it.
inline Result<u64> user_strlen(u64 from, u64 limit) {
  if (from >= user_end) return Errno::FAULT;
  u64 allowed = min(limit, user_end - from);
  i64 length = user_string_length(reinterpret_cast<char*>(from), allowed);
  if (length < 0 || (static_cast<u64>(length) == allowed && allowed < limit)) return Errno::FAULT;
  return static_cast<u64>(length);
}

/// If `rip` is one of the instructions above, where to go on after its fault; else 0.
u64 fixup_for(u64 rip);

}  // namespace lucid::kernel
