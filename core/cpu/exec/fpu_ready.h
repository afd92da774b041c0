// SPDX-License-Identifier: MIT
// Whether an x87, MMX or SSE instruction may run (SDM vol. 3, table 13-1 and 2.5). Each check returns false with the
// fault set.
#pragma once
#include "core/cpu/core.h"
#include "core/cpu/fp/x87_stack.h"

namespace lucid::cpu::exec {

namespace control {
constexpr u64 cr0_mp = 1 << 1, cr0_em = 1 << 2, cr0_ts = 1 << 3, cr0_ne = 1 << 5;
constexpr u64 cr4_osfxsr = 1 << 9, cr4_osxmmexcpt = 1 << 10;
}  // namespace control

bool refuse_sse(Core& c);
bool refuse_mmx(Core& c);
bool refuse_x87(Core& c);
/// An unmasked x87 exception is pending: #MF, or FERR# with CR0.NE clear.
bool refuse_pending(Core& c);

LUCID_INLINE bool sse_ready(Core& c) {
  const u64 in_the_way = (c.state.cr0 & (control::cr0_em | control::cr0_ts)) | (~c.state.cr4 & control::cr4_osfxsr);
  return LUCID_LIKELY(in_the_way == 0) || refuse_sse(c);
}

LUCID_INLINE bool mmx_ready(Core& c) {
  if (LUCID_UNLIKELY(c.state.cr0 & (control::cr0_em | control::cr0_ts))) return refuse_mmx(c);
  return LUCID_LIKELY(!(c.state.fpu.status & fp::x87::summary)) || refuse_pending(c);
}

/// An x87 instruction that does not wait for pending exceptions (FNxxx).
LUCID_INLINE bool x87_available(Core& c) {
  return LUCID_LIKELY(!(c.state.cr0 & (control::cr0_em | control::cr0_ts))) || refuse_x87(c);
}

LUCID_INLINE bool x87_ready(Core& c) {
  if (!x87_available(c)) return false;
  return LUCID_LIKELY(!(c.state.fpu.status & fp::x87::summary)) || refuse_pending(c);
}

}  // namespace lucid::cpu::exec
