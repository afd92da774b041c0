// SPDX-License-Identifier: MIT
// read, write and their relatives.
#include "core/kernel/fs/path.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr u64 most_at_once = 0x7ffff000;  // Linux: MAX_RW_COUNT
constexpr u64 most_vectors = 1024;

struct IoVector {
  u64 base, length;
};

Result<Ref<File>> reader(i32 fd) {
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->readable()) return Errno::BADF;
  return file;
}
Result<Ref<File>> writer(i32 fd) {
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->writable()) return Errno::BADF;
  return file;
}

SysResult read_at_position(File& file, IoBuffer& buffer) {
  if (!file.inode->seekable()) return file.inode->read(file, 0, buffer);
  SysResult done = file.inode->read(file, file.position, buffer);
  if (done.raw() > 0) file.position += static_cast<u64>(done.raw());
  return done;
}

/// Keeps a write below RLIMIT_FSIZE; a write that begins beyond it is a signal.
Status check_file_size(const File& file, u64 at) {
  u64 most = current->group->limits[limit::file_size].soft;
  if (most == unlimited || !file.inode->is(mode::regular) || at < most) return {};
  send_kernel_signal(*current, sig::XFSZ);
  return Errno::FBIG;
}

SysResult write_at_position(File& file, IoBuffer& buffer) {
  if (!file.inode->seekable()) return file.inode->write(file, 0, buffer);
  if (file.flags & open_flag::append) file.position = file.inode->size();
  TRY(check_file_size(file, file.position));
  SysResult done = file.inode->write(file, file.position, buffer);
  if (done.raw() > 0) file.position += static_cast<u64>(done.raw());
  return done;
}

/// Calls f(buffer) for each vector in turn until one moves less than it could.
template <typename F>
SysResult for_each_vector(u64 vectors, i64 count, F f) {
  if (count < 0 || static_cast<u64>(count) > most_vectors) return Errno::INVAL;
  u64 total = 0;
  for (i64 i = 0; i < count; i++) {
    IoVector v = TRY(read_user(UserPtr<IoVector>{vectors} + static_cast<u64>(i)));
    if (static_cast<i64>(v.length) < 0) return Errno::INVAL;
    if (!v.length) continue;
    u64 length = min(v.length, most_at_once - total);
    IoBuffer buffer = IoBuffer::user(v.base, length);
    SysResult done = f(buffer);
    if (done.raw() < 0) return total ? SysResult(total) : done;
    total += static_cast<u64>(done.raw());
    if (static_cast<u64>(done.raw()) < length) break;
  }
  return total;
}

}  // namespace

extern "C" SysResult sys_read(i32 fd, u64 address, u64 size) {
  Ref<File> file = TRY(reader(fd));
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return read_at_position(*file, buffer);
}

extern "C" SysResult sys_write(i32 fd, u64 address, u64 size) {
  Ref<File> file = TRY(writer(fd));
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return write_at_position(*file, buffer);
}

extern "C" SysResult sys_readv(i32 fd, u64 vectors, i64 count) {
  Ref<File> file = TRY(reader(fd));
  return for_each_vector(vectors, count, [&](IoBuffer& b) { return read_at_position(*file, b); });
}

extern "C" SysResult sys_writev(i32 fd, u64 vectors, i64 count) {
  Ref<File> file = TRY(writer(fd));
  return for_each_vector(vectors, count, [&](IoBuffer& b) { return write_at_position(*file, b); });
}

extern "C" SysResult sys_pread64(i32 fd, u64 address, u64 size, i64 at) {
  if (at < 0) return Errno::INVAL;
  Ref<File> file = TRY(reader(fd));
  if (!file->inode->seekable()) return Errno::SPIPE;
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return file->inode->read(*file, static_cast<u64>(at), buffer);
}

extern "C" SysResult sys_pwrite64(i32 fd, u64 address, u64 size, i64 at) {
  if (at < 0) return Errno::INVAL;
  Ref<File> file = TRY(writer(fd));
  if (!file->inode->seekable()) return Errno::SPIPE;
  TRY(check_file_size(*file, static_cast<u64>(at)));
  IoBuffer buffer = IoBuffer::user(address, min(size, most_at_once));
  return file->inode->write(*file, file->flags & open_flag::append ? file->inode->size() : static_cast<u64>(at),
                            buffer);
}

extern "C" SysResult sys_preadv(i32 fd, u64 vectors, i64 count, i64 at) {
  if (at < 0) return Errno::INVAL;
  Ref<File> file = TRY(reader(fd));
  if (!file->inode->seekable()) return Errno::SPIPE;
  u64 position = static_cast<u64>(at);
  return for_each_vector(vectors, count, [&](IoBuffer& b) {
    SysResult r = file->inode->read(*file, position, b);
    if (r.raw() > 0) position += static_cast<u64>(r.raw());
    return r;
  });
}

extern "C" SysResult sys_pwritev(i32 fd, u64 vectors, i64 count, i64 at) {
  if (at < 0) return Errno::INVAL;
  Ref<File> file = TRY(writer(fd));
  if (!file->inode->seekable()) return Errno::SPIPE;
  u64 position = static_cast<u64>(at);
  return for_each_vector(vectors, count, [&](IoBuffer& b) {
    SysResult r = file->inode->write(*file, position, b);
    if (r.raw() > 0) position += static_cast<u64>(r.raw());
    return r;
  });
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
    case data:  // files have no holes that one could see
      if (offset < 0 || offset >= size) return Errno::NXIO;
      break;
    case hole:
      if (offset < 0 || offset >= size) return Errno::NXIO;
      offset = size;
      break;
    default:
      return Errno::INVAL;
  }
  i64 position;
  if (__builtin_add_overflow(base, offset, &position)) return Errno::OVERFLOW_;
  if (position < 0) return Errno::INVAL;
  if (file->inode->is(mode::character)) return 0;
  file->position = static_cast<u64>(position);
  return position;
}

