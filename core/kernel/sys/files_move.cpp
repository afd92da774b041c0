// SPDX-License-Identifier: MIT
// Bytes from one file to another without a detour through the program: sendfile, copy_file_range,
// splice, tee.
#include "core/kernel/fs/pipe.h"
#include "core/kernel/sched/preempt.h"
#include "core/kernel/sys/dispatch.h"
#include "core/kernel/sys/io_vectors.h"

namespace lucid::kernel {
namespace {

/// Where a transfer stands in one of its files: a word of the program, or the file's own position.
struct Place {
  File& file;
  UserPtr<i64> word;
  u64 at = 0;

  Status load() {
    at = word ? static_cast<u64>(TRY(read_user(word))) : file.position;
    return static_cast<i64>(at) < 0 ? Status(Errno::INVAL) : Status{};
  }
  Status store() const {
    if (word) return write_user(word, static_cast<i64>(at));
    if (file.inode->seekable()) file.position = at;
    return {};
  }
};

/// Bytes from the source's place, which stays where it is: a pipe gives what it has, and keeps it until
/// the sink has taken it.
SysResult look_at(const Place& from, char* to, u64 most, bool first) {
  if (Pipe* pipe = from.file.inode->as_pipe()) {
    TRY(pipe->wait_for_data(first && !from.file.nonblocking()));
    return pipe->peek(to, most);
  }
  IoBuffer buffer = IoBuffer::kernel(to, most);
  return from.file.inode->read(from.file, from.at, buffer);
}

constexpr u64 breath = 64 * page_size;  // others get their turn after so much

SysResult transfer(Place from, Place to, u64 size) {
  TRY(from.load());
  TRY(to.load());
  Buffer chunk(page_size);
  if (!chunk) return Errno::NOMEM;
  u64 total = 0;
  while (total < size) {
    if (total && total % breath == 0) {
      cond_resched();
      if (signal_pending(*current)) break;
    }
    SysResult got = look_at(from, chunk.data(), min(size - total, page_size), !total);
    if (got.raw() <= 0) {
      if (!total && got.raw() < 0) return got;
      break;
    }
    IoBuffer sink = IoBuffer::kernel(chunk.data(), static_cast<u64>(got.raw()));
    SysResult put = to.file.inode->write(to.file, to.at, sink);
    if (put.raw() <= 0) {
      if (!total && put.raw() < 0) return put;
      break;
    }
    u64 moved = static_cast<u64>(put.raw());
    from.at += moved, to.at += moved, total += moved;
    if (Pipe* pipe = from.file.inode->as_pipe()) pipe->consume(moved);
    // Other sources that cannot be read again give what they have at once.
    if (put.raw() < got.raw() || (!from.file.inode->seekable() && !from.file.inode->as_pipe())) break;
  }
  TRY(from.store());
  TRY(to.store());
  return total;
}

bool moveable(const Inode& inode) { return !inode.is(mode::directory); }

}  // namespace

extern "C" SysResult sys_sendfile(i32 to, i32 from, UserPtr<i64> offset, u64 size) {
  Ref<File> source = TRY(current->files->get_readable(from));
  if (offset && !source->inode->seekable()) return Errno::SPIPE;
  Ref<File> sink = TRY(current->files->get_writable(to));
  if (!source->inode->seekable() || !moveable(*source->inode)) return Errno::INVAL;
  if (sink->flags & open_flag::append) return Errno::INVAL;
  return transfer({*source, offset}, {*sink, {0}}, min(size, most_at_once));
}

extern "C" SysResult sys_copy_file_range(i32 from, UserPtr<i64> from_at, i32 to, UserPtr<i64> to_at, u64 size,
                                         u32 flags) {
  Ref<File> source = TRY(current->files->get(from)), sink = TRY(current->files->get(to));
  if (flags) return Errno::INVAL;
  if (source->inode->is(mode::directory) || sink->inode->is(mode::directory)) return Errno::ISDIR;
  if (!source->inode->is(mode::regular) || !sink->inode->is(mode::regular)) return Errno::INVAL;
  if (!source->readable() || !sink->writable() || (sink->flags & open_flag::append)) return Errno::BADF;
  Place in{*source, from_at}, out{*sink, to_at};
  TRY(in.load());
  TRY(out.load());
  u64 in_size = source->inode->size(), available = in.at < in_size ? min(size, in_size - in.at) : 0;
  if (source->inode == sink->inode && in.at < out.at + available && out.at < in.at + available) return Errno::INVAL;
  return transfer(in, out, min(available, most_at_once));
}

namespace splice_flag {
constexpr u32 no_wait = 2, known = 15;
}

/// One of the two ends has to be a pipe.
extern "C" SysResult sys_splice(i32 from, UserPtr<i64> from_at, i32 to, UserPtr<i64> to_at, u64 size, u32 flags) {
  if (!size) return 0;
  if (flags & ~splice_flag::known) return Errno::INVAL;
  Ref<File> source = TRY(current->files->get(from)), sink = TRY(current->files->get(to));
  if (!source->readable() || !sink->writable()) return Errno::BADF;
  Pipe *in = source->inode->as_pipe(), *out = sink->inode->as_pipe();
  if (!in && !out) return Errno::INVAL;
  if ((in && from_at) || (out && to_at)) return Errno::SPIPE;
  if (in == out) return Errno::INVAL;
  if ((from_at && !source->inode->seekable()) || (to_at && !sink->inode->seekable())) return Errno::INVAL;
  if (!moveable(*source->inode) || (sink->flags & open_flag::append)) return Errno::INVAL;
  if ((flags & splice_flag::no_wait) && ((in && in->empty()) || (out && !out->room()))) return Errno::AGAIN;
  return transfer({*source, from_at}, {*sink, to_at}, min(size, out ? max(out->room(), u64{1}) : most_at_once));
}

/// Copies from pipe to pipe without taking anything out.
extern "C" SysResult sys_tee(i32 from, i32 to, u64 size, u32 flags) {
  if (flags & ~splice_flag::known) return Errno::INVAL;
  if (!size) return 0;
  Ref<File> source = TRY(current->files->get(from)), sink = TRY(current->files->get(to));
  if (!source->readable() || !sink->writable()) return Errno::BADF;
  Pipe *in = source->inode->as_pipe(), *out = sink->inode->as_pipe();
  if (!in || !out || in == out) return Errno::INVAL;
  bool wait = !(flags & splice_flag::no_wait) && !source->nonblocking();
  u64 available = TRY(in->wait_for_data(wait));
  Buffer chunk(min(min(available, size), page_size));
  if (!chunk) return available ? SysResult(Errno::NOMEM) : 0;
  u64 length = in->peek(chunk.data(), chunk.size());
  IoBuffer buffer = IoBuffer::kernel(chunk.data(), length);
  return out->write(*sink, 0, buffer);
}

extern "C" SysResult sys_vmsplice(i32 fd, u64 vectors, u64 count, u32 flags) {
  if (flags & ~splice_flag::known) return Errno::INVAL;
  Ref<File> file = TRY(current->files->get(fd));
  if (!file->inode->as_pipe()) return Errno::BADF;
  IoVectors v = TRY(IoVectors::read(vectors, count));
  IoBuffer buffer = v.buffer();
  return file->writable() ? file->inode->write(*file, 0, buffer) : file->inode->read(*file, 0, buffer);
}

}  // namespace lucid::kernel
