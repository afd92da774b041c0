// SPDX-License-Identifier: MIT
#include "core/cpu/exec/system.h"

#include "core/cpu/control.h"
#include "core/cpu/cpuid.h"
#include "core/cpu/debug.h"
#include "core/cpu/exec/branch.h"
#include "core/cpu/log.h"
#include "core/cpu/memory.h"
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {
namespace {

/// The instruction is complete; the run loop looks at what changed.
Flow done(Core& c, const MicroOp& op) {
  c.rip = c.next_ip(op);
  return Flow::exit;
}

bool ring0(const Core& c) { return c.cpl() == 0; }

/// UMIP: SGDT SIDT SLDT STR SMSW are refused to user code.
bool hidden_by_umip(const Core& c) { return !ring0(c) && (c.state.cr4 & cr4::umip); }

void log_control(Core& c, const MicroOp& op, unsigned number, u64 old, u64 now) {
  if (old == now && number != 3) return;
  c.sync_clock(op);
  log(c, trace::Kind::control_written, number, old, now, c.ip_of(op));
}

void set_width(Core& c, Slot slot, u64 value, unsigned bits) {
  if (bits == 16)
    c.set<u16>(slot, static_cast<u16>(value));
  else if (bits == 32)
    c.set<u32>(slot, static_cast<u32>(value));
  else
    c.set<u64>(slot, value);
}

u64* control_register(State& s, unsigned number) {
  switch (number) {
    case 0:
      return &s.cr0;
    case 2:
      return &s.cr2;
    case 3:
      return &s.cr3;
    case 4:
      return &s.cr4;
    case 8:
      return &s.cr8;
    default:
      return nullptr;
  }
}

bool write_control(Core& c, unsigned number, u64 value) {
  switch (number) {
    case 0:
      return write_cr0(c, value);
    case 2:
      c.state.cr2 = value;
      return true;
    case 3:
      return write_cr3(c, value);
    case 4:
      return write_cr4(c, value);
    case 8:
      if (value > 15) break;
      c.state.cr8 = value;
      return true;
    default:
      break;
  }
  c.general_protection();
  return false;
}

}  // namespace

Flow hlt(Core& c, const MicroOp& op) {
  if (!ring0(c)) return c.general_protection();
  c.sync_clock(op);
  log(c, trace::Kind::halted, c.ip_of(op), (c.flags.rest & flag::intr) != 0);
  c.state.halted = true;
  return done(c, op);
}

Flow cli(Core& c, const MicroOp&) {
  if (c.cpl() > (c.flags.rest >> 12 & 3)) return c.general_protection();
  c.flags.rest &= ~flag::intr;
  return Flow::next;
}

Flow sti(Core& c, const MicroOp& op) {
  if (c.cpl() > (c.flags.rest >> 12 & 3)) return c.general_protection();
  if (!(c.flags.rest & flag::intr)) c.state.interrupt_shadow = true;
  c.flags.rest |= flag::intr;
  return done(c, op);
}

Flow cpuid(Core& c, const MicroOp&) {
  const CpuidResult r = cpuid_leaf(c.state, static_cast<u32>(c.r[rax]), static_cast<u32>(c.r[rcx]));
  c.r[rax] = r.eax;
  c.r[rbx] = r.ebx;
  c.r[rcx] = r.ecx;
  c.r[rdx] = r.edx;
  return Flow::next;
}

Flow rdtsc(Core& c, const MicroOp& op) {
  if ((c.state.cr4 & cr4::tsd) && !ring0(c)) return c.general_protection();
  c.sync_clock(op);
  const u64 now = read_tsc(c);
  c.r[rax] = static_cast<u32>(now);
  c.r[rdx] = now >> 32;
  if (op.extra) c.r[rcx] = c.state.tsc_aux;
  return Flow::next;
}

Flow rdpmc(Core& c, const MicroOp&) { return c.general_protection(); }

Flow rdmsr(Core& c, const MicroOp& op) {
  if (!ring0(c)) return c.general_protection();
  c.sync_clock(op);
  u64 value;
  if (!read_msr(c, static_cast<u32>(c.r[rcx]), value)) return Flow::fault;
  c.r[rax] = static_cast<u32>(value);
  c.r[rdx] = value >> 32;
  return Flow::next;
}

Flow wrmsr(Core& c, const MicroOp& op) {
  if (!ring0(c)) return c.general_protection();
  c.sync_clock(op);
  const u32 index = static_cast<u32>(c.r[rcx]);
  const u64 value = static_cast<u64>(static_cast<u32>(c.r[rdx])) << 32 | static_cast<u32>(c.r[rax]);
  u64 old = 0;
  if (!read_msr(c, index, old) || !write_msr(c, index, value)) return Flow::fault;
  log(c, trace::Kind::msr_written, index, old, value, c.ip_of(op));
  return done(c, op);
}

Flow mov_from_control(Core& c, const MicroOp& op) {
  const u64* from = control_register(c.state, op.src);
  if (from == nullptr) return c.undefined();
  if (!ring0(c)) return c.general_protection();
  set_width(c, op.dst, *from, op.width);
  return Flow::next;
}

Flow mov_to_control(Core& c, const MicroOp& op) {
  const u64* to = control_register(c.state, op.dst);
  if (to == nullptr) return c.undefined();
  if (!ring0(c)) return c.general_protection();
  const u64 value = op.width == 64 ? c.get<u64>(op.src) : c.get<u32>(op.src);
  const u64 old = *to;
  if (!write_control(c, op.dst, value)) return Flow::fault;
  log_control(c, op, op.dst, old, *to);
  return done(c, op);
}

namespace {

/// DR7.GD: every MOV from or to a debug register is a #DB first.
Flow detect(Core& c) {
  c.state.dr6 |= dr6::general_detect;
  return c.raise(Vector::debug);
}

}  // namespace

Flow mov_from_debug(Core& c, const MicroOp& op) {
  unsigned number = op.src;
  if (number == 4 || number == 5) {
    if (c.state.cr4 & cr4::de) return c.undefined();
    number += 2;
  }
  if (!ring0(c)) return c.general_protection();
  if (c.state.dr7 & dr7_general_detect) return detect(c);
  const u64 value = number < 4 ? c.state.dr[number] : number == 6 ? c.state.dr6 : c.state.dr7;
  set_width(c, op.dst, value, op.width);
  return Flow::next;
}

Flow mov_to_debug(Core& c, const MicroOp& op) {
  unsigned number = op.dst;
  if (number == 4 || number == 5) {
    if (c.state.cr4 & cr4::de) return c.undefined();
    number += 2;
  }
  if (!ring0(c)) return c.general_protection();
  if (c.state.dr7 & dr7_general_detect) return detect(c);
  const u64 value = op.width == 64 ? c.get<u64>(op.src) : c.get<u32>(op.src);
  if (number >= 6 && value >> 32) return c.general_protection();
  if (number < 4)
    c.state.dr[number] = value;
  else if (number == 6)
    c.state.dr6 = (value & 0xe00f) | 0xffff0ff0;
  else
    c.state.dr7 = (value & 0xffff2fff) | 0x400;
  update_debug(c);
  return done(c, op);
}

Flow clts(Core& c, const MicroOp& op) {
  if (!ring0(c)) return c.general_protection();
  const u64 old = c.state.cr0;
  c.state.cr0 &= ~cr0::ts;
  log_control(c, op, 0, old, c.state.cr0);
  return done(c, op);
}

namespace {

/// Their outer rings do not know them: #UD, not #GP.
Flow set_access_flag(Core& c, const MicroOp& op, u64 value) {
  if (!ring0(c)) return c.undefined();
  write_flags(c, value, flag::ac);
  return done(c, op);
}

}  // namespace

Flow clac(Core& c, const MicroOp& op) { return set_access_flag(c, op, 0); }
Flow stac(Core& c, const MicroOp& op) { return set_access_flag(c, op, flag::ac); }

/// Comes before a memory operand is read. Virtual-8086 mode is left to the instruction, which may
/// not be recognised there.
Flow privileged(Core& c, const MicroOp&) { return ring0(c) || virtual_8086(c) ? Flow::next : c.general_protection(); }

/// LMSW can set PE but not clear it.
Flow lmsw(Core& c, const MicroOp& op) {
  if (!ring0(c)) return c.general_protection();
  const u64 old = c.state.cr0;
  const u64 value = c.get<u16>(op.src) & 15;
  if (!write_cr0(c, (old & ~u64{14}) | value)) return Flow::fault;
  log_control(c, op, 0, old, c.state.cr0);
  return done(c, op);
}

Flow smsw(Core& c, const MicroOp& op) {
  if (hidden_by_umip(c)) return c.general_protection();
  const u16 word = static_cast<u16>(c.state.cr0);
  if (op.extra) return store<u16>(c, op, word) ? Flow::next : Flow::fault;
  set_width(c, op.dst, c.state.cr0, op.width);
  return Flow::next;
}

Flow invlpg(Core& c, const MicroOp& op) {
  if (!ring0(c)) return c.general_protection();
  const u64 at = address(c, op);
  if (!c.long_mode() || c.canonical(at)) c.mmu.flush_page({at});
  return done(c, op);
}

Flow wbinvd(Core& c, const MicroOp&) { return ring0(c) ? Flow::next : c.general_protection(); }

Flow load_table(Core& c, const MicroOp& op) {
  if (!ring0(c)) return c.general_protection();
  u8 raw[10] = {};
  const unsigned base_bytes = c.mode64() ? 8 : 4;
  if (!load_slow(c, address(c, op), raw, 2 + base_bytes, segment_fault(op))) return Flow::fault;
  TableRegister table;
  std::memcpy(&table.limit, raw, 2);
  std::memcpy(&table.base, raw + 2, base_bytes);
  if (!c.mode64() && op.width == 16) table.base &= 0xffffff;
  if (c.mode64() && !holds_address(table.base)) return c.general_protection();
  (op.extra ? c.state.idtr : c.state.gdtr) = table;
  return done(c, op);
}

Flow store_table(Core& c, const MicroOp& op) {
  if (hidden_by_umip(c)) return c.general_protection();
  const TableRegister& table = op.extra ? c.state.idtr : c.state.gdtr;
  u8 raw[10];
  std::memcpy(raw, &table.limit, 2);
  std::memcpy(raw + 2, &table.base, 8);
  return store_slow(c, address(c, op), raw, c.mode64() ? 10 : 6, segment_fault(op)) ? Flow::next : Flow::fault;
}

Flow lldt(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  if (!ring0(c)) return c.general_protection();
  return load_ldt(c, c.get<u16>(op.src), {}) ? done(c, op) : Flow::fault;
}

Flow ltr(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  if (!ring0(c)) return c.general_protection();
  const u16 selector = c.get<u16>(op.src);
  Descriptor d;
  if ((selector & 0xfffc) == 0) return c.general_protection(0);
  if (selector & 4) return c.general_protection(selector & 0xfffc);
  if (!read_descriptor(c, selector, d, {}, c.long_mode() ? 16 : 8)) return Flow::fault;
  const unsigned type = type_of(d.attributes());
  const bool available = type == system_type::tss_available || (type == system_type::tss16_available && !c.long_mode());
  if (!available) return c.general_protection(selector & 0xfffc);
  if (!d.present()) return c.raise(Vector::segment_not_present, selector & 0xfffc);
  if (c.long_mode() && !holds_address(d.base())) return c.general_protection(selector & 0xfffc);
  if (!set_busy(c, selector, true)) return Flow::fault;
  c.state.tr = d.segment(selector);
  c.state.tr.attributes |= 2;
  return done(c, op);
}

Flow store_selector(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  if (hidden_by_umip(c)) return c.general_protection();
  set_width(c, op.dst, (op.extra ? c.state.tr : c.state.ldtr).selector, op.width);
  return Flow::next;
}

Flow mov_to_segment(Core& c, const MicroOp& op) {
  if (!load_segment(c, static_cast<Seg>(op.dst), c.get<u16>(op.src))) return Flow::fault;
  if (op.dst == ss) c.block_interrupts_and_traps();
  return done(c, op);
}

Flow mov_from_segment(Core& c, const MicroOp& op) {
  set_width(c, op.dst, c.state.segment[op.src].selector, op.width);
  return Flow::next;
}

Flow load_far_pointer(Core& c, const MicroOp& op) {
  const unsigned bytes = op.width / 8u;
  u64 offset = 0;
  u16 selector;
  if (!load_slow(c, address(c, op), &offset, bytes, segment_fault(op))) return Flow::fault;
  if (!load_slow(c, address(c, op) + bytes, &selector, 2, segment_fault(op))) return Flow::fault;
  if (!load_segment(c, static_cast<Seg>(op.extra), selector)) return Flow::fault;
  set_width(c, op.dst, offset, op.width);
  return done(c, op);
}

namespace {

/// For LAR LSL VERR VERW: a descriptor this code may look at. A fault of the table's memory is real.
enum class Look : u8 { no, yes, fault };
Look look(Core& c, u16 selector, Descriptor& d) {
  if ((selector & 0xfffc) == 0) return Look::no;
  if (!read_descriptor(c, selector, d)) {
    return c.fault.vector == Vector::page_fault ? Look::fault : Look::no;
  }
  return is_conforming(d.attributes()) || (d.dpl() >= c.cpl() && d.dpl() >= (selector & 3u)) ? Look::yes : Look::no;
}

constexpr u32 types_of_lar = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 9 | 1u << 11 | 1u << 12;
constexpr u32 types_of_lsl = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 9 | 1u << 11;
constexpr u32 types_long = 1u << 2 | 1u << 9 | 1u << 11 | 1u << 12;

bool type_allowed(const Core& c, u16 attributes, u32 types) {
  if (attributes & segment_bit::s) return true;
  if (c.long_mode()) types &= types_long;
  return types >> (attributes & 15) & 1;
}

}  // namespace

Flow lar(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  Descriptor d;
  const Look seen = look(c, c.get<u16>(op.src), d);
  if (seen == Look::fault) return Flow::fault;
  const bool ok = seen == Look::yes && type_allowed(c, d.attributes(), types_of_lar);
  if (ok) set_width(c, op.dst, d.low >> 32 & 0xffff00, op.width);
  c.flags.zero_source = !ok;
  return Flow::next;
}

Flow lsl(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  Descriptor d;
  const Look seen = look(c, c.get<u16>(op.src), d);
  if (seen == Look::fault) return Flow::fault;
  const bool ok = seen == Look::yes && type_allowed(c, d.attributes(), types_of_lsl);
  if (ok) set_width(c, op.dst, d.limit(), op.width);
  c.flags.zero_source = !ok;
  return Flow::next;
}

Flow verify(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  Descriptor d;
  const Look seen = look(c, c.get<u16>(op.src), d);
  if (seen == Look::fault) return Flow::fault;
  const u16 a = d.attributes();
  const bool code = a & segment_bit::code;
  const bool bit = a & segment_bit::writable;  // of code: readable
  const bool ok = op.extra ? !code && bit : !code || bit;
  c.flags.zero_source = !(seen == Look::yes && (a & segment_bit::s) && ok);
  return Flow::next;
}

Flow arpl(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  const u16 a = c.get<u16>(op.dst), b = c.get<u16>(op.src);
  const bool lower = (a & 3) < (b & 3);
  if (lower) c.set<u16>(op.dst, static_cast<u16>((a & ~3) | (b & 3)));
  c.flags.zero_source = !lower;
  return Flow::next;
}
Flow arpl_m(Core& c, const MicroOp& op) {
  if (!protected_mode(c) || virtual_8086(c)) return c.undefined();
  u16 a;
  if (!load<u16>(c, op, a)) return Flow::fault;
  const u16 b = c.get<u16>(op.src);
  const bool lower = (a & 3) < (b & 3);
  if (lower && !is_writable_data(c.state.segment[op.extra].attributes)) {
    return c.raise(op.extra == ss ? Vector::stack_fault : Vector::general_protection, 0);
  }
  if (lower && !store<u16>(c, op, static_cast<u16>((a & ~3) | (b & 3)))) return Flow::fault;
  c.flags.zero_source = !lower;
  return Flow::next;
}

Flow swapgs(Core& c, const MicroOp&) {
  if (!ring0(c)) return c.general_protection();
  std::swap(c.state.segment[gs].base, c.state.kernel_gs_base);
  c.r[slot_gs_base / 8] = c.state.segment[gs].base;
  return Flow::next;
}

Flow base_register(Core& c, const MicroOp& op) {
  if (!(c.state.cr4 & cr4::fsgsbase)) return c.undefined();
  const Seg seg = static_cast<Seg>(op.extra & 15);
  u64& base = c.state.segment[seg].base;
  if (!(op.extra >> 4)) {
    set_width(c, op.dst, base, op.width);
    return Flow::next;
  }
  const u64 value = op.width == 64 ? c.get<u64>(op.dst) : c.get<u32>(op.dst);
  if (!holds_address(value)) return c.general_protection();
  base = value;
  c.r[(seg == fs ? slot_fs_base : slot_gs_base) / 8] = value;
  return Flow::next;
}

}  // namespace lucid::cpu::exec
