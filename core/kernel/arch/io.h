// SPDX-License-Identifier: MIT
// Port input and output. A port is its own type: a command byte is not a port.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

struct Port {
  u16 number;
  constexpr Port operator+(u16 offset) const { return {static_cast<u16>(number + offset)}; }
};

inline void out8(Port port, u8 value) { asm volatile("outb %0, %1" ::"a"(value), "d"(port.number)); }
inline void out32(Port port, u32 value) { asm volatile("outl %0, %1" ::"a"(value), "d"(port.number) : "memory"); }
/// Several 16-bit accesses of one port.
inline void in_words(Port port, void* to, u64 count) {
  asm volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port.number) : "memory");
}
inline void out_words(Port port, const void* from, u64 count) {
  asm volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(port.number) : "memory");
}
inline u32 in32(Port port) {
  u32 value;
  asm volatile("inl %1, %0" : "=a"(value) : "d"(port.number));
  return value;
}
inline u8 in8(Port port) {
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "d"(port.number));
  return value;
}

}  // namespace lucid::kernel
