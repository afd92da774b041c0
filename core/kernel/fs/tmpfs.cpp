// SPDX-License-Identifier: MIT
#include "core/kernel/fs/tmpfs.h"

#include "core/kernel/mm/address_space.h"
#include "core/kernel/mm/frames.h"

namespace lucid::kernel {
namespace {
constexpr u64 chunk_pages = page_size / sizeof(u32);
constexpr u64 largest_file = u64{1} << 40;

/// The last sixteenth of the memory is not for files.
bool memory_is_short() { return free_frames() < frame_count / 16; }
}  // namespace

u64 PageMap::get(u64 index) const {
  u64 chunk = index / chunk_pages;
  return chunk < chunk_count_ && chunks_[chunk] ? chunks_[chunk][index % chunk_pages] : 0;
}

Status PageMap::set(u64 index, u64 frame) {
  u64 chunk = index / chunk_pages;
  if (chunk >= chunk_count_) {
    u64 count = max(chunk + 1, chunk_count_ * 2);
    auto** grown = static_cast<u32**>(allocate(count * sizeof(u32*)));
    if (!grown) return Errno::NOMEM;
    memset(grown, 0, count * sizeof(u32*));
    if (chunks_) memcpy(grown, chunks_, chunk_count_ * sizeof(u32*));
    deallocate(chunks_);
    chunks_ = grown, chunk_count_ = count;
  }
  if (!chunks_[chunk]) {
    chunks_[chunk] = static_cast<u32*>(allocate(page_size));
    if (!chunks_[chunk]) return Errno::NOMEM;
    memset(chunks_[chunk], 0, page_size);
  }
  if (!chunks_[chunk][index % chunk_pages]) count_++;
  chunks_[chunk][index % chunk_pages] = static_cast<u32>(frame);
  return {};
}

void PageMap::remove(u64 first, u64 end) {
  for (u64 chunk = first / chunk_pages; chunk < chunk_count_ && chunk * chunk_pages < end; chunk++) {
    if (!chunks_[chunk]) continue;
    u64 from = chunk == first / chunk_pages ? first % chunk_pages : 0, to = min(end - chunk * chunk_pages, chunk_pages);
    for (u64 i = from; i < to && count_; i++) {
      if (!chunks_[chunk][i]) continue;
      release_frame(chunks_[chunk][i]);
      chunks_[chunk][i] = 0;
      count_--;
    }
    if (from == 0 && to == chunk_pages) {
      deallocate(chunks_[chunk]);
      chunks_[chunk] = nullptr;
    }
  }
}

u64 PageMap::count_below(u64 end) const {
  u64 n = 0;
  for (u64 chunk = 0; chunk < chunk_count_ && chunk * chunk_pages < end; chunk++)
    for (u64 i = 0; chunks_[chunk] && i < min(end - chunk * chunk_pages, chunk_pages); i++) n += chunks_[chunk][i] != 0;
  return n;
}

SysResult MemoryFile::read(File&, u64 at, IoBuffer& buffer) {
  u64 total = 0;
  while (at < size_ && buffer.left()) {
    u64 in_page = at % page_size, wanted = min(page_size - in_page, size_ - at), done;
    u64 frame = pages_.get(at / page_size);
    if (frame) {
      done = buffer.put(frame_bytes(frame) + in_page, wanted);
    } else if (at < archive_size_) {
      // Straight from the archive, up to the next page that was changed; one page at a time is enough.
      wanted = min(wanted, archive_size_ - at);
      done = buffer.put(archive_ + at, wanted);
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

Result<u64> MemoryFile::page(u64 index) {
  if (u64 frame = pages_.get(index)) return frame;
  u64 frame = TRY(allocate_frame(FrameKind::file));
  u64 start = index * page_size;
  u64 from_archive = start < archive_size_ ? min(archive_size_ - start, page_size) : 0;
  memcpy(frame_bytes(frame), archive_ + start, from_archive);
  memset(frame_bytes(frame) + from_archive, 0, page_size - from_archive);
  Status kept = pages_.set(index, frame);
  if (kept.ok()) return frame;
  release_frame(frame);
  return kept.error();
}

Result<u64> MemoryFile::page_to_write(u64 index) {
  if (u64 frame = pages_.get(index)) return frame;
  if (memory_is_short()) return Errno::NOSPC;
  return page(index);
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
    u64 done = buffer.get(frame_bytes(frame.value()) + in_page, wanted);
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
  if (page_up(end) - page_down(start) > (free_frames() * page_size)) return Errno::NOSPC;
  for (u64 index = start / page_size; index * page_size < end; index++)
    if (!page_to_write(index).ok()) return Errno::NOSPC;
  return {};
}

/// Zeroes within one page.
Status MemoryFile::clear_range(u64 start, u64 end) {
  if (start >= end || !stored(start / page_size)) return {};
  u64 frame = TRY(page(start / page_size));
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
    for (u64 at = first; at < min(last, archive_size_); at += page_size) TRY(clear_range(at, at + page_size));
    u64 first_hole = max(first, page_up(archive_size_)) / page_size;
    if (first_hole < last / page_size) {
      unmap_file_pages(*this, first_hole, last / page_size);
      pages_.remove(first_hole, last / page_size);
    }
  }
  modified = changed = now_for_files();
  return {};
}

u64 MemoryFile::next_data(u64 at) {
  u64 end = page_up(size_) / page_size;
  for (u64 index = at / page_size; index < end; index++)
    if (stored(index)) return max(at, index * page_size);
  return size_;
}

u64 MemoryFile::next_hole(u64 at) {
  u64 end = page_up(size_) / page_size;
  for (u64 index = at / page_size; index < end; index++)
    if (!stored(index)) return max(at, index * page_size);
  return size_;
}

u64 MemoryFile::stored_bytes() const {
  u64 archive_pages = page_up(archive_size_) / page_size;
  return (archive_pages + pages_.count() - pages_.count_below(archive_pages)) * page_size;
}

Status MemoryFile::truncate(u64 size) {
  if (size > largest_file) return Errno::FBIG;
  if (size < size_) {
    u64 first_gone = page_up(size) / page_size;
    unmap_file_pages(*this, first_gone);
    if (size % page_size && (pages_.get(size / page_size) || size < archive_size_)) {
      u64 frame = TRY(page(size / page_size));
      memset(frame_bytes(frame) + size % page_size, 0, page_size - size % page_size);
    }
    pages_.truncate(first_gone);
    archive_size_ = min(archive_size_, size);
  }
  size_ = size;
  modified = changed = now_for_files();
  return {};
}

}  // namespace lucid::kernel
