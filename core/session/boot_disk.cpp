// SPDX-License-Identifier: MIT
#include "core/session/boot_disk.h"

#include <algorithm>
#include <string>

#include "core/session/partition_table.h"

namespace lucid::session {
namespace {

constexpr u64 code_bytes = 446;  // of the boot sector, before the table
constexpr u64 loader_sectors = 63, command_line_bytes = 1024;
constexpr u64 page_sectors = page_size / sector_size;

u64 whole_pages(u64 bytes) { return (bytes + page_size - 1) / page_size * page_sectors; }

void put(std::vector<u8>& disk, u64 sector, std::span<const u8> bytes) {
  std::copy(bytes.begin(), bytes.end(), disk.begin() + static_cast<std::ptrdiff_t>(sector * sector_size));
}

}  // namespace

Result<std::vector<u8>> make_boot_disk(const BootDisk& parts) {
  constexpr u64 loader_room = loader_sectors * sector_size - command_line_bytes;
  if (parts.boot_sector.size() > code_bytes) return Error{"the boot sector is too large"};
  if (parts.loader.size() > loader_room) return Error{"the loader is too large"};
  if (parts.command_line.size() >= command_line_bytes)
    return Error{"the command line is too long: " + std::to_string(command_line_bytes - 1) + " bytes fit"};
  const Partition loader{partition_type::loader_data, 1, loader_sectors, true};
  const Partition kernel{partition_type::loader_data, loader.first + loader.sectors, whole_pages(parts.kernel.size())};
  const Partition root{partition_type::linux_data, kernel.first + kernel.sectors, whole_pages(parts.root.size())};
  const Partition swap{partition_type::linux_swap, root.first + root.sectors, whole_pages(parts.swap_bytes)};
  std::vector<u8> disk((swap.first + swap.sectors) * sector_size);
  put(disk, 0, parts.boot_sector);
  put(disk, loader.first, parts.loader);
  put(disk, kernel.first, parts.kernel);
  put(disk, root.first, parts.root);
  const std::span line{reinterpret_cast<const u8*>(parts.command_line.data()), parts.command_line.size()};
  put(disk, loader.first + loader.sectors - command_line_bytes / sector_size, line);
  put_partition(disk, 0, loader);
  put_partition(disk, 1, kernel);
  if (root.sectors) put_partition(disk, 2, root);
  if (swap.sectors) {
    put_partition(disk, 3, swap);
    put_swap_header(disk, swap.first * sector_size, parts.swap_bytes);
  }
  return disk;
}

}  // namespace lucid::session
