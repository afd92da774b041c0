// SPDX-License-Identifier: MIT
// The bytes of a disk: what it was given with, and the chunks written since, shared with snapshots
// until either side writes again.
#pragma once
#include <array>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/base/types.h"

namespace lucid::devices {

class DiskContents {
 public:
  static constexpr u64 sector_size = 512, chunk_size = 4096;
  using Chunk = std::array<u8, chunk_size>;
  /// By number; what a snapshot keeps.
  using Written = std::map<u64, std::shared_ptr<const Chunk>>;

  DiskContents() : written_(std::make_shared<Written>()) {}
  /// The bytes are copied; zeros follow up to `size` (bytes), rounded up to whole sectors.
  void insert(std::span<const u8> bytes, u64 size);

  u64 sectors() const { return sectors_; }
  /// One sector; it must exist.
  void read(u64 sector, u8* out) const;
  void write(u64 sector, const u8* bytes);

  std::shared_ptr<Written> written() const { return written_; }
  void set_written(std::shared_ptr<Written> written);
  u64 hash() const;  // of what was written since insert()

 private:
  const u8* chunk(u64 number) const;

  u64 sectors_ = 0;
  std::vector<u8> given_;
  std::shared_ptr<Written> written_;  // changed only while nobody else holds it
};

}  // namespace lucid::devices
