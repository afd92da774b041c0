// SPDX-License-Identifier: MIT
// Instructions that C++ has no words for. Numbers: SDM vol. 3, ch. 2; vol. 4 (MSRs).
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

namespace msr {
constexpr u32 sysenter_cs = 0x174, sysenter_esp = 0x175, sysenter_eip = 0x176;
constexpr u32 efer = 0xc0000080, star = 0xc0000081, lstar = 0xc0000082, cstar = 0xc0000083, sfmask = 0xc0000084;
constexpr u32 fs_base = 0xc0000100, gs_base = 0xc0000101, kernel_gs_base = 0xc0000102;
}  // namespace msr

namespace cr4 {
constexpr u64 global_pages = 1 << 7, la57 = 1 << 12, smep = 1 << 20, smap = 1 << 21;
}

namespace rflags {
constexpr u64 carry = 1 << 0, trap = 1 << 8, interrupt = 1 << 9, direction = 1 << 10, nested = 1 << 14,
              resume = 1 << 16, alignment = 1 << 18, reserved_one = 1 << 1;
constexpr u64 iopl = 3 << 12;
/// What a signal frame may change (Linux: FIX_EFLAGS): AC OF DF TF SF ZF AF PF CF RF.
constexpr u64 user_settable = 0x50dd5;
}  // namespace rflags

inline u64 read_msr(u32 number) {
  u32 low, high;
  asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
  return static_cast<u64>(high) << 32 | low;
}
inline void write_msr(u32 number, u64 value) {
  asm volatile("wrmsr" ::"c"(number), "a"(static_cast<u32>(value)), "d"(static_cast<u32>(value >> 32)) : "memory");
}
inline u64 read_cr2() {
  u64 value;
  asm volatile("mov %%cr2, %0" : "=r"(value));
  return value;
}
inline u64 read_cr3() {
  u64 value;
  asm volatile("mov %%cr3, %0" : "=r"(value));
  return value;
}
inline void write_cr3(u64 value) { asm volatile("mov %0, %%cr3" ::"r"(value) : "memory"); }
inline u64 read_cr4() {
  u64 value;
  asm volatile("mov %%cr4, %0" : "=r"(value));
  return value;
}
inline void write_cr4(u64 value) { asm volatile("mov %0, %%cr4" ::"r"(value) : "memory"); }
inline void invalidate_page(u64 address) { asm volatile("invlpg (%0)" ::"r"(address) : "memory"); }

inline u64 read_tsc() {
  u32 low, high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return static_cast<u64>(high) << 32 | low;
}

struct CpuidResult {
  u32 eax, ebx, ecx, edx;
};
inline CpuidResult cpuid(u32 leaf, u32 subleaf = 0) {
  CpuidResult r;
  asm volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
  return r;
}

inline void disable_interrupts() { asm volatile("cli" ::: "memory"); }
/// STI holds interrupts off for one more instruction, so none is lost between it and HLT.
inline void wait_for_interrupt() { asm volatile("sti; hlt; cli" ::: "memory"); }
[[noreturn]] inline void halt_forever() {
  for (;;) asm volatile("cli; hlt");
}

}  // namespace lucid::kernel
