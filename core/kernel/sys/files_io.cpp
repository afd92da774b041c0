// SPDX-License-Identifier: MIT
// read, write and their relatives.
#include "core/kernel/fs/page_cache.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/at.h"
#include "core/kernel/sys/dispatch.h"
#include "core/kernel/sys/io_vectors.h"

namespace lucid::kernel {
namespace {

SysResult read_at_position(File& file, IoBuffer& buffer) {
  if (!file.inode->seekable()) return file.inode->read(file, 0, buffer);
  SysResult done = file.inode->read(file, file.position, buffer);
  if (done.raw() > 0) file.position += static_cast<u64>(done.raw());
  return done;
}

/// Keeps a write below RLIMIT_FSIZE; a write that begins beyond it is a signal.
Status limit_to_file_size(const File& file, u64 at, IoBuffer& buffer) {
  u64 most = current->group->limits[limit::file_size].soft;
  if (most == unlimited || !file.inode->is(mode::regular)) return {};
  if (at < most) {
    buffer.limit_to(most - at);
    return {};
  }
  send_kernel_signal(*current, sig::XFSZ);
  return Errno::FBIG;
}

SysResult write_at(File& file, u64 at, IoBuffer& buffer) {
  if (buffer.left()) TRY(limit_to_file_size(file, at, buffer));
  return file.inode->write(file, at, buffer);
}

SysResult write_at_position(File& file, IoBuffer& buffer) {
  if (!file.inode->seekable()) return file.inode->write(file, 0, buffer);
  if (file.flags & open_flag::append) file.position = file.inode->size();
  SysResult done = write_at(file, file.position, buffer);
  if (done.raw() > 0) file.position += static_cast<u64>(done.raw());
  return done;
}

SysResult read_from(File& file, i64 at, IoBuffer& buffer) {
  if (!file.inode->seekable()) return Errno::SPIPE;
  return file.inode->read(file, static_cast<u64>(at), buffer);
}

SysResult write_to(File& file, i64 at, IoBuffer& buffer, bool append) {
  if (!file.inode->seekable()) return Errno::SPIPE;
  append |= (file.flags & open_flag::append) != 0;
  return write_at(file, append ? file.inode->size() : static_cast<u64>(at), buffer);
}

/// A file is not made longer than RLIMIT_FSIZE.
Status check_new_size(const Inode& inode, u64 size) {
  u64 most = current->group->limits[limit::file_size].soft;
  if (size <= inode.size() || most == unlimited || size <= most) return {};
  send_kernel_signal(*current, sig::XFSZ);
  return Errno::FBIG;
}

/// Flags of preadv2 and pwritev2 (Linux include/uapi/linux/fs.h).
namespace rwf {
constexpr u32 high_priority = 1, data_sync = 2, sync = 4, no_wait = 8, append = 16;
}

}  // namespace

extern "C" SysResult sys_read(i32 fd, u64 address, u64 size) {
  Ref<File> file = TRY(current->files->get_readable(fd));
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return read_at_position(*file, buffer);
}

extern "C" SysResult sys_write(i32 fd, u64 address, u64 size) {
  Ref<File> file = TRY(current->files->get_writable(fd));
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return write_at_position(*file, buffer);
}

extern "C" SysResult sys_readv(i32 fd, u64 vectors, u64 count) {
  Ref<File> file = TRY(current->files->get_readable(fd));
  IoVectors v = TRY(IoVectors::read(vectors, count));
  IoBuffer buffer = v.buffer();
  return read_at_position(*file, buffer);
}

extern "C" SysResult sys_writev(i32 fd, u64 vectors, u64 count) {
  Ref<File> file = TRY(current->files->get_writable(fd));
  IoVectors v = TRY(IoVectors::read(vectors, count));
  IoBuffer buffer = v.buffer();
  return write_at_position(*file, buffer);
}

extern "C" SysResult sys_pread64(i32 fd, u64 address, u64 size, i64 at) {
  if (at < 0) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get_readable(fd));
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return read_from(*file, at, buffer);
}

