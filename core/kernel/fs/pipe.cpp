// SPDX-License-Identifier: MIT
#include "core/kernel/fs/pipe.h"

#include "core/kernel/mm/frames.h"

namespace lucid::kernel {

Pipe::~Pipe() {
  for (u8*& page : pages_)
    if (page) release_frame(pointer_to_physical(page) / page_size);
}

/// Moves what there is into the buffer.
u64 Pipe::take(IoBuffer& buffer) {
  u64 total = 0;
  while (used_ && buffer.left()) {
    u64 part = min(page_size - head_ % page_size, used_);
    u64 wanted = min(part, buffer.left());
    u64 done = buffer.put(pages_[head_ / page_size] + head_ % page_size, wanted);
    head_ = (head_ + done) % capacity;
    used_ -= done;
    total += done;
    if (done < wanted) break;
  }
  if (!used_) {
    for (u8*& page : pages_) {
      if (page) release_frame(pointer_to_physical(page) / page_size);
      page = nullptr;
    }
    head_ = 0;
  }
  return total;
}

Result<u64> Pipe::add(IoBuffer& buffer, u64 most) {
  u64 total = 0;
  while (room() && most) {
    u64 tail = (head_ + used_) % capacity;
    u8*& page = pages_[tail / page_size];
    if (!page) page = frame_bytes(TRY(allocate_frame(FrameKind::kernel_data)));
    u64 wanted = min(min(page_size - tail % page_size, room()), most);
    u64 done = buffer.get(page + tail % page_size, wanted);
    used_ += done, total += done, most -= done;
    if (done < wanted) return total ? Result<u64>(total) : Errno::FAULT;
  }
  return total;
}

SysResult Pipe::read(File& file, u64, IoBuffer& buffer) {
  if (!buffer.left()) return 0;
  bool slept = false;
  while (!used_) {
    if (!pipe_writers_) return 0;
    if (file.nonblocking()) return Errno::AGAIN;
    if (sleep_on(readable_, WaitReason::pipe_read) == Wake::signal) return Errno::RESTARTSYS;
    slept = true;
  }
  bool was_full = room() < atomic_size;
  u64 done = take(buffer);
  // Announcing only what is new keeps edge-triggered watchers quiet.
  if (was_full) writable_.wake_all();
  if (slept && used_) readable_.wake_one();
  return done ? SysResult(done) : Errno::FAULT;
}

SysResult Pipe::write(File& file, u64, IoBuffer& buffer) {
  if (!buffer.left()) return 0;
  bool atomic = buffer.left() <= atomic_size;
  u64 total = 0;
  while (buffer.left()) {
    if (!readers_) {
      if (!total) {
        send_kernel_signal(*current, sig::PIPE);
        return Errno::PIPE;
      }
      return total;
    }
    u64 needed = atomic ? buffer.left() : 1;
    if (room() >= needed) {
      Result<u64> done = add(buffer, min(buffer.left(), room()));
      if (done.ok()) readable_.wake_all();
      if (!done.ok()) return total ? SysResult(total) : done.error();
      total += done.value();
      continue;
    }
    if (file.nonblocking()) return total ? SysResult(total) : Errno::AGAIN;
    if (sleep_on(writable_, WaitReason::pipe_write) == Wake::signal)
      return total ? SysResult(total) : Errno::RESTARTSYS;
  }
  return total;
}

u32 Pipe::poll(File& file, PollTable& table) {
  u32 events = 0;
  if (file.readable()) {
    table.add(readable_);
    if (used_) events |= poll_event::in | poll_event::read_normal;
    if (!pipe_writers_ && writer_openings_) events |= poll_event::hang_up;
  }
  if (file.writable()) {
    table.add(writable_);
    if (room() >= atomic_size) events |= poll_event::out | poll_event::write_normal;
    if (!readers_) events |= poll_event::error;
  }
  return events;
}

SysResult Pipe::ioctl(File&, u32 command, u64 argument) {
  constexpr u32 fionread = 0x541b;
  if (command != fionread) return Errno::NOTTY;
  return write_user(UserPtr<u32>{argument}, static_cast<u32>(used_));
}

/// A FIFO's open waits for the other end (fifo(7)); the two ends of pipe(2) are made together.
Status Pipe::opened(File& file) {
  if (file.readable()) readers_++, reader_openings_++;
  if (file.writable()) pipe_writers_++, writer_openings_++;
  openings_.wake_all();
  if (!file.dentry || (file.readable() && file.writable())) return {};
  if (file.writable() && file.nonblocking() && !readers_) {
    pipe_writers_--;
    return Errno::NXIO;
  }
  if (file.nonblocking()) return {};
  u64 seen = file.readable() ? writer_openings_ : reader_openings_;
  while ((file.readable() ? pipe_writers_ : readers_) == 0 &&
         seen == (file.readable() ? writer_openings_ : reader_openings_)) {
    if (sleep_on(openings_, WaitReason::other) != Wake::signal) continue;
    (file.readable() ? readers_ : pipe_writers_)--;
    return Errno::RESTARTSYS;
  }
  return {};
}

void Pipe::closed(File& file) {
  if (file.readable() && --readers_ == 0) writable_.wake_all();
  if (file.writable() && --pipe_writers_ == 0) readable_.wake_all();
}

}  // namespace lucid::kernel
