// SPDX-License-Identifier: MIT
#include "core/cpu/segments.h"

#include "core/cpu/control.h"
#include "core/cpu/memory.h"

namespace lucid::cpu {
namespace {

bool fail(Core& c, Vector vector, u32 error) {
  c.raise(vector, error);
  return false;
}

u64 descriptor_address(const Core& c, u16 selector) {
  return (selector & 4 ? c.state.ldtr.base : c.state.gdtr.base) + (selector & 0xfff8);
}

bool load_stack_segment(Core& c, u16 selector, Refusal refusal) {
  const unsigned cpl = c.cpl();
  Segment segment{selector, static_cast<u16>(cpl << 5), 0, 0};
  if (is_null(selector)) {
    if (!c.mode64() || cpl == 3 || (selector & 3u) != cpl) return refusal.raise(c, 0);
  } else if (!read_stack_segment(c, selector, cpl, refusal, segment)) {
    return false;
  }
  set_segment(c, ss, segment);
  return true;
}

bool load_data_segment(Core& c, Seg seg, u16 selector, Refusal refusal) {
  if (is_null(selector)) {
    set_segment(c, seg, {selector, 0, 0, 0});
    return true;
  }
  Descriptor d;
  if (!read_descriptor(c, selector, d, refusal)) return false;
  const u16 a = d.attributes();
  const bool usable = (a & segment_bit::s) && (!(a & segment_bit::code) || (a & segment_bit::readable));
  const bool privileged = is_conforming(a) || (d.dpl() >= c.cpl() && d.dpl() >= (selector & 3u));
  if (!usable || !privileged) return refusal.raise(c, selector);
  if (!d.present()) return refusal.raise(c, Vector::segment_not_present, selector);
  if (!set_accessed(c, selector, d)) return false;
  set_segment(c, seg, d.segment(selector));
  return true;
}

/// Real and virtual-8086 mode. The hidden part keeps limit and rights ("unreal mode"), but for a register that
/// protected mode left null, which works again.
void load_real_segment(Core& c, Seg seg, u16 selector) {
  Segment segment = c.state.segment[seg];
  if (!(segment.attributes & segment_bit::present)) segment = {0, 0x93, 0xffff, 0};
  segment.selector = selector;
  segment.base = u64{selector} << 4;
  set_segment(c, seg, segment);
}

isa::Mode mode_of(const Core& c) {
  const u16 code = c.state.segment[cs].attributes;
  if (c.long_mode() && (code & segment_bit::l)) return isa::Mode::bits64;
  return code & segment_bit::db ? isa::Mode::bits32 : isa::Mode::bits16;
}

}  // namespace

bool read_descriptor(Core& c, u16 selector, Descriptor& out, Refusal refusal, unsigned bytes) {
  const u32 limit = selector & 4 ? c.state.ldtr.limit : c.state.gdtr.limit;
  if ((selector & 4 && !(c.state.ldtr.attributes & segment_bit::present)) || (selector & 0xfff8u) + bytes - 1 > limit) {
    return refusal.raise(c, selector);
  }
  u64 raw[2] = {};
  if (!load_system(c, descriptor_address(c, selector), raw, bytes)) return false;
  if (raw[1] >> 40 & 0x1f) return refusal.raise(c, selector);  // the upper half is none of a descriptor's own
  out = {raw[0], raw[1]};
  return true;
}

bool set_accessed(Core& c, u16 selector, Descriptor& descriptor) {
  if (descriptor.low >> 40 & segment_bit::accessed) return true;
  descriptor.low |= u64{segment_bit::accessed} << 40;
  const u8 byte = static_cast<u8>(descriptor.low >> 40);
  return store_system(c, descriptor_address(c, selector) + 5, &byte, 1);
}

bool set_busy(Core& c, u16 selector, bool busy) {
  const u64 at = descriptor_address(c, selector) + 5;
  u8 type = 0;
  if (!load_system(c, at, &type, 1)) return false;
  type = static_cast<u8>(busy ? type | 2 : type & ~2);
  return store_system(c, at, &type, 1);
}

bool load_segment(Core& c, Seg seg, u16 selector, Refusal refusal) {
  if (!protected_mode(c) || virtual_8086(c)) return load_real_segment(c, seg, selector), true;
  return seg == ss ? load_stack_segment(c, selector, refusal) : load_data_segment(c, seg, selector, refusal);
}

bool read_stack_segment(Core& c, u16 selector, unsigned cpl, Refusal refusal, Segment& out) {
  Descriptor d;
  if (is_null(selector)) return refusal.raise(c, 0);
  if (!read_descriptor(c, selector, d, refusal)) return false;
  const bool fits = (selector & 3u) == cpl && d.dpl() == cpl && is_writable_data(d.attributes());
  if (!fits) return refusal.raise(c, selector);
  if (!d.present()) return refusal.raise(c, Vector::stack_fault, selector);
  if (!set_accessed(c, selector, d)) return false;
  out = d.segment(selector);
  return true;
}

bool load_ldt(Core& c, u16 selector, Refusal refusal) {
  if (is_null(selector)) {
    c.state.ldtr = {selector, 0, 0, 0};
    return true;
  }
  Descriptor d;
  if (selector & 4) return refusal.raise(c, selector);
  if (!read_descriptor(c, selector, d, refusal, c.long_mode() ? 16 : 8)) return false;
  if (type_of(d.attributes()) != system_type::ldt) return refusal.raise(c, selector);
  const Vector absent = refusal.vector == Vector::invalid_tss ? Vector::invalid_tss : Vector::segment_not_present;
  if (!d.present()) return refusal.raise(c, absent, selector);
  if (c.long_mode() && !holds_address(d.base())) return refusal.raise(c, selector);
  c.state.ldtr = d.segment(selector);
  return true;
}

void set_segment(Core& c, Seg seg, const Segment& segment) {
  c.state.segment[seg] = segment;
  if (seg == fs) c.r[slot_fs_base / 8] = segment.base;
  if (seg == gs) c.r[slot_gs_base / 8] = segment.base;
  if (seg == cs || seg == ss) refresh(c);
}

void refresh(Core& c) {
  c.mode = mode_of(c);
  c.cs_base = c.mode64() ? 0 : c.state.segment[cs].base;
  c.user = c.cpl() == 3;
  c.r[slot_zero / 8] = 0;
  c.r[slot_fs_base / 8] = c.state.segment[fs].base;
  c.r[slot_gs_base / 8] = c.state.segment[gs].base;
  c.mmu.set_privilege(c.privilege());
  c.mmu.set_alignment_check(c.flags.rest & flag::ac);
  c.tlb = &c.mmu.current();
}

/// SDM vol. 3, 5.3 and 5.4. A null selector leaves P = 0 in the hidden part.
bool segment_allows(const Core& c, const Segment& segment, u32 offset, unsigned bytes, mem::Access access,
                    u64& linear) {
  const u16 a = segment.attributes;
  linear = static_cast<u32>(segment.base + offset);
  if (protected_mode(c)) {  // virtual-8086 mode has writable data everywhere
    if (!(a & segment_bit::present)) return false;
    const bool code = a & segment_bit::code;
    if (access == mem::Access::write && (code || !(a & segment_bit::writable))) return false;
    if (access == mem::Access::read && code && !(a & segment_bit::readable)) return false;
    if (!code && (a & segment_bit::expand_down)) {
      const u32 top = a & segment_bit::db ? 0xffffffff : 0xffff;
      return offset > segment.limit && offset <= top && bytes - 1 <= top - offset;
    }
  }
  if (segment.limit == 0xffffffff) return true;  // an access may wrap at 4 GiB
  return offset <= segment.limit && bytes - 1 <= segment.limit - offset;
}

bool legacy_linear(Core& c, Seg seg, u32 offset, unsigned bytes, mem::Access access, u64& linear) {
  if (segment_allows(c, c.state.segment[seg], offset, bytes, access, linear)) return true;
  return fail(c, seg == ss ? Vector::stack_fault : Vector::general_protection, 0);
}

bool linear_address(Core& c, Seg seg, u64 offset, unsigned bytes, mem::Access access, u64& linear) {
  if (!c.mode64()) return legacy_linear(c, seg, static_cast<u32>(offset), bytes, access, linear);
  linear = offset + (seg == fs || seg == gs ? c.state.segment[seg].base : 0);
  return true;
}

}  // namespace lucid::cpu
