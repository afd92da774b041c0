// SPDX-License-Identifier: MIT
// x87 loads, stores and moves.
#include "core/cpu/exec/x87_frame.h"

namespace lucid::cpu::exec {

using fp::Env;
using fp::Unpacked;

namespace {

template <class F>
bool load_real(Core& c, const MicroOp& op, Unpacked& out) {
  typename F::Bits bits;
  if (!load(c, op, bits)) return false;
  out = fp::unpack<F>(bits, Env{});
  return true;
}

template <class Int>
bool load_integer(Core& c, const MicroOp& op, Unpacked& out) {
  Int value;
  if (!load(c, op, value)) return false;
  out = fp::from_integer(value);
  return true;
}

/// Ten bytes.
bool load_extended(Core& c, const MicroOp& op, F80& out) {
  u8 bytes[10];
  if (!load_slow(c, address(c, op), bytes, sizeof(bytes), segment_fault(op))) return false;
  std::memcpy(&out.mantissa, bytes, 8);
  std::memcpy(&out.sign_exponent, bytes + 8, 2);
  return true;
}

bool store_extended(Core& c, const MicroOp& op, const F80& value) {
  u8 bytes[10];
  std::memcpy(bytes, &value.mantissa, 8);
  std::memcpy(bytes + 8, &value.sign_exponent, 2);
  return store_slow(c, address(c, op), bytes, sizeof(bytes), segment_fault(op));
}

X87Memory kind_of(const MicroOp& op) { return static_cast<X87Memory>(op.extra); }

}  // namespace

bool x87_load(Core& c, const MicroOp& op, Unpacked& out) {
  switch (kind_of(op)) {
    case X87Memory::single:
      return load_real<fp::Single>(c, op, out);
    case X87Memory::real_double:
      return load_real<fp::Double>(c, op, out);
    case X87Memory::integer16:
      return load_integer<i16>(c, op, out);
    case X87Memory::integer32:
      return load_integer<i32>(c, op, out);
    case X87Memory::integer64:
      return load_integer<i64>(c, op, out);
    default:
      break;
  }
  F80 bits;
  if (!load_extended(c, op, bits)) return false;
  out = kind_of(op) == X87Memory::decimal ? fp::from_decimal(bits) : fp::unpack<fp::Extended>(bits, Env{});
  return true;
}

void x87_push(X87& x, const F80& value) {
  fp::set_top(x, fp::top(x) - 1);
  x87_set(x, 0, value);
}

namespace {

/// Pushes a value that raised nothing, or the indefinite if there is no room.
Flow push_exact(Core& c, const MicroOp& op, const F80& value) {
  X87& x = c.state.fpu;
  if (x87_full(x)) {
    if (fp::stack_fault(x, fp::StackFault::overflow)) x87_push(x, fp::indefinite_bits());
  } else {
    fp::set_conditions(x, fp::x87::c1, 0);
    x87_push(x, value);
  }
  return x87_done(c, op);
}

}  // namespace

Flow fld_memory(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  if (kind_of(op) == X87Memory::extended) {  // bit for bit, nothing raised
    F80 bits;
    if (!load_extended(c, op, bits)) return Flow::fault;
    return push_exact(c, op, bits);
  }
  Unpacked value;
  if (!x87_load(c, op, value)) return Flow::fault;
  if (x87_full(x)) return push_exact(c, op, {});
  Env env = x87_full_env(x);
  env.masked |= fp::denormal;  // even unmasked it does not keep the value from being loaded
  const F80 result = fp::pack<fp::Extended>(fp::convert(value, env), env);
  if (fp::conclude(x, env)) x87_push(x, result);
  return x87_done(c, op);
}

Flow fld_register(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  if (!fp::is_empty(x, op.src)) return push_exact(c, op, fp::st(x, op.src));
  if (fp::stack_fault(x, fp::StackFault::underflow)) x87_push(x, fp::indefinite_bits());
  return x87_done(c, op);
}

Flow fld_constant(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  const auto which = static_cast<fp::Constant>(x87_parameter(op));
  return push_exact(c, op, fp::constant(which, fp::x87_env(c.state.fpu.control).rounding));
}

namespace {

bool write(Core& c, const MicroOp& op, const F80& value) { return store_extended(c, op, value); }
template <class T>
bool write(Core& c, const MicroOp& op, T value) {
  return store<T>(c, op, value);
}

/// ST(0), converted, to memory, then pops. Memory comes first: if the access faults nothing has changed.
template <class Bits, class Convert>
Flow store_top(Core& c, const MicroOp& op, const Bits& indefinite, Convert convert) {
  X87& x = c.state.fpu;
  Env env = fp::x87_env(x.control);
  const X87Operand a = x87_register(x, 0);
  const Bits bits = a.empty ? indefinite : convert(a.value, env);
  constexpr u8 no_result = fp::before_computation | fp::overflow | fp::underflow;
  const bool delivered = a.empty ? (x.control & fp::invalid) : !(env.raised & ~env.masked & no_result);
  if (delivered && !write(c, op, bits)) return Flow::fault;
  if (a.empty)
    fp::stack_fault(x, fp::StackFault::underflow);
  else
    fp::conclude(x, env);
  if (delivered) x87_pop(x, x87_pops(op));
  return x87_done(c, op);
}

template <class F>
Flow store_real(Core& c, const MicroOp& op) {
  const auto indefinite = F::join({true, F::max_exponent, u64{3} << 62});
  return store_top(c, op, indefinite, [](const Unpacked& a, Env& env) { return fp::store_rounded<F>(a, env); });
}

template <class Int>
Flow store_integer(Core& c, const MicroOp& op, bool truncate) {
  constexpr int bits = 8 * sizeof(Int);
  const Int indefinite = static_cast<Int>(u64{1} << (bits - 1));
  return store_top(c, op, indefinite, [truncate](const Unpacked& a, Env& env) {
    const fp::Rounding rounding = env.rounding;
    if (truncate) env.rounding = fp::Rounding::zero;
    const Int result = static_cast<Int>(fp::to_integer(a, bits, env));
    env.rounding = rounding;
    return result;
  });
}

Flow store_integer(Core& c, const MicroOp& op, bool truncate) {
  switch (kind_of(op)) {
    case X87Memory::integer16:
      return store_integer<u16>(c, op, truncate);
    case X87Memory::integer32:
      return store_integer<u32>(c, op, truncate);
    default:
      return store_integer<u64>(c, op, truncate);
  }
}

}  // namespace

Flow fst_memory(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  switch (kind_of(op)) {
    case X87Memory::single:
      return store_real<fp::Single>(c, op);
    case X87Memory::real_double:
      return store_real<fp::Double>(c, op);
    case X87Memory::extended: {
      const F80 bits = fp::st(c.state.fpu, 0);
      return store_top(c, op, fp::indefinite_bits(), [&](const Unpacked&, Env&) { return bits; });
    }
    case X87Memory::decimal:
      return store_top(c, op, fp::indefinite_bits(), fp::to_decimal);
    default:
      return store_integer(c, op, false);
  }
}

Flow fisttp(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  return store_integer(c, op, true);
}

Flow fst_register(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  const bool empty = fp::is_empty(x, 0);
  if (empty && !fp::stack_fault(x, fp::StackFault::underflow)) return x87_done(c, op);
  if (!empty) fp::set_conditions(x, fp::x87::c1, 0);
  x87_set(x, op.dst, empty ? fp::indefinite_bits() : fp::st(x, 0));
  x87_pop(x, x87_pops(op));
  return x87_done(c, op);
}

Flow fxch(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  const bool empty0 = fp::is_empty(x, 0), empty_other = fp::is_empty(x, op.src);
  if (empty0 || empty_other) {
    if (!fp::stack_fault(x, fp::StackFault::underflow)) return x87_done(c, op);
  } else {
    fp::set_conditions(x, fp::x87::c1, 0);
  }
  const F80 first = empty0 ? fp::indefinite_bits() : fp::st(x, 0);
  const F80 other = empty_other ? fp::indefinite_bits() : fp::st(x, op.src);
  x87_set(x, 0, other);
  x87_set(x, op.src, first);
  return x87_done(c, op);
}

namespace {

bool condition_holds(const Flags& f, unsigned code) {
  switch (code >> 1) {
    case 1:
      return f.cf() != (code & 1);
    case 2:
      return f.zf() != (code & 1);
    case 3:
      return (f.cf() || f.zf()) != (code & 1);
    default:
      return f.pf() != (code & 1);  // 5: U, unordered
  }
}

}  // namespace

Flow fcmov(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  if (fp::is_empty(x, 0) || fp::is_empty(x, op.src)) {
    if (fp::stack_fault(x, fp::StackFault::underflow)) x87_set(x, 0, fp::indefinite_bits());
    return x87_done(c, op);
  }
  if (condition_holds(c.flags, x87_parameter(op))) x87_set(x, 0, fp::st(x, op.src));
  return x87_done(c, op);
}

namespace {

Flow change_sign(Core& c, const MicroOp& op, u16 keep, u16 flip) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  if (fp::is_empty(x, 0)) {
    if (fp::stack_fault(x, fp::StackFault::underflow)) x87_set(x, 0, fp::indefinite_bits());
    return x87_done(c, op);
  }
  fp::set_conditions(x, fp::x87::c1, 0);
  u16& sign_exponent = fp::st(x, 0).sign_exponent;
  sign_exponent = static_cast<u16>((sign_exponent & keep) ^ flip);
  return x87_done(c, op);
}

Flow turn(Core& c, const MicroOp& op, unsigned by) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  fp::set_top(x, fp::top(x) + by);
  fp::set_conditions(x, fp::x87::c1, 0);
  return x87_done(c, op);
}

}  // namespace

