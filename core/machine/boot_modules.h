// SPDX-License-Identifier: MIT
// Where the files that a loader brings along for the kernel go: each starts a page.
#pragma once
#include "core/machine/boot_image.h"
#include "core/machine/placement.h"

namespace lucid::machine {

struct PlacedModule {
  u64 start = 0, size = 0;
};

/// At the top of RAM, below `limit`: out of the way of a kernel that takes memory from the bottom.
Result<std::vector<PlacedModule>> place_modules_high(Placement& placement, const std::vector<BootModule>& modules,
                                                     u64 limit);
/// From `from` upwards: right behind the kernel.
Result<std::vector<PlacedModule>> place_modules_low(Placement& placement, const std::vector<BootModule>& modules,
                                                    u64 from);

void put_modules(mem::PhysicalMemory& ram, const std::vector<PlacedModule>& places,
                 const std::vector<BootModule>& modules);

}  // namespace lucid::machine
