// SPDX-License-Identifier: MIT
// Life and death of an address space, and the list of its VMAs.
#include "core/kernel/mm/address_space.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/mm/frames.h"

namespace lucid::kernel {
namespace {

void link_mapping(Vma* vma) {
  if (!vma->file) return;
  vma->previous_mapping = nullptr;
  vma->next_mapping = vma->file->mappings;
  if (vma->next_mapping) vma->next_mapping->previous_mapping = vma;
  vma->file->mappings = vma;
}

void unlink_mapping(Vma* vma) {
  if (!vma->file) return;
  (vma->previous_mapping ? vma->previous_mapping->next_mapping : vma->file->mappings) = vma->next_mapping;
  if (vma->next_mapping) vma->next_mapping->previous_mapping = vma->previous_mapping;
}

bool mergeable(const Vma& a, const Vma& b) {
  return a.end == b.start && a.flags == b.flags && a.kind == b.kind && a.file == b.file && a.name == b.name &&
         !(a.flags & abi::vma_grows_down) && (!a.file || a.file_offset + (a.end - a.start) == b.file_offset);
}

}  // namespace

Result<Ref<AddressSpace>> AddressSpace::make(Ref<Lineage> lineage) {
  Ref<AddressSpace> space = new AddressSpace;
  if (!lineage) lineage = new Lineage;
  if (!space || !lineage) return Errno::NOMEM;
  space->root = TRY(make_page_root());
  space->lineage = lineage;
  space->next_relative = lineage->first;
  if (lineage->first) lineage->first->previous_relative = space.get();
  lineage->first = space.get();
  return space;
}

AddressSpace::~AddressSpace() {
  if (!root) return;
  if (executable) executable->inode->executing--;
  (void)unmap(0, user_end);
  if ((read_cr3() & pte::address) == root * page_size) write_cr3(kernel_page_root());
  free_page_root(root);
  (previous_relative ? previous_relative->next_relative : lineage->first) = next_relative;
  if (next_relative) next_relative->previous_relative = previous_relative;
}

void AddressSpace::own_frame(u64 frame, u64 page) const {
  frames[frame].lineage = lineage.get();
  frames[frame].index = page / page_size;
}

void AddressSpace::activate() const { write_cr3(root * page_size); }

Vma* AddressSpace::find_from(u64 address) const {
  Vma* vma = first;
  while (vma && vma->end <= address) vma = vma->next;
  return vma;
}

Vma* AddressSpace::find(u64 address) const {
  Vma* vma = find_from(address);
  return vma && vma->start <= address ? vma : nullptr;
}

void AddressSpace::insert(Vma* vma) {
  vma->space = this;
  Vma** link = &first;
  while (*link && (*link)->start < vma->start) link = &(*link)->next;
  vma->next = *link;
  *link = vma;
  link_mapping(vma);
}

void AddressSpace::remove(Vma* vma) {
  Vma** link = &first;
  while (*link != vma) link = &(*link)->next;
  *link = vma->next;
  unlink_mapping(vma);
  delete vma;
}

/// Cuts a VMA in two at `at`; returns the upper part.
Result<Vma*> AddressSpace::split(Vma& vma, u64 at) {
  Vma* upper = new (or_null) Vma(vma);
  if (!upper) return Errno::NOMEM;
  upper->start = at;
  if (vma.file) upper->file_offset += at - vma.start;
  vma.end = at;
  insert(upper);
  return upper;
}

void AddressSpace::merge_around(u64 address) {
  for (Vma* vma = first; vma && vma->start <= address;) {
    Vma* next = vma->next;
    if (next && next->end >= address && mergeable(*vma, *next)) {
      vma->end = next->end;
      remove(next);
    } else {
      vma = next;
    }
  }
}

Status AddressSpace::map(u64 start, u64 length, u32 flags, VmaKind kind, Ref<Inode> file, u64 offset,
                         Ref<SharedString> name) {
  Vma* vma = new (or_null) Vma;
  if (!vma) return Errno::NOMEM;
  vma->start = start, vma->end = start + length, vma->flags = flags, vma->kind = kind;
  vma->file = file, vma->file_offset = offset, vma->name = name;
  vma->file_name = name ? name->text() : nullptr;
  insert(vma);
  merge_around(start);
  merge_around(start + length);
  return {};
}

bool AddressSpace::is_free(u64 start, u64 length) const {
  Vma* vma = find_from(start);
  return !vma || vma->start >= start + length;
}

u64 AddressSpace::find_gap(u64 length) const {
  // Highest gap below mmap_base; if there is none, the lowest above (the list is short).
  u64 best = 0, floor = lowest_user_address;
  for (Vma* vma = first;; vma = vma->next) {
    u64 ceiling = min(vma ? vma->start : mmap_base, mmap_base);
    if (ceiling >= floor && ceiling - floor >= length) best = ceiling - length;
    if (!vma || vma->start >= mmap_base) break;
    floor = max(floor, vma->end);
  }
  if (best) return best;
  floor = mmap_base;
  for (Vma* vma = find_from(mmap_base); vma; vma = vma->next) {
    if (vma->start >= floor && vma->start - floor >= length) return floor;
    floor = vma->end;
  }
  return 0;
}

u64 AddressSpace::mapped_bytes() const {
  u64 bytes = 0;
  for (Vma* vma = first; vma; vma = vma->next) bytes += vma->end - vma->start;
  return bytes;
}

u64 AddressSpace::data_bytes() const {
  u64 bytes = 0;
  for (Vma* vma = first; vma; vma = vma->next)
    if ((vma->flags & (abi::vma_write | abi::vma_shared | abi::vma_grows_down)) == abi::vma_write)
      bytes += vma->end - vma->start;
  return bytes;
}

}  // namespace lucid::kernel
