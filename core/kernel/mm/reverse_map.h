// SPDX-License-Identifier: MIT
// From a frame back to the page-table entries that map it. Nothing is stored for that but where to look:
//   anonymous  the address spaces of the frame's lineage, all at the same address (or anywhere, if one of
//              them moved a shared page);
//   file       the VMAs of the file (Inode::mappings), each where its part of the file lies.
#pragma once
#include "core/kernel/fs/page_cache.h"
#include "core/kernel/mm/address_space.h"
#include "core/kernel/mm/frames.h"

namespace lucid::kernel {

struct Mapping {
  AddressSpace& space;
  Vma& vma;
  u64 address;
  u64* entry;
};

namespace reverse_map {

template <typename F>
void visit(u64 frame, AddressSpace& space, u64 address, F& f) {
  u64* entry = find_entry(space.root, address, nullptr);
  if (!entry || !(*entry & pte::occupied) || pte::frame(*entry) != frame) return;
  if (Vma* vma = space.find(address)) f(Mapping{space, *vma, address, entry});
}

template <typename F>
void visit_everywhere(u64 frame, AddressSpace& space, F& f) {
  for (Vma* vma = space.first; vma; vma = vma->next)
    if (!vma->shared())
      for_each_page(space.root, vma->start, vma->end, [&](u64 address, u64* entry) {
        if ((*entry & pte::occupied) && pte::frame(*entry) == frame) f(Mapping{space, *vma, address, entry});
      });
}

}  // namespace reverse_map

/// Calls f(mapping) for each; f may change the entry, and nothing else. Does not sleep.
template <typename F>
void for_each_mapping(u64 number, F f) {
  const Frame& frame = frames[number];
  u64 index = frame.index;
  if (frame.kind == FrameKind::anonymous && frame.lineage) {
    for (AddressSpace* s = frame.lineage->first; s; s = s->next_relative)
      if (frame.lineage->moved)
        reverse_map::visit_everywhere(number, *s, f);
      else
        reverse_map::visit(number, *s, index * page_size, f);
  } else if (frame.kind == FrameKind::file && frame.cache) {
    for (Vma* vma = frame.cache->file().mappings; vma; vma = vma->next_mapping) {
      u64 first = vma->file_offset / page_size;
      u64 address = vma->start + (index - first) * page_size;
      if (index >= first && address < vma->end) reverse_map::visit(number, *vma->space, address, f);
    }
  }
}

}  // namespace lucid::kernel
