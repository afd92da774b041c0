// SPDX-License-Identifier: MIT
#include "core/kernel/trap/idt.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/trap/trapframe.h"

extern "C" char trap_stubs[], syscall_entry[], sysenter_entry[];

namespace lucid::kernel {
namespace {

//  127    96 95     64 63      48 47 46 45 44 43  40 39  35 34 32 31    16 15     0
//  reserved  off 63:32 off 31:16  P  DPL   0  type   0      IST   selector off 15:0   (SDM vol. 3, 6.14.1)
struct Gate {
  u64 low, high;
};
Gate idt[256];
alignas(16) u8 sysenter_stack[2048];
constexpr u64 stub_size = 16;
constexpr u64 interrupt_gate = 0x8e;  // present, DPL 0, clears IF
constexpr u64 user_dpl = 0x60;

void set_gate(u32 vector, u64 attributes, u64 stack_table_index) {
  u64 handler = reinterpret_cast<u64>(trap_stubs) + vector * stub_size;
  idt[vector].low = (handler & 0xffff) | u64{KERNEL_CODE} << 16 | stack_table_index << 32 | attributes << 40 |
                    (handler >> 16 & 0xffff) << 48;
  idt[vector].high = handler >> 32;
}

}  // namespace

INIT_CODE void setup_interrupt_table() {
  for (u32 vector = 0; vector < 256; vector++) set_gate(vector, interrupt_gate, 0);
  set_gate(3, interrupt_gate | user_dpl, 0);  // INT3 and INTO are for everyone
  set_gate(4, interrupt_gate | user_dpl, 0);
  set_gate(legacy_syscall_vector, interrupt_gate | user_dpl, 0);
  set_gate(8, interrupt_gate, 1);  // double fault: a stack of its own
  struct [[gnu::packed]] {
    u16 limit;
    u64 base;
  } pointer{sizeof idt - 1, reinterpret_cast<u64>(idt)};
  asm volatile("lidt %0" ::"m"(pointer));
}

INIT_CODE void setup_syscall_entry() {
  write_msr(msr::star, u64{USER_CODE32} << 48 | u64{KERNEL_CODE} << 32);
  write_msr(msr::lstar, reinterpret_cast<u64>(syscall_entry));
  write_msr(msr::sysenter_cs, KERNEL_CODE);
  write_msr(msr::sysenter_eip, reinterpret_cast<u64>(sysenter_entry));
  write_msr(msr::sysenter_esp, reinterpret_cast<u64>(sysenter_stack + sizeof sysenter_stack));
  write_msr(msr::sfmask,
            rflags::trap | rflags::interrupt | rflags::direction | rflags::iopl | rflags::nested | rflags::alignment);
}

}  // namespace lucid::kernel
