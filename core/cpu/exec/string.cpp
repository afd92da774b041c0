// SPDX-License-Identifier: MIT
#include "core/cpu/exec/string.h"

#include <algorithm>

#include "core/cpu/exec/alu.h"
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

/// Host memory of `count` elements at `at` going up, all in one page and in the TLB; else null.
template <typename T>
u8* direct(const mem::TlbEntry& entry, u64 at, u64 count, bool down) {
  if (down || entry.tag != (at & ~page_mask)) return nullptr;
  if (((at + count * sizeof(T) - 1) & ~page_mask) != entry.tag) return nullptr;
  return host(entry, at);
}

/// Bytes overlap as the architecture has it: element by element, upwards.
template <typename T>
void copy_up(u8* to, const u8* from, u64 count) {
  const u64 bytes = count * sizeof(T);
  if (to <= from || to >= from + bytes) {
    std::memmove(to, from, bytes);
    return;
  }
  for (u64 i = 0; i < bytes; i += sizeof(T)) {
    T value;
    std::memcpy(&value, from + i, sizeof(T));
    std::memcpy(to + i, &value, sizeof(T));
  }
}

template <typename T>
void fill_up(u8* to, T value, u64 count) {
  if constexpr (sizeof(T) == 1) {
    std::memset(to, value, count);
  } else {
    for (u64 i = 0; i < count; ++i) std::memcpy(to + i * sizeof(T), &value, sizeof(T));
  }
}

}  // namespace

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
  const u8* host_from = direct<T>(c.tlb->read[mem::Tlb::slot(from_at)], from_at, count, down);
  u8* host_to = direct<T>(c.tlb->write[mem::Tlb::slot(to_at)], to_at, count, down);
  u64 done = 0;
  if (host_from != nullptr && host_to != nullptr) {
    copy_up<T>(host_to, host_from, count);
    done = count;
  }
  for (; done < count; ++done) {
    T value;
    if (!load<T>(c, step(from_at, done, sizeof(T), down), value, from.fault_kind()) ||
        !store<T>(c, step(to_at, done, sizeof(T), down), value)) {
      if (done == 0) return Flow::fault;
      break;
    }
  }
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
  u64 done = 0;
  if (u8* host_to = direct<T>(c.tlb->write[mem::Tlb::slot(at)], at, count, down)) {
    fill_up<T>(host_to, value, count);
    done = count;
  }
  for (; done < count; ++done) {
    if (store<T>(c, step(at, done, sizeof(T), down), value)) continue;
    if (done == 0) return Flow::fault;
    break;
  }
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
  T value{};
  u64 done = 0;
  for (; done < count; ++done) {
    if (load<T>(c, step(at, done, sizeof(T), down), value, from.fault_kind())) continue;
    if (done == 0) return Flow::fault;
    break;
  }
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
  T a{}, b{};
  u64 done = 0;
  bool decided = false;
  while (done < count && !decided) {
    T next_a, next_b;
    // The second operand comes first, as on Intel's processors: it shows when both fault.
    if (!load<T>(c, step(to_at, done, sizeof(T), down), next_b) ||
        !load<T>(c, step(from_at, done, sizeof(T), down), next_a, from.fault_kind())) {
      if (done == 0) return Flow::fault;
      break;
    }
    a = next_a;
    b = next_b;
    ++done;
    decided = op.extra != 0 && (a == b) != wanted;
  }
  Sub::apply<T>(c.flags, a, b);
  from.advance(done, down);
  to.advance(done, down);
  return finish(c, op, done, decided);
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
  T b{};
  u64 done = 0;
  bool decided = false;
  while (done < count && !decided) {
    T next;
    if (!load<T>(c, step(at, done, sizeof(T), down), next)) {
      if (done == 0) return Flow::fault;
      break;
    }
    b = next;
    ++done;
    decided = op.extra != 0 && (a == b) != wanted;
  }
  Sub::apply<T>(c.flags, a, b);
  to.advance(done, down);
  return finish(c, op, done, decided);
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
