// SPDX-License-Identifier: MIT
// How handlers touch memory. Helpers say cost and visibility: a TLB hit is a compare and an add;
// everything else (miss, page crossing, frame with code, no RAM, observation) is out of line.
//
// All return false when the access faults, with Core::fault set and nothing changed.
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu {

/// The linear address of op's memory operand.
LUCID_INLINE u64 address(const Core& c, const MicroOp& op) {
  return c.get<u64>(op.base) + (c.get<u64>(op.index) << op.scale) + static_cast<u64>(static_cast<i64>(op.disp));
}

enum class SegmentFault : u8 { general, stack };
LUCID_INLINE SegmentFault segment_fault(const MicroOp& op) {
  return op.stack_segment ? SegmentFault::stack : SegmentFault::general;
}

// Out of line, any size up to a page.
bool load_slow(Core& c, u64 at, void* out, unsigned size, SegmentFault segment);
bool store_slow(Core& c, u64 at, const void* value, unsigned size, SegmentFault segment);
/// Checks a later store of `size` bytes (at most a page) and returns where to work: RAM itself or a copy in c.bounce.
u8* modify_slow_begin(Core& c, u64 at, unsigned size, SegmentFault segment);
void modify_slow_end(Core& c, unsigned size);
/// Checks that `size` bytes (at most a page) can be accessed, without accessing them.
bool probe(Core& c, u64 at, unsigned size, mem::Access access, SegmentFault segment);

/// False with #AC raised when alignment checks are on and `at` is not a multiple of `alignment`.
bool check_alignment(Core& c, u64 at, unsigned alignment);

/// As the processor itself reads and writes tables (GDT, IDT, TSS) whatever the CPL: supervisor accesses.
bool load_system(Core& c, u64 at, void* out, unsigned size);
bool store_system(Core& c, u64 at, const void* value, unsigned size);
bool probe_system(Core& c, u64 at, unsigned size, mem::Access access);

/// Onto a stack of privilege `cpl`, which need not be the present one. No #AC: delivering that could not end.
bool store_stack(Core& c, u64 at, const void* value, unsigned size, unsigned cpl);

/// A walk set A or D bits in this entry of a table.
void note_marked_entry(Core& c, Gpa entry);

/// Decoded code of this frame was written over: forgets it. The block being executed ends after the present
/// instruction.
void code_written(Core& c, u64 frame);

/// One compare answers for page and crossing: the last byte lies in the page of the tag, and the
/// tag of the slot of the first byte can only be the first byte's page.
template <typename T>
LUCID_INLINE bool hits(const mem::TlbEntry& entry, u64 at) {
  return LUCID_LIKELY(entry.tag == ((at + (sizeof(T) - 1)) & ~page_mask));
}
LUCID_INLINE u8* host(const mem::TlbEntry& entry, u64 at) {
  return reinterpret_cast<u8*>(static_cast<std::uintptr_t>(at) + entry.addend);
}

// The slow ways get variables of their own: one whose address is taken would live in memory on the
// fast way, too (a bytecode interpreter as guest: 10 % faster natively).
template <typename T>
LUCID_INLINE bool load(Core& c, u64 at, T& out, SegmentFault segment = SegmentFault::general) {
  const mem::TlbEntry& entry = c.tlb->read[mem::Tlb::slot(at)];
  if (!hits<T>(entry, at)) {
    T slow;
    if (!load_slow(c, at, &slow, sizeof(T), segment)) return false;
    out = slow;
    return true;
  }
  std::memcpy(&out, host(entry, at), sizeof(T));
  return true;
}

template <typename T>
LUCID_INLINE bool store(Core& c, u64 at, const T& value, SegmentFault segment = SegmentFault::general) {
  const mem::TlbEntry& entry = c.tlb->write[mem::Tlb::slot(at)];
  if (!hits<T>(entry, at)) {
    const T slow = value;
    return store_slow(c, at, &slow, sizeof(T), segment);
  }
  std::memcpy(host(entry, at), &value, sizeof(T));
  return true;
}

/// The memory operand of op.
template <typename T>
LUCID_INLINE bool load(Core& c, const MicroOp& op, T& out) {
  return load(c, address(c, op), out, segment_fault(op));
}
template <typename T>
LUCID_INLINE bool store(Core& c, const MicroOp& op, const T& value) {
  return store(c, address(c, op), value, segment_fault(op));
}

/// Read-modify-write: `change(old)` returns the new value and may write flags and registers, for
/// when it is called nothing can fault any more.
template <typename T, typename Change>
LUCID_INLINE bool modify_at(Core& c, u64 at, SegmentFault segment, Change change) {
  const mem::TlbEntry& entry = c.tlb->write[mem::Tlb::slot(at)];
  const bool fast = hits<T>(entry, at);
  u8* p = fast ? host(entry, at) : modify_slow_begin(c, at, sizeof(T), segment);
  if (!fast && p == nullptr) return false;
  T value;
  std::memcpy(&value, p, sizeof(T));
  value = change(value);
  std::memcpy(p, &value, sizeof(T));
  if (!fast) modify_slow_end(c, sizeof(T));
  return true;
}
template <typename T, typename Change>
LUCID_INLINE bool modify(Core& c, const MicroOp& op, Change change) {
  return modify_at<T>(c, address(c, op), segment_fault(op), change);
}

}  // namespace lucid::cpu
