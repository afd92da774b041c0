// SPDX-License-Identifier: MIT
#include "core/machine/boot_modules.h"

namespace lucid::machine {
namespace {

using Places = std::vector<PlacedModule>;

/// `take` gives a place for so many bytes, 0 = none.
template <typename Take>
Result<Places> place(Placement& placement, const std::vector<BootModule>& modules, Take take) {
  Places places;
  for (const BootModule& module : modules) {
    const u64 size = module.bytes.size();
    const u64 start = size == 0 || size > placement.ram_size() ? 0 : take(size);
    if (start == 0 && size != 0)
      return Error{"initrd: its " + mebibytes(size) + " do not fit beside the kernel in " +
                   mebibytes(placement.ram_size()) + "; give the machine more memory"};
    places.push_back({start, size});
  }
  return places;
}

}  // namespace

Result<Places> place_modules_high(Placement& placement, const std::vector<BootModule>& modules, u64 limit) {
  return place(placement, modules, [&](u64 size) { return placement.take_highest(size, limit); });
}

Result<Places> place_modules_low(Placement& placement, const std::vector<BootModule>& modules, u64 from) {
  return place(placement, modules, [&](u64 size) { return placement.take_lowest(size, from); });
}

void put_modules(mem::PhysicalMemory& ram, const Places& places, const std::vector<BootModule>& modules) {
  for (size_t i = 0; i < places.size(); ++i) put(ram, places[i].start, modules[i].bytes);
}

}  // namespace lucid::machine
