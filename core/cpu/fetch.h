// SPDX-License-Identifier: MIT
// From RIP to a decoded block: translation of the page, lookup, and decoding when there is none.
#pragma once
#include "core/cpu/block.h"
#include "core/cpu/core.h"

namespace lucid::cpu {

/// The block at CS:RIP; sets slot_page. Null = fetching faults (Core::fault).
Block* find_block(Core& c);
inline u64 linear_ip(const Core& c) { return c.mode64() ? c.rip : static_cast<u32>(c.cs_base + c.rip); }

}  // namespace lucid::cpu
