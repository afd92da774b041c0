// SPDX-License-Identifier: MIT
// Decoded basic blocks, cached by physical address.
//
// A block is straight-line code inside one page (only a block of a single instruction may cross
// into the next page); its last micro-operation always ends it. A block stays at its place in the
// arena until the whole cache is dropped, so a link to it may dangle in no way: `valid` says
// whether it may still be entered.
#pragma once
#include <array>
#include <bitset>
#include <memory>
#include <vector>

#include "core/base/room.h"
#include "core/cpu/micro_op.h"
#include "core/isa/decoder.h"
#include "core/mem/mmu.h"

namespace lucid::cpu {

constexpr unsigned max_block_instructions = 64;
constexpr unsigned max_block_ops = 3 * max_block_instructions + 2;

struct Block {
  u64 key = 0;
  MicroOp* ops = nullptr;
  u16 count = 0;  // instructions
  u16 op_count = 0;
  bool valid = false;
  bool crosses = false;  // into the next page
  u64 frames[2] = {};    // the second only when it crosses
  Block* link[2] = {};   // successors in the same page: not taken, taken; never null
  Block* next_in_bucket = nullptr;
  Block* next_in_frame[2] = {};

  static u64 key_of(Gpa at, isa::Mode mode) { return at.value | static_cast<u64>(mode) << 62; }
};

/// A copy of the first `instructions` of a block, which then leaves: how to stop at an exact
/// count, or at the end of a code segment, without decoding anything again.
class PartialBlock {
 public:
  Block* make(const Block& block, unsigned instructions, Block* no_block);

 private:
  Block block_;
  MicroOp ops_[max_block_ops];
};

/// Where indirect branches of 64-bit code went: RIP to block without translation and lookup. An
/// entry is good while the epoch of the TLB that translated it is unchanged and its block valid.
struct JumpCache {
  static constexpr unsigned entries = 1024;
  struct Entry {
    u64 rip = 0;
    u64 epoch = 0;
    Block* block = nullptr;
  };
  Entry entry[entries];

  Entry& of(u64 rip) { return entry[(rip ^ rip >> 10) % entries]; }
  /// Null = not known.
  Block* find(u64 rip, u64 epoch) {
    const Entry& e = of(rip);
    return e.rip == rip && e.epoch == epoch && e.block->valid ? e.block : nullptr;
  }
  void add(u64 rip, u64 epoch, Block* block) { of(rip) = {rip, epoch, block}; }
};

class CodeCache {
 public:
  JumpCache jumps;
  PartialBlock within_limit;  // of the block that the end of the code segment cuts

  explicit CodeCache(mem::Mmu& mmu);

  Block* find(u64 key) const {
    Block* block = buckets_[bucket(key)];
    while (block != nullptr && block->key != key) block = block->next_in_bucket;
    return block;
  }

  /// Adds a block; its operations are copied. Drops everything first when the arena is full.
  Block* add(u64 key, const MicroOp* ops, unsigned op_count, unsigned instructions, Gpa first, u64 bytes_first,
             const Gpa* second, u64 bytes_second);
  /// Offsets at which a block begins in every page, and is entered from the run loop only. A link or
  /// jump cache entry never leads to one.
  using Splits = std::bitset<page_size>;
  void set_splits(const Splits& splits);
  bool splits_at(u64 linear) const { return splits_[linear % page_size]; }
  /// Without pairs of instructions fused into one operation a block can be left behind any instruction.
  void set_unfused(bool on);
  /// Makes the block being executed leave before its next instruction; resume() puts it back once it has.
  void interrupt(Block& block);
  void resume() {
    if (interrupted_ != nullptr) put_back();
  }
  /// A write hit decoded code of this frame: its blocks are gone.
  void drop_frame(u64 frame);
  void drop_all();

  /// Changes with every drop_all: blocks held from before are gone.
  u64 generation() const { return generation_; }
  Block* no_block() { return &no_block_; }  // never valid

 private:
  static constexpr unsigned bucket_bits = 14;
  static constexpr unsigned arena_ops = 1 << 17;  // 4 MiB
  static constexpr unsigned arena_blocks = 1 << 14;
  static unsigned bucket(u64 key) { return static_cast<unsigned>((key ^ key >> 14) & ((1u << bucket_bits) - 1)); }
  void link_frame(Block& block, unsigned which);
  void unlink_bucket(Block& block);
  void put_back();

  mem::Mmu& mmu_;
  Room<MicroOp> ops_{arena_ops};
  Room<Block> blocks_{arena_blocks};
  unsigned ops_used_ = 0;
  unsigned blocks_used_ = 0;
  u64 generation_ = 0;
  std::unique_ptr<Block*[]> buckets_;
  std::vector<Block*> by_frame_;
  Block no_block_;
  Splits splits_;
  bool unfused_ = false;
  Block* interrupted_ = nullptr;
  std::array<Op, max_block_ops> interrupted_ops_;  // what its operations were
};

}  // namespace lucid::cpu
