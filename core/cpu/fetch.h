// SPDX-License-Identifier: MIT
// From RIP to a decoded block: translation of the page, lookup, and decoding when there is none.
#pragma once
#include "core/cpu/block.h"
#include "core/cpu/core.h"

namespace lucid::cpu {

/// The block at CS:RIP; sets slot_page. Null = fetching faults (Core::fault).
Block* find_block(Core& c);

/// A copy of the first `instructions` of a block, which then leaves: how the run loop stops at an
/// exact count without decoding anything again.
class PartialBlock {
 public:
  Block* make(const Block& block, unsigned instructions, Block* no_block);

 private:
  Block block_;
  MicroOp ops_[max_block_ops];
};

}  // namespace lucid::cpu
