// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/disks.h"

#include "core/kernel/drivers/ata.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/swap.h"

namespace lucid::kernel {
namespace {

// Master boot record: four entries of 16 bytes, 55 AA behind them.
constexpr u64 table_at = 446, entry_size = 16, type_at = 4, first_at = 8, count_at = 12, mark_at = 510;
constexpr u8 swap_partition = 0x82;

class Partition : public BlockDevice {
 public:
  void set(u64 number, BlockDevice& disk, u64 first, u64 count) {
    disk_ = &disk, first_ = first, count_ = count;
    copy_string(name_, disk.name(), sizeof name_);
    const u64 length = strlen(name_);
    name_[length] = static_cast<char>('0' + number), name_[length + 1] = 0;
  }
  bool exists() const { return count_; }
  const char* name() const override { return name_; }
  u64 sectors() const override { return count_; }
  Status read(u64 sector, void* to, u64 n) override {
    return inside(sector, n) ? disk_->read(first_ + sector, to, n) : Status(Errno::IO);
  }
  Status write(u64 sector, const void* from, u64 n) override {
    return inside(sector, n) ? disk_->write(first_ + sector, from, n) : Status(Errno::IO);
  }

 private:
  bool inside(u64 sector, u64 n) const { return sector <= count_ && n <= count_ - sector; }
  BlockDevice* disk_ = nullptr;
  u64 first_ = 0, count_ = 0;
  char name_[8] = "";
};

BlockDevice* whole_disk = nullptr;
Partition partitions[disk_minors - 1];

u32 u32_at(const u8* bytes) {
  u32 value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

void find_partitions() {
  u8 record[sector_size];
  if (!whole_disk->read(0, record, 1).ok() || record[mark_at] != 0x55 || record[mark_at + 1] != 0xaa) return;
  for (u64 i = 0; i < disk_minors - 1; i++) {
    const u8* entry = record + table_at + i * entry_size;
    const u64 first = u32_at(entry + first_at), count = u32_at(entry + count_at);
    if (!entry[type_at] || !first || !count || first + count > whole_disk->sectors()) continue;
    partitions[i].set(i + 1, *whole_disk, first, count);
    log(" %s: %lu sectors from %lu on, type %x", partitions[i].name(), count, first, entry[type_at]);
    if (entry[type_at] == swap_partition && !swap_on(partitions[i]).ok())
      log(" %s: not used: no swap area (mkswap) or one is in use", partitions[i].name());
  }
}

}  // namespace

void setup_disks() {
  whole_disk = setup_ata();
  if (!whole_disk) return;
  log("%s: %lu sectors", whole_disk->name(), whole_disk->sectors());
  find_partitions();
}

BlockDevice* find_disk(const char* name) {
  constexpr char folder[] = "/dev/";
  if (strlen(name) > sizeof folder - 1 && memcmp(name, folder, sizeof folder - 1) == 0) name += sizeof folder - 1;
  for (u64 minor = 0; minor < disk_minors; minor++) {
    BlockDevice* found = find_disk(disk_major << 8 | minor);
    if (found && equal(found->name(), name)) return found;
  }
  return nullptr;
}

BlockDevice* find_disk(u64 device) {
  const u64 minor = device & 0xff;
  if (device >> 8 != disk_major || minor >= disk_minors || !whole_disk) return nullptr;
  if (minor == 0) return whole_disk;
  return partitions[minor - 1].exists() ? &partitions[minor - 1] : nullptr;
}

}  // namespace lucid::kernel