extern "C" SysResult sys_pwrite64(i32 fd, u64 address, u64 size, i64 at) {
  if (at < 0) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get_writable(fd));
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return write_to(*file, at, buffer, false);
}

extern "C" SysResult sys_preadv2(i32 fd, u64 vectors, u64 count, i64 at, u64, u32 flags) {
  if (at < -1) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get_readable(fd));
  IoVectors v = TRY(IoVectors::read(vectors, count));
  if (flags & ~(rwf::high_priority | rwf::data_sync | rwf::sync)) return Errno::OPNOTSUPP;
  IoBuffer buffer = v.buffer();
  return at == -1 ? read_at_position(*file, buffer) : read_from(*file, at, buffer);
}
extern "C" SysResult sys_preadv(i32 fd, u64 vectors, u64 count, i64 at) {
  return at < 0 ? SysResult(Errno::INVAL) : sys_preadv2(fd, vectors, count, at, 0, 0);
}

extern "C" SysResult sys_pwritev2(i32 fd, u64 vectors, u64 count, i64 at, u64, u32 flags) {
  if (at < -1) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get_writable(fd));
  IoVectors v = TRY(IoVectors::read(vectors, count));
  if (flags & ~(rwf::high_priority | rwf::data_sync | rwf::sync | rwf::append)) return Errno::OPNOTSUPP;
  IoBuffer buffer = v.buffer();
  return at == -1 ? write_at_position(*file, buffer) : write_to(*file, at, buffer, flags & rwf::append);
}
extern "C" SysResult sys_pwritev(i32 fd, u64 vectors, u64 count, i64 at) {
  return at < 0 ? SysResult(Errno::INVAL) : sys_pwritev2(fd, vectors, count, at, 0, 0);
}

extern "C" SysResult sys_lseek(i32 fd, i64 offset, u32 whence) {
  enum : u32 { set, from_current, from_end, data, hole };
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->inode->seekable()) return Errno::SPIPE;
  i64 size = static_cast<i64>(file->inode->size()), base = 0;
  switch (whence) {
    case set:
      break;
    case from_current:
      base = static_cast<i64>(file->position);
      break;
    case from_end:
      base = file->inode->is(mode::character) ? 0 : size;
      break;
    case data:
      if (offset < 0 || offset >= size) return Errno::NXIO;
      offset = static_cast<i64>(file->inode->next_data(static_cast<u64>(offset)));
      if (offset >= size) return Errno::NXIO;
      break;
    case hole:
      if (offset < 0 || offset >= size) return Errno::NXIO;
      offset = static_cast<i64>(file->inode->next_hole(static_cast<u64>(offset)));
      break;
    default:
      return Errno::INVAL;
  }
  i64 position;
  if (__builtin_add_overflow(base, offset, &position) || position < 0) return Errno::INVAL;
  if (file->inode->is(mode::character)) return 0;
  file->position = static_cast<u64>(position);
  return position;
}

extern "C" SysResult sys_ftruncate(i32 fd, i64 size) {
  if (size < 0) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->writable() || !file->inode->is(mode::regular)) return Errno::INVAL;
  TRY(check_new_size(*file->inode, static_cast<u64>(size)));
  return file->inode->truncate(static_cast<u64>(size));
}

extern "C" SysResult sys_truncate(u64 path_address, i64 size) {
  if (size < 0) return Errno::INVAL;
  Ref<Dentry> d = TRY(find_at(at_current_directory, path_address, 0)).dentry;
  if (d->inode->is(mode::directory)) return Errno::ISDIR;
  if (!d->inode->is(mode::regular)) return Errno::INVAL;
  TRY(check_access(*d->inode, may_write));
  if (d->inode->executing) return Errno::TXTBSY;
  TRY(check_new_size(*d->inode, static_cast<u64>(size)));
  return d->inode->truncate(static_cast<u64>(size));
}

