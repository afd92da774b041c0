// SPDX-License-Identifier: MIT
#include "core/cli/disk.h"

#include "core/cli/host_files.h"

namespace lucid::cli {
namespace {

constexpr u64 mebibyte = 1 << 20;
constexpr u64 most_disk_mib = 4096;

}  // namespace

void put_into(session::Config& config, const session::DiskImage& disk) {
  config.disk = disk.bytes;
  config.disk_bytes = disk.size;
}

Result<session::DiskImage, Failure> set_up_disk(const MachineOptions& options,
                                                const std::vector<std::span<const u8>>& root) {
  const bool made = options.swap_mib != 0 || !root.empty();
  if (options.disk_file.empty())
    return made ? session::make_disk({root, options.swap_mib * mebibyte}) : session::DiskImage{};
  if (made)
    return Failure{exit_usage, std::string("--disk and ") + (root.empty() ? "--swap" : "--root-on-disk") +
                                   ": the machine has one disk; make a partition on yours instead"};
  auto bytes = read_file(options.disk_file);
  if (!bytes) return Failure{exit_bad_input, "--disk " + bytes.error().message};
  session::DiskImage disk{bytes.take()};
  disk.size = disk.bytes.size();
  if (disk.size == 0)
    return Failure{exit_bad_input, "--disk " + options.disk_file + ": is empty; a disk needs at least one sector"};
  if (disk.size > most_disk_mib * mebibyte)
    return Failure{exit_bad_input,
                   "--disk " + options.disk_file + ": is larger than " + std::to_string(most_disk_mib) + " MiB"};
  return disk;
}

}  // namespace lucid::cli
