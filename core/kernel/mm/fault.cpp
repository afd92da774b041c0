// SPDX-License-Identifier: MIT
// The page-fault handler: the place where memory is given out. One question after the other:
// is the address in a VMA (or may the stack grow to it)? does the VMA allow the access? is there a
// page already (then it is copy-on-write, or the TLB was stale)? else where do its bytes come from?
#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/address_space.h"
#include "core/kernel/mm/frames.h"
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
  u64 bits = pte::present | pte::user;
  if (writable) bits |= pte::writable;
  if (!(vma.flags & abi::vma_exec)) bits |= pte::no_execute;
  return bits;
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
  Result<u64> fetched = file->page(index);
  if (fetched.ok()) return FaultResult::resolved;
  switch (fetched.error()) {
    case Errno::NOMEM:
      return FaultResult::out_of_memory;
    case Errno::INTR:  // a fatal signal is what happens next
      return FaultResult::resolved;
    default:
      return FaultResult::beyond_file;
  }
}

FaultResult AddressSpace::fault(u64 address, Access access, u64 stack_limit) {
  Vma* vma = find_from(address);
  if (!vma) return FaultResult::not_mapped;
  bool grew = false;
  if (vma->start > address) {
    if (!grow_stack(*vma, address, stack_limit)) return FaultResult::not_mapped;
    grew = true;
  }
  if (!allowed(vma->flags, access)) return FaultResult::not_allowed;
  Result<u64*> entry = make_entry(root, address);
  if (!entry.ok()) return FaultResult::out_of_memory;
  u64 page = page_down(address), *e = entry.value();
  if (!(*e & pte::occupied) && vma->file && !vma->file->cached_page(vma->file_page(page))) {
    FaultResult fetched = fetch(*vma, page);
    if (fetched != FaultResult::resolved || fatal_signal_pending(*current)) return fetched;
    return fault(address, access, stack_limit);
  }
  if (!(*e & pte::occupied)) return demand(*vma, page, e, access, grew);
  if (access == Access::write && !(*e & pte::writable)) return copy_on_write(*vma, page, e);
  invalidate_page(page);
  announce(address, FaultOutcome::spurious, pte::frame(*e));
  return FaultResult::resolved;
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
  *entry = copy.value() * page_size | entry_bits(vma, true);
  page_added();
  announce(page, FaultOutcome::cow_copied, copy.value(), source);
  return FaultResult::resolved;
}

/// A write to a page that is mapped read-only although its VMA is writable.
FaultResult AddressSpace::copy_on_write(Vma& vma, u64 page, u64* entry) {
  u64 old = pte::frame(*entry);
  bool last_owner = frames[old].references == 1 && frames[old].kind == FrameKind::anonymous;
  if (vma.shared() || last_owner) {
    *entry |= pte::writable;
    invalidate_page(page);
    announce(page, vma.shared() ? FaultOutcome::spurious : FaultOutcome::cow_reused, old);
    return FaultResult::resolved;
  }
  bool zero = old == zero_frame();
  Result<u64> copy = zero ? allocate_zeroed_frame(FrameKind::anonymous) : allocate_frame(FrameKind::anonymous);
  if (!copy.ok()) return FaultResult::out_of_memory;
  if (!zero) memcpy(frame_bytes(copy.value()), frame_bytes(old), page_size);
  *entry = copy.value() * page_size | entry_bits(vma, true);
  invalidate_page(page);
  release_frame(old);
  announce(page, zero ? FaultOutcome::demand_zero : FaultOutcome::cow_copied, copy.value(), zero ? 0 : old);
  return FaultResult::resolved;
}

}  // namespace lucid::kernel
