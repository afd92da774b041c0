// SPDX-License-Identifier: MIT
// brk, mmap, munmap, mprotect, mremap, madvise, mincore, msync.
#include "core/kernel/arch/cpu.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/mm/swap.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

namespace prot {
constexpr u32 read = 1, write = 2, exec = 4, known = 7 | 0x01000000 | 0x02000000;  // and GROWSDOWN, GROWSUP
}
namespace map_flag {
constexpr u32 shared = 1, priv = 2, shared_validate = 3, type = 0xf, fixed = 0x10, anonymous = 0x20, grows_down = 0x100,
              locked = 0x2000, populate = 0x8000, huge_pages = 0x40000, fixed_no_replace = 0x100000,
              legacy = 0x1f9b0;  // what MAP_SHARED_VALIDATE lets pass, beside the type
}

u32 access_flags(u32 p) {
  return (p & prot::read ? abi::vma_read : 0) | (p & prot::write ? abi::vma_write : 0) |
         (p & prot::exec ? abi::vma_exec : 0);
}

/// Every change of the list of VMAs is told to whoever looks from outside.
SysResult publish(SysResult result) {
  publish_memory(*current->memory);
  return result;
}
SysResult publish(Status status) { return publish(SysResult(status)); }

/// May `growth` more bytes of this kind be mapped (RLIMIT_AS, RLIMIT_DATA)?
Status check_limits(u64 growth, u32 vma_flags) {
  const ResourceLimit* l = current->group->limits;
  const AddressSpace& space = *current->memory;
  u64 most = l[limit::address_space].soft, most_data = l[limit::data].soft;
  if (most != unlimited && space.mapped_bytes() + growth > most) return Errno::NOMEM;
  bool data = (vma_flags & (abi::vma_write | abi::vma_shared | abi::vma_grows_down)) == abi::vma_write;
  return data && most_data != unlimited && space.data_bytes() + growth > most_data ? Status(Errno::NOMEM) : Status{};
}

struct Backing {
  Ref<Inode> file;
  Ref<SharedString> name;
  bool may_write = true;
};

Result<Backing> backing_for(u32 p, u32 flags, i32 fd, u64 length) {
  Backing b;
  bool shared = (flags & map_flag::type) != map_flag::priv;
  if (flags & map_flag::anonymous) {
    if (!shared) return b;
    // Shared anonymous memory is a file without a name.
    Ref<MemoryFile> file = new MemoryFile(0600);
    if (!file) return Errno::NOMEM;
    TRY(file->truncate(length));
    b.file = file;
    b.name = SharedString::make("/dev/zero (deleted)");
    return b;
  }
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->readable()) return Errno::ACCES;
  if (shared && (p & prot::write) && !file->writable()) return Errno::ACCES;
  if (!file->inode->mappable()) {
    constexpr u64 dev_zero = 1 << 8 | 5;
    if (file->inode->is(mode::character) && file->inode->device == dev_zero)
      return backing_for(p, flags | map_flag::anonymous, -1, length);
    return Errno::NODEV;
  }
  b.file = file->inode;
  b.may_write = !shared || file->writable();
  if (file->dentry) b.name = dentry_path_string(*file->dentry);
  return b;
}

Result<u64> choose_address(u64 wanted, u64 length, u32 flags) {
  AddressSpace& space = *current->memory;
  if (flags & (map_flag::fixed | map_flag::fixed_no_replace)) {
    if (wanted & page_mask) return Errno::INVAL;
    if (length > user_end || wanted > user_end - length) return Errno::NOMEM;
    if (wanted < lowest_user_address && current->credentials.effective_uid) return Errno::PERM;
    if (wanted < page_size) return Errno::PERM;
    if (flags & map_flag::fixed_no_replace) {
      if (!space.is_free(wanted, length)) return Errno::EXIST;
      return wanted;
    }
    TRY(space.unmap(wanted, length));
    return wanted;
  }
  wanted = page_down(wanted);
  if (wanted >= lowest_user_address && wanted <= user_end - length && space.is_free(wanted, length)) return wanted;
  u64 at = space.find_gap(length);
  if (!at) return Errno::NOMEM;
  return at;
}

}  // namespace

