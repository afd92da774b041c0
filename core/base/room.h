// SPDX-License-Identifier: MIT
// Room on the heap for a fixed number of objects that hold nothing of meaning until they are assigned. Hosts supply
// pages when they are touched: what is never used costs neither time nor memory.
#pragma once
#include <memory>
#include <type_traits>

#include "core/base/types.h"

namespace lucid {

template <typename T>
class Room {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  explicit Room(size_t count) : at_(std::allocator<T>().allocate(count), Free{count}) {}

  T& operator[](size_t index) { return at_.get()[index]; }
  const T& operator[](size_t index) const { return at_.get()[index]; }

 private:
  struct Free {
    size_t count;
    void operator()(T* at) const { std::allocator<T>().deallocate(at, count); }
  };
  std::unique_ptr<T, Free> at_;
};

}  // namespace lucid
