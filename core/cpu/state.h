// SPDX-License-Identifier: MIT
// The architectural state of one logical processor: plain data, snapshotted as it is.
// Names and bit positions: Intel SDM vol. 1 ch. 3 and vol. 3 ch. 2.
#pragma once
#include <array>

#include "core/base/types.h"

namespace lucid::cpu {

enum Reg : u8 { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };
enum Seg : u8 { es, cs, ss, ds, fs, gs };

/// A segment register with its hidden part (descriptor cache).
struct Segment {
  u16 selector = 0;
  u16 attributes = 0;  // descriptor bits 40..47 (type, S, DPL, P) and 52..55 (AVL, L, D/B, G) as bits 0..7 and 12..15
  u32 limit = 0;       // in bytes, granularity applied
  u64 base = 0;
};

struct TableRegister {  // GDTR, IDTR
  u64 base = 0;
  u16 limit = 0;
};

struct alignas(16) Xmm {
  u64 low = 0;
  u64 high = 0;
  friend bool operator==(const Xmm&, const Xmm&) = default;
};

struct F80 {  // an x87 register as FXSAVE stores it
  u64 mantissa = 0;
  u16 sign_exponent = 0;
  friend bool operator==(const F80&, const F80&) = default;
};

struct X87 {
  std::array<F80, 8> reg;  // physical R0..R7; ST(i) = reg[(top + i) & 7]
  u16 control = 0x037f;
  u16 status = 0;    // TOP in bits 11..13
  u16 tag = 0xffff;  // two bits each: 3 empty, otherwise 0; fp::tag_word() has the classes FNSTENV stores
  u16 opcode = 0;
  u64 instruction_pointer = 0;
  u64 data_pointer = 0;
  u16 instruction_selector = 0;
  u16 data_selector = 0;
};

/// MSRs without an effect here (inert_msrs.h).
struct InertMsrs {
  std::array<u64, 11> mtrr_fixed{};
  std::array<u64, 16> mtrr_variable{};  // base, mask, base, mask ...
  u64 mtrr_default = 0;
  u64 mcg_status = 0;
  std::array<u64, 16> banks{};  // four of CTL, STATUS, ADDR, MISC
};

struct State {
  std::array<u64, 16> gpr{};
  u64 rip = 0;
  u64 rflags = 2;  // bit 1 reads as one; arithmetic flags exact whenever this struct is seen from outside
  std::array<Segment, 6> segment{};
  Segment tr, ldtr;
  TableRegister gdtr, idtr;
  u64 cr0 = 0, cr2 = 0, cr3 = 0, cr4 = 0, cr8 = 0;
  std::array<u64, 4> pdpte{};  // of PAE paging, as last loaded from where CR3 points
  std::array<u64, 4> dr{};
  u64 dr6 = 0xffff0ff0, dr7 = 0x400;
  // MSRs
  u64 efer = 0, star = 0, lstar = 0, cstar = 0, sfmask = 0, kernel_gs_base = 0, tsc_aux = 0,
      misc_enable = 1;  // fast strings
  u64 sysenter_cs = 0, sysenter_esp = 0, sysenter_eip = 0, pat = 0x0007040600070406, apic_base = 0;
  InertMsrs inert;
  i64 tsc_offset = 0;  // TSC = clock.now() + tsc_offset
  // x87 and SSE
  X87 fpu;
  std::array<Xmm, 16> xmm{};
  u32 mxcsr = 0x1f80;
  // Not visible to software, but part of the state between two instructions
  bool halted = false;
  bool interrupt_shadow = false;  // after STI, MOV SS, POP SS
  bool debug_shadow = false;      // after MOV SS, POP SS: no instruction breakpoint
  u8 debug_hits = 0;              // DR6.B0..B3 of breakpoints that are to trap
  bool task_trap = false;         // the TSS switched to has its T bit set: #DB is due
  bool nmi_blocked = false;
  bool nmi_pending = false;

  unsigned cpl() const { return segment[ss].attributes >> 5 & 3; }  // SS.DPL (SDM vol. 3, 5.5)
};

}  // namespace lucid::cpu