extern "C" SysResult sys_brk(u64 wanted) {
  u64 top = current->memory->brk_end;
  if (wanted > top && !check_limits(page_up(wanted) - page_up(top), 0).ok()) return top;
  return publish(SysResult(current->memory->set_break(wanted, current->group->limits[limit::data].soft)));
}

extern "C" SysResult sys_mmap(u64 address, u64 length, u32 p, u32 flags, i32 fd, u64 offset) {
  if (offset & page_mask) return Errno::INVAL;
  if (!(flags & map_flag::anonymous)) TRY(current->files->get(fd));
  if (!length) return Errno::INVAL;
  length = page_up(length);
  if (!length || length > user_end) return Errno::NOMEM;
  u32 type = flags & map_flag::type;
  if (type == 0 || type > map_flag::shared_validate) return Errno::INVAL;
  if (type == map_flag::shared_validate && (flags & map_flag::anonymous)) return Errno::INVAL;
  if (type == map_flag::shared_validate && (flags & ~(map_flag::legacy | map_flag::type))) return Errno::OPNOTSUPP;
  if (flags & map_flag::huge_pages) return Errno::NOMEM;  // none are set aside
  if (offset + length < offset) return Errno::OVERFLOW_;
  bool shared = type != map_flag::priv;
  if (shared && (flags & map_flag::grows_down)) return Errno::INVAL;
  TRY(check_limits(length, access_flags(p) | (shared ? abi::vma_shared : 0)));
  Backing b = TRY(backing_for(p, flags, fd, length));
  Result<u64> at = choose_address(address, length, flags);
  if (!at.ok()) return publish(SysResult(at.error()));
  u32 vma = access_flags(p) | (shared ? abi::vma_shared : 0) | (b.may_write ? vma_may_write : 0);
  if (flags & map_flag::grows_down) vma |= abi::vma_grows_down;
  if ((flags & map_flag::locked) || current->memory->locks_future) vma |= vma_locked;
  VmaKind kind = !b.file ? VmaKind::anonymous : (p & prot::exec) ? VmaKind::text : VmaKind::file;
  Status s = current->memory->map(at.value(), length, vma, kind, b.file,
                                  b.file && !(flags & map_flag::anonymous) ? offset : 0, b.name);
  if (s.ok() && ((flags & map_flag::populate) || (vma & vma_locked)) && p)
    (void)current->memory->populate(at.value(), at.value() + length, current->stack_limit());
  return publish(s.ok() ? SysResult(at.value()) : SysResult(s.error()));
}

extern "C" SysResult sys_munmap(u64 address, u64 length) {
  if ((address & page_mask) || !length || address > user_end || length > user_end - address) return Errno::INVAL;
  return publish(current->memory->unmap(address, page_up(length)));
}

extern "C" SysResult sys_mprotect(u64 address, u64 length, u32 p) {
  if (address & page_mask) return Errno::INVAL;
  if (p & ~prot::known) return Errno::INVAL;
  if (!length) return 0;
  length = page_up(length);
  if (address > user_end || length > user_end - address) return Errno::NOMEM;
  return publish(current->memory->protect(address, length, access_flags(p)));
}

extern "C" SysResult sys_mremap(u64 old_address, u64 old_length, u64 new_length, u32 flags, u64 new_address) {
  constexpr u32 may_move = 1, fixed = 2;
  if ((flags & ~(may_move | fixed)) || ((flags & fixed) && !(flags & may_move)) || (old_address & page_mask))
    return Errno::INVAL;
  old_length = page_up(old_length), new_length = page_up(new_length);
  if (!new_length || new_length > user_end || (!old_length && !(flags & may_move))) return Errno::INVAL;
  if (flags & fixed) {
    if ((new_address & page_mask) || new_address > user_end - new_length || new_address < lowest_user_address)
      return Errno::INVAL;
    if (new_address < old_address + old_length && old_address < new_address + new_length) return Errno::INVAL;
  }
  if (new_length > old_length) {
    Vma* vma = current->memory->find(old_address);
    if (!vma) return Errno::FAULT;
    TRY(check_limits(new_length - old_length, vma->flags));
  }
  Result<u64> r =
      current->memory->remap(old_address, old_length, new_length, flags & may_move, flags & fixed ? new_address : 0);
  return publish(SysResult(r));
}

