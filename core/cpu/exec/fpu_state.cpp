// SPDX-License-Identifier: MIT
#include "core/cpu/exec/fpu_state.h"

#include "core/cpu/exec/fpu_ready.h"
#include "core/cpu/memory.h"

namespace lucid::cpu::exec {
namespace {

constexpr u32 mxcsr_mask = 0xffff;  // every bit that exists, DAZ included

constexpr unsigned fx_bytes = 512;  // all of them must be accessible

/// The area of FXSAVE (SDM vol. 1, table 10-2); bytes 464..511 are software's.
///
///   0 FCW  2 FSW  4 FTW  6 FOP  8 FIP (or EIP, CS)  16 FDP (or offset, DS)  24 MXCSR  28 MXCSR mask
///   32 eight registers of 16 bytes  160 XMM0..15
struct FxArea {
  u16 control, status;
  u8 used, reserved;  // bit i: physical register i is not empty
  u16 opcode;
  u64 instruction, data;
  u32 mxcsr, mxcsr_mask;
  struct {
    u64 mantissa;
    u16 sign_exponent;
    u16 reserved[3];
  } st[8];
  Xmm xmm[16];
  u64 reserved_tail[6];
};
static_assert(offsetof(FxArea, st) == 32 && offsetof(FxArea, xmm) == 160 && sizeof(FxArea) == 464);

bool fx_ready(Core& c, const MicroOp& op, u64& at) {
  if (!x87_available(c)) return false;
  at = address(c, op);
  if ((at & 15) == 0) return true;
  c.general_protection();
  return false;
}

/// 64-bit mode saves sixteen XMM registers, others eight.
unsigned xmm_saved(const Core& c) { return c.mode64() ? 16 : 8; }

/// The area is moved in pieces that load_slow and store_slow take.
constexpr unsigned piece = 32;

u8 abridged(u16 tag) {
  u8 used = 0;
  for (unsigned i = 0; i < 8; ++i)
    if ((tag >> (2 * i) & 3) != 3) used |= static_cast<u8>(1 << i);
  return used;
}

u16 expanded(u8 used) {
  u16 tag = 0;
  for (unsigned i = 0; i < 8; ++i)
    if (!(used >> i & 1)) tag |= static_cast<u16>(3 << (2 * i));
  return tag;
}

}  // namespace

Flow ldmxcsr(Core& c, const MicroOp& op) {
  u32 value;
  if (!sse_ready(c) || !load<u32>(c, op, value)) return Flow::fault;
  if (value & ~mxcsr_mask) return c.general_protection();
  c.state.mxcsr = value;
  return Flow::next;
}

Flow stmxcsr(Core& c, const MicroOp& op) {
  return sse_ready(c) && store<u32>(c, op, c.state.mxcsr) ? Flow::next : Flow::fault;
}

Flow fxsave(Core& c, const MicroOp& op) {
  u64 at;
  if (!fx_ready(c, op, at)) return Flow::fault;
  const X87& x = c.state.fpu;
  FxArea area{};
  area.control = x.control;
  area.status = x.status;
  area.used = abridged(x.tag);
  area.opcode = x.opcode;
  area.instruction =
      op.extra ? x.instruction_pointer : static_cast<u32>(x.instruction_pointer) | u64{x.instruction_selector} << 32;
  area.data = op.extra ? x.data_pointer : static_cast<u32>(x.data_pointer) | u64{x.data_selector} << 32;
  area.mxcsr = c.state.mxcsr;
  area.mxcsr_mask = mxcsr_mask;
  for (unsigned i = 0; i < 8; ++i) {
    const F80& r = fp::st(x, i);
    area.st[i].mantissa = r.mantissa;
    area.st[i].sign_exponent = r.sign_exponent;
  }
  for (unsigned i = 0; i < xmm_saved(c); ++i) area.xmm[i] = c.state.xmm[i];
  const unsigned size = static_cast<unsigned>(offsetof(FxArea, xmm)) + 16 * xmm_saved(c);
  if (!probe(c, at, fx_bytes, mem::Access::write, segment_fault(op))) return Flow::fault;
  for (unsigned i = 0; i < size; i += piece)
    if (!store_slow(c, at + i, reinterpret_cast<const u8*>(&area) + i, piece, segment_fault(op))) return Flow::fault;
  return Flow::next;
}

Flow fxrstor(Core& c, const MicroOp& op) {
  u64 at;
  if (!fx_ready(c, op, at)) return Flow::fault;
  FxArea area;
  if (!probe(c, at, fx_bytes, mem::Access::read, segment_fault(op))) return Flow::fault;
  const unsigned size = static_cast<unsigned>(offsetof(FxArea, xmm)) + 16 * xmm_saved(c);
  for (unsigned i = 0; i < size; i += piece)
    if (!load_slow(c, at + i, reinterpret_cast<u8*>(&area) + i, piece, segment_fault(op))) return Flow::fault;
  if (area.mxcsr & ~mxcsr_mask) return c.general_protection();
  X87& x = c.state.fpu;
  x.status = area.status;
  fp::set_control(x, area.control);
  x.tag = expanded(area.used);
  x.opcode = area.opcode & 0x7ff;
  x.instruction_pointer = op.extra ? area.instruction : static_cast<u32>(area.instruction);
  x.data_pointer = op.extra ? area.data : static_cast<u32>(area.data);
  for (unsigned i = 0; i < 8; ++i) fp::st(x, i) = {area.st[i].mantissa, area.st[i].sign_exponent};
  c.state.mxcsr = area.mxcsr;
  for (unsigned i = 0; i < xmm_saved(c); ++i) c.state.xmm[i] = area.xmm[i];
  return Flow::next;
}

}  // namespace lucid::cpu::exec
