// SPDX-License-Identifier: MIT
#include "core/cli/disk.h"

#include "core/cli/host_files.h"
#include "core/session/swap_disk.h"

namespace lucid::cli {
namespace {

constexpr u64 mebibyte = 1 << 20;
constexpr u64 most_disk_mib = 4096;

}  // namespace

void DiskSetup::put_into(session::Config& config) const {
  config.disk = bytes;
  config.disk_bytes = size;
}

Result<DiskSetup, Failure> set_up_disk(const MachineOptions& options) {
  DiskSetup setup;
  if (!options.disk_file.empty() && options.swap_mib != 0)
    return Failure{exit_usage, "--disk and --swap: the machine has one disk; make a swap partition on yours instead"};
  if (options.swap_mib != 0) {
    setup.bytes = session::swap_disk_head(options.swap_mib * mebibyte);
    setup.size = session::swap_disk_size(options.swap_mib * mebibyte);
  }
  if (options.disk_file.empty()) return setup;
  auto bytes = read_file(options.disk_file);
  if (!bytes) return Failure{exit_bad_input, "--disk " + bytes.error().message};
  setup.bytes = bytes.take();
  setup.size = setup.bytes.size();
  if (setup.size == 0)
    return Failure{exit_bad_input, "--disk " + options.disk_file + ": is empty; a disk needs at least one sector"};
  if (setup.size > most_disk_mib * mebibyte)
    return Failure{exit_bad_input,
                   "--disk " + options.disk_file + ": is larger than " + std::to_string(most_disk_mib) + " MiB"};
  return setup;
}

}  // namespace lucid::cli
