// SPDX-License-Identifier: MIT
// An array of struct iovec, copied from a program and checked as Linux's import_iovec does.
#pragma once
#include "core/kernel/fs/io_buffer.h"
#include "core/kernel/lib/string_buffer.h"

namespace lucid::kernel {

constexpr u64 most_at_once = 0x7ffff000;  // Linux: MAX_RW_COUNT
constexpr u64 most_vectors = 1024;

class IoVectors {
 public:
  static Result<IoVectors> read(u64 address, u64 count) {
    if (count > most_vectors) return Errno::INVAL;
    IoVectors v;
    v.count_ = count;
    if (!count) return v;
    v.copy_ = Buffer(count * sizeof(IoVector));
    if (!v.copy_) return Errno::NOMEM;
    TRY(copy_in(v.copy_.data(), address, count * sizeof(IoVector)));
    for (u64 i = 0; i < count; i++)
      if (static_cast<i64>(v.first()[i].length) < 0) return Errno::INVAL;
    return v;
  }
  IoBuffer buffer() const { return IoBuffer::pieces(first(), count_, most_at_once); }

 private:
  const IoVector* first() const { return reinterpret_cast<const IoVector*>(copy_.data()); }
  Buffer copy_;
  u64 count_ = 0;
};

}  // namespace lucid::kernel
