// SPDX-License-Identifier: MIT
#include "core/mem/memory_image.h"

#include <algorithm>
#include <cstring>

namespace lucid::mem {
namespace {

constexpr u64 row_pages = std::tuple_size_v<PageRow>;

/// An allocator that keeps account, for std::allocate_shared.
template <typename T>
struct Counted {
  using value_type = T;
  std::shared_ptr<u64> bytes;

  explicit Counted(std::shared_ptr<u64> account) : bytes(std::move(account)) {}
  template <typename U>
  Counted(const Counted<U>& other) : bytes(other.bytes) {}  // NOLINT: as allocators are rebound

  T* allocate(std::size_t count) {
    *bytes += count * sizeof(T);
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* at, std::size_t count) {
    *bytes -= count * sizeof(T);
    std::allocator<T>().deallocate(at, count);
  }
  template <typename U>
  friend bool operator==(const Counted& a, const Counted<U>& b) {
    return a.bytes == b.bytes;
  }
};

// Eight words at a time: the C library of WebAssembly compares byte by byte.
constexpr u64 step_words = 8, step_bytes = step_words * sizeof(u64);

bool is_zero(const u8* page) {
  for (u64 at = 0; at < page_size; at += step_bytes) {
    u64 words[step_words], any = 0;
    std::memcpy(words, page + at, step_bytes);
    for (const u64 word : words) any |= word;
    if (any != 0) return false;
  }
  return true;
}

bool same(const u8* page, const u8* other) {
  for (u64 at = 0; at < page_size; at += step_bytes) {
    u64 words[step_words], others[step_words], any = 0;
    std::memcpy(words, page + at, step_bytes);
    std::memcpy(others, other + at, step_bytes);
    for (u64 i = 0; i < step_words; ++i) any |= words[i] ^ others[i];
    if (any != 0) return false;
  }
  return true;
}

}  // namespace

const u8* MemoryImage::page(u64 frame) const {
  const u64 row = frame / row_pages;
  if (row >= rows_.size() || !rows_[row]) return nullptr;
  const auto& page = (*rows_[row])[frame % row_pages];
  return page ? page->data() : nullptr;
}

MemoryKeeper::MemoryKeeper(PhysicalMemory& ram) : ram_(ram), bytes_held_(std::make_shared<u64>(0)) {
  base_.rows_.resize((ram.frame_count() + row_pages - 1) / row_pages);
}

/// The base's page where the content is still the same: a page may be written and be as before.
std::shared_ptr<const PageBytes> MemoryKeeper::page_of(u64 frame) const {
  const u8* now = ram_.data() + frame * page_size;
  if (is_zero(now)) return nullptr;
  if (const u8* before = base_.page(frame); before != nullptr && same(before, now)) {
    return (*base_.rows_[frame / row_pages])[frame % row_pages];
  }
  auto page = std::allocate_shared<PageBytes>(Counted<PageBytes>(bytes_held_));
  std::memcpy(page->data(), now, page_size);
  return page;
}

MemoryImage MemoryKeeper::capture() {
  for (u64 row = 0; row < base_.rows_.size(); ++row) {
    const u64 touched = ram_.touched(row);
    if (touched == 0) continue;
    auto pages = std::allocate_shared<PageRow>(Counted<PageRow>(bytes_held_));
    if (base_.rows_[row]) *pages = *base_.rows_[row];
    for (u64 left = touched; left != 0; left &= left - 1) {
      const u64 i = static_cast<u64>(__builtin_ctzll(left));
      (*pages)[i] = page_of(row * row_pages + i);
    }
    base_.rows_[row] = std::move(pages);
  }
  ram_.forget_touched();
  return base_;
}

std::vector<u64> MemoryKeeper::restore(const MemoryImage& image) {
  std::vector<u64> changed;
  for (u64 row = 0; row < base_.rows_.size(); ++row) {
    const u64 touched = ram_.touched(row);
    if (touched == 0 && base_.rows_[row] == image.rows_[row]) continue;
    for (u64 i = 0; i < row_pages && row * row_pages + i < ram_.frame_count(); ++i) {
      const u64 frame = row * row_pages + i;
      const u8* wanted = image.page(frame);
      if ((touched >> i & 1) == 0 && base_.page(frame) == wanted) continue;
      u8* now = ram_.data() + frame * page_size;
      if (wanted != nullptr) {
        std::memcpy(now, wanted, page_size);
      } else {
        std::memset(now, 0, page_size);
      }
      changed.push_back(frame);
    }
  }
  base_ = image;
  ram_.forget_touched();
  return changed;
}

}  // namespace lucid::mem
