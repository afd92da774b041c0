// SPDX-License-Identifier: MIT
#include "core/devices/disk_contents.h"

#include <algorithm>
#include <cstring>

#include "core/base/hash.h"

namespace lucid::devices {

namespace {

constexpr u64 round_up(u64 value, u64 to) { return (value + to - 1) / to * to; }

}  // namespace

void DiskContents::insert(std::span<const u8> bytes, u64 size) {
  sectors_ = round_up(std::max<u64>(bytes.size(), size), sector_size) / sector_size;
  given_.assign(bytes.begin(), bytes.end());
  given_.resize(round_up(given_.size(), chunk_size));
  written_ = std::make_shared<Written>();
}

const u8* DiskContents::chunk(u64 number) const {
  static constexpr Chunk zeros{};
  const auto found = written_->find(number);
  if (found != written_->end()) return found->second->data();
  return (number + 1) * chunk_size <= given_.size() ? given_.data() + number * chunk_size : zeros.data();
}

void DiskContents::read(u64 sector, u8* out) const {
  const u64 at = sector * sector_size;
  std::memcpy(out, chunk(at / chunk_size) + at % chunk_size, sector_size);
}

void DiskContents::write(u64 sector, const u8* bytes) {
  const u64 at = sector * sector_size, number = at / chunk_size;
  // Snapshots keep the map and the chunks they know: both are copied before they change.
  if (written_.use_count() > 1) written_ = std::make_shared<Written>(*written_);
  auto changed = std::make_shared<Chunk>();
  std::memcpy(changed->data(), chunk(number), chunk_size);
  std::memcpy(changed->data() + at % chunk_size, bytes, sector_size);
  (*written_)[number] = std::move(changed);
}

void DiskContents::set_written(std::shared_ptr<Written> written) { written_ = std::move(written); }

u64 DiskContents::hash() const {
  Hasher h;
  for (const auto& [number, chunk] : *written_) h.word(number), h.bytes(chunk->data(), chunk->size());
  return h.value();
}

}  // namespace lucid::devices
