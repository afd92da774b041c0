// SPDX-License-Identifier: MIT
// The page-fault handler: the place where memory is given out. One question after the other:
// is the address in a VMA (or may the stack grow to it)? does the VMA allow the access? is there a
// page already (then it is copy-on-write, or the TLB was stale)? else where do its bytes come from?
#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/address_space.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/mm/swap.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {
namespace {

using abi::FaultOutcome;
constexpr u64 stack_guard_gap = 256 * page_size;  // Linux: no growth closer than this to what lies below

void announce(u64 address, FaultOutcome outcome, u64 frame, u64 old_frame = 0) {
  trace(Trace::fault_resolved, current ? current->pid : 0, address, static_cast<u64>(outcome), frame, old_frame);
}

bool allowed(u32 flags, Access access) {
  switch (access) {
    case Access::write:
      return flags & abi::vma_write;
    case Access::execute:
      return flags & abi::vma_exec;
    case Access::read:
      return flags & (abi::vma_read | abi::vma_write | abi::vma_exec);
  }
  return false;
}

u64 entry_bits(const Vma& vma, bool writable) {
  constexpr u32 any_access = abi::vma_read | abi::vma_write | abi::vma_exec;
  u64 bits = (vma.flags & any_access ? pte::present : pte::kept) | pte::user | pte::accessed;
  if (writable) bits |= pte::writable;
  if (!(vma.flags & abi::vma_exec)) bits |= pte::no_execute;
  return bits;
}

/// What became of waiting for a page's bytes.
FaultResult failure(Errno error) {
  switch (error) {
    case Errno::NOMEM:
      return FaultResult::out_of_memory;
    case Errno::INTR:
      return FaultResult::interrupted;
    default:
      return FaultResult::beyond_file;
  }
}

/// The slot of an entry's page, while it is being written or read: the page cannot be taken out of the swap cache.
u32 busy_slot(u64 entry) {
  u32 slot = pte::slot(entry);
  if (entry & pte::occupied) {
    const Frame& f = frames[pte::frame(entry)];
    slot = f.kind == FrameKind::anonymous ? f.slot : 0;
  } else if (!pte::swapped(entry)) {
    return 0;
  }
  return slot && slot_busy(slot) ? slot : 0;
}

}  // namespace

bool AddressSpace::grow_stack(Vma& vma, u64 address, u64 stack_limit) {
  u64 start = page_down(address);
  if (!(vma.flags & abi::vma_grows_down) || vma.end - start > stack_limit) return false;
  for (Vma* below = first; below != &vma; below = below->next) {
    bool guards = below->flags & (abi::vma_read | abi::vma_write | abi::vma_exec);
    if (below->end + (guards ? stack_guard_gap : 0) > start) return false;
  }
  vma.start = start;
  return true;
}

/// Sees to it that the page cache has a page. That may sleep: afterwards the VMA may be another one.
FaultResult AddressSpace::fetch(const Vma& vma, u64 page) {
  u64 index = vma.file_page(page);
  if (index >= page_up(vma.file->size()) / page_size) return FaultResult::beyond_file;
  Ref<Inode> file = vma.file;
  if (file->page_on_disk(index)) {
    current->major_faults++;
    fault_totals.major++;
  }
  Result<u64> fetched = file->page(index);
  return fetched.ok() ? FaultResult::resolved : failure(fetched.error());
}

FaultTotals fault_totals;

FaultResult AddressSpace::fault(u64 address, Access access, u64 stack_limit) {
  fault_totals.all++;
  make_room(Otherwise::kill);  // once: what is fetched below must not have to go again before it is mapped
  for (bool grew = false;;) {
    Vma* vma = find_from(address);
    if (!vma) return FaultResult::not_mapped;
    if (vma->start > address) {
      if (!grow_stack(*vma, address, stack_limit)) return FaultResult::not_mapped;
      grew = true;
    }
    if (!allowed(vma->flags, access)) return FaultResult::not_allowed;
    Result<u64*> entry = make_entry(root, address);
    if (!entry.ok()) return FaultResult::out_of_memory;
    u64 page = page_down(address), *e = entry.value();
    bool write = access == Access::write, absent = !(*e & pte::occupied);
    FaultResult waited = FaultResult::resolved;
    if (pte::swapped(*e) && !cached_frame(pte::slot(*e))) {
      current->major_faults++;
      fault_totals.major++;
      Status fetched = fetch_slot(pte::slot(*e));
      if (!fetched.ok()) waited = failure(fetched.error());
    } else if (u32 slot = busy_slot(*e); write && slot) {
      wait_for_slot(slot);
    } else if (pte::swapped(*e)) {
      return swap_in(*vma, page, e, access);
    } else if (absent && vma->file && !vma->file->cached_page(vma->file_page(page))) {
      waited = fetch(*vma, page);
    } else if (absent) {
      return demand(*vma, page, e, access, grew);
    } else if (write && !(*e & pte::writable)) {
      return copy_on_write(*vma, page, e);
    } else {
      invalidate_page(page);
      announce(address, FaultOutcome::spurious, pte::frame(*e));
      return FaultResult::resolved;
    }
    // It slept: everything is looked up anew.
    if (waited != FaultResult::resolved) return waited;
    if (fatal_signal_pending(*current)) return FaultResult::interrupted;
  }
}

