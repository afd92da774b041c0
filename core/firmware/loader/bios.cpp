// SPDX-License-Identifier: MIT
#include "core/firmware/loader/bios.h"

namespace lucid::loader {
namespace {

constexpr u32 screen = 0x10, disk = 0x13, system = 0x15;
constexpr u32 smap = 0x534d4150;

/// Real mode's way to write an address.
constexpr u32 segment_of(u32 address) { return address >> 4; }
constexpr u32 offset_of(u32 address) { return address & 15; }
u32 address_of(const void* object) { return reinterpret_cast<u32>(object); }

}  // namespace

bool memory_range(u32& which, MemoryRange& range) {
  static u8 answer[20];
  RealModeRegisters r{};
  r.eax = 0xe820, r.ebx = which, r.ecx = sizeof answer, r.edx = smap;
  r.es = segment_of(address_of(answer)), r.edi = offset_of(address_of(answer));
  call_firmware(system, &r);
  if (r.carry() || r.eax != smap) return false;
  __builtin_memcpy(&range.start, answer, 8);
  __builtin_memcpy(&range.size, answer + 8, 8);
  __builtin_memcpy(&range.type, answer + 16, 4);
  which = r.ebx;
  return true;
}

void open_a20() {
  RealModeRegisters r{};
  r.eax = 0x2401;
  call_firmware(system, &r);
  if (!r.carry()) return;
  constexpr u16 control_port_a = 0x92;  // bit 1; bit 0 would reset the machine
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(control_port_a));
  asm volatile("outb %0, %1" ::"a"(static_cast<u8>((value | 2) & ~1)), "Nd"(control_port_a));
}

bool read_disk(u8 drive, u64 first, u32 count) {
  static struct {
    u8 size, zero;
    u16 count, offset, segment;
    u64 first;
  } packet;
  packet = {sizeof packet, 0, static_cast<u16>(count), 0, static_cast<u16>(segment_of(disk_buffer)), first};
  RealModeRegisters r{};
  r.eax = 0x4200, r.edx = drive, r.esi = address_of(&packet);  // DS is 0
  call_firmware(disk, &r);
  return !r.carry();
}

void teletype(char c) {
  RealModeRegisters r{};
  r.eax = 0x0e00 | static_cast<u8>(c), r.ebx = 7;
  call_firmware(screen, &r);
}

}  // namespace lucid::loader
