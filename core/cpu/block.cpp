// SPDX-License-Identifier: MIT
#include "core/cpu/block.h"

#include <algorithm>

namespace lucid::cpu {

Block* PartialBlock::make(const Block& block, unsigned instructions, Block* no_block) {
  unsigned count = 0;
  while (block.ops[count].number < instructions && count + 1u < block.op_count) ++count;
  if (block.ops[count].number < instructions) ++count;  // the last operation ends the block by itself
  std::copy(block.ops, block.ops + count, ops_);
  for (unsigned i = 0; i < count; ++i) ops_[i].op = ops_[i].plain;
  if (count < block.op_count) {
    ops_[count] = block.ops[count];
    ops_[count].op = Op::leave_block;
    ++count;
  }
  block_ = Block{};
  block_.ops = ops_;
  block_.op_count = static_cast<u16>(count);
  block_.count = static_cast<u16>(instructions);
  block_.crosses = block.crosses;
  block_.link[0] = block_.link[1] = no_block;
  return &block_;
}

CodeCache::CodeCache(mem::Mmu& mmu)
    : mmu_(mmu), buckets_(std::make_unique<Block*[]>(1u << bucket_bits)), by_frame_(mmu.ram().frame_count()) {
  no_block_.link[0] = no_block_.link[1] = &no_block_;
}

Block* CodeCache::add(u64 key, const MicroOp* ops, unsigned op_count, unsigned instructions, Gpa first, u64 bytes_first,
                      const Gpa* second, u64 bytes_second) {
  if (ops_used_ + op_count > arena_ops || blocks_used_ == arena_blocks) drop_all();
  Block& block = blocks_[blocks_used_++];
  block = Block{};
  block.key = key;
  block.ops = &ops_[ops_used_];
  std::copy(ops, ops + op_count, block.ops);
  if (unfused_) {
    for (unsigned i = 0; i < op_count; ++i) block.ops[i].op = block.ops[i].plain;
  }
  ops_used_ += op_count;
  block.count = static_cast<u16>(instructions);
  block.op_count = static_cast<u16>(op_count);
  block.valid = true;
  block.link[0] = block.link[1] = &no_block_;
  block.frames[0] = first.frame_number();
  mmu_.add_code(first, bytes_first);
  link_frame(block, 0);
  if (second != nullptr) {
    block.crosses = true;
    block.frames[1] = second->frame_number();
    mmu_.add_code(*second, bytes_second);
    if (block.frames[1] != block.frames[0]) link_frame(block, 1);
  }
  Block*& head = buckets_[bucket(key)];
  block.next_in_bucket = head;
  head = &block;
  return &block;
}

void CodeCache::link_frame(Block& block, unsigned which) {
  Block*& head = by_frame_[block.frames[which]];
  block.next_in_frame[which] = head;
  head = &block;
}

void CodeCache::unlink_bucket(Block& block) {
  Block** at = &buckets_[bucket(block.key)];
  while (*at != nullptr && *at != &block) at = &(*at)->next_in_bucket;
  if (*at != nullptr) *at = block.next_in_bucket;
}

/// Blocks that cover a new offset are forgotten.
void CodeCache::set_splits(const Splits& splits) {
  const Splits added = splits & ~splits_;
  splits_ = splits;
  if (added.none()) return;
  for (unsigned i = 0; i < blocks_used_; ++i) {
    Block& block = blocks_[i];
    const unsigned first = block.ops[0].ip, end = block.ops[block.op_count - 1].ip;
    bool covers = false;
    for (unsigned at = first; at <= end && !covers; ++at) covers = added[at % page_size];
    if (!block.valid || !covers) continue;
    unlink_bucket(block);
    block.valid = false;
  }
}

void CodeCache::set_unfused(bool on) {
  if (on == unfused_) return;
  unfused_ = on;
  drop_all();
}

/// An instruction of several operations that has begun is brought to its end.
void CodeCache::interrupt(Block& block) {
  if (interrupted_ == &block) return;
  for (unsigned i = 0; i < block.op_count; ++i) {
    interrupted_ops_[i] = block.ops[i].op;
    if (i == 0 || block.ops[i].number != block.ops[i - 1].number) block.ops[i].op = Op::leave_block;
  }
  interrupted_ = &block;
}

void CodeCache::put_back() {
  for (unsigned i = 0; i < interrupted_->op_count; ++i) interrupted_->ops[i].op = interrupted_ops_[i];
  interrupted_ = nullptr;
}

/// A crossing block stays listed, no longer valid, under its other frame: harmless.
void CodeCache::drop_frame(u64 frame) {
  Block* block = by_frame_[frame];
  by_frame_[frame] = nullptr;
  mmu_.forget_code(frame);
  while (block != nullptr) {
    const unsigned which = block->frames[0] == frame ? 0 : 1;
    if (block->valid) unlink_bucket(*block);
    block->valid = false;
    block = block->next_in_frame[which];
  }
}

void CodeCache::drop_all() {
  for (unsigned i = 0; i < blocks_used_; ++i) {
    blocks_[i].valid = false;
    for (const u64 frame : blocks_[i].frames) {
      by_frame_[frame] = nullptr;
      mmu_.forget_code(frame);
    }
  }
  std::fill(buckets_.get(), buckets_.get() + (1u << bucket_bits), nullptr);
  ops_used_ = blocks_used_ = 0;
  ++generation_;
  for (JumpCache::Entry& entry : jumps.entry) entry = {};
}

}  // namespace lucid::cpu
