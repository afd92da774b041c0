// SPDX-License-Identifier: MIT
// Who lives where in an address space (the same as on Linux with 4-level paging):
//
//   0x0000000000000000 .. 0x00007fffffffefff   the process
//   0xffff888000000000 ..                      direct map: all of RAM, at physical + this
//   0xffffffff80000000 ..                      the kernel image, at physical + this
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

constexpr u64 user_end = 0x7ffffffff000;  // exclusive; the last page below 2^47 stays unused
constexpr u64 direct_map_base = 0xffff888000000000;
constexpr u64 image_base = 0xffffffff80000000;
constexpr u64 image_start = 0x100000;  // the image's physical address
constexpr u64 direct_map_limit = u64{2} << 30;  // physical memory that boot/entry.S maps
constexpr u64 lowest_user_address = 0x10000;    // mmap_min_addr

inline void* physical_to_pointer(u64 physical) { return reinterpret_cast<void*>(physical + direct_map_base); }
inline u64 pointer_to_physical(const void* pointer) { return reinterpret_cast<u64>(pointer) - direct_map_base; }
inline u64 image_to_physical(const void* pointer) { return reinterpret_cast<u64>(pointer) - image_base; }

}  // namespace lucid::kernel
