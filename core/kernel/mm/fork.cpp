// SPDX-License-Identifier: MIT
// fork copies the VMAs and the page tables, not the pages: every page gets one more owner, and
// private writable ones lose the right to be written, in parent and child alike. What lies in the swap area
// stays there: its slot gets one more user. Nothing here sleeps.
#include "core/kernel/arch/cpu.h"
#include "core/kernel/mm/address_space.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/swap.h"

namespace lucid::kernel {

Result<Ref<AddressSpace>> AddressSpace::fork() {
  Ref<AddressSpace> child = TRY(make(lineage));
  child->brk_start = brk_start, child->brk_end = brk_end, child->mmap_base = mmap_base;
  child->argument_start = argument_start, child->argument_end = argument_end;
  child->environment_start = environment_start, child->environment_end = environment_end;
  child->stack_start = stack_start;
  child->executable = executable;
  if (executable) executable->inode->executing++;

  Status status;
  for (Vma* vma = first; vma && status.ok(); vma = vma->next) {
    if (vma->flags & vma_dont_fork) continue;
    Vma* copy = new (or_null) Vma(*vma);
    if (!copy) return Errno::NOMEM;
    child->insert(copy);
    if (vma->flags & vma_wipe_on_fork) continue;
    for_each_page(root, vma->start, vma->end, [&](u64 address, u64* entry) {
      if (!status.ok()) return;
      Result<u64*> slot = make_entry(child->root, address);
      if (!slot.ok()) {
        status = Errno::NOMEM;
        return;
      }
      if (pte::swapped(*entry)) {
        share_slot(pte::slot(*entry));
        child->swapped++;
      } else {
        if (vma->is_cow()) *entry &= ~pte::writable;
        share_frame(pte::frame(*entry));
        child->page_added();
      }
      *slot.value() = *entry;
    });
  }
  write_cr3(read_cr3());  // the parent's writable translations are stale now
  if (!status.ok()) return status.error();
  return child;
}

}  // namespace lucid::kernel
