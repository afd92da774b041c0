// SPDX-License-Identifier: MIT
// Each handler computes all lanes with one Env, which gathers their exceptions; accept() then either records
// them in MXCSR or raises #XM, and only after that is the destination written.
#include "core/cpu/exec/sse_float.h"

#include "core/cpu/exec/simd.h"
#include "core/cpu/fp/approximate.h"
#include "core/cpu/fp/host_fast.h"

namespace lucid::cpu::exec {
namespace {

using simd::Array;
using simd::Mmx;

/// SDM vol. 1, 11.5.3: with an unmasked exception of the operands, those of results are not looked for.
bool refuse_float(Core& c, const fp::Env& env) {
  const bool operands = env.stopped();
  c.state.mxcsr |= operands ? env.raised & fp::before_computation : env.raised;
  c.raise(c.state.cr4 & control::cr4_osxmmexcpt ? Vector::simd_error : Vector::invalid_opcode);
  return false;
}

bool accept(Core& c, const fp::Env& env) {
  if (LUCID_UNLIKELY(env.raised & ~env.masked)) return refuse_float(c, env);
  c.state.mxcsr |= env.raised;
  return true;
}

template <class T>
T low(const Core& c, unsigned number) {
  return static_cast<T>(c.state.xmm[number].low);
}

template <class T>
void set_low(Core& c, unsigned number, T value) {
  std::memcpy(static_cast<void*>(&c.state.xmm[number]), &value, sizeof(T));
}

template <class T>
bool scalar_source(Core& c, const MicroOp& op, T& out) {
  if (op.width != 0) return load<T>(c, op, out);
  out = low<T>(c, op.src);
  return true;
}

template <class F, fp::SseOp operation>
Flow scalar(Core& c, const MicroOp& op) {
  using Bits = typename F::Bits;
  Bits b, result;
  if (!sse_ready(c) || !scalar_source(c, op, b)) return Flow::fault;
  const Bits a = low<Bits>(c, op.dst);
  if (!fp::only_result_matters(c.state.mxcsr) || !fp::host_operate<F, operation>(a, b, result)) {
    fp::Env env = fp::sse_env(c.state.mxcsr);
    result = fp::sse_operate<F>(operation, a, b, env);
    if (!accept(c, env)) return Flow::fault;
  }
  set_low(c, op.dst, result);
  return Flow::next;
}

template <class F, fp::SseOp operation>
Flow packed(Core& c, const MicroOp& op) {
  using Bits = typename F::Bits;
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  const u32 mxcsr = c.state.mxcsr;
  fp::Env env = fp::sse_env(mxcsr);
  Array<Xmm, Bits> a(c.state.xmm[op.dst]);
  const Array<Xmm, Bits> b(source_value);
  for (unsigned i = 0; i < a.size; ++i) a[i] = fp::sse_operate_fast<F, operation>(a[i], b[i], mxcsr, env);
  if (!accept(c, env)) return Flow::fault;
  c.state.xmm[op.dst] = a.vector();
  return Flow::next;
}

/// HADDPx, HSUBPx: neighbours of the destination, then of the source.
template <class F, fp::SseOp operation>
Flow horizontal(Core& c, const MicroOp& op) {
  using Lanes = Array<Xmm, typename F::Bits>;
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const Lanes a(c.state.xmm[op.dst]), b(source_value);
  Lanes r;
  for (unsigned i = 0; i < r.size / 2; ++i) {
    r[i] = fp::sse_operate<F>(operation, a[2 * i], a[2 * i + 1], env);
    r[r.size / 2 + i] = fp::sse_operate<F>(operation, b[2 * i], b[2 * i + 1], env);
  }
  if (!accept(c, env)) return Flow::fault;
  c.state.xmm[op.dst] = r.vector();
  return Flow::next;
}

/// ADDSUBPx: even lanes subtract, odd lanes add.
template <class F>
Flow alternating(Core& c, const MicroOp& op) {
  using Lanes = Array<Xmm, typename F::Bits>;
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  Lanes a(c.state.xmm[op.dst]);
  const Lanes b(source_value);
  for (unsigned i = 0; i < a.size; ++i)
    a[i] = fp::sse_operate<F>(i & 1 ? fp::SseOp::add : fp::SseOp::subtract, a[i], b[i], env);
  if (!accept(c, env)) return Flow::fault;
  c.state.xmm[op.dst] = a.vector();
  return Flow::next;
}

/// Every lane plus its partner at distance `step`, the partner first where partner_first (it decides between NaNs).
template <class F, class Lanes>
Lanes add_partners(const Lanes& x, unsigned step, bool partner_first, fp::Env& env) {
  Lanes r;
  for (unsigned i = 0; i < x.size; ++i) {
    const auto mine = x[i], partner = x[i ^ step];
    r[i] = fp::sse_operate<F>(fp::SseOp::add, partner_first ? partner : mine, partner_first ? mine : partner, env);
  }
  return r;
}

/// DPPx: the products that imm's upper half selects, summed over pairs, then over halves, to the lanes that its lower
/// half selects. Exceptions are accounted for after each of these steps.
template <class F>
Flow dot_product(Core& c, const MicroOp& op) {
  using Lanes = Array<Xmm, typename F::Bits>;
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  const Lanes a(c.state.xmm[op.dst]), b(source_value);
  Lanes r;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  for (unsigned i = 0; i < a.size; ++i)
    r[i] = op.imm >> (4 + i) & 1 ? fp::sse_operate<F>(fp::SseOp::multiply, a[i], b[i], env) : 0;
  if (!accept(c, env)) return Flow::fault;
  for (unsigned step = 1; step < r.size; step *= 2) {
    env.raised = 0;
    r = add_partners<F>(r, step, r.size == 4 && step == 1, env);
    if (!accept(c, env)) return Flow::fault;
  }
  for (unsigned i = 0; i < r.size; ++i)
    if (!(op.imm >> i & 1)) r[i] = 0;
  c.state.xmm[op.dst] = r.vector();
  return Flow::next;
}

template <class T>
T lane_mask(bool condition) {
  return condition ? static_cast<T>(~T{0}) : T{0};
}

template <class F>
Flow compare_packed(Core& c, const MicroOp& op) {
  using Bits = typename F::Bits;
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  Array<Xmm, Bits> a(c.state.xmm[op.dst]);
  const Array<Xmm, Bits> b(source_value);
  for (unsigned i = 0; i < a.size; ++i) a[i] = lane_mask<Bits>(fp::sse_compare<F>(op.imm & 7, a[i], b[i], env));
  if (!accept(c, env)) return Flow::fault;
  c.state.xmm[op.dst] = a.vector();
  return Flow::next;
}

template <class F>
Flow compare_scalar(Core& c, const MicroOp& op) {
  using Bits = typename F::Bits;
  Bits b;
  if (!sse_ready(c) || !scalar_source(c, op, b)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const bool holds = fp::sse_compare<F>(op.imm & 7, low<Bits>(c, op.dst), b, env);
  if (!accept(c, env)) return Flow::fault;
  set_low(c, op.dst, lane_mask<Bits>(holds));
  return Flow::next;
}

/// COMISx, UCOMISx: ZF PF CF as an unsigned comparison; all three set if unordered.
template <class F, fp::Nans invalid_nans>
Flow compare_flags(Core& c, const MicroOp& op) {
  using Bits = typename F::Bits;
  Bits b;
  if (!sse_ready(c) || !scalar_source(c, op, b)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const fp::Order order = fp::sse_order<F>(low<Bits>(c, op.dst), b, invalid_nans, env);
  if (!accept(c, env)) return Flow::fault;
  constexpr u64 flags[] = {flag::cf, flag::zf, 0, flag::zf | flag::pf | flag::cf};  // in the order of fp::Order
  c.flags.load_arithmetic(flags[static_cast<unsigned>(order)]);
  return Flow::next;
}

template <class F>
Flow round_packed(Core& c, const MicroOp& op) {
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  Array<Xmm, typename F::Bits> b(source_value);
  for (unsigned i = 0; i < b.size; ++i) b[i] = fp::sse_round<F>(b[i], static_cast<unsigned>(op.imm), env);
  if (!accept(c, env)) return Flow::fault;
  c.state.xmm[op.dst] = b.vector();
  return Flow::next;
}

template <class F>
Flow round_scalar(Core& c, const MicroOp& op) {
  typename F::Bits b;
  if (!sse_ready(c) || !scalar_source(c, op, b)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const auto result = fp::sse_round<F>(b, static_cast<unsigned>(op.imm), env);
  if (!accept(c, env)) return Flow::fault;
  set_low(c, op.dst, result);
  return Flow::next;
}

template <u32 (*approximate)(u32)>
Flow approximate_packed(Core& c, const MicroOp& op) {
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  Array<Xmm, u32> b(source_value);
  for (unsigned i = 0; i < b.size; ++i) b[i] = approximate(b[i]);
  c.state.xmm[op.dst] = b.vector();
  return Flow::next;
}

template <u32 (*approximate)(u32)>
Flow approximate_scalar(Core& c, const MicroOp& op) {
  u32 b;
  if (!sse_ready(c) || !scalar_source(c, op, b)) return Flow::fault;
  set_low(c, op.dst, approximate(b));
  return Flow::next;
}

// --- conversions ---

template <class F>
typename F::Bits integer_to(u32 a, fp::Env& env) {
  return fp::sse_from_integer<F>(static_cast<i32>(a), env);
}

template <class F, fp::Conversion how>
u32 to_integer(typename F::Bits a, fp::Env& env) {
  return static_cast<u32>(fp::sse_to_integer<F>(a, 32, how, env));
}

template <class From, class To, To (*convert)(From, fp::Env&)>
Flow convert_scalar(Core& c, const MicroOp& op) {
  From b;
  if (!sse_ready(c) || !scalar_source(c, op, b)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const To result = convert(b, env);
  if (!accept(c, env)) return Flow::fault;
  set_low(c, op.dst, result);
  return Flow::next;
}

/// As many lanes as both types have; the rest of the destination is cleared.
template <class From, class To, To (*convert)(From, fp::Env&)>
Flow convert_packed(Core& c, const MicroOp& op) {
  Xmm source_value;
  if (!sse_ready(c) || !source(c, op, source_value)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const Array<Xmm, From> b(source_value);
  Array<Xmm, To> r(Xmm{});
  for (unsigned i = 0; i < b.size && i < r.size; ++i) r[i] = convert(b[i], env);
  if (!accept(c, env)) return Flow::fault;
  c.state.xmm[op.dst] = r.vector();
  return Flow::next;
}

template <class F>
Flow general_to_scalar(Core& c, const MicroOp& op) {
  if (!sse_ready(c)) return Flow::fault;
  i64 value = 0;
  if (op.extra) {
    u64 wide = c.get<u64>(op.src);
    if (op.width != 0 && !load<u64>(c, op, wide)) return Flow::fault;
    value = static_cast<i64>(wide);
  } else {
    u32 narrow = c.get<u32>(op.src);
    if (op.width != 0 && !load<u32>(c, op, narrow)) return Flow::fault;
    value = static_cast<i32>(narrow);
  }
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const auto result = fp::sse_from_integer<F>(value, env);
  if (!accept(c, env)) return Flow::fault;
  set_low(c, op.dst, result);
  return Flow::next;
}

template <class F, fp::Conversion how>
Flow scalar_to_general(Core& c, const MicroOp& op) {
  typename F::Bits b;
  if (!sse_ready(c) || !scalar_source(c, op, b)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const i64 result = fp::sse_to_integer<F>(b, op.extra ? 64 : 32, how, env);
  if (!accept(c, env)) return Flow::fault;
  if (op.extra)
    c.set<u64>(op.dst, static_cast<u64>(result));
  else
    c.set<u32>(op.dst, static_cast<u32>(result));
  return Flow::next;
}

/// CVTPI2Px: two integers from MMX or memory; CVTPI2PS keeps the upper half. From memory it is no MMX instruction.
template <class To, To (*convert)(u32, fp::Env&)>
Flow mmx_to_vector(Core& c, const MicroOp& op) {
  const bool uses_mmx = op.width == 0;
  Mmx b;
  if (!sse_ready(c) || (uses_mmx && !mmx_ready(c)) || !source(c, op, b)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  Array<Xmm, To> r(c.state.xmm[op.dst]);
  r[0] = convert(static_cast<u32>(b), env);
  r[1] = convert(static_cast<u32>(b >> 32), env);
  if (uses_mmx) note_mmx(c);  // even if an exception keeps the result away, as the processors do it
  if (!accept(c, env)) return Flow::fault;
  c.state.xmm[op.dst] = r.vector();
  return Flow::next;
}

template <class From, u32 (*convert)(From, fp::Env&)>
Flow vector_to_mmx(Core& c, const MicroOp& op) {
  Xmm source_value;
  if (!sse_ready(c) || !mmx_ready(c) || !source(c, op, source_value)) return Flow::fault;
  fp::Env env = fp::sse_env(c.state.mxcsr);
  const Array<Xmm, From> b(source_value);
  const u64 first = convert(b[0], env), second = convert(b[1], env);
  note_mmx(c);
  if (!accept(c, env)) return Flow::fault;
  set_vector<Mmx>(c, op.dst, first | second << 32);
  return Flow::next;
}

}  // namespace

#define FLOAT(mnemonic, name, ...) \
  Flow name(Core& c, const MicroOp& op) { return __VA_ARGS__(c, op); }
#include "core/cpu/exec/sse_table.def"
#undef FLOAT

}  // namespace lucid::cpu::exec
