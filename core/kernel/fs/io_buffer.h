// SPDX-License-Identifier: MIT
// Where read(2) puts bytes and write(2) takes them from: user memory, in one piece or several, or the
// kernel's own.
#pragma once
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/user_memory.h"

namespace lucid::kernel {

/// struct iovec: a piece of user memory.
struct IoVector {
  u64 base, length;
};

class IoBuffer {
 public:
  static IoBuffer user(u64 address, u64 size) { return {address, nullptr, size}; }
  static IoBuffer kernel(void* bytes, u64 size) { return {0, static_cast<u8*>(bytes), size}; }
  /// The pieces stay the caller's; `most` bounds their sum.
  static IoBuffer pieces(const IoVector* vectors, u64 count, u64 most) {
    IoBuffer b(0, nullptr, 0);
    b.next_ = vectors;
    u64 total = 0;
    for (u64 i = 0; i < count; i++) total += min(vectors[i].length, most - total);
    b.left_ = total;
    return b;
  }

  u64 left() const { return left_; }
  void limit_to(u64 most) { left_ = min(left_, most); }
  bool is_user() const { return !bytes_; }

  /// Moves up to `size` bytes into the buffer; fewer than min(size, left()) means a bad address.
  u64 put(const void* from, u64 size) {
    auto* bytes = static_cast<const u8*>(from);
    return move(size, [&](u64 done, u64 part) {
      if (!bytes_) return copy_out_partial(user_, bytes + done, part);
      memcpy(bytes_, bytes + done, part);
      return part;
    });
  }
  u64 put_zeros(u64 size) {
    return move(size, [&](u64, u64 part) {
      if (!bytes_) return clear_user(user_, part).ok() ? part : 0;
      memset(bytes_, 0, part);
      return part;
    });
  }
  /// Moves up to `size` bytes out of the buffer.
  u64 get(void* to, u64 size) {
    auto* bytes = static_cast<u8*>(to);
    return move(size, [&](u64 done, u64 part) {
      if (!bytes_) return copy_in_partial(bytes + done, user_, part);
      memcpy(bytes + done, bytes_, part);
      return part;
    });
  }

 private:
  IoBuffer(u64 user, u8* bytes, u64 size) : user_(user), bytes_(bytes), piece_left_(size), left_(size) {}

  /// Calls f(done so far, size of part) for each part that lies in one piece.
  template <typename F>
  u64 move(u64 size, F f) {
    size = min(size, left_);
    u64 total = 0;
    while (total < size) {
      while (!piece_left_) user_ = next_->base, piece_left_ = next_->length, next_++;
      u64 part = min(size - total, piece_left_), done = f(total, part);
      user_ += done, piece_left_ -= done, left_ -= done, total += done;
      if (bytes_) bytes_ += done;
      if (done < part) break;
    }
    return total;
  }

  u64 user_;
  u8* bytes_;
  u64 piece_left_, left_;
  const IoVector* next_ = nullptr;
};

}  // namespace lucid::kernel
