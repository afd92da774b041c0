// SPDX-License-Identifier: MIT
#include "core/cpu/exec/simd_int.h"

#include "core/cpu/exec/simd.h"
#include "core/cpu/simd/rearrange.h"
#include "core/cpu/simd/string.h"

namespace lucid::cpu::exec {

bool load_part(Core& c, const MicroOp& op, void* out, unsigned size) {
  std::memset(out, 0, size);
  switch (op.width) {
    case 2:
      return load<u16>(c, op, *static_cast<u16*>(out));
    case 4:
      return load<u32>(c, op, *static_cast<u32*>(out));
    default:
      return load<u64>(c, op, *static_cast<u64*>(out));
  }
}

namespace {

template <class Kernel, class V>
V invoke(Core& c, const V& a, const V& b, u8 imm) {
  if constexpr (requires { Kernel::apply(a, b, imm); })
    return Kernel::apply(a, b, imm);
  else if constexpr (requires { Kernel::apply(a, b, c.state.xmm[0]); })
    return Kernel::apply(a, b, c.state.xmm[0]);
  else
    return Kernel::apply(a, b);
}

template <class Kernel, class V>
Flow vector(Core& c, const MicroOp& op) {
  V b;
  if (!ready<V>(c) || !source(c, op, b)) return Flow::fault;
  set_vector(c, op.dst, invoke<Kernel, V>(c, vector_of<V>(c, op.dst), b, static_cast<u8>(op.imm)));
  note_used<V>(c);
  return Flow::next;
}

/// extra = 1: by the immediate.
template <class T, simd::Shift kind, class V>
Flow shift(Core& c, const MicroOp& op) {
  V b{};
  if (!ready<V>(c)) return Flow::fault;
  if (op.extra)
    std::memcpy(static_cast<void*>(&b), &op.imm, sizeof(u64));
  else if (!source(c, op, b))
    return Flow::fault;
  set_vector(c, op.dst, simd::ShiftLanes<T, kind>::apply(vector_of<V>(c, op.dst), b));
  note_used<V>(c);
  return Flow::next;
}

/// Chooses the handler template for a kernel.
template <class Kernel, class V>
struct Handler {
  static Flow run(Core& c, const MicroOp& op) { return vector<Kernel, V>(c, op); }
};
template <class T, simd::Shift kind, class V>
struct Handler<simd::ShiftLanes<T, kind>, V> {
  static Flow run(Core& c, const MicroOp& op) { return shift<T, kind, V>(c, op); }
};

}  // namespace

#define WIDE(mnemonic, name, ...) \
  Flow name(Core& c, const MicroOp& op) { return Handler<__VA_ARGS__, Xmm>::run(c, op); }
#define NARROW(mnemonic, name, ...) \
  Flow name##_mmx(Core& c, const MicroOp& op) { return Handler<__VA_ARGS__, simd::Mmx>::run(c, op); }
#define BOTH(mnemonic, name, ...)   \
  WIDE(mnemonic, name, __VA_ARGS__) \
  NARROW(mnemonic, name, __VA_ARGS__)
#include "core/cpu/exec/simd_table.def"
#undef BOTH
#undef WIDE
#undef NARROW

Flow ptest(Core& c, const MicroOp& op) {
  Xmm b;
  if (!sse_ready(c) || !source(c, op, b)) return Flow::fault;
  const Xmm a = c.state.xmm[op.dst];
  const bool zero = ((a.low & b.low) | (a.high & b.high)) == 0;
  const bool carry = ((~a.low & b.low) | (~a.high & b.high)) == 0;
  c.flags.load_arithmetic((zero ? flag::zf : 0) | (carry ? flag::cf : 0));
  return Flow::next;
}

namespace {

template <class T, class V>
Flow mask(Core& c, const MicroOp& op) {
  if (!ready<V>(c)) return Flow::fault;
  c.set<u32>(op.dst, simd::sign_mask<T>(vector_of<V>(c, op.src)));
  note_used<V>(c);
  return Flow::next;
}

template <class T, class V>
Flow extract(Core& c, const MicroOp& op) {
  if (!ready<V>(c)) return Flow::fault;
  const simd::Array<V, T> lanes(vector_of<V>(c, op.src));
  const T value = lanes[op.imm & (lanes.size - 1)];
  if (op.width == 0)
    c.set<u64>(op.dst, value);
  else if (!store<T>(c, op, value))
    return Flow::fault;
  note_used<V>(c);
  return Flow::next;
}

template <class T, class V>
Flow insert(Core& c, const MicroOp& op) {
  if (!ready<V>(c)) return Flow::fault;
  T value = c.get<T>(op.src);
  if (op.width != 0 && !load<T>(c, op, value)) return Flow::fault;
  simd::Array<V, T> lanes(vector_of<V>(c, op.dst));
  lanes[op.imm & (lanes.size - 1)] = value;
  set_vector(c, op.dst, lanes.vector());
  note_used<V>(c);
  return Flow::next;
}

}  // namespace

// clang-format off
Flow pmovmskb(Core& c, const MicroOp& op) { return mask<u8, Xmm>(c, op); }
Flow pmovmskb_mmx(Core& c, const MicroOp& op) { return mask<u8, simd::Mmx>(c, op); }
Flow movmskps(Core& c, const MicroOp& op) { return mask<u32, Xmm>(c, op); }
Flow movmskpd(Core& c, const MicroOp& op) { return mask<u64, Xmm>(c, op); }
Flow extract_lane8(Core& c, const MicroOp& op) { return extract<u8, Xmm>(c, op); }
Flow extract_lane16(Core& c, const MicroOp& op) { return extract<u16, Xmm>(c, op); }
Flow extract_lane32(Core& c, const MicroOp& op) { return extract<u32, Xmm>(c, op); }
Flow extract_lane64(Core& c, const MicroOp& op) { return extract<u64, Xmm>(c, op); }
Flow extract_lane16_mmx(Core& c, const MicroOp& op) { return extract<u16, simd::Mmx>(c, op); }
Flow insert_lane8(Core& c, const MicroOp& op) { return insert<u8, Xmm>(c, op); }
Flow insert_lane16(Core& c, const MicroOp& op) { return insert<u16, Xmm>(c, op); }
Flow insert_lane32(Core& c, const MicroOp& op) { return insert<u32, Xmm>(c, op); }
Flow insert_lane64(Core& c, const MicroOp& op) { return insert<u64, Xmm>(c, op); }
Flow insert_lane16_mmx(Core& c, const MicroOp& op) { return insert<u16, simd::Mmx>(c, op); }
// clang-format on

namespace {

enum class Length : u8 { implicit, in_registers };

/// The comparison with its flags; false if the memory operand (of any alignment) faults.
template <Length length>
bool strings(Core& c, const MicroOp& op, simd::StringMatch& match) {
  const u8 imm = static_cast<u8>(op.imm);
  const Xmm a = c.state.xmm[op.dst];
  Xmm b = c.state.xmm[op.src];
  if (!sse_ready(c) || (op.width != 0 && !load<Xmm>(c, op, b))) return false;
  if constexpr (length == Length::implicit) {
    match = simd::compare_strings(a, simd::implicit_length(a, imm), b, simd::implicit_length(b, imm), imm);
  } else {
    const auto of = [&](Reg reg) { return op.extra ? static_cast<i64>(c.r[reg]) : static_cast<i32>(c.r[reg]); };
    match = simd::compare_strings(a, simd::explicit_length(of(rax), imm), b, simd::explicit_length(of(rdx), imm), imm);
  }
  c.flags.load_arithmetic((match.matches ? flag::cf : 0) | (match.b_ends ? flag::zf : 0) |
                          (match.a_ends ? flag::sf : 0) | (match.matches & 1 ? flag::of : 0));
  return true;
}

template <Length length>
Flow string_index(Core& c, const MicroOp& op) {
  simd::StringMatch match;
  if (!strings<length>(c, op, match)) return Flow::fault;
  c.r[rcx] = match.index(static_cast<u8>(op.imm));
  return Flow::next;
}

template <Length length>
Flow string_mask(Core& c, const MicroOp& op) {
  simd::StringMatch match;
  if (!strings<length>(c, op, match)) return Flow::fault;
  c.state.xmm[0] = match.mask(static_cast<u8>(op.imm));
  return Flow::next;
}

}  // namespace

Flow pcmpestri(Core& c, const MicroOp& op) { return string_index<Length::in_registers>(c, op); }
Flow pcmpestrm(Core& c, const MicroOp& op) { return string_mask<Length::in_registers>(c, op); }
Flow pcmpistri(Core& c, const MicroOp& op) { return string_index<Length::implicit>(c, op); }
Flow pcmpistrm(Core& c, const MicroOp& op) { return string_mask<Length::implicit>(c, op); }

}  // namespace lucid::cpu::exec
