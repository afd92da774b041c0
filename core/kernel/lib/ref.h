// SPDX-License-Identifier: MIT
// Shared ownership by a count inside the object.
#pragma once
#include "core/kernel/lib/types.h"
#include "core/kernel/mm/heap.h"

namespace lucid::kernel {

/// Base of what is owned by several: born with no owner; the last Ref deletes it.
class Counted {
 public:
  virtual ~Counted() = default;
  static void* operator new(size_t size) noexcept { return allocate(size); }
  static void operator delete(void* object) { deallocate(object); }
  void retain() { references_++; }
  void release() {
    if (--references_ == 0) delete this;
  }
  u32 references() const { return references_; }

 private:
  u32 references_ = 0;
};

template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(decltype(nullptr)) {}           // NOLINT: implicit by design
  Ref(T* object) : object_(object) {  // NOLINT: implicit by design
    if (object_) object_->retain();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) : object_(other.object_) { other.object_ = nullptr; }
  template <typename U>
  Ref(const Ref<U>& other) : Ref(other.get()) {}  // NOLINT: implicit by design
  ~Ref() {
    if (object_) object_->release();
  }
  Ref& operator=(Ref other) {
    T* old = object_;
    object_ = other.object_;
    other.object_ = old;
    return *this;
  }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_; }
  bool operator==(const Ref& other) const { return object_ == other.object_; }

 private:
  T* object_ = nullptr;
};

}  // namespace lucid::kernel
