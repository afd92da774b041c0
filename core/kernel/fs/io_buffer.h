// SPDX-License-Identifier: MIT
// Where read(2) puts bytes and write(2) takes them from: user memory, or the kernel's own.
#pragma once
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/user_memory.h"

namespace lucid::kernel {

class IoBuffer {
 public:
  static IoBuffer user(u64 address, u64 size) { return {address, nullptr, size}; }
  static IoBuffer kernel(void* bytes, u64 size) { return {0, static_cast<u8*>(bytes), size}; }

  u64 left() const { return size_; }
  bool is_user() const { return !bytes_; }

  /// Moves up to `size` bytes into the buffer; fewer than min(size, left()) means a bad address.
  u64 put(const void* from, u64 size) {
    size = min(size, size_);
    u64 done = size;
    if (bytes_)
      memcpy(bytes_ + at_, from, size);
    else
      done = copy_out_partial(user_ + at_, from, size);
    advance(done);
    return done;
  }
  u64 put_zeros(u64 size) {
    size = min(size, size_);
    u64 done = size;
    if (bytes_)
      memset(bytes_ + at_, 0, size);
    else
      done = clear_user(user_ + at_, size).ok() ? size : 0;
    advance(done);
    return done;
  }
  /// Moves up to `size` bytes out of the buffer.
  u64 get(void* to, u64 size) {
    size = min(size, size_);
    u64 done = size;
    if (bytes_)
      memcpy(to, bytes_ + at_, size);
    else
      done = copy_in_partial(to, user_ + at_, size);
    advance(done);
    return done;
  }

 private:
  IoBuffer(u64 user, u8* bytes, u64 size) : user_(user), bytes_(bytes), size_(size) {}
  void advance(u64 bytes) { at_ += bytes, size_ -= bytes; }
  u64 user_;
  u8* bytes_;
  u64 size_, at_ = 0;
};

}  // namespace lucid::kernel
