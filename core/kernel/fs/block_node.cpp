// SPDX-License-Identifier: MIT
#include "core/kernel/fs/block_node.h"

#include "core/kernel/proc/task.h"

namespace lucid::kernel {
namespace {

constexpr u64 most_sectors = 16;  // moved at once

/// The sectors that a range touches, as many as fit the room.
struct Span {
  u64 first, count, skip, bytes;  // skip: of the first sector; bytes: wanted of all
};
Span span_at(u64 at, u64 wanted) {
  const u64 skip = at % sector_size, bytes = min(wanted, most_sectors * sector_size - skip);
  return {at / sector_size, (skip + bytes + sector_size - 1) / sector_size, skip, bytes};
}

}  // namespace

SysResult BlockNode::read(File&, u64 at, IoBuffer& buffer) {
  Buffer room(most_sectors * sector_size);
  if (!room) return Errno::NOMEM;
  u64 total = 0;
  while (buffer.left() && at < size()) {
    const Span span = span_at(at, min(buffer.left(), size() - at));
    Status moved = driver_.read(span.first, room.data(), span.count);
    if (!moved.ok()) return total ? SysResult(total) : moved.error();
    const u64 done = buffer.put(room.data() + span.skip, span.bytes);
    at += done, total += done;
    if (done < span.bytes) return total ? SysResult(total) : Errno::FAULT;
    if (fatal_signal_pending(*current)) break;
  }
  return total;
}

SysResult BlockNode::write(File&, u64 at, IoBuffer& buffer) {
  Buffer room(most_sectors * sector_size);
  if (!room) return Errno::NOMEM;
  u64 total = 0;
  while (buffer.left()) {
    if (at >= size()) return total ? SysResult(total) : Errno::NOSPC;
    const Span span = span_at(at, min(buffer.left(), size() - at));
    const bool whole = span.bytes == span.count * sector_size;
    Status moved = whole ? Status{} : driver_.read(span.first, room.data(), span.count);
    if (!moved.ok()) return total ? SysResult(total) : moved.error();
    if (buffer.get(room.data() + span.skip, span.bytes) < span.bytes) return total ? SysResult(total) : Errno::FAULT;
    moved = driver_.write(span.first, room.data(), span.count);
    if (!moved.ok()) return total ? SysResult(total) : moved.error();
    at += span.bytes, total += span.bytes;
    if (fatal_signal_pending(*current)) break;
  }
  return total;
}

SysResult BlockNode::ioctl(File&, u32 command, u64 argument) {
  // Linux include/uapi/linux/fs.h
  constexpr u32 read_only = 0x125e, size_in_sectors = 0x1260, flush_buffers = 0x1261, sector_bytes = 0x1268,
                size_in_bytes = 0x80081272;
  switch (command) {
    case read_only:
      return write_user(UserPtr<i32>{argument}, 0);
    case size_in_sectors:
      return write_user(UserPtr<u64>{argument}, driver_.sectors());
    case flush_buffers:
      return 0;
    case sector_bytes:
      return write_user(UserPtr<i32>{argument}, static_cast<i32>(sector_size));
    case size_in_bytes:
      return write_user(UserPtr<u64>{argument}, size());
    default:
      return Errno::NOTTY;
  }
}

}  // namespace lucid::kernel
