// SPDX-License-Identifier: MIT
#include "core/kernel/mm/heap.h"

#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"

namespace lucid::kernel {
namespace {

constexpr u64 smallest = 16, classes = 8;  // 16, 32, ... 2048 bytes
constexpr u8 whole_frames = 0xff;

struct FreeObject {
  FreeObject* next;
};
FreeObject* free_objects[classes];

bool refill(u64 index) {
  Result<u64> frame = allocate_frame(FrameKind::kernel_data);
  if (!frame.ok()) return false;
  frames[frame.value()].slab_class = static_cast<u8>(index);
  u8* bytes = frame_bytes(frame.value());
  u64 size = smallest << index;
  for (u64 at = page_size; at >= size; at -= size) {
    auto* object = reinterpret_cast<FreeObject*>(bytes + at - size);
    object->next = free_objects[index];
    free_objects[index] = object;
  }
  return true;
}

}  // namespace

void* allocate(u64 size) {
  if (size > smallest << (classes - 1)) {
    Result<u64> first = allocate_run(page_up(size) / page_size, FrameKind::kernel_data);
    if (!first.ok()) return nullptr;
    frames[first.value()].slab_class = whole_frames;
    return frame_bytes(first.value());
  }
  u64 index = 0;
  while (smallest << index < size) index++;
  if (!free_objects[index] && !refill(index)) return nullptr;
  FreeObject* object = free_objects[index];
  free_objects[index] = object->next;
  return object;
}

void deallocate(void* pointer) {
  if (!pointer) return;
  u64 number = pointer_to_physical(pointer) / page_size;
  u8 index = frames[number].slab_class;
  if (index == whole_frames) {
    release_run(number);
    return;
  }
  auto* object = static_cast<FreeObject*>(pointer);
  object->next = free_objects[index];
  free_objects[index] = object;
}

}  // namespace lucid::kernel

void* operator new(size_t size) { return lucid::kernel::allocate(size); }
void operator delete(void* pointer) noexcept { lucid::kernel::deallocate(pointer); }
void operator delete(void* pointer, size_t) noexcept { lucid::kernel::deallocate(pointer); }
extern "C" void __cxa_pure_virtual() { lucid::kernel::panic("pure virtual function called"); }
extern "C" int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }
extern "C" {
void* __dso_handle;
}