/// A page whose bytes are in the swap cache. Who reads shares it there; who writes and is the only one takes it out.
FaultResult AddressSpace::swap_in(Vma& vma, u64 page, u64* entry, Access access) {
  u32 slot = pte::slot(*entry);
  u64 frame = cached_frame(slot);
  own_frame(frame, page);
  share_frame(frame);
  *entry = frame * page_size | entry_bits(vma, false);
  swapped--;
  page_added();
  trace(Trace::paged_in, slot, frame, current->pid, page);
  bool write = access == Access::write;
  bool mine = write && frames[frame].references == 2 && slot_users(slot) == 1;
  release_slot(slot);
  if (mine) {
    leave_swap_cache(frame);
    *entry |= pte::writable;
  }
  announce(page, FaultOutcome::swapped_in, frame);
  return write && !mine ? copy_on_write(vma, page, entry) : FaultResult::resolved;
}

void AddressSpace::take_back(u64 page) {
  Vma* vma = find(page);
  u64* entry = find_entry(root, page, nullptr);
  if (vma && entry && pte::swapped(*entry)) (void)swap_in(*vma, page, entry, Access::read);
}

/// First touch of a page.
FaultResult AddressSpace::demand(Vma& vma, u64 page, u64* entry, Access access, bool grew) {
  bool write = access == Access::write;
  if (!vma.file) {
    FaultOutcome outcome = grew ? FaultOutcome::stack_grown : FaultOutcome::demand_zero;
    if (!write) {  // reading: all such pages share the one page of zeros
      share_frame(zero_frame());
      *entry = zero_frame() * page_size | entry_bits(vma, false);
      page_added();
      announce(page, outcome, zero_frame());
      return FaultResult::resolved;
    }
    Result<u64> frame = allocate_zeroed_frame(FrameKind::anonymous);
    if (!frame.ok()) return FaultResult::out_of_memory;
    own_frame(frame.value(), page);
    *entry = frame.value() * page_size | entry_bits(vma, true);
    page_added();
    announce(page, outcome, frame.value());
    return FaultResult::resolved;
  }
  u64 index = vma.file_page(page);
  if (index >= page_up(vma.file->size()) / page_size) return FaultResult::beyond_file;
  u64 source = vma.file->cached_page(index);
  if (!write || vma.shared()) {
    share_frame(source);
    *entry = source * page_size | entry_bits(vma, vma.shared() && (vma.flags & abi::vma_write));
    page_added();
    announce(page, FaultOutcome::file_page, source);
    return FaultResult::resolved;
  }
  Result<u64> copy = allocate_frame(FrameKind::anonymous);
  if (!copy.ok()) return FaultResult::out_of_memory;
  memcpy(frame_bytes(copy.value()), frame_bytes(source), page_size);
  own_frame(copy.value(), page);
  *entry = copy.value() * page_size | entry_bits(vma, true);
  page_added();
  announce(page, FaultOutcome::cow_copied, copy.value(), source);
  return FaultResult::resolved;
}

/// A write to a page that is mapped read-only although its VMA is writable.
FaultResult AddressSpace::copy_on_write(Vma& vma, u64 page, u64* entry) {
  u64 old = pte::frame(*entry);
  bool last_owner = frames[old].kind == FrameKind::anonymous && page_owners(old) == 1;
  if (vma.shared() || last_owner) {
    if (last_owner && frames[old].slot) leave_swap_cache(old);
    *entry |= pte::writable;
    invalidate_page(page);
    announce(page, vma.shared() ? FaultOutcome::spurious : FaultOutcome::cow_reused, old);
    return FaultResult::resolved;
  }
  bool zero = old == zero_frame();
  Result<u64> copy = zero ? allocate_zeroed_frame(FrameKind::anonymous) : allocate_frame(FrameKind::anonymous);
  if (!copy.ok()) return FaultResult::out_of_memory;
  if (!zero) memcpy(frame_bytes(copy.value()), frame_bytes(old), page_size);
  own_frame(copy.value(), page);
  *entry = copy.value() * page_size | entry_bits(vma, true);
  invalidate_page(page);
  release_page(old);
  announce(page, zero ? FaultOutcome::demand_zero : FaultOutcome::cow_copied, copy.value(), zero ? 0 : old);
  return FaultResult::resolved;
}

}  // namespace lucid::kernel
