// SPDX-License-Identifier: MIT
#include "core/machine/firmware.h"

#include <array>

#include "core/machine/placement.h"

namespace lucid::machine {
namespace {

constexpr u64 rom = 0xf'0000;
constexpr u16 rom_segment = rom >> 4;
constexpr u64 memory_kib_at = 0x413;

struct Vector {
  u16 offset, segment;
};

// Offsets of the handlers in the ROM.
constexpr u16 only_return = 0, on_timer = 0x10, on_first_pic = 0x30, on_second_pic = 0x40;

constexpr u8 return_code[] = {0xcf};  // iret
constexpr u8 timer_code[] = {
    0x1e, 0x50,                    // push ds; push ax
    0x31, 0xc0, 0x8e, 0xd8,        // xor ax, ax; mov ds, ax
    0x66, 0xff, 0x06, 0x6c, 0x04,  // inc dword [0x46c]
    0xb0, 0x20, 0xe6, 0x20,        // mov al, 0x20; out 0x20, al
    0x58, 0x1f, 0xcf,              // pop ax; pop ds; iret
};
constexpr u8 first_pic_code[] = {0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf};  // end of interrupt, iret
constexpr u8 second_pic_code[] = {0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf};

constexpr u8 first_vector = 0x08, second_vector = 0x70;

std::array<Vector, 256> vectors() {
  std::array<Vector, 256> table;
  table.fill({only_return, rom_segment});
  for (unsigned line = 0; line < 8; ++line) {
    table[first_vector + line].offset = line == 0 ? on_timer : on_first_pic;
    table[second_vector + line].offset = on_second_pic;
  }
  return table;
}

}  // namespace

void put_firmware_data(mem::PhysicalMemory& ram) {
  const auto table = vectors();
  put(ram, 0, {reinterpret_cast<const u8*>(table.data()), sizeof table});
  constexpr u8 memory_kib[2] = {(hole_start >> 10) & 0xff, hole_start >> 18};
  put(ram, memory_kib_at, memory_kib);
  put(ram, rom + only_return, return_code);
  put(ram, rom + on_timer, timer_code);
  put(ram, rom + on_first_pic, first_pic_code);
  put(ram, rom + on_second_pic, second_pic_code);
}

void program_devices_as_firmware(bus::PortBus& ports) {
  struct Write {
    u16 port;
    u8 value;
  };
  constexpr Write writes[] = {
      {0x20, 0x11}, {0x21, first_vector},
      {0x21, 4},    {0x21, 1},  // ICW1..4
      {0xa0, 0x11}, {0xa1, second_vector},
      {0xa1, 2},    {0xa1, 1},
      {0x21, 0xfa}, {0xa1, 0xff},  // masks
      {0x43, 0x34}, {0x40, 0},
      {0x40, 0},  // channel 0: mode 2, 65536 pulses
  };
  for (const Write& write : writes) ports.write(write.port, write.value, 1);
}

}  // namespace lucid::machine
