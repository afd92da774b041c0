// SPDX-License-Identifier: MIT
#include "core/cpu/exec/string.h"

#include <algorithm>
#include <array>

#include "core/cpu/exec/alu.h"
#include "core/cpu/exec/elements.h"
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {
namespace {

u64 mask_of(const MicroOp& op) { return op.width == 64 ? ~u64{0} : (u64{1} << op.width) - 1; }

void set_masked(Core& c, Reg reg, u64 value, const MicroOp& op) {
  if (op.width == 64)
    c.r[reg] = value;
  else if (op.width == 32)
    c.set<u32>(slot_of(reg), static_cast<u32>(value));
  else
    c.set<u16>(slot_of(reg), static_cast<u16>(value));
}

/// One side of a string operation: rSI through a segment, or rDI through ES.
template <typename T>
struct Side {
  Core& c;
  const MicroOp& op;
  Reg reg;
  Seg segment;

  u64 offset() const { return c.r[reg] & mask_of(op); }
  SegmentFault fault_kind() const { return segment == ss ? SegmentFault::stack : SegmentFault::general; }
  bool linear(mem::Access access, u64& out) const {
    return linear_address(c, segment, offset(), sizeof(T), access, out);
  }

  /// Elements from the present one to the end of its page in direction `down`, by linear address.
  static u64 elements_in_page(u64 linear, bool down) {
    const u64 in_page = linear & page_mask;
    return down ? in_page / sizeof(T) + 1 : (page_size - in_page + sizeof(T) - 1) / sizeof(T);
  }
  /// The offset must not wrap within a chunk either.
  u64 elements_before_wrap(bool down) const {
    const u64 room = down ? offset() : mask_of(op) - offset();
    return std::min(room, page_size) / sizeof(T) + 1;  // a page is enough, and the sum cannot overflow
  }
  void advance(u64 elements, bool down) const {
    const u64 bytes = elements * sizeof(T);
    set_masked(c, reg, down ? c.r[reg] - bytes : c.r[reg] + bytes, op);
  }
};

template <typename T>
Side<T> source(Core& c, const MicroOp& op) {
  return {c, op, rsi, static_cast<Seg>(op.src)};
}
template <typename T>
Side<T> destination(Core& c, const MicroOp& op) {
  return {c, op, rdi, es};
}

bool downwards(const Core& c) { return c.flags.rest & flag::df; }
u64 count_left(const Core& c, const MicroOp& op) { return op.extra == 0 ? 1 : c.r[rcx] & mask_of(op); }

/// `done` elements were worked on; `decided` = REPE/REPNE ends here.
Flow finish(Core& c, const MicroOp& op, u64 done, bool decided) {
  bool again = false;
  if (op.extra != 0) {
    const u64 left = count_left(c, op) - done;
    set_masked(c, rcx, left, op);
    again = left != 0 && !decided;
  }
  c.rip = again ? c.ip_of(op) : c.next_ip(op);
  return Flow::branch;
}

/// Segment limits in legacy modes are checked per element, so chunks are of one element there.
template <typename T>
u64 chunk(const Side<T>& side, u64 linear, u64 count) {
  if (!side.c.mode64()) return std::min<u64>(count, 1);
  const bool down = downwards(side.c);
  return std::min({count, Side<T>::elements_in_page(linear, down), side.elements_before_wrap(down)});
}

u64 step(u64 at, u64 element, unsigned bytes, bool down) { return down ? at - element * bytes : at + element * bytes; }

/// The elements from `at` on, at most `count`, that lie in its page as a whole, as host memory. None when the page
/// is not in the TLB.
template <typename T>
struct InPage {
  u8* low = nullptr;  // of the element with the lowest address
  u64 count = 0;
  bool down;

  InPage(const std::array<mem::TlbEntry, mem::Tlb::entries>& tlb, u64 at, u64 most, bool downwards) : down(downwards) {
    const mem::TlbEntry& entry = tlb[mem::Tlb::slot(at)];
    const u64 in_page = at & page_mask;
    if (entry.tag != (at & ~page_mask) || in_page + sizeof(T) > page_size) return;
    count = std::min(most, down ? in_page / sizeof(T) + 1 : (page_size - in_page) / sizeof(T));
    low = host(entry, at) - (down ? count - 1 : 0) * sizeof(T);
    if (count == 0) low = nullptr;
  }
  /// Of the first `some` alone.
  u8* low_of(u64 some) const { return low + (down ? (count - some) * sizeof(T) : 0); }
  /// By address of the element at place `i` in the direction given.
  u64 index(u64 i) const { return down ? count - 1 - i : i; }
  T in_order(u64 i) const { return element<T>(low, index(i)); }
};

}  // namespace

// The first element of a chunk goes the general way, which fills the TLB; then follow, as a block, those that lie in
// their pages as a whole; what is left (a last element across the page, or pages that the TLB does not keep: code,
// observation) goes the general way, too.

template <typename T>
Flow movs(Core& c, const MicroOp& op) {
  const bool down = downwards(c);
  u64 count = count_left(c, op);
  if (count == 0) return finish(c, op, 0, true);
  const auto from = source<T>(c, op);
  const auto to = destination<T>(c, op);
  u64 from_at, to_at;
  if (!from.linear(mem::Access::read, from_at) || !to.linear(mem::Access::write, to_at)) return Flow::fault;
  count = std::min(chunk(from, from_at, count), chunk(to, to_at, count));
  const auto move = [&](u64 i) {
    T value;
    return load<T>(c, step(from_at, i, sizeof(T), down), value, from.fault_kind()) &&
           store<T>(c, step(to_at, i, sizeof(T), down), value);
  };
  if (!move(0)) return Flow::fault;
  const InPage<T> source_block(c.tlb->read, step(from_at, 1, sizeof(T), down), count - 1, down);
  const InPage<T> block(c.tlb->write, step(to_at, 1, sizeof(T), down), source_block.count, down);
  if (block.count != 0) copy_elements<T>(block.low, source_block.low_of(block.count), block.count, down);
  u64 done = 1 + block.count;
  while (done < count && move(done)) ++done;
  from.advance(done, down);
  to.advance(done, down);
  return finish(c, op, done, false);
}

template <typename T>
Flow stos(Core& c, const MicroOp& op) {
  const bool down = downwards(c);
  u64 count = count_left(c, op);
  if (count == 0) return finish(c, op, 0, true);
  const auto to = destination<T>(c, op);
  u64 at;
  if (!to.linear(mem::Access::write, at)) return Flow::fault;
  count = chunk(to, at, count);
  const T value = c.get<T>(slot_of(rax));
  if (!store<T>(c, at, value)) return Flow::fault;
  const InPage<T> block(c.tlb->write, step(at, 1, sizeof(T), down), count - 1, down);
  if (block.count != 0) fill_elements<T>(block.low, value, block.count);
  u64 done = 1 + block.count;
  while (done < count && store<T>(c, step(at, done, sizeof(T), down), value)) ++done;
  to.advance(done, down);
  return finish(c, op, done, false);
}

template <typename T>
Flow lods(Core& c, const MicroOp& op) {
  const bool down = downwards(c);
  u64 count = count_left(c, op);
  if (count == 0) return finish(c, op, 0, true);
  const auto from = source<T>(c, op);
  u64 at;
  if (!from.linear(mem::Access::read, at)) return Flow::fault;
  count = chunk(from, at, count);
  T value;
  if (!load<T>(c, at, value, from.fault_kind())) return Flow::fault;
  const InPage<T> block(c.tlb->read, step(at, 1, sizeof(T), down), count - 1, down);
  if (block.count != 0) value = block.in_order(block.count - 1);
  u64 done = 1 + block.count;
  while (done < count && load<T>(c, step(at, done, sizeof(T), down), value, from.fault_kind())) ++done;
  c.set<T>(slot_of(rax), value);
  from.advance(done, down);
  return finish(c, op, done, false);
}

template <typename T>
Flow cmps(Core& c, const MicroOp& op) {
  const bool down = downwards(c), wanted = op.extra == 1;
  u64 count = count_left(c, op);
  if (count == 0) return finish(c, op, 0, true);
  const auto from = source<T>(c, op);
  const auto to = destination<T>(c, op);
  u64 from_at, to_at;
  if (!to.linear(mem::Access::read, to_at) || !from.linear(mem::Access::read, from_at)) return Flow::fault;
  count = std::min(chunk(from, from_at, count), chunk(to, to_at, count));
  T a, b;
  // The second operand comes first, as on Intel's processors: it shows when both fault.
  const auto fetch = [&](u64 i) {
    T next_a, next_b;
    if (!load<T>(c, step(to_at, i, sizeof(T), down), next_b) ||
        !load<T>(c, step(from_at, i, sizeof(T), down), next_a, from.fault_kind())) {
      return false;
    }
    a = next_a;
    b = next_b;
    return true;
  };
  if (!fetch(0)) return Flow::fault;
  u64 done = 1;
  const auto decided = [&] { return op.extra != 0 && (a == b) != wanted; };
  if (!decided()) {
    const InPage<T> from_block(c.tlb->read, step(from_at, 1, sizeof(T), down), count - 1, down);
    const InPage<T> block(c.tlb->read, step(to_at, 1, sizeof(T), down), from_block.count, down);
    if (block.count != 0) {
      const u8* const from_low = from_block.low_of(block.count);
      const auto decides = [&](u64 i) { return (element<T>(from_low, i) == element<T>(block.low, i)) != wanted; };
      const u64 compared = elements_until(block.count, down, decides);
      done += compared;
      a = element<T>(from_low, block.index(compared - 1));
      b = block.in_order(compared - 1);
    }
  }
  while (done < count && !decided() && fetch(done)) ++done;
  Sub::apply<T>(c.flags, a, b);
  from.advance(done, down);
  to.advance(done, down);
  return finish(c, op, done, decided());
}

template <typename T>
Flow scas(Core& c, const MicroOp& op) {
  const bool down = downwards(c), wanted = op.extra == 1;
  u64 count = count_left(c, op);
  if (count == 0) return finish(c, op, 0, true);
  const auto to = destination<T>(c, op);
  u64 at;
  if (!to.linear(mem::Access::read, at)) return Flow::fault;
  count = chunk(to, at, count);
  const T a = c.get<T>(slot_of(rax));
  T b;
  if (!load<T>(c, at, b)) return Flow::fault;
  u64 done = 1;
  const auto decided = [&] { return op.extra != 0 && (a == b) != wanted; };
  if (!decided()) {
    const InPage<T> block(c.tlb->read, step(at, 1, sizeof(T), down), count - 1, down);
    if (block.count != 0) {
      const auto decides = [&](u64 i) { return (element<T>(block.low, i) == a) != wanted; };
      const u64 scanned = elements_until(block.count, down, decides);
      done += scanned;
      b = block.in_order(scanned - 1);
    }
  }
  while (done < count && !decided() && load<T>(c, step(at, done, sizeof(T), down), b)) ++done;
  Sub::apply<T>(c.flags, a, b);
  to.advance(done, down);
  return finish(c, op, done, decided());
}

Flow xlat(Core& c, const MicroOp& op) {
  const u64 offset = (c.r[rbx] + c.get<u8>(slot_of(rax))) & mask_of(op);
  u64 at;
  u8 value;
  if (!linear_address(c, static_cast<Seg>(op.src), offset, 1, mem::Access::read, at)) return Flow::fault;
  if (!load<u8>(c, at, value, op.src == ss ? SegmentFault::stack : SegmentFault::general)) return Flow::fault;
  c.set<u8>(slot_of(rax), value);
  return Flow::next;
}

#define WIDTHS(name)                              \
  template Flow name<u8>(Core&, const MicroOp&);  \
  template Flow name<u16>(Core&, const MicroOp&); \
  template Flow name<u32>(Core&, const MicroOp&); \
  template Flow name<u64>(Core&, const MicroOp&);
WIDTHS(movs)
WIDTHS(stos)
WIDTHS(lods)
WIDTHS(cmps)
WIDTHS(scas)
#undef WIDTHS

}  // namespace lucid::cpu::exec
