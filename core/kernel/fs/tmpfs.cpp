// SPDX-License-Identifier: MIT
#include "core/kernel/fs/tmpfs.h"

#include "core/kernel/mm/address_space.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/swap.h"

namespace lucid::kernel {
namespace {
constexpr u64 largest_file = u64{1} << 40;

/// A frame that cannot go away while user memory is copied from or to it, which may sleep.
class HeldFrame {
 public:
  explicit HeldFrame(u64 number) : number_(number) { share_frame(number); }
  HeldFrame(const HeldFrame&) = delete;
  ~HeldFrame() { release_frame(number_); }
  u8* bytes() const { return frame_bytes(number_); }

 private:
  u64 number_;
};

/// The last sixteenth of the memory is not for files, unless their pages can go elsewhere.
bool memory_is_short() { return free_frames() + swap_free() < frame_count / 16; }
}  // namespace

SysResult MemoryFile::read(File&, u64 at, IoBuffer& buffer) {
  u64 total = 0;
  while (at < size_ && buffer.left()) {
    u64 in_page = at % page_size, wanted = min(page_size - in_page, size_ - at), done;
    if (const u8* bytes = cache_.store_bytes(at)) {
      wanted = min(wanted, cache_.store_size() - at);
      done = buffer.put(bytes, wanted);
    } else if (cache_.stored(at / page_size)) {
      Result<u64> frame = cache_.page(at / page_size);
      if (!frame.ok()) return total ? SysResult(total) : frame.error();
      HeldFrame held(frame.value());
      done = buffer.put(held.bytes() + in_page, wanted);
    } else {
      done = buffer.put_zeros(wanted);
    }
    if (done == 0) break;
    at += done, total += done;
    if (done < wanted) break;
  }
  accessed = now_for_files();
  if (total == 0 && buffer.left() && at < size_) return Errno::FAULT;
  return total;
}

Result<u64> MemoryFile::page_to_write(u64 index) {
  if (!cache_.find(index) && memory_is_short()) return Errno::NOSPC;
  u64 frame = TRY(cache_.page(index));
  frames[frame].dirty = true;
  return frame;
}

SysResult MemoryFile::write(File&, u64 at, IoBuffer& buffer) {
  u64 total = 0;
  Errno error = Errno::FAULT;
  while (buffer.left()) {
    u64 in_page = at % page_size, wanted = min(page_size - in_page, buffer.left());
    if (at >= largest_file) {
      error = Errno::FBIG;
      break;
    }
    Result<u64> frame = page_to_write(at / page_size);
    if (!frame.ok()) {
      error = Errno::NOSPC;
      break;
    }
    HeldFrame held(frame.value());
    u64 done = buffer.get(held.bytes() + in_page, wanted);
    at += done, total += done;
    size_ = max(size_, at);
    if (done < wanted) break;
  }
  if (total) modified = changed = now_for_files();
  if (total == 0 && buffer.left()) return error;
  return total;
}

Status MemoryFile::reserve(u64 start, u64 end) {
  if (end > largest_file) return Errno::FBIG;
  if (page_up(end) - page_down(start) > ((free_frames() + swap_free()) * page_size)) return Errno::NOSPC;
  for (u64 index = start / page_size; index * page_size < end; index++)
    if (!page_to_write(index).ok()) return Errno::NOSPC;
  return {};
}

/// Zeroes within one page.
Status MemoryFile::clear_range(u64 start, u64 end) {
  if (start >= end || !cache_.stored(start / page_size)) return {};
  u64 frame = TRY(cache_.page(start / page_size));
  frames[frame].dirty = true;
  memset(frame_bytes(frame) + start % page_size, 0, end - start);
  return {};
}

Status MemoryFile::punch_hole(u64 start, u64 end) {
  u64 first = page_up(start), last = page_down(end);
  if (first > last) {
    TRY(clear_range(start, end));
  } else {
    TRY(clear_range(start, first));
    TRY(clear_range(last, end));
    // What the archive holds cannot be given back: it is covered by zeros.
    for (u64 at = first; at < min(last, cache_.store_size()); at += page_size) TRY(clear_range(at, at + page_size));
    u64 first_hole = max(first, page_up(cache_.store_size())) / page_size;
    if (first_hole < last / page_size) {
      unmap_file_pages(*this, first_hole, last / page_size);
      cache_.remove(first_hole, last / page_size);
    }
  }
  modified = changed = now_for_files();
  return {};
}

u64 MemoryFile::next_data(u64 at) {
  u64 end = page_up(size_) / page_size;
  for (u64 index = at / page_size; index < end; index++)
    if (cache_.stored(index)) return max(at, index * page_size);
  return size_;
}

u64 MemoryFile::next_hole(u64 at) {
  u64 end = page_up(size_) / page_size;
  for (u64 index = at / page_size; index < end; index++)
    if (!cache_.stored(index)) return max(at, index * page_size);
  return size_;
}

u64 MemoryFile::stored_bytes() const { return cache_.stored_pages() * page_size; }

Status MemoryFile::truncate(u64 size) {
  if (size > largest_file) return Errno::FBIG;
  if (size < size_) {
    u64 first_gone = page_up(size) / page_size;
    unmap_file_pages(*this, first_gone);
    if (size % page_size && cache_.stored(size / page_size)) {
      u64 frame = TRY(cache_.page(size / page_size));
      frames[frame].dirty = true;
      memset(frame_bytes(frame) + size % page_size, 0, page_size - size % page_size);
    }
    cache_.remove(first_gone, ~u64{0});
    cache_.shorten_store(size);
  }
  size_ = size;
  modified = changed = now_for_files();
  return {};
}

}  // namespace lucid::kernel
