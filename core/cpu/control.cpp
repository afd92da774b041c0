// SPDX-License-Identifier: MIT
#include "core/cpu/control.h"

#include "core/cpu/inert_msrs.h"
#include "core/cpu/segments.h"

namespace lucid::cpu {
namespace {

constexpr u64 physical_mask = (u64{1} << 40) - 1;

bool refuse(Core& c) {
  c.general_protection();
  return false;
}

bool store_canonical(Core& c, u64& where, u64 value) {
  if (!holds_address(value)) return refuse(c);
  where = value;
  return true;
}

bool valid_pat(u64 value) {
  for (unsigned i = 0; i < 8; ++i) {
    const u8 type = static_cast<u8>(value >> (8 * i));
    if (type > 7 || type == 2 || type == 3) return false;
  }
  return true;
}

bool write_efer(Core& c, u64 value) {
  const u64 old = c.state.efer;
  if (value & ~efer::known) return refuse(c);
  if ((c.state.cr0 & cr0::pg) && (value ^ old) & efer::lme) return refuse(c);
  c.state.efer = (value & ~efer::lma) | (old & efer::lma);
  update_paging(c);
  return true;
}

bool set_base(Core& c, Seg seg, u64 value) {
  if (!holds_address(value)) return refuse(c);
  c.state.segment[seg].base = value;
  refresh(c);
  return true;
}

/// PAE paging, when `next` has it, starts from the four entries that CR3 points to.
bool load_pdptes(Core& c, mem::PagingState next) {
  if (!next.pae_paging()) return true;
  if (!mem::load_pdptes(c.mmu.ram(), next.cr3, next.pdpte)) return refuse(c);
  c.state.pdpte = next.pdpte;
  return true;
}

mem::PagingState paging_of(const State& s) { return {s.cr0, s.cr3, s.cr4, s.efer, s.pdpte}; }

}  // namespace

void update_paging(Core& c) {
  c.mmu.set_paging(paging_of(c.state));
  refresh(c);
}

bool write_cr0(Core& c, u64 value) {
  State& s = c.state;
  const u64 old = s.cr0;
  if (value >> 32) return refuse(c);
  value = (value & cr0::known) | cr0::et;
  if ((value & cr0::pg) && !(value & cr0::pe)) return refuse(c);
  if ((value & cr0::nw) && !(value & cr0::cd)) return refuse(c);
  u64 new_efer = s.efer;
  if ((value & ~old) & cr0::pg && (s.efer & efer::lme)) {
    const bool narrow_tss = type_of(s.tr.attributes) == system_type::tss16_busy;
    if (!(s.cr4 & cr4::pae) || (s.segment[cs].attributes & segment_bit::l) || narrow_tss) return refuse(c);
    new_efer |= efer::lma;
  }
  if ((old & ~value) & cr0::pg) {
    if (c.mode64()) return refuse(c);
    new_efer &= ~efer::lma;
  }
  constexpr u64 reloads = cr0::pg | cr0::cd | cr0::nw;
  if ((old ^ value) & reloads && !load_pdptes(c, {value, s.cr3, s.cr4, new_efer, {}})) return false;
  s.cr0 = value;
  s.efer = new_efer;
  constexpr u64 matters = reloads | cr0::wp | cr0::pe;
  if ((old ^ value) & matters) update_paging(c);
  return true;
}

bool write_cr3(Core& c, u64 value) {
  if (c.long_mode() && value & ~physical_mask) return refuse(c);
  if (!load_pdptes(c, {c.state.cr0, value, c.state.cr4, c.state.efer, {}})) return false;
  c.state.cr3 = value;
  update_paging(c);
  return true;
}

bool write_cr4(Core& c, u64 value) {
  const u64 old = c.state.cr4;
  if (value & ~cr4::known) return refuse(c);
  if (c.long_mode() && (!(value & cr4::pae) || (old ^ value) & cr4::la57)) return refuse(c);
  constexpr u64 reloads = cr4::pae | cr4::pge | cr4::pse | cr4::smep;
  if ((old ^ value) & reloads && !load_pdptes(c, {c.state.cr0, c.state.cr3, value, c.state.efer, {}})) return false;
  c.state.cr4 = value;
  constexpr u64 matters = reloads | cr4::smap | cr4::la57;
  if ((old ^ value) & matters) update_paging(c);
  return true;
}

u64 read_tsc(const Core& c) { return c.wiring.clock.now() + static_cast<u64>(c.state.tsc_offset); }

bool read_msr(Core& c, u32 index, u64& value) {
  State& s = c.state;
  if (const u64* inert = inert_msr(s, index)) {
    value = *inert;
    return true;
  }
  switch (static_cast<Msr>(index)) {
    case Msr::tsc:
      value = read_tsc(c);
      return true;
    case Msr::tsc_adjust:
      value = static_cast<u64>(s.tsc_offset);
      return true;
    case Msr::apic_base:
      value = s.apic_base;
      return true;
    case Msr::feature_control:
      value = 1;
      return true;
    case Msr::microcode:
      value = 0;
      return true;
    case Msr::mtrr_cap:
      value = mtrr_capabilities;
      return true;
    case Msr::mcg_cap:
      value = machine_check_capabilities;
      return true;
    case Msr::misc_enable:
      value = s.misc_enable;
      return true;
    case Msr::sysenter_cs:
      value = s.sysenter_cs;
      return true;
    case Msr::sysenter_esp:
      value = s.sysenter_esp;
      return true;
    case Msr::sysenter_eip:
      value = s.sysenter_eip;
      return true;
    case Msr::pat:
      value = s.pat;
      return true;
    case Msr::efer:
      value = s.efer;
      return true;
    case Msr::star:
      value = s.star;
      return true;
    case Msr::lstar:
      value = s.lstar;
      return true;
    case Msr::cstar:
      value = s.cstar;
      return true;
    case Msr::sfmask:
      value = s.sfmask;
      return true;
    case Msr::fs_base:
      value = s.segment[fs].base;
      return true;
    case Msr::gs_base:
      value = s.segment[gs].base;
      return true;
    case Msr::kernel_gs_base:
      value = s.kernel_gs_base;
      return true;
    case Msr::tsc_aux:
      value = s.tsc_aux;
      return true;
  }
  return refuse(c);
}

bool write_msr(Core& c, u32 index, u64 value) {
  State& s = c.state;
  if (u64* inert = inert_msr(s, index)) {
    if (!inert_msr_takes(index, value)) return refuse(c);
    *inert = value;
    return true;
  }
  switch (static_cast<Msr>(index)) {
    case Msr::tsc:
      s.tsc_offset = static_cast<i64>(value - c.wiring.clock.now());
      return true;
    case Msr::tsc_adjust:
      s.tsc_offset = static_cast<i64>(value);
      return true;
    case Msr::apic_base:
      s.apic_base = value;
      return true;
    case Msr::microcode:
      return true;
    case Msr::misc_enable:
      s.misc_enable = value;
      return true;
    case Msr::sysenter_cs:
      s.sysenter_cs = static_cast<u32>(value);
      return true;
    case Msr::sysenter_esp:
      return store_canonical(c, s.sysenter_esp, value);
    case Msr::sysenter_eip:
      return store_canonical(c, s.sysenter_eip, value);
    case Msr::pat:
      if (!valid_pat(value)) return refuse(c);
      s.pat = value;
      return true;
    case Msr::efer:
      return write_efer(c, value);
    case Msr::star:
      s.star = value;
      return true;
    case Msr::lstar:
      return store_canonical(c, s.lstar, value);
    case Msr::cstar:
      return store_canonical(c, s.cstar, value);
    case Msr::sfmask:
      s.sfmask = static_cast<u32>(value);
      return true;
    case Msr::fs_base:
      return set_base(c, fs, value);
    case Msr::gs_base:
      return set_base(c, gs, value);
    case Msr::kernel_gs_base:
      return store_canonical(c, s.kernel_gs_base, value);
    case Msr::tsc_aux:
      s.tsc_aux = static_cast<u32>(value);
      return true;
    case Msr::feature_control:
    case Msr::mtrr_cap:
    case Msr::mcg_cap:
      break;
  }
  return refuse(c);
}

u64 writable_flags(const Core& c, unsigned width) {
  u64 mask = flag::arithmetic | flag::tf | flag::df | flag::nt | flag::rf | flag::ac | flag::id;
  const unsigned iopl = c.flags.rest >> 12 & 3;
  if (c.cpl() <= iopl) mask |= flag::intr;
  if (c.cpl() == 0) mask |= flag::iopl;
  return width == 16 ? mask & 0xffff : mask;
}

void write_flags(Core& c, u64 value, u64 mask) {
  const u64 old = c.flags.all();
  c.flags.set_all((old & ~mask) | (value & mask & ~flag::rf));
  if (((old ^ c.flags.rest) & flag::ac) == 0) return;
  c.mmu.set_alignment_check(c.flags.rest & flag::ac);
  c.tlb = &c.mmu.current();
}

}  // namespace lucid::cpu
