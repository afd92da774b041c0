// SPDX-License-Identifier: MIT
#include "core/kernel/arch/segments.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/boot/init_section.h"

namespace lucid::kernel {
namespace {

struct [[gnu::packed]] Tss {
  u32 reserved0;
  u64 rsp[3];
  u64 reserved1;
  u64 ist[7];
  u64 reserved2;
  u16 reserved3;
  u16 io_map_base;
};
static_assert(sizeof(Tss) == 104);

struct [[gnu::packed]] TablePointer {
  u16 limit;
  u64 base;
};

//  63      56 55  52 51  48 47       40 39      16 15       0
//  base 31:24 G D L A limit P DPL S type base 23:0  limit 15:0
u64 gdt[10] = {
    0,
    0x00cf9b000000ffff,  // 0x08 32-bit kernel code (unused)
    0x00af9b000000ffff,  // 0x10 kernel code, L
    0x00cf93000000ffff,  // 0x18 kernel data
    0x00cffb000000ffff,  // 0x20 32-bit user code
    0x00cff3000000ffff,  // 0x28 user data
    0x00affb000000ffff,  // 0x30 user code, L
    0,
    0,  // 0x40 TSS, two entries
    0,
};

Tss tss;
PerCpu per_cpu;
alignas(16) u8 double_fault_stack[4096];

}  // namespace

INIT_CODE void setup_segments() {
  tss.ist[0] = reinterpret_cast<u64>(double_fault_stack + sizeof double_fault_stack);
  tss.io_map_base = sizeof(Tss);  // no I/O permission map: ring 3 has no ports
  u64 base = reinterpret_cast<u64>(&tss);
  gdt[8] = (sizeof(Tss) - 1) | (base & 0xffffff) << 16 | u64{0x89} << 40 | (base >> 24 & 0xff) << 56;
  gdt[9] = base >> 32;
  TablePointer pointer{sizeof gdt - 1, reinterpret_cast<u64>(gdt)};
  asm volatile(
      "lgdt %0\n"
      "pushq %1\n"
      "lea 1f(%%rip), %%rax\n"
      "pushq %%rax\n"
      "lretq\n"
      "1: ltr %w2\n" ::"m"(pointer),
      "i"(KERNEL_CODE), "r"(TSS_SELECTOR)
      : "rax", "memory");
  write_msr(msr::gs_base, reinterpret_cast<u64>(&per_cpu));
  write_msr(msr::kernel_gs_base, 0);
}

void set_kernel_stack(u64 top) {
  tss.rsp[0] = top;
  per_cpu.kernel_stack = top;
}

}  // namespace lucid::kernel
