// SPDX-License-Identifier: MIT
#include "core/cpu/debug.h"

#include "core/cpu/control.h"

namespace lucid::cpu {
namespace {

enum class When : u8 { execution, write, port, access };

struct Breakpoint {
  bool on = false;
  When when = When::execution;
  u64 first = 0, bytes = 1;

  bool meets(u64 at, u64 size) const { return at - first < bytes || first - at < size; }
};

/// The address is aligned to the length by the processor.
Breakpoint breakpoint(const State& s, unsigned i) {
  constexpr u8 lengths[] = {1, 2, 8, 4};
  Breakpoint b;
  b.on = s.dr7 >> 2 * i & 3;
  b.when = static_cast<When>(s.dr7 >> (16 + 4 * i) & 3);
  b.bytes = lengths[s.dr7 >> (18 + 4 * i) & 3];
  b.first = s.dr[i] & ~(b.bytes - 1);
  return b;
}

template <typename Wanted>
u64 hits(const State& s, u64 at, unsigned bytes, Wanted wanted) {
  u64 found = 0;
  for (unsigned i = 0; i < s.dr.size(); ++i) {
    const Breakpoint b = breakpoint(s, i);
    if (b.on && wanted(b.when) && b.meets(at, bytes)) found |= u64{1} << i;
  }
  return found;
}

}  // namespace

void update_debug(Core& c) {
  bool data = false;
  c.debug_armed = false;
  for (unsigned i = 0; i < c.state.dr.size(); ++i) {
    const Breakpoint b = breakpoint(c.state, i);
    c.debug_armed |= b.on;
    data |= b.on && (b.when == When::write || b.when == When::access);
  }
  c.watches_data = data;
  const bool slow = data || c.observed;
  if (slow == c.tlb_bypassed) return;
  c.tlb_bypassed = slow;
  c.mmu.set_watched(slow);
}

u64 execution_hits(const Core& c, u64 at) {
  return hits(c.state, at, 1, [](When when) { return when == When::execution; });
}

void note_data_access(Core& c, u64 at, unsigned bytes, mem::Access access) {
  const bool writes = access == mem::Access::write;
  c.state.debug_hits |= static_cast<u8>(hits(
      c.state, at, bytes, [writes](When when) { return when == When::access || (writes && when == When::write); }));
}

void note_port_access(Core& c, u16 port, unsigned bytes) {
  if (!c.debug_armed || !(c.state.cr4 & cr4::de)) return;
  c.state.debug_hits |= static_cast<u8>(hits(c.state, port, bytes, [](When when) { return when == When::port; }));
}

}  // namespace lucid::cpu
