// SPDX-License-Identifier: MIT
#include "core/kernel/fs/page_cache.h"

#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/mm/dirty.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/mm/swap.h"

namespace lucid::kernel {

u32 PageMap::at(u64 index) const {
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
  if (chunks_[chunk][index % chunk_pages] & in_swap) slots_--;
  chunks_[chunk][index % chunk_pages] = static_cast<u32>(frame);
  return {};
}

u64 PageMap::next_slot(u64 index) const {
  while (!slot(index)) index++;
  return index;
}

void PageMap::remove(u64 first, u64 end) {
  for (u64 chunk = first / chunk_pages; chunk < chunk_count_ && chunk * chunk_pages < end; chunk++) {
    if (!chunks_[chunk]) continue;
    u64 from = chunk == first / chunk_pages ? first % chunk_pages : 0, to = min(end - chunk * chunk_pages, chunk_pages);
    for (u64 i = from; i < to && count_; i++) {
      if (!chunks_[chunk][i]) continue;
      u32 value = chunks_[chunk][i];
      chunks_[chunk][i] = 0;
      count_--;
      if (value & in_swap) {
        slots_--;
        release_slot(value & ~in_swap);
        continue;
      }
      if (frames[value].kind == FrameKind::file) frames[value].cache = nullptr;
      release_frame(value);
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

const u8* PageCache::store_bytes(u64 at) const {
  if (at >= store_size_ || pages_.has(at / page_size)) return nullptr;
  const u8* bytes = store_->bytes();
  return bytes ? bytes + at : nullptr;
}

u64 PageCache::stored_pages() const {
  u64 behind = page_up(store_size_) / page_size;
  return behind + pages_.count() - pages_.count_below(behind);
}

void PageCache::remove(u64 first, u64 end) {
  for (Fetch* f = fetches_; f; f = f->next)
    if (f->index >= first && f->index < end) f->stale = true;
  pages_.remove(first, end);
}

PageCache::Fetch* PageCache::fetching(u64 index) const {
  for (Fetch* f = fetches_; f; f = f->next)
    if (f->index == index) return f;
  return nullptr;
}

u64 file_pages_read, file_pages_written;

/// Brings a page into a frame, from the slot if it has one, else from the store; false when the page was removed
/// meanwhile.
Result<bool> PageCache::fetch(u64 index, u64 frame, u32 slot) {
  Fetch self{.next = fetches_, .index = index};
  fetches_ = &self;
  Status done = slot ? read_bare_slot(slot, frame_bytes(frame)) : store_->read_page(index, frame_bytes(frame));
  if (!slot && done.ok() && !store_->bytes()) {
    file_pages_read++;
    trace(Trace::page_filled, file_.number, index, frame);
  }
  Fetch** link = &fetches_;
  while (*link != &self) link = &(*link)->next;
  *link = self.next;
  self.done.wake_all();
  if (!done.ok()) return done.error();
  return !self.stale;
}

Result<u64> PageCache::page(u64 index) {
  for (bool roomy = false;;) {
    if (u64 frame = pages_.get(index)) return frame;
    if (Fetch* other = fetching(index)) {
      if (sleep_killable(other->done, WaitReason::disk) == Wake::signal) return Errno::INTR;
      continue;
    }
    if (!roomy) {  // once: who comes back has slept
      make_room();
      roomy = true;
      continue;
    }
    u64 start = index * page_size, frame = TRY(allocate_frame(FrameKind::file));
    u32 slot = pages_.slot(index);
    if (slot || start < store_size_) {
      Result<bool> fetched = fetch(index, frame, slot);
      if (!fetched.ok() || !fetched.value()) {
        release_frame(frame);
        if (!fetched.ok()) return fetched.error();
        continue;
      }
    }
    u64 from_store = slot ? page_size : start < store_size_ ? min(store_size_ - start, page_size) : 0;
    memset(frame_bytes(frame) + from_store, 0, page_size - from_store);
    Status kept = pages_.set(index, frame);
    if (!kept.ok()) {
      release_frame(frame);
      return kept.error();
    }
    frames[frame].cache = this, frames[frame].index = index, frames[frame].dirty = slot;
    if (slot) release_slot(slot);
    return frame;
  }
}

Status PageCache::put_back(u64 index, u64 frame) {
  TRY(store_->write_page(index, frame_bytes(frame)));
  file_pages_written++;
  trace(Trace::page_written, file_.number, index, frame);
  return {};
}

Status PageCache::write_back_page(u64 index, u64 frame) {
  Frame& f = frames[frame];
  if (take_dirty_bits(frame)) f.dirty = true;
  if (!f.dirty || !can_write_back(index)) return {};
  Ref<Inode> alive = &file_;
  f.dirty = false;  // who writes meanwhile says so again
  share_frame(frame);
  Status written = put_back(index, frame);
  if (!written.ok() && f.cache == this) f.dirty = true;
  release_frame(frame);
  return written;
}

Status PageCache::write_back(u64 first, u64 end) {
  Ref<Inode> alive = &file_;
  for (u64 index = first; index < min(end, page_up(store_size_) / page_size); index++)
    if (u64 frame = pages_.get(index)) TRY(write_back_page(index, frame));
  return {};
}

Status write_back_everything() {
  Status all;
  for (u64 n = 1; n < frame_count; n++) {
    const Frame& f = frames[n];
    if (f.kind != FrameKind::file || !f.cache) continue;
    Status written = f.cache->write_back_page(f.index, n);
    if (!written.ok()) all = written;
  }
  return all;
}

bool PageCache::evict(u64 index, u64 frame) {
  Ref<Inode> alive = &file_;  // to the end: its last user may go while this sleeps
  Frame& f = frames[frame];
  u32 slot = 0;
  if (f.dirty) {
    const bool to_store = can_write_back(index);
    if (!to_store && !(slot = take_bare_slot())) return false;
    f.dirty = false;
    share_frame(frame);
    Status written = to_store ? put_back(index, frame) : write_bare_slot(slot, frame_bytes(frame));
    bool ours = f.cache == this && pages_.get(index) == frame;  // not removed meanwhile
    bool done = written.ok() && ours && f.references == 2 && !f.dirty;
    if (!done && ours) f.dirty = true;
    release_frame(frame);
    if (!done) {
      if (slot) release_slot(slot);
      return false;
    }
  }
  if (slot) {
    pages_.set_slot(index, slot);
    list();
  } else {
    pages_.forget(index);
  }
  release_frame(frame);
  return true;
}

Status PageCache::take_back() {
  Ref<Inode> alive = &file_;
  while (pages_.slots()) TRY(page(pages_.next_slot(0)));
  return {};
}

PageCache* PageCache::listed_;

void PageCache::list() {
  if (is_listed_) return;
  is_listed_ = true;
  previous_ = nullptr, next_ = listed_;
  if (next_) next_->previous_ = this;
  listed_ = this;
}

void PageCache::unlist() {
  if (!is_listed_) return;
  is_listed_ = false;
  (previous_ ? previous_->next_ : listed_) = next_;
  if (next_) next_->previous_ = previous_;
}

PageCache* swapped_caches() {
  for (PageCache *c = PageCache::listed_, *next; c; c = next) {
    next = c->next_;
    if (c->pages_.slots()) return c;
    c->unlist();
  }
  return nullptr;
}

}  // namespace lucid::kernel
