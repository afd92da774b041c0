// SPDX-License-Identifier: MIT
// An immutable shared string, and an owned buffer on the kernel heap.
#pragma once
#include "core/kernel/lib/ref.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/heap.h"

namespace lucid::kernel {

class SharedString : public Counted {
 public:
  static Ref<SharedString> make(const char* text) {
    u64 length = strlen(text);
    char* copy = static_cast<char*>(allocate(length + 1));
    auto* s = copy ? new SharedString(copy) : nullptr;
    if (!s) {
      deallocate(copy);
      return nullptr;
    }
    memcpy(copy, text, length + 1);
    return s;
  }
  ~SharedString() override { deallocate(text_); }
  const char* text() const { return text_; }

 private:
  friend struct Offsets;
  explicit SharedString(char* text) : text_(text) {}
  char* text_;
};

/// Heap bytes that go away with their owner.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(u64 size) : bytes_(static_cast<char*>(allocate(size))), size_(bytes_ ? size : 0) {}
  Buffer(Buffer&& other) : bytes_(other.bytes_), size_(other.size_) { other.bytes_ = nullptr, other.size_ = 0; }
  Buffer& operator=(Buffer&& other) {
    char* b = bytes_;
    u64 s = size_;
    bytes_ = other.bytes_, size_ = other.size_, other.bytes_ = b, other.size_ = s;
    return *this;
  }
  Buffer(const Buffer&) = delete;
  ~Buffer() { deallocate(bytes_); }
  explicit operator bool() const { return bytes_; }
  char* data() const { return bytes_; }
  u64 size() const { return size_; }

 private:
  char* bytes_ = nullptr;
  u64 size_ = 0;
};

}  // namespace lucid::kernel
