// SPDX-License-Identifier: MIT
#include "core/mem/physical_memory.h"

#include <algorithm>
#include <cstring>

#ifdef __EMSCRIPTEN__
#include <unistd.h>
#endif

namespace lucid::mem {

namespace {

/// Null = no room. By calloc, gigabytes of zeros cost nothing until they are used. In WebAssembly it
/// would clear them: what the heap grows by is zero already, its end never moves back (Emscripten's
/// allocator is built with MORECORE_CANNOT_TRIM), and pages that nobody has touched cost nothing there too.
u8* zeros(u64 bytes) {
#ifdef __EMSCRIPTEN__
  const auto* end = static_cast<const u8*>(sbrk(0));
  auto* room = static_cast<u8*>(std::malloc(bytes));
  if (room != nullptr && room < end) std::memset(room, 0, std::min<u64>(bytes, static_cast<u64>(end - room)));
  return room;
#else
  return static_cast<u8*>(std::calloc(bytes / page_size, page_size));
#endif
}

}  // namespace

PhysicalMemory::PhysicalMemory(u64 bytes) : bytes_(zeros(bytes)), size_(bytes_ ? bytes : 0) {
  touched_.resize((frame_count() + 63) / 64);
}

bool PhysicalMemory::read(Gpa address, std::span<u8> out) const {
  if (!contains(address, out.size())) return false;
  std::memcpy(out.data(), bytes_.get() + address.value, out.size());
  return true;
}

bool PhysicalMemory::write(Gpa address, std::span<const u8> bytes) {
  if (!contains(address, bytes.size())) return false;
  if (bytes.empty()) return true;
  std::memcpy(bytes_.get() + address.value, bytes.data(), bytes.size());
  const u64 last = (address + (bytes.size() - 1)).frame_number();
  for (u64 frame = address.frame_number(); frame <= last; ++frame) touch(frame);
  return true;
}

void PhysicalMemory::touch_all() {
  std::fill(touched_.begin(), touched_.end(), ~u64{0});
  touched_count_ = frame_count();
}

void PhysicalMemory::forget_touched() {
  std::fill(touched_.begin(), touched_.end(), 0);
  touched_count_ = 0;
}

}  // namespace lucid::mem
