// SPDX-License-Identifier: MIT
// IN OUT INS OUTS. Devices see exact time; afterwards the run loop looks at interrupts and timers, if a
// device has given it reason to.
// A repeated INS or OUTS retires in chunks, as the other string instructions do (string.h): a chunk ends with the
// count or the page, or as soon as the device has given the run loop something to look at. Only upwards and in
// 64-bit code; element by element otherwise. (PIO of a disk: 3 times as fast.)
#include <algorithm>
#include <array>
#include <cstring>

#include "core/cpu/control.h"
#include "core/cpu/debug.h"
#include "core/cpu/exec/system.h"
#include "core/cpu/memory.h"
#include "core/cpu/segments.h"

namespace lucid::cpu::exec {
namespace {

/// SDM vol. 1, 19.5: IOPL, else the bitmap in the TSS.
bool port_allowed(Core& c, u16 port, unsigned bytes) {
  if (!protected_mode(c)) return true;
  if (c.cpl() <= (c.flags.rest >> 12 & 3) && !virtual_8086(c)) return true;
  const Segment& tr = c.state.tr;
  u16 bitmap = 0, bits = 0;
  const bool has_tss = (tr.attributes & segment_bit::present) && tr.limit >= 0x67;
  if (has_tss && !load_system(c, tr.base + 0x66, &bitmap, 2)) return false;
  const u32 at = bitmap + port / 8u;
  if (!has_tss || at + 1 > tr.limit) {
    c.general_protection();
    return false;
  }
  if (!load_system(c, tr.base + at, &bits, 2)) return false;
  if ((bits >> (port & 7) & ((1u << bytes) - 1)) == 0) return true;
  c.general_protection();
  return false;
}

u16 port_of(const Core& c, const MicroOp& op) { return static_cast<u16>(op.extra ? c.r[rdx] : op.imm); }

Flow done(Core& c, const MicroOp& op) {
  c.rip = c.next_ip(op);
  return Flow::exit;
}

/// What the run loop would look at after a port access: unchanged, it need not. Most accesses end here
/// (output to a serial line: 1.5 times as fast).
struct Quiet {
  const Wiring& wiring;
  u64 deadline = wiring.clock.next_deadline();
  bool holds(const Core& c) const {
    const bool interrupts = wiring.interrupts.intr() && (c.flags.rest & flag::intr);
    return !interrupts && wiring.clock.next_deadline() == deadline && !wiring.log.stop_requested();
  }
};

Flow done(Core& c, const MicroOp& op, const Quiet& quiet) { return quiet.holds(c) ? Flow::not_taken : done(c, op); }

struct Repeat {
  Core& c;
  const MicroOp& op;
  u64 mask() const { return op.extra32 == 64 ? ~u64{0} : (u64{1} << op.extra32) - 1; }
  void set(Reg reg, u64 value) const {
    if (op.extra32 == 64)
      c.r[reg] = value;
    else if (op.extra32 == 32)
      c.set<u32>(slot_of(reg), static_cast<u32>(value));
    else
      c.set<u16>(slot_of(reg), static_cast<u16>(value));
  }
  bool over() const { return op.extra != 0 && (c.r[rcx] & mask()) == 0; }
  /// How many elements, the first at `linear`, may go at once.
  u64 elements(u64 linear) const {
    const u64 bytes = op.width / 8u;
    const bool one =
        op.extra == 0 || op.extra32 != 64 || (c.flags.rest & flag::df) || c.watches_data || c.mmu.checks_alignment();
    return one ? 1 : std::clamp<u64>((page_size - (linear & page_mask)) / bytes, 1, c.r[rcx]);
  }
  Flow advance(Reg reg, u64 elements) const {
    const u64 bytes = elements * (op.width / 8u);
    set(reg, c.flags.rest & flag::df ? c.r[reg] - bytes : c.r[reg] + bytes);
    c.rip = c.next_ip(op);
    if (op.extra != 0) {
      const u64 left = (c.r[rcx] - elements) & mask();
      set(rcx, left);
      if (left != 0) c.rip = c.ip_of(op);
    }
    return Flow::exit;
  }
};

}  // namespace

Flow in(Core& c, const MicroOp& op) {
  const u16 port = port_of(c, op);
  const unsigned bytes = op.width / 8u;
  if (!port_allowed(c, port, bytes)) return Flow::fault;
  c.sync_clock(op);
  const Quiet quiet{c.wiring};
  note_port_access(c, port, bytes);
  const u32 value = c.wiring.ports.read(port, bytes);
  if (bytes == 1)
    c.set<u8>(slot_of(rax), static_cast<u8>(value));
  else if (bytes == 2)
    c.set<u16>(slot_of(rax), static_cast<u16>(value));
  else
    c.set<u32>(slot_of(rax), value);
  return done(c, op, quiet);
}

Flow out(Core& c, const MicroOp& op) {
  const u16 port = port_of(c, op);
  const unsigned bytes = op.width / 8u;
  if (!port_allowed(c, port, bytes)) return Flow::fault;
  c.sync_clock(op);
  const Quiet quiet{c.wiring};
  const u32 value = bytes == 1   ? c.get<u8>(slot_of(rax))
                    : bytes == 2 ? c.get<u16>(slot_of(rax))
                                 : c.get<u32>(slot_of(rax));
  note_port_access(c, port, bytes);
  c.wiring.ports.write(port, value, bytes);
  return done(c, op, quiet);
}

/// The destination is checked before the device is read, for a read cannot be undone.
Flow ins(Core& c, const MicroOp& op) {
  const Repeat repeat{c, op};
  const unsigned bytes = op.width / 8u;
  const u16 port = static_cast<u16>(c.r[rdx]);
  if (!port_allowed(c, port, bytes)) return Flow::fault;
  if (repeat.over()) return done(c, op);
  u64 at;
  if (!linear_address(c, es, c.r[rdi] & repeat.mask(), bytes, mem::Access::write, at)) return Flow::fault;
  if (!probe(c, at, bytes, mem::Access::write, SegmentFault::general)) return Flow::fault;
  c.sync_clock(op);
  note_port_access(c, port, bytes);
  const Quiet quiet{c.wiring};
  std::array<u8, page_size> values;
  u64 done = 0;
  for (const u64 wanted = repeat.elements(at); done < wanted;) {
    const u32 value = c.wiring.ports.read(port, bytes);
    std::memcpy(&values[bytes * done++], &value, bytes);
    if (!quiet.holds(c)) break;
  }
  store_slow(c, at, values.data(), static_cast<unsigned>(bytes * done), SegmentFault::general);
  return repeat.advance(rdi, done);
}

Flow outs(Core& c, const MicroOp& op) {
  const Repeat repeat{c, op};
  const unsigned bytes = op.width / 8u;
  const u16 port = static_cast<u16>(c.r[rdx]);
  if (!port_allowed(c, port, bytes)) return Flow::fault;
  if (repeat.over()) return done(c, op);
  u64 at;
  const Seg segment = static_cast<Seg>(op.src);
  const SegmentFault kind = segment == ss ? SegmentFault::stack : SegmentFault::general;
  if (!linear_address(c, segment, c.r[rsi] & repeat.mask(), bytes, mem::Access::read, at)) return Flow::fault;
  const u64 wanted = repeat.elements(at);
  std::array<u8, page_size> values;
  if (!load_slow(c, at, values.data(), static_cast<unsigned>(bytes * wanted), kind)) return Flow::fault;
  c.sync_clock(op);
  note_port_access(c, port, bytes);
  const Quiet quiet{c.wiring};
  u64 done = 0;
  while (done < wanted) {
    u32 value = 0;
    std::memcpy(&value, &values[bytes * done++], bytes);
    c.wiring.ports.write(port, value, bytes);
    if (!quiet.holds(c)) break;
  }
  return repeat.advance(rsi, done);
}

}  // namespace lucid::cpu::exec
