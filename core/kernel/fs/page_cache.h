// SPDX-License-Identifier: MIT
// A file's pages: those that are in memory, and where the others come from. PageCache::page() is the only
// way to a page that is not there yet. It may sleep, and whoever calls it has to look again at all that
// is not its own afterwards: other tasks ran, the file may be shorter, a VMA gone.
//
// For the same reason a frame that is copied from or to user memory is held (share_frame) meanwhile: the
// copy itself may fault, and wait for another page.
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

/// Frame numbers by page index, in chunks of one frame; missing ones are 0. A page may lie in the swap area
/// instead: then its slot is known.
class PageMap {
 public:
  ~PageMap() {
    clear();
    deallocate(chunks_);
  }
  u64 get(u64 index) const {
    u32 value = at(index);
    return value & in_swap ? 0 : value;
  }
  u32 slot(u64 index) const {
    u32 value = at(index);
    return value & in_swap ? value & ~in_swap : 0;
  }
  bool has(u64 index) const { return at(index); }
  Status set(u64 index, u64 frame);
  /// Of a page that is there; what it was is the caller's.
  void set_slot(u64 index, u32 slot) { place(index) = slot | in_swap, slots_++; }
  u64 slots() const { return slots_; }
  /// The first page from `index` on that has a slot.
  u64 next_slot(u64 index) const;
  void forget(u64 index) { place(index) = 0, count_--; }
  u64 count() const { return count_; }
  u64 count_below(u64 end) const;
  /// Releases the pages of [first, end).
  void remove(u64 first, u64 end);
  void clear() { remove(0, ~u64{0}); }

 private:
  static constexpr u32 in_swap = 1u << 31;
  static constexpr u64 chunk_pages = page_size / sizeof(u32);
  u32 at(u64 index) const;
  u32& place(u64 index) { return chunks_[index / chunk_pages][index % chunk_pages]; }
  u32** chunks_ = nullptr;
  u64 chunk_count_ = 0, count_ = 0, slots_ = 0;
};

/// Where the bytes of a file are that is not (or not wholly) in memory: the boot archive, a disk.
class BackingStore : public Counted {
 public:
  virtual u64 size() const = 0;
  /// Puts the bytes from index * page_size on into a page; what lies beyond size() may be anything then.
  /// May sleep.
  virtual Status read_page(u64 index, u8* page) = 0;
  /// Can it be written to at all?
  virtual bool writable() const { return false; }
  /// Puts a page's bytes back to where read_page() has them from, as far as size() reaches. May sleep.
  virtual Status write_page(u64 index, const u8* page) { return Errno::ROFS; }
  /// All its bytes, if they lie in memory anyway: then reading needs no copy of the page.
  virtual const u8* bytes() const { return nullptr; }
};

/// Bytes that stay where they are.
class MemoryStore : public BackingStore {
 public:
  MemoryStore(const u8* bytes, u64 size) : bytes_(bytes), size_(size) {}
  u64 size() const override { return size_; }
  const u8* bytes() const override { return bytes_; }
  Status read_page(u64 index, u8* page) override {
    memcpy(page, bytes_ + index * page_size, min(size_ - index * page_size, page_size));
    return {};
  }

 private:
  const u8* bytes_;
  u64 size_;
};

class PageCache {
 public:
  /// Lives as long as the file whose pages it has.
  explicit PageCache(Inode& file) : file_(file) {}
  ~PageCache() { unlist(); }
  PageCache(const PageCache&) = delete;
  Inode& file() const { return file_; }
  void set_store(Ref<BackingStore> store) {
    store_ = store;
    store_size_ = store ? store->size() : 0;
  }
  /// The frame of a page that is in memory, or 0. Never sleeps.
  u64 find(u64 index) const { return pages_.get(index); }
  /// The frame of a page, fetched from the store or zeroed if it is not there. May sleep: INTR when a
  /// fatal signal ended that, NOMEM, or the store's error.
  Result<u64> page(u64 index);
  /// Does anything but zeros stand behind this page?
  bool stored(u64 index) const { return pages_.has(index) || index * page_size < store_size_; }
  /// Is it neither in memory nor made of bytes that are?
  bool on_disk(u64 index) const {
    return pages_.slot(index) || (!pages_.has(index) && index * page_size < store_size_ && !store_->bytes());
  }
  /// The store's bytes at a position, when they lie in memory and no page hides them; else null.
  const u8* store_bytes(u64 at) const;
  /// How much of the file the store still stands behind: truncation shortens it for good.
  u64 store_size() const { return store_size_; }
  void shorten_store(u64 size) { store_size_ = min(store_size_, size); }
  /// Can a changed page be written to where it came from, so that nothing of it is lost then? What has grown beyond the
  /// store lives in memory and in the swap area only.
  bool can_write_back(u64 index) const {
    return store_ && store_->writable() && index * page_size < store_size_ &&
           min(file_.size(), (index + 1) * page_size) <= store_size_;
  }
  /// Writes what was changed of the pages of [first, end) to where they came from, if they can be. Sleeps.
  Status write_back(u64 first, u64 end);
  Status write_back_page(u64 index, u64 frame);
  /// Takes a page that nobody has mapped out of memory: a clean one is dropped, another one is written back or else
  /// goes to the swap area. False when there is no room for it there or somebody wanted it meanwhile. Sleeps.
  bool evict(u64 index, u64 frame);
  /// Brings back what lies in the swap area, or fails. Sleeps.
  Status take_back();
  /// Forgets the pages of [first, end), those on their way from the store included.
  void remove(u64 first, u64 end);
  u64 stored_pages() const;

 private:
  /// A page that is being fetched; whoever wants it as well waits.
  struct Fetch {
    Fetch* next;
    u64 index;
    bool stale = false;
    WaitQueue done;
  };
  friend struct Offsets;
  Fetch* fetching(u64 index) const;
  Result<bool> fetch(u64 index, u64 frame, u32 slot);
  Status put_back(u64 index, u64 frame);
  Inode& file_;
  PageMap pages_;
  Ref<BackingStore> store_;
  u64 store_size_ = 0;
  Fetch* fetches_ = nullptr;

  // Caches that may have pages in the swap area are listed.
  friend PageCache* swapped_caches();
  void list();
  void unlist();
  static PageCache* listed_;
  PageCache *next_ = nullptr, *previous_ = nullptr;
  bool is_listed_ = false;
};

/// Pages of files that were read from a disk and written to it, the swap area apart.
extern u64 file_pages_read, file_pages_written;

/// Writes back what was changed of all files. Sleeps.
Status write_back_everything();

/// A cache that has pages in the swap area, or null.
PageCache* swapped_caches();

}  // namespace lucid::kernel