extern "C" SysResult sys_fallocate(i32 fd, u32 mode_bits, i64 offset, i64 length) {
  constexpr u32 keep_size = 1, punch_hole = 2;
  if (offset < 0 || length <= 0) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get(fd));
  if (mode_bits & ~(keep_size | punch_hole)) return Errno::OPNOTSUPP;
  if (mode_bits == punch_hole) return Errno::OPNOTSUPP;
  if (!file->writable()) return Errno::BADF;
  Inode& inode = *file->inode;
  if (inode.is(mode::fifo)) return Errno::SPIPE;
  if (!inode.is(mode::regular)) return Errno::NODEV;
  i64 end;
  if (__builtin_add_overflow(offset, length, &end)) return Errno::FBIG;
  if (mode_bits & punch_hole) return inode.punch_hole(static_cast<u64>(offset), static_cast<u64>(end));
  if (!(mode_bits & keep_size)) TRY(check_new_size(inode, static_cast<u64>(end)));
  TRY(inode.reserve(static_cast<u64>(offset), static_cast<u64>(end)));
  return mode_bits & keep_size || static_cast<u64>(end) <= inode.size() ? Status{}
                                                                        : inode.truncate(static_cast<u64>(end));
}

extern "C" SysResult sys_ioctl(i32 fd, u32 command, u64 argument) {
  constexpr u32 fionclex = 0x5450, fioclex = 0x5451, fionbio = 0x5421, fionread = 0x541b;
  FileTable::Slot* slot = TRY(current->files->slot(fd));
  Ref<File> file = slot->file;
  if (file->flags & open_flag::path) return Errno::BADF;
  switch (command) {
    case fionclex:
      slot->close_on_exec = false;
      return 0;
    case fioclex:
      slot->close_on_exec = true;
      return 0;
    case fionbio: {
      i32 on = TRY(read_user(UserPtr<i32>{argument}));
      file->flags = on ? file->flags | open_flag::nonblock : file->flags & ~open_flag::nonblock;
      return 0;
    }
    case fionread:
      if (file->inode->is(mode::regular)) {
        u64 size = file->inode->size();
        return write_user(UserPtr<i32>{argument}, static_cast<i32>(size > file->position ? size - file->position : 0));
      }
      [[fallthrough]];
    default:
      return file->inode->ioctl(*file, command, argument);
  }
}

/// Files live in memory: nothing is behind them to be brought up to date.
extern "C" SysResult sys_fsync(i32 fd) {
  Ref<File> file = TRY(current->files->get(fd));
  bool stored = file->inode->is(mode::regular) || file->inode->is(mode::directory) || file->inode->is(mode::block);
  if (!stored) return Errno::INVAL;
  TRY(file->inode->write_back(0, ~u64{0}));
  return 0;
}
extern "C" SysResult sys_fdatasync(i32 fd) { return sys_fsync(fd); }
extern "C" SysResult sys_sync() {
  (void)write_back_everything();
  return 0;
}
extern "C" SysResult sys_syncfs(i32 fd) {
  TRY(current->files->get(fd));
  TRY(write_back_everything());
  return 0;
}
extern "C" SysResult sys_sync_file_range(i32 fd, i64 offset, i64 length, u32 flags) {
  Ref<File> file = TRY(current->files->get(fd));
  if (flags & ~7u || offset < 0 || length < 0) return Errno::INVAL;
  if (file->inode->is(mode::fifo)) return Errno::SPIPE;
  constexpr u32 write = 2;
  const u64 start = static_cast<u64>(offset);
  const u64 end = length ? page_up(start + static_cast<u64>(length)) / page_size : ~u64{0};
  if (flags & write) TRY(file->inode->write_back(start / page_size, end));
  return 0;
}
extern "C" SysResult sys_fadvise64(i32 fd, i64, i64 length, u32 advice) {
  constexpr u32 last_advice = 5;
  Ref<File> file = TRY(current->files->get(fd));
  if (file->inode->is(mode::fifo)) return Errno::SPIPE;
  return advice > last_advice || length < 0 ? SysResult(Errno::INVAL) : 0;
}
extern "C" SysResult sys_readahead(i32 fd) {
  Ref<File> file = TRY(current->files->get_readable(fd));
  return file->inode->is(mode::regular) ? SysResult(0) : Errno::INVAL;
}

}  // namespace lucid::kernel