namespace {

namespace advice {
enum : u32 {
  last_hint = 3,  // NORMAL, RANDOM, SEQUENTIAL, WILLNEED
  dont_need = 4,
  free = 8,
  remove = 9,
  dont_fork = 10,
  do_fork = 11,
  wipe_on_fork = 18,
  keep_on_fork = 19,
  cold = 20,
  page_out = 21,
  populate_read = 22,
  populate_write = 23,
  last_known = 25
};
bool known(u32 a) { return a <= dont_need || (a >= free && a <= last_known); }
}  // namespace advice

/// Takes the pages of a range out of memory that can go; one after the other, since each may sleep.
Status page_out_range(u64 start, u64 end) {
  Ref<AddressSpace> space = current->memory;
  for (u64 at = start; at < end; at += page_size) {
    u64 next = at, *entry = find_entry(space->root, at, &next);
    if (!entry) {
      at = next - page_size;
      continue;
    }
    if (*entry & pte::occupied) (void)page_out(pte::frame(*entry));
    if (fatal_signal_pending(*current)) return Errno::INTR;
  }
  return {};
}

/// Forgets that the pages were used: they go first when memory is short.
void make_cold(u64 start, u64 end) {
  for_each_page(current->memory->root, start, end, [](u64 address, u64* entry) {
    if (!(*entry & pte::present)) return;
    *entry &= ~pte::accessed;
    invalidate_page(address);
  });
}

/// One piece of a range, inside one VMA.
Status advise(Vma& vma, u64 start, u64 end, u32 what) {
  AddressSpace& space = *current->memory;
  switch (what) {
    case advice::dont_need:
      space.discard(start, end);
      return {};
    case advice::free:
      if (vma.file) return Errno::INVAL;
      space.discard(start, end);
      return {};
    case advice::remove: {
      if (!vma.file || !vma.shared() || !(vma.flags & vma_may_write)) return vma.file ? Errno::ACCES : Errno::INVAL;
      u64 from = vma.file_offset + (start - vma.start);
      return vma.file->punch_hole(from, from + (end - start));
    }
    case advice::dont_fork:
      return space.mark(start, end - start, vma_dont_fork, 0);
    case advice::do_fork:
      return space.mark(start, end - start, 0, vma_dont_fork);
    case advice::wipe_on_fork:
      if (vma.file || vma.shared()) return Errno::INVAL;
      return space.mark(start, end - start, vma_wipe_on_fork, 0);
    case advice::keep_on_fork:
      return space.mark(start, end - start, 0, vma_wipe_on_fork);
    case advice::cold:
      make_cold(start, end);
      return {};
    case advice::page_out:
      return page_out_range(start, end);
    case advice::populate_write:
      if (!(vma.flags & abi::vma_write)) return Errno::INVAL;
      return space.populate(start, end, current->stack_limit());
    case advice::populate_read:
      if (!(vma.flags & abi::vma_read)) return Errno::INVAL;
      return space.populate(start, end, current->stack_limit());
    default:
      return {};
  }
}

/// Is every page of the range mapped?
Status check_mapped(u64 start, u64 end) {
  u64 at = start;
  for (Vma* vma = current->memory->find_from(start); at < end; vma = vma->next) {
    if (!vma || vma->start > at) return Errno::NOMEM;
    at = vma->end;
  }
  return {};
}

/// Marks a range as locked, or not any more.
Status mark_locked(u64 address, u64 length, bool locked) {
  u64 start = page_down(address), end = page_up(address + length);
  if (end < start || end > user_end) return address + length < address ? Errno::INVAL : Errno::NOMEM;
  TRY(check_mapped(start, end));
  if (start == end) return {};
  return current->memory->mark(start, end - start, locked ? vma_locked : 0, locked ? 0 : vma_locked);
}

SysResult lock(u64 address, u64 length) {
  TRY(mark_locked(address, length, true));
  u64 start = page_down(address), end = page_up(address + length);
  return publish(current->memory->populate(start, end, current->stack_limit()).ok() ? SysResult(0) : Errno::NOMEM);
}

Status mark_all_locked(bool locked) {
  for (Vma* vma = current->memory->first; vma; vma = vma->next)
    vma->flags = locked ? vma->flags | vma_locked : vma->flags & ~vma_locked;
  return {};
}

}  // namespace

