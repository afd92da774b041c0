// SPDX-License-Identifier: MIT
// Code segments as far transfers find them.
#pragma once
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {

/// Real and virtual-8086 mode: selectors are addresses.
inline bool real_style(const Core& c) { return !protected_mode(c) || virtual_8086(c); }

/// CS with another selector, there.
inline Segment real_code_segment(const Core& c, u16 selector) {
  Segment segment = c.state.segment[cs];
  segment.selector = selector;
  segment.base = u64{selector} << 4;
  return segment;
}

inline bool is_64bit_code(const Core& c, u16 attributes) { return c.long_mode() && (attributes & segment_bit::l); }

/// Presence, and no mode that does not exist; type and privilege were the caller's to check.
inline bool check_code(Core& c, const Descriptor& d, u16 selector) {
  if (is_64bit_code(c, d.attributes()) && (d.attributes() & segment_bit::db)) return Refusal{}.raise(c, selector);
  return d.present() || Refusal{}.raise(c, Vector::segment_not_present, selector);
}

/// An offset in the code segment `d`, in the mode that it will run in.
inline bool check_target(Core& c, const Descriptor& d, u64 offset) {
  const bool good = is_64bit_code(c, d.attributes()) ? c.canonical(offset) : offset <= d.limit();
  return good || Refusal{}.raise(c, 0);
}

inline Flow go(Core& c, const Segment& code, u64 offset) {
  set_segment(c, cs, code);
  c.rip = offset;
  return Flow::exit;
}

}  // namespace lucid::cpu::exec
