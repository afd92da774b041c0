// SPDX-License-Identifier: MIT
// An intrusive FIFO: objects linked through a member of their own. An object is in at most one list
// per link member.
#pragma once

namespace lucid::kernel {

template <typename T, T* T::*Next>
class Queue {
 public:
  bool empty() const { return !head_; }
  T* first() const { return head_; }
  void push(T* object) {
    object->*Next = nullptr;
    (tail_ ? tail_->*Next : head_) = object;
    tail_ = object;
  }
  T* pop() {
    T* object = head_;
    if (!object) return nullptr;
    head_ = object->*Next;
    if (!head_) tail_ = nullptr;
    object->*Next = nullptr;
    return object;
  }
  bool remove(T* object) {
    T* previous = nullptr;
    for (T* o = head_; o; previous = o, o = o->*Next) {
      if (o != object) continue;
      (previous ? previous->*Next : head_) = o->*Next;
      if (tail_ == o) tail_ = previous;
      o->*Next = nullptr;
      return true;
    }
    return false;
  }

 private:
  T *head_ = nullptr, *tail_ = nullptr;
};

}  // namespace lucid::kernel
