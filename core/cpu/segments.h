// SPDX-License-Identifier: MIT
// Segment registers and descriptors (SDM vol. 3, ch. 3 and 5).
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu {

/// Bits of Segment::attributes.
namespace segment_bit {
constexpr u16 accessed = 1, writable = 2, readable = 2, expand_down = 4, conforming = 4, code = 8, s = 1 << 4,
              present = 1 << 7, available = 1 << 12, l = 1 << 13, db = 1 << 14, granularity = 1 << 15;
}
constexpr bool is_writable_data(u16 a) {
  return (a & segment_bit::s) && !(a & segment_bit::code) && (a & segment_bit::writable);
}
constexpr unsigned dpl_of(u16 attributes) { return attributes >> 5 & 3; }
constexpr unsigned type_of(u16 attributes) { return attributes & 0x1f; }  // S and the type

/// Types of system descriptors (S = 0).
namespace system_type {
constexpr unsigned tss16_available = 1, ldt = 2, tss16_busy = 3, call_gate16 = 4, task_gate = 5, interrupt_gate16 = 6,
                   trap_gate16 = 7, tss_available = 9, tss_busy = 11, call_gate = 12, interrupt_gate = 14,
                   trap_gate = 15;
}

struct Descriptor {
  u64 low = 0, high = 0;  // high only of 16-byte system descriptors in long mode

  u16 attributes() const { return static_cast<u16>((low >> 40 & 0xff) | (low >> 40 & 0xf000)); }
  u32 limit() const {
    const u32 raw = static_cast<u32>((low & 0xffff) | (low >> 32 & 0xf0000));
    return attributes() & segment_bit::granularity ? raw << 12 | 0xfff : raw;
  }
  u64 base() const { return (low >> 16 & 0xffffff) | (low >> 32 & 0xff000000) | (high & 0xffffffff) << 32; }
  unsigned dpl() const { return dpl_of(attributes()); }
  bool present() const { return attributes() & segment_bit::present; }
  Segment segment(u16 selector) const { return {selector, attributes(), limit(), base()}; }
};

constexpr bool is_code(u16 a) { return (a & segment_bit::s) && (a & segment_bit::code); }
constexpr bool is_conforming(u16 a) { return is_code(a) && (a & segment_bit::conforming); }
constexpr bool is_null(u16 selector) { return (selector & 0xfffc) == 0; }
/// A selector as an error code names it.
constexpr u32 error_of(u16 selector) { return selector & 0xfffcu; }

/// What a selector that will not do raises: #GP, or #TS when a TSS named it; ext = 1 in delivering an event.
struct Refusal {
  Vector vector = Vector::general_protection;
  u32 ext = 0;

  bool raise(Core& c, u16 selector) const { return raise(c, vector, selector); }
  /// For what has a vector of its own: #NP, #SS.
  bool raise(Core& c, Vector own, u16 selector) const {
    c.raise(own, error_of(selector) | ext);
    return false;
  }
};

/// Reads a descriptor through GDT or LDT. False with `refusal` raised when it lies outside the table,
/// or when its memory faults. `bytes` is 8, or 16 for system descriptors in long mode (SDM vol. 3, 7.2.3).
bool read_descriptor(Core& c, u16 selector, Descriptor& out, Refusal refusal = {}, unsigned bytes = 8);
bool set_accessed(Core& c, u16 selector, Descriptor& descriptor);
/// The busy bit of a TSS in the GDT.
bool set_busy(Core& c, u16 selector, bool busy);

/// MOV/POP/LxS to ES SS DS FS GS with all checks; false with a fault pending.
bool load_segment(Core& c, Seg seg, u16 selector, Refusal refusal = {});
/// SS for code of privilege `cpl`; false with a fault pending.
bool read_stack_segment(Core& c, u16 selector, unsigned cpl, Refusal refusal, Segment& out);
bool load_ldt(Core& c, u16 selector, Refusal refusal);
/// What a segment register holds in virtual-8086 mode.
constexpr Segment virtual_8086_segment(u16 selector) { return {selector, 0xf3, 0xffff, u64{selector} << 4}; }
/// Puts a segment into the register and updates what is derived from it (mode, CPL, bases).
void set_segment(Core& c, Seg seg, const Segment& segment);
/// Recomputes mode, privilege, bases and TLB after State was changed as a whole.
void refresh(Core& c);

/// Limit and type checks of legacy modes; the linear address of `offset` in `segment`. False = refused.
bool segment_allows(const Core& c, const Segment& segment, u32 offset, unsigned bytes, mem::Access access, u64& linear);
/// The same through a segment register, with #SS or #GP raised.
bool legacy_linear(Core& c, Seg seg, u32 offset, unsigned bytes, mem::Access access, u64& linear);
/// In any mode: FS and GS bases in 64-bit mode, else legacy_linear.
bool linear_address(Core& c, Seg seg, u64 offset, unsigned bytes, mem::Access access, u64& linear);

inline bool protected_mode(const Core& c) { return c.state.cr0 & 1; }
inline bool virtual_8086(const Core& c) { return c.flags.rest & flag::vm; }

}  // namespace lucid::cpu
