// SPDX-License-Identifier: MIT
#include "core/kernel/fs/pipe.h"

#include "core/kernel/mm/frames.h"

namespace lucid::kernel {

Pipe::~Pipe() {
  free_pages();
  deallocate(pages_);
}

Status Pipe::make_ring() {
  if (pages_) return {};
  pages_ = static_cast<u8**>(allocate(page_count_ * sizeof(u8*)));
  if (!pages_) return Errno::NOMEM;
  memset(pages_, 0, page_count_ * sizeof(u8*));
  return {};
}

void Pipe::free_pages() {
  for (u64 i = 0; pages_ && i < page_count_; i++) {
    if (pages_[i]) release_frame(pointer_to_physical(pages_[i]) / page_size);
    pages_[i] = nullptr;
  }
  pages_held_ = 0;
}

/// A single page is kept for the next write: small messages then need no frame each. (A byte through
/// two pipes and back: a fifth less.)
void Pipe::emptied() {
  if (pages_held_ == 1) {
    head_ = page_down((head_ + capacity() - 1) % capacity());
    return;
  }
  free_pages();
  head_ = 0;
}

SysResult Pipe::set_capacity(u64 wanted) {
  constexpr u64 largest = u64{1} << 31, largest_for_users = 1 << 20;
  if (wanted > largest) return Errno::INVAL;
  u64 count = 1;
  while (count * page_size < wanted) count *= 2;
  if (count > page_count_ && count * page_size > largest_for_users && current->credentials.effective_uid)
    return Errno::PERM;
  if (used_ > count * page_size) return Errno::BUSY;
  if (count == page_count_) return capacity();
  auto** ring = static_cast<u8**>(allocate(count * sizeof(u8*)));
  if (!ring) return Errno::NOMEM;
  memset(ring, 0, count * sizeof(u8*));
  // The bytes move to the beginning of the new ring: in the old one a page may hold both its ends.
  u64 needed = page_up(used_) / page_size, made = 0;
  for (; made < needed; made++) {
    Result<u64> frame = allocate_frame(FrameKind::kernel_data);
    if (!frame.ok()) break;
    ring[made] = frame_bytes(frame.value());
    peek(reinterpret_cast<char*>(ring[made]), page_size, made * page_size);
  }
  bool enough = made == needed;
  u8** old = enough ? pages_ : ring;
  if (enough) {
    free_pages();
    pages_ = ring;
    page_count_ = count;
    pages_held_ = made;
    head_ = 0;
    writable_.wake_all();
  } else {
    while (made) release_frame(pointer_to_physical(ring[--made]) / page_size);
  }
  deallocate(old);
  return enough ? SysResult(capacity()) : Errno::NOMEM;
}

Result<u64> Pipe::wait_for_data(bool wait) {
  while (!used_ && pipe_writers_) {
    if (!wait) return Errno::AGAIN;
    if (sleep_on(readable_, WaitReason::pipe_read) == Wake::signal) return Errno::RESTARTSYS;
  }
  return used_;
}

u64 Pipe::peek(char* to, u64 most, u64 skip) const {
  u64 total = 0, end = min(used_ - skip, most);
  for (u64 at = (head_ + skip) % capacity(); total < end;) {
    u64 part = min(page_size - at % page_size, end - total);
    memcpy(to + total, pages_[at / page_size] + at % page_size, part);
    total += part;
    at = (at + part) % capacity();
  }
  return total;
}

void Pipe::consume(u64 count) {
  bool was_full = room() < atomic_size;
  head_ = (head_ + count) % capacity();
  used_ -= count;
  if (count && !used_) emptied();
  if (was_full) writable_.wake_all();
}

/// Moves what there is into the buffer.
u64 Pipe::take(IoBuffer& buffer) {
  u64 total = 0;
  while (used_ && buffer.left()) {
    u64 part = min(page_size - head_ % page_size, used_);
    u64 wanted = min(part, buffer.left());
    u64 done = buffer.put(pages_[head_ / page_size] + head_ % page_size, wanted);
    head_ = (head_ + done) % capacity();
    used_ -= done;
    total += done;
    if (done < wanted) break;
  }
  if (total && !used_) emptied();
  return total;
}

Result<u64> Pipe::add(IoBuffer& buffer, u64 most) {
  TRY(make_ring());
  u64 total = 0;
  while (room() && most) {
    u64 tail = (head_ + used_) % capacity();
    u8*& page = pages_[tail / page_size];
    if (!page) {
      page = frame_bytes(TRY(allocate_frame(FrameKind::kernel_data)));
      pages_held_++;
    }
    u64 wanted = min(min(page_size - tail % page_size, room()), most);
    u64 done = buffer.get(page + tail % page_size, wanted);
    if (done < wanted) return total ? Result<u64>(total) : Errno::FAULT;
    used_ += done, total += done, most -= done;
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
    if (!pipe_writers_ && writer_openings_ != file.position) events |= poll_event::hang_up;
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

/// A FIFO's open waits for the other end (fifo(7)); the two ends of pipe(2) are made together, and
/// another opening of one through /proc/self/fd does not wait either: all writers may have gone.
Status Pipe::opened(File& file) {
  // A reader hears of a hang-up only from writers that came after it.
  file.position = writer_openings_;
  if (file.readable()) readers_++, reader_openings_++;
  if (file.writable()) pipe_writers_++, writer_openings_++;
  openings_.wake_all();
  if (kind_ == Kind::anonymous || (file.readable() && file.writable())) return {};
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
