// SPDX-License-Identifier: MIT
// Memory that somebody outside the machine watches. Data accesses to its pages never hit the TLB, so
// that the slow path can look at each; all other pages stay as fast as they are.
#pragma once
#include "core/mem/tlb.h"

namespace lucid::mem {

/// Bytes by linear address, in every address space, or in RAM whatever their linear addresses. A
/// physical range also sees the A and D bits that walks set; neither sees walks and fetches read.
struct WatchRange {
  enum class Space : u8 { linear, physical };
  Space space = Space::linear;
  bool reads = false, writes = true;
  u64 first = 0, bytes = 1;  // may reach the end of the space, not beyond

  bool wants(Access access) const { return access == Access::write ? writes : reads; }
  bool meets(u64 at, u64 size) const { return at - first < bytes || first - at < size; }
};

}  // namespace lucid::mem
