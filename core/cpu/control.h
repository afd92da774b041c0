// SPDX-License-Identifier: MIT
// Control registers, MSRs and RFLAGS: what may be written, and what follows from a write.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu {

namespace cr0 {
constexpr u64 pe = 1, mp = 2, em = 4, ts = 8, et = 16, ne = 32, wp = 1 << 16, am = 1 << 18, nw = 1 << 29, cd = 1 << 30,
              pg = u64{1} << 31;
constexpr u64 known = pe | mp | em | ts | et | ne | wp | am | nw | cd | pg;
}  // namespace cr0
namespace cr4 {
constexpr u64 vme = 1, pvi = 2, tsd = 4, de = 8, pse = 16, pae = 32, mce = 64, pge = 128, pce = 256, osfxsr = 512,
              osxmmexcpt = 1024, umip = 2048, la57 = 4096, fsgsbase = 1 << 16, smep = 1 << 20, smap = 1 << 21;
constexpr u64 known =
    tsd | de | pse | pae | mce | pge | pce | osfxsr | osxmmexcpt | umip | la57 | fsgsbase | smep | smap;
}  // namespace cr4
namespace efer {
constexpr u64 sce = 1, lme = 1 << 8, lma = 1 << 10, nxe = 1 << 11;
constexpr u64 known = sce | lme | lma | nxe;
}  // namespace efer

enum class Msr : u32 {
  tsc = 0x10,
  apic_base = 0x1b,
  feature_control = 0x3a,
  tsc_adjust = 0x3b,
  microcode = 0x8b,
  mtrr_cap = 0xfe,
  sysenter_cs = 0x174,
  sysenter_esp = 0x175,
  sysenter_eip = 0x176,
  mcg_cap = 0x179,
  misc_enable = 0x1a0,
  pat = 0x277,
  efer = 0xc0000080,
  star = 0xc0000081,
  lstar = 0xc0000082,
  cstar = 0xc0000083,
  sfmask = 0xc0000084,
  fs_base = 0xc0000100,
  gs_base = 0xc0000101,
  kernel_gs_base = 0xc0000102,
  tsc_aux = 0xc0000103,
};

/// Whether a register that holds a linear address (a base or an entry point) takes this one: by what the processor
/// has, whatever CR4.LA57 says.
constexpr bool holds_address(u64 value) { return mem::canonical(value, 57); }

/// False = #GP(0) is pending and nothing was changed.
bool write_cr0(Core& c, u64 value);
bool write_cr3(Core& c, u64 value);
bool write_cr4(Core& c, u64 value);
bool read_msr(Core& c, u32 index, u64& value);
bool write_msr(Core& c, u32 index, u64 value);

/// Tells the MMU about CR0, CR3, CR4 and EFER.
void update_paging(Core& c);

/// The RFLAGS bits that POPF and IRET of this width may change at the present CPL and IOPL.
u64 writable_flags(const Core& c, unsigned width);
/// Replaces the bits in `mask`; RF is cleared unless the mask has it.
void write_flags(Core& c, u64 value, u64 mask);

u64 read_tsc(const Core& c);

}  // namespace lucid::cpu
