// SPDX-License-Identifier: MIT
// The firmware's services, which are there in real mode only.
#pragma once
#include <stdint.h>

namespace lucid::loader {

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;

struct RealModeRegisters {
  u32 eax, ebx, ecx, edx, esi, edi;
  u32 flags;  // after the call
  u32 es;
  u32 reserved;
  bool carry() const { return flags & 1; }
};
static_assert(sizeof(RealModeRegisters) == 36);

extern "C" void call_firmware(u32 vector, RealModeRegisters* registers);

/// One range of INT 15h, AX = E820h.
struct MemoryRange {
  u64 start, size;
  u32 type;  // 1 = RAM
};
/// The range number `which` (0 = the first) and the next one's, 0 after the last; false when there is none.
bool memory_range(u32& which, MemoryRange& range);

/// Opens the address line that early PCs kept shut: without it addresses with bit 20 set would be those without.
void open_a20();

/// Where disk sectors arrive: real mode cannot put them higher.
constexpr u32 disk_buffer = 0x10000, most_sectors = 64, sector_size = 512;
/// At most most_sectors, into disk_buffer.
bool read_disk(u8 drive, u64 first, u32 count);

void teletype(char c);

}  // namespace lucid::loader