Flow fchs(Core& c, const MicroOp& op) { return change_sign(c, op, 0xffff, 0x8000); }
Flow fabs_(Core& c, const MicroOp& op) { return change_sign(c, op, 0x7fff, 0); }
Flow fincstp(Core& c, const MicroOp& op) { return turn(c, op, 1); }
Flow fdecstp(Core& c, const MicroOp& op) { return turn(c, op, 7); }

Flow ffree(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  fp::set_empty(x, op.src);
  fp::set_conditions(x, fp::x87::c1, 0);
  x87_pop(x, x87_pops(op));
  return x87_done(c, op);
}

Flow fstpnce(Core& c, const MicroOp& op) {
  if (!x87_ready(c)) return Flow::fault;
  X87& x = c.state.fpu;
  if (!fp::is_empty(x, 0)) x87_set(x, op.src, fp::st(x, 0));
  fp::set_conditions(x, fp::x87::c1, 0);
  x87_pop(x, 1);
  return x87_done(c, op);
}

Flow fnop(Core& c, const MicroOp& op) { return x87_ready(c) ? x87_done(c, op) : Flow::fault; }
Flow fnop_control(Core& c, const MicroOp&) { return x87_available(c) ? Flow::next : Flow::fault; }

}  // namespace lucid::cpu::exec
