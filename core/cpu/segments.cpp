// SPDX-License-Identifier: MIT
#include "core/cpu/segments.h"

#include "core/cpu/memory.h"

namespace lucid::cpu {
namespace {

u32 error_of(u16 selector) { return selector & 0xfffc; }
bool null(u16 selector) { return (selector & 0xfffc) == 0; }

bool fail(Core& c, Vector vector, u32 error) {
  c.raise(vector, error);
  return false;
}

u64 descriptor_address(const Core& c, u16 selector) {
  return (selector & 4 ? c.state.ldtr.base : c.state.gdtr.base) + (selector & 0xfff8);
}

bool load_stack_segment(Core& c, u16 selector) {
  const unsigned rpl = selector & 3, cpl = c.cpl();
  if (null(selector)) {
    if (!c.mode64() || cpl == 3 || rpl != cpl) return fail(c, Vector::general_protection, 0);
    set_segment(c, ss, {selector, static_cast<u16>(cpl << 5), 0, 0});
    return true;
  }
  Descriptor d;
  if (!read_descriptor(c, selector, d, Vector::general_protection)) return false;
  const u16 a = d.attributes();
  if (rpl != cpl || !is_writable_data(a) || d.dpl() != cpl) return fail(c, Vector::general_protection, error_of(selector));
  if (!d.present()) return fail(c, Vector::stack_fault, error_of(selector));
  if (!set_accessed(c, selector, d)) return false;
  set_segment(c, ss, d.segment(selector));
  return true;
}

bool load_data_segment(Core& c, Seg seg, u16 selector) {
  if (null(selector)) {
    set_segment(c, seg, {selector, 0, 0, 0});
    return true;
  }
  Descriptor d;
  if (!read_descriptor(c, selector, d, Vector::general_protection)) return false;
  const u16 a = d.attributes();
  const bool code = a & segment_bit::code;
  const bool usable = (a & segment_bit::s) && (!code || (a & segment_bit::readable));
  const bool privileged =
      code && (a & segment_bit::conforming) ? true : d.dpl() >= c.cpl() && d.dpl() >= (selector & 3u);
  if (!usable || !privileged) return fail(c, Vector::general_protection, error_of(selector));
  if (!d.present()) return fail(c, Vector::segment_not_present, error_of(selector));
  if (!set_accessed(c, selector, d)) return false;
  set_segment(c, seg, d.segment(selector));
  return true;
}

isa::Mode mode_of(const Core& c) {
  const u16 code = c.state.segment[cs].attributes;
  if (c.long_mode() && (code & segment_bit::l)) return isa::Mode::bits64;
  return code & segment_bit::db ? isa::Mode::bits32 : isa::Mode::bits16;
}

}  // namespace

bool read_descriptor(Core& c, u16 selector, Descriptor& out, Vector vector, unsigned bytes) {
  const u32 limit = selector & 4 ? c.state.ldtr.limit : c.state.gdtr.limit;
  if ((selector & 4 && !(c.state.ldtr.attributes & segment_bit::present)) || (selector & 0xfff8u) + bytes - 1 > limit) {
    return fail(c, vector, error_of(selector));
  }
  out = {};
  u64 raw[2] = {};
  if (!load_system(c, descriptor_address(c, selector), raw, bytes)) return false;
  out = {raw[0], raw[1]};
  return true;
}

bool set_accessed(Core& c, u16 selector, Descriptor& descriptor) {
  if (descriptor.low >> 40 & segment_bit::accessed) return true;
  descriptor.low |= u64{segment_bit::accessed} << 40;
  const u8 byte = static_cast<u8>(descriptor.low >> 40);
  return store_system(c, descriptor_address(c, selector) + 5, &byte, 1);
}

bool load_segment(Core& c, Seg seg, u16 selector) {
  if (!protected_mode(c) || virtual_8086(c)) {
    Segment segment = c.state.segment[seg];
    segment.selector = selector;
    segment.base = u64{selector} << 4;
    set_segment(c, seg, segment);
    return true;
  }
  return seg == ss ? load_stack_segment(c, selector) : load_data_segment(c, seg, selector);
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
bool legacy_linear(Core& c, Seg seg, u32 offset, unsigned bytes, mem::Access access, u64& linear) {
  const Segment& segment = c.state.segment[seg];
  const Vector vector = seg == ss ? Vector::stack_fault : Vector::general_protection;
  const u16 a = segment.attributes;
  linear = static_cast<u32>(segment.base + offset);
  if (protected_mode(c) && !virtual_8086(c)) {
    if (!(a & segment_bit::present)) return fail(c, vector, 0);
    const bool code = a & segment_bit::code;
    if (access == mem::Access::write && (code || !(a & segment_bit::writable))) return fail(c, vector, 0);
    if (access == mem::Access::read && code && !(a & segment_bit::readable)) return fail(c, vector, 0);
    if (!code && (a & segment_bit::expand_down)) {
      const u32 top = a & segment_bit::db ? 0xffffffff : 0xffff;
      if (offset <= segment.limit || bytes - 1 > top - offset || offset > top) return fail(c, vector, 0);
      return true;
    }
  }
  if (segment.limit == 0xffffffff) return true;  // an access may wrap at 4 GiB
  if (offset > segment.limit || bytes - 1 > segment.limit - offset) return fail(c, vector, 0);
  return true;
}

bool linear_address(Core& c, Seg seg, u64 offset, unsigned bytes, mem::Access access, u64& linear) {
  if (!c.mode64()) return legacy_linear(c, seg, static_cast<u32>(offset), bytes, access, linear);
  linear = offset + (seg == fs || seg == gs ? c.state.segment[seg].base : 0);
  return true;
}

}  // namespace lucid::cpu
