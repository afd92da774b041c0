// SPDX-License-Identifier: MIT
// brk, mmap, munmap, mprotect, mremap, madvise, mincore, msync.
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

namespace prot {
constexpr u32 read = 1, write = 2, exec = 4, known = 7 | 0x01000000 | 0x02000000;  // and GROWSDOWN, GROWSUP
}
namespace map_flag {
constexpr u32 shared = 1, priv = 2, shared_validate = 3, type = 0xf, fixed = 0x10, anonymous = 0x20, grows_down = 0x100,
              fixed_no_replace = 0x100000;
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
  bool shared = type != map_flag::priv;
  u64 limit = current->group->limits[limit::address_space].soft;
  if (limit != unlimited && current->memory->mapped_bytes() + length > limit) return Errno::NOMEM;
  Backing b = TRY(backing_for(p, flags, fd, length));
  Result<u64> at = choose_address(address, length, flags);
  if (!at.ok()) return publish(SysResult(at.error()));
  u32 vma = access_flags(p) | (shared ? abi::vma_shared : 0) | (b.may_write ? vma_may_write : 0);
  if (flags & map_flag::grows_down) vma |= abi::vma_grows_down;
  VmaKind kind = !b.file ? VmaKind::anonymous : (p & prot::exec) ? VmaKind::text : VmaKind::file;
  Status s = current->memory->map(at.value(), length, vma, kind, b.file,
                                  b.file && !(flags & map_flag::anonymous) ? offset : 0, b.name);
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
  if (!new_length || !old_length || new_length > user_end) return Errno::INVAL;
  if (flags & fixed) {
    if ((new_address & page_mask) || new_address > user_end - new_length || new_address < lowest_user_address)
      return Errno::INVAL;
    if (new_address < old_address + old_length && old_address < new_address + new_length) return Errno::INVAL;
  }
  Result<u64> r =
      current->memory->remap(old_address, old_length, new_length, flags & may_move, flags & fixed ? new_address : 0);
  return publish(SysResult(r));
}

extern "C" SysResult sys_madvise(u64 address, u64 length, u32 advice) {
  constexpr u32 dont_need = 4, free = 8, remove = 9, last_known = 25;
  if (address & page_mask) return Errno::INVAL;
  length = page_up(length);
  if (address > user_end || length > user_end - address) return Errno::NOMEM;
  if (advice > last_known && advice != 100 && advice != 101) return Errno::INVAL;
  if (advice == remove) return Errno::OPNOTSUPP;
  u64 end = address + length, at = address;
  for (Vma* vma = current->memory->find_from(address); at < end; vma = vma->next) {
    if (!vma || vma->start > at) return Errno::NOMEM;
    u64 stop = min(end, vma->end);
    if (advice == dont_need || (advice == free && !vma->file)) current->memory->discard(at, stop);
    at = stop;
  }
  return 0;
}

extern "C" SysResult sys_mincore(u64 address, u64 length, u64 vector) {
  if (address & page_mask) return Errno::INVAL;
  length = page_up(length);
  if (address > user_end || length > user_end - address) return Errno::NOMEM;
  for (u64 at = address; at < address + length; at += page_size) {
    Vma* vma = current->memory->find(at);
    if (!vma) return Errno::NOMEM;
    u64* entry = find_entry(current->memory->root, at, nullptr);
    bool resident = (entry && (*entry & pte::occupied)) || (vma->file && vma->shared());
    TRY(write_user(UserPtr<u8>{vector + (at - address) / page_size}, static_cast<u8>(resident)));
  }
  return 0;
}

extern "C" SysResult sys_msync(u64 address, u64 length, u32 flags) {
  constexpr u32 async = 1, invalidate = 2, sync = 4;
  if ((address & page_mask) || (flags & ~(async | invalidate | sync)) || ((flags & async) && (flags & sync)))
    return Errno::INVAL;
  u64 end = address + page_up(length), at = address;
  if (end < address || end > user_end) return Errno::NOMEM;
  for (Vma* vma = current->memory->find_from(address); at < end; vma = vma->next) {
    if (!vma || vma->start > at) return Errno::NOMEM;
    at = vma->end;
  }
  return 0;  // the page cache is the file
}

/// All memory is in RAM for good.
extern "C" SysResult sys_mlock(u64 address, u64 length) {
  if (!length) return 0;
  return current->memory->find(page_down(address)) ? SysResult(0) : Errno::NOMEM;
}
extern "C" SysResult sys_munlock(u64 address, u64 length) { return sys_mlock(address, length); }
extern "C" SysResult sys_mlockall() { return 0; }
extern "C" SysResult sys_munlockall() { return 0; }

}  // namespace lucid::kernel