extern "C" SysResult sys_ftruncate(i32 fd, i64 size) {
  if (size < 0) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->writable() || !file->inode->is(mode::regular)) return Errno::INVAL;
  return file->inode->truncate(static_cast<u64>(size));
}

extern "C" SysResult sys_truncate(u64 path_address, i64 size) {
  if (size < 0) return Errno::INVAL;
  UserPath path = TRY(UserPath::read(path_address));
  Ref<Dentry> d = TRY(resolve(current->fs->working_directory, path.text(), LastLink::follow));
  if (d->inode->is(mode::directory)) return Errno::ISDIR;
  if (!d->inode->is(mode::regular)) return Errno::INVAL;
  TRY(check_access(*d->inode, may_write));
  if (d->inode->executing) return Errno::TXTBSY;
  return d->inode->truncate(static_cast<u64>(size));
}

extern "C" SysResult sys_fallocate(i32 fd, u32 mode_bits, i64 offset, i64 length) {
  if (offset < 0 || length <= 0) return Errno::INVAL;
  Ref<File> file = TRY(writer(fd));
  if (mode_bits & ~1u) return Errno::OPNOTSUPP;
  u64 end = static_cast<u64>(offset + length);
  if (!(mode_bits & 1) && end > file->inode->size()) return file->inode->truncate(end);
  return 0;
}

/// Moves bytes from one file to another inside the kernel. Positions: a user's word, or the file's own.
static SysResult transfer(File& from, UserPtr<i64> from_at, File& to, UserPtr<i64> to_at, u64 size) {
  u64 in = from_at ? static_cast<u64>(TRY(read_user(from_at))) : from.position;
  u64 out = to_at ? static_cast<u64>(TRY(read_user(to_at))) : to.position;
  if (static_cast<i64>(in) < 0 || static_cast<i64>(out) < 0) return Errno::INVAL;
  Buffer chunk(page_size);
  if (!chunk) return Errno::NOMEM;
  u64 total = 0;
  while (total < size) {
    IoBuffer source = IoBuffer::kernel(chunk.data(), min(size - total, page_size));
    SysResult got = from.inode->read(from, in, source);
    if (got.raw() <= 0) {
      if (!total && got.raw() < 0) return got;
      break;
    }
    IoBuffer sink = IoBuffer::kernel(chunk.data(), static_cast<u64>(got.raw()));
    if ((to.flags & open_flag::append) && to.inode->seekable()) out = to.inode->size();
    SysResult put = to.inode->write(to, out, sink);
    if (put.raw() <= 0) {
      if (!total && put.raw() < 0) return put;
      break;
    }
    u64 moved = static_cast<u64>(put.raw());
    in += moved, out += moved, total += moved;
    if (put.raw() < got.raw()) break;
  }
  if (from_at)
    TRY(write_user(from_at, static_cast<i64>(in)));
  else if (from.inode->seekable())
    from.position = in;
  if (to_at)
    TRY(write_user(to_at, static_cast<i64>(out)));
  else if (to.inode->seekable())
    to.position = out;
  return total;
}

extern "C" SysResult sys_sendfile(i32 to, i32 from, UserPtr<i64> offset, u64 size) {
  Ref<File> source = TRY(reader(from)), sink = TRY(writer(to));
  if (!source->inode->is(mode::regular)) return Errno::INVAL;
  return transfer(*source, offset, *sink, {0}, min(size, most_at_once));
}

extern "C" SysResult sys_copy_file_range(i32 from, UserPtr<i64> from_at, i32 to, UserPtr<i64> to_at, u64 size,
                                         u32 flags) {
  if (flags) return Errno::INVAL;
  Ref<File> source = TRY(reader(from)), sink = TRY(writer(to));
  if (source->inode->is(mode::directory) || sink->inode->is(mode::directory)) return Errno::ISDIR;
  if (!source->inode->is(mode::regular) || !sink->inode->is(mode::regular)) return Errno::INVAL;
  return transfer(*source, from_at, *sink, to_at, min(size, most_at_once));
}

extern "C" SysResult sys_ioctl(i32 fd, u32 command, u64 argument) {
  constexpr u32 fionclex = 0x5450, fioclex = 0x5451, fionbio = 0x5421, fionread = 0x541b;
  FileTable::Slot* slot = TRY(current->files->slot(fd));
  Ref<File> file = slot->file;
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

extern "C" SysResult sys_fsync(i32 fd) {
  TRY(current->files->get(fd));
  return 0;
}
extern "C" SysResult sys_fdatasync(i32 fd) { return sys_fsync(fd); }
extern "C" SysResult sys_sync() { return 0; }
extern "C" SysResult sys_fadvise64(i32 fd) {
  Ref<File> file = TRY(current->files->get(fd));
  return file->inode->is(mode::fifo) ? SysResult(Errno::SPIPE) : 0;
}
extern "C" SysResult sys_readahead(i32 fd) { return sys_fsync(fd); }

}  // namespace lucid::kernel