/// Holes are passed over, and told at the end.
extern "C" SysResult sys_madvise(u64 address, u64 length, u32 what) {
  if (!advice::known(what) || (address & page_mask)) return Errno::INVAL;
  u64 end = address + page_up(length);
  if (end < address || (length && !page_up(length))) return Errno::INVAL;
  bool hole = false;
  for (u64 at = address; at < end;) {
    Vma* vma = current->memory->find_from(at);
    if (!vma || vma->start >= end) return Errno::NOMEM;
    if (vma->start > at) at = vma->start, hole = true;
    u64 stop = min(end, vma->end);
    Status s = advise(*vma, at, stop, what);
    if (!s.ok()) return publish(s);
    at = stop;
  }
  return publish(hole ? SysResult(Errno::NOMEM) : SysResult(0));
}

extern "C" SysResult sys_mincore(u64 address, u64 length, u64 vector) {
  if (address & page_mask) return Errno::INVAL;
  length = page_up(length);
  if (address > user_end || length > user_end - address) return Errno::NOMEM;
  for (u64 at = address; at < address + length; at += page_size) {
    Vma* vma = current->memory->find(at);
    if (!vma) return Errno::NOMEM;
    u64* entry = find_entry(current->memory->root, at, nullptr);
    bool resident = vma->file && vma->file->cached_page(vma->file_page(at));
    if (entry && *entry) resident = (*entry & pte::occupied) || cached_frame(pte::slot(*entry));
    TRY(write_user(UserPtr<u8>{vector + (at - address) / page_size}, static_cast<u8>(resident)));
  }
  return 0;
}

extern "C" SysResult sys_msync(u64 address, u64 length, u32 flags) {
  constexpr u32 async = 1, invalidate = 2, sync = 4;
  if ((address & page_mask) || (flags & ~(async | invalidate | sync)) || ((flags & async) && (flags & sync)))
    return Errno::INVAL;
  u64 end = address + page_up(length);
  if (end < address || end > user_end) return Errno::NOMEM;
  TRY(check_mapped(address, end));
  if (!(flags & sync)) return 0;  // the page cache is the file; nobody waits for the disk
  for (u64 at = address; at < end;) {
    const Vma* vma = current->memory->find_from(at);
    if (!vma || vma->start >= end) break;
    const u64 from = max(at, vma->start), to = min(end, vma->end);
    Ref<Inode> file = vma->shared() ? vma->file : nullptr;
    const u64 first = file ? vma->file_page(from) : 0;
    at = to;
    if (file) TRY(file->write_back(first, first + (to - from) / page_size));  // sleeps: the VMA may be gone
  }
  return 0;
}

extern "C" SysResult sys_mlock(u64 address, u64 length) { return lock(address, length); }
extern "C" SysResult sys_mlock2(u64 address, u64 length, u32 flags) {
  constexpr u32 on_fault = 1;
  if (flags & ~on_fault) return Errno::INVAL;
  return flags ? publish(mark_locked(address, length, true)) : lock(address, length);
}
extern "C" SysResult sys_munlock(u64 address, u64 length) { return publish(mark_locked(address, length, false)); }
extern "C" SysResult sys_mlockall(u32 flags) {
  constexpr u32 present = 1, future = 2, on_fault = 4, all = 7;
  if (!flags || (flags & ~all) || flags == on_fault) return Errno::INVAL;
  AddressSpace& space = *current->memory;
  space.locks_future = flags & future;
  if (!(flags & present)) return 0;
  TRY(mark_all_locked(true));
  if (flags & on_fault) return 0;
  for (u64 at = 0; Vma* vma = space.find_from(at);) {
    u64 start = vma->start, end = at = vma->end;
    (void)space.populate(start, end, current->stack_limit());  // as much as there is
  }
  return 0;
}
extern "C" SysResult sys_munlockall() {
  current->memory->locks_future = false;
  return mark_all_locked(false);
}

}  // namespace lucid::kernel
