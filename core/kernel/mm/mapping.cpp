// SPDX-License-Identifier: MIT
// Changing what is mapped: munmap, mprotect, mremap, brk, discard, truncation.
#include "core/kernel/arch/cpu.h"
#include "core/kernel/mm/address_space.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/swap.h"

namespace lucid::kernel {
namespace {

bool is_active(const AddressSpace& space) { return (read_cr3() & pte::address) == space.root * page_size; }

void drop_pages(AddressSpace& space, u64 start, u64 end) {
  bool active = is_active(space);
  for_each_page(space.root, start, end, [&](u64 address, u64* entry) {
    u64 e = *entry;
    *entry = 0;
    if (pte::swapped(e)) {
      space.swapped--;
      release_slot(pte::slot(e));
      return;
    }
    u64 frame = pte::frame(e);
    if (e & pte::dirty) frames[frame].dirty = true;
    space.resident--;
    if (active) invalidate_page(address);
    release_page(frame);
  });
}

constexpr u32 access_mask = abi::vma_read | abi::vma_write | abi::vma_exec;

}  // namespace

Status AddressSpace::unmap(u64 start, u64 length) {
  u64 end = start + length;
  for (Vma* vma = find_from(start); vma && vma->start < end;) {
    if (vma->start < start) vma = TRY(split(*vma, start));
    if (vma->end > end) TRY(split(*vma, end));
    Vma* next = vma->next;
    drop_pages(*this, vma->start, vma->end);
    remove(vma);
    vma = next;
  }
  return {};
}

Status AddressSpace::protect(u64 start, u64 length, u32 access) {
  u64 end = start + length, at = start;
  Status status;
  for (Vma* vma = find_from(start); at < end; vma = vma->next) {
    if (!vma || vma->start > at) return Errno::NOMEM;
    if ((access & abi::vma_write) && vma->shared() && !(vma->flags & vma_may_write)) return Errno::ACCES;
    if (vma->start < start) vma = TRY(split(*vma, start));
    if (vma->end > end) TRY(split(*vma, end));
    vma->flags = (vma->flags & ~access_mask) | access;
    bool active = is_active(*this);
    for_each_page(root, vma->start, vma->end, [&](u64 address, u64* entry) {
      if (pte::swapped(*entry)) return;  // it gets its rights when it comes back
      // Writing is given back by the next write fault, which knows about copy-on-write.
      u64 e = *entry & ~(pte::writable | pte::no_execute | pte::occupied);
      e |= access ? pte::present : pte::kept;
      if (!(access & abi::vma_exec)) e |= pte::no_execute;
      if ((access & abi::vma_write) && (*entry & pte::writable)) e |= pte::writable;
      *entry = e;
      if (active) invalidate_page(address);
    });
    at = vma->end;
  }
  merge_around(start);
  merge_around(end);
  return status;
}

Status AddressSpace::mark(u64 start, u64 length, u32 set, u32 clear) {
  u64 end = start + length, at = start;
  for (Vma* vma = find_from(start); at < end; vma = vma->next) {
    if (!vma || vma->start > at) return Errno::NOMEM;
    if (vma->start < start) vma = TRY(split(*vma, start));
    if (vma->end > end) TRY(split(*vma, end));
    vma->flags = (vma->flags & ~clear) | set;
    at = vma->end;
  }
  merge_around(start);
  merge_around(end);
  return {};
}

Status AddressSpace::populate(u64 start, u64 end, u64 stack_limit) {
  for (u64 at = start; at < end; at += page_size) {
    Vma* vma = find(at);
    if (!vma) return Errno::NOMEM;
    u64* entry = find_entry(root, at, nullptr);
    if (entry && (*entry & pte::occupied)) continue;
    FaultResult r = fault(at, vma->flags & abi::vma_write ? Access::write : Access::read, stack_limit);
    if (r == FaultResult::out_of_memory) return Errno::NOMEM;
    if (r != FaultResult::resolved) return Errno::FAULT;
  }
  return {};
}

void AddressSpace::discard(u64 start, u64 end) { drop_pages(*this, start, end); }

bool AddressSpace::move_pages(u64 from, u64 to, u64 length) {
  bool enough = true, active = is_active(*this);
  for_each_page(root, from, from + length, [&](u64 address, u64* entry) {
    Result<u64*> slot = make_entry(root, address - from + to);
    if (!slot.ok()) {
      enough = false;
      return;
    }
    *slot.value() = *entry;
    *entry = 0;
    if (active) invalidate_page(address);
    if (pte::swapped(*slot.value())) return;
    u64 frame = pte::frame(*slot.value());
    if (frames[frame].kind != FrameKind::anonymous) return;
    if (page_owners(frame) == 1)
      own_frame(frame, address - from + to);
    else
      lineage->moved = true;
  });
  if (!enough) (void)move_pages(to, from, length);  // these tables are all there
  return enough;
}

Result<u64> AddressSpace::remap(u64 old_start, u64 old_length, u64 new_length, bool may_move, u64 fixed_at) {
  Vma* vma = find(old_start);
  if (!vma) return Errno::FAULT;
  if (old_start + old_length > vma->end) return Errno::FAULT;
  if (!fixed_at && new_length <= old_length) {
    if (new_length < old_length) TRY(unmap(old_start + new_length, old_length - new_length));
    return old_start;
  }
  bool at_end = old_length && old_start + old_length == vma->end;
  u64 growth = new_length > old_length ? new_length - old_length : 0;
  if (!fixed_at && at_end && old_start + new_length <= user_end && is_free(vma->end, growth)) {
    vma->end += growth;
    merge_around(vma->end);
    return old_start;
  }
  if (!may_move) return Errno::NOMEM;
  u64 target = fixed_at ? fixed_at : find_gap(new_length);
  if (!target) return Errno::NOMEM;
  if (!old_length && !vma->shared()) return Errno::INVAL;  // a second view is for shared memory only
  if (fixed_at) TRY(unmap(target, new_length));
  vma = find(old_start);
  u64 offset = vma->file ? vma->file_offset + (old_start - vma->start) : 0;
  u64 moved = min(old_length, new_length);
  Vma like = *vma;
  if (!move_pages(old_start, target, moved)) return Errno::NOMEM;
  if (old_length) TRY(unmap(old_start, old_length));
  TRY(map(target, new_length, like.flags, like.kind, like.file, offset, like.name));
  return target;
}

u64 AddressSpace::set_break(u64 wanted, u64 data_limit) {
  if (wanted < brk_start || wanted >= user_end || wanted - brk_start > data_limit) return brk_end;
  u64 old_top = page_up(brk_end), new_top = page_up(wanted);
  if (new_top < old_top) {
    if (!unmap(new_top, old_top - new_top).ok()) return brk_end;
  } else if (new_top > old_top) {
    if (!is_free(old_top, new_top - old_top)) return brk_end;
    if (!map(old_top, new_top - old_top, abi::vma_read | abi::vma_write | vma_may_write, VmaKind::heap).ok())
      return brk_end;
  }
  return brk_end = wanted;
}

void unmap_file_pages(Inode& file, u64 first, u64 end) {
  for (Vma* vma = file.mappings; vma; vma = vma->next_mapping) {
    u64 first_mapped = vma->file_offset / page_size, count = (vma->end - vma->start) / page_size;
    if (end <= first_mapped) continue;
    u64 from = first > first_mapped ? first - first_mapped : 0, to = min(end - first_mapped, count);
    if (from < to) drop_pages(*vma->space, vma->start + from * page_size, vma->start + to * page_size);
  }
}

}  // namespace lucid::kernel
