// SPDX-License-Identifier: MIT
// Each frame cut into objects knows its free ones and how many are in use; frames with room hang in one
// list per size. A frame whose last object goes is given back, unless it is the only one with room: objects
// come and go at that border.
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
u32 with_room[classes];  // first of the list; frame 0 is never in it

void link(u32 number, u64 index) {
  Frame& f = frames[number];
  f.previous = 0, f.next = with_room[index];
  if (f.next) frames[f.next].previous = number;
  with_room[index] = number;
}

void unlink(u32 number, u64 index) {
  Frame& f = frames[number];
  (f.previous ? frames[f.previous].next : with_room[index]) = f.next;
  if (f.next) frames[f.next].previous = f.previous;
}

bool refill(u64 index) {
  Result<u64> frame = allocate_frame(FrameKind::kernel_data);
  if (!frame.ok()) return false;
  u32 number = static_cast<u32>(frame.value());
  u8* bytes = frame_bytes(number);
  u64 size = smallest << index;
  FreeObject* first = nullptr;
  for (u64 at = page_size; at >= size; at -= size) {
    auto* object = reinterpret_cast<FreeObject*>(bytes + at - size);
    object->next = first;
    first = object;
  }
  Frame& f = frames[number];
  f.slab_class = static_cast<u8>(index), f.run = 0, f.free_object = first;
  link(number, index);
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
  if (!with_room[index] && !refill(index)) return nullptr;
  u32 number = with_room[index];
  Frame& f = frames[number];
  auto* object = static_cast<FreeObject*>(f.free_object);
  f.free_object = object->next;
  f.run++;
  if (!f.free_object) unlink(number, index);
  return object;
}

void deallocate(void* pointer) {
  if (!pointer) return;
  u32 number = static_cast<u32>(pointer_to_physical(pointer) / page_size);
  Frame& f = frames[number];
  u8 index = f.slab_class;
  if (index == whole_frames) {
    release_run(number);
    return;
  }
  if (!f.free_object) link(number, index);
  auto* object = static_cast<FreeObject*>(pointer);
  object->next = static_cast<FreeObject*>(f.free_object);
  f.free_object = object;
  bool only_one = with_room[index] == number && !f.next;
  if (--f.run || only_one) return;
  unlink(number, index);
  release_frame(number);
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
