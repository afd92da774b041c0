// SPDX-License-Identifier: MIT
// x87 arithmetic bit for bit against the host CPU: 80-bit results, exception flags and condition codes, under
// every rounding and precision control, masked and unmasked.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#if defined(__x86_64__) && defined(__linux__)
#include <cstdio>
#include <cstring>

#include "core/cpu/fp/arith.h"
#include "core/cpu/fp/convert.h"
#include "core/cpu/fp/x87_math.h"
#include "tests/unit/host_fp.h"

namespace {

using namespace lucid;
using namespace lucid::cpu;
using namespace lucid::cpu::fp;

struct Result {
  F80 value;
  u16 status = 0;  // C3..C0 and the exception flags
  bool stored = true;
};

struct HostResult {
  F80 value;
  u16 status;
};

/// ST1 = b, ST0 = a; the instruction; status; ST0 afterwards. Stores of ten bytes raise nothing.
#define HOST_AND(NAME, INSN, THEN)                                                                      \
  HostResult NAME(const F80& a, const F80& b, u16 control) {                                            \
    HostResult r{};                                                                                     \
    asm volatile("fninit\n\tfldt %3\n\tfldt %2\n\tfldcw %4\n\t" INSN "\n\tfnstsw %1\n\tfnclex\n\t" THEN \
                 "fstpt %0\n\tfninit"                                                                   \
                 : "=m"(r.value), "=m"(r.status)                                                        \
                 : "m"(a), "m"(b), "m"(control)                                                         \
                 : "memory");                                                                           \
    return r;                                                                                           \
  }
#define HOST(NAME, INSN) HOST_AND(NAME, INSN, "")
HOST(fadd, "fadd %%st(1), %%st")
HOST(fsub, "fsub %%st(1), %%st")
HOST(fmul, "fmul %%st(1), %%st")
HOST(fdiv, "fdiv %%st(1), %%st")
HOST(fsqrt, "fsqrt")
HOST(frndint, "frndint")
HOST(fscale, "fscale")
HOST(fprem, "fprem")
HOST(fprem1, "fprem1")
HOST(fcom, "fcom %%st(1)")
HOST(fucom, "fucom %%st(1)")
HOST(fxtract_significand, "fxtract")
HOST_AND(fxtract_exponent, "fxtract", "fxch\n\t")

#define HOST_STORE(NAME, INSN, BYTES)                                                            \
  HostResult NAME(const F80& a, const F80&, u16 control) {                                       \
    HostResult r{};                                                                              \
    F80 stored{};                                                                                \
    asm volatile("fninit\n\tfldt %2\n\tfldcw %3\n\t" INSN " %0\n\tfnstsw %1\n\tfnclex\n\tfninit" \
                 : "+m"(stored), "=m"(r.status)                                                  \
                 : "m"(a), "m"(control)                                                          \
                 : "memory");                                                                    \
    std::memcpy(static_cast<void*>(&r.value), &stored, BYTES);                                   \
    return r;                                                                                    \
  }
HOST_STORE(fsts, "fsts", 4)
HOST_STORE(fstl, "fstl", 8)
HOST_STORE(fist16, "fistps", 2)
HOST_STORE(fist32, "fistpl", 4)
HOST_STORE(fist64, "fistpll", 8)
HOST_STORE(fisttp64, "fisttpll", 8)
HOST_STORE(fbstp, "fbstp", 10)

#define HOST_LOAD(NAME, INSN)                                                                     \
  HostResult NAME(const F80& a, const F80&, u16 control) {                                        \
    HostResult r{};                                                                               \
    asm volatile("fninit\n\tfldcw %3\n\t" INSN " %2\n\tfnstsw %1\n\tfnclex\n\tfstpt %0\n\tfninit" \
                 : "=m"(r.value), "=m"(r.status)                                                  \
                 : "m"(a), "m"(control)                                                           \
                 : "memory");                                                                     \
    return r;                                                                                     \
  }
HOST_LOAD(flds, "flds")
HOST_LOAD(fldl, "fldl")
HOST_LOAD(fild16, "filds")
HOST_LOAD(fild32, "fildl")
HOST_LOAD(fild64, "fildll")
HOST_LOAD(fbld, "fbld")

constexpr u16 c0 = 0x100, c1 = 0x200, c2 = 0x400, c3 = 0x4000;

Result finish(F80 value, const Env& env) {
  return {value, static_cast<u16>(env.raised | (env.rounded_up ? c1 : 0)), !env.stopped()};
}

using Unary = Unpacked (*)(const Unpacked&, Env&);
using Binary = Unpacked (*)(const Unpacked&, const Unpacked&, Env&);

template <Binary operation>
Result binary(const F80& a, const F80& b, Env env) {
  const Unpacked r = operation(unpack<Extended>(a, env), unpack<Extended>(b, env), env);
  return finish(pack<Extended>(r, env), env);
}
template <Unary operation>
Result unary(const F80& a, const F80&, Env env) {
  const Unpacked r = operation(unpack<Extended>(a, env), env);
  return finish(pack<Extended>(r, env), env);
}
Unpacked integral(const Unpacked& a, Env& env) {
  if (a.denormal) env.raise(denormal);
  if (env.stopped()) return a;
  return round_to_integral(a, env);
}
template <Unary operation>
Result unary_full_precision(const F80& a, const F80& b, Env env) {
  env.significand_bits = 64;
  return unary<operation>(a, b, env);
}
template <Binary operation>
Result binary_full_precision(const F80& a, const F80& b, Env env) {
  env.significand_bits = 64;
  return binary<operation>(a, b, env);
}
template <Nans nans>
Result comparison(const F80& a, const F80& b, Env env) {
  const Order order = compare(unpack<Extended>(a, env), unpack<Extended>(b, env), nans, env);
  Result r = finish(a, env);
  r.status |= order == Order::less ? c0 : order == Order::equal ? c3 : order == Order::unordered ? c0 | c2 | c3 : 0;
  return r;
}
template <Quotient kind>
Result remainder(const F80& a, const F80& b, Env env) {
  env.significand_bits = 64;
  const Remainder m = partial_remainder(unpack<Extended>(a, env), unpack<Extended>(b, env), kind, env);
  Result r = finish(pack<Extended>(m.value, env), env);
  if (env.stopped()) return r;
  if (m.quotient & 4) r.status |= c0;
  if (m.quotient & 2) r.status |= c3;
  if (m.quotient & 1) r.status |= c1;
  if (!m.complete) r.status |= c2;
  return r;
}
template <bool exponent>
Result extraction(const F80& a, const F80&, Env env) {
  env.significand_bits = 64;
  const Extracted e = extract(unpack<Extended>(a, env), env);
  return finish(pack<Extended>(exponent ? e.exponent : e.significand, env), env);
}
template <class F>
Result store(const F80& a, const F80&, Env env) {
  const auto bits = store_rounded<F>(unpack<Extended>(a, env), env);
  Result r = finish({bits, 0}, env);
  r.stored = r.stored && !(env.raised & ~env.masked & (overflow | underflow));
  return r;
}
template <int bits, bool truncate>
Result store_integer(const F80& a, const F80&, Env env) {
  if (truncate) env.rounding = Rounding::zero;
  const i64 value = to_integer(unpack<Extended>(a, env), bits, env);
  return finish({static_cast<u64>(value) & ~u64{0} >> (64 - bits), 0}, env);
}
Result store_decimal(const F80& a, const F80&, Env env) {
  const F80 digits = to_decimal(unpack<Extended>(a, env), env);
  return finish(digits, env);
}
template <class F>
Result load(const F80& a, const F80&, Env env) {
  env.significand_bits = 64;
  const Unpacked value = convert(unpack<F>(static_cast<typename F::Bits>(a.mantissa), env), env);
  return finish(pack<Extended>(value, env), env);
}
template <class Int>
Result load_integer(const F80& a, const F80&, Env env) {
  env.significand_bits = 64;
  return finish(pack<Extended>(from_integer(static_cast<Int>(a.mantissa)), env), env);
}
Result load_decimal(const F80& a, const F80&, Env env) {
  env.significand_bits = 64;
  return finish(pack<Extended>(from_decimal(a), env), env);
}

enum class Operands { one, pair, single, raw_double, integer, decimal };

struct Case {
  const char* name;
  HostResult (*on_host)(const F80&, const F80&, u16);
  Result (*ours)(const F80&, const F80&, Env);
  Operands operands;
  u16 status_compared = 0x4700 | 0x3f;
};

const Case cases[] = {
    {"fadd", fadd, binary<add>, Operands::pair},
    {"fsub", fsub, binary<subtract>, Operands::pair},
    {"fmul", fmul, binary<multiply>, Operands::pair},
    {"fdiv", fdiv, binary<divide>, Operands::pair},
    {"fsqrt", fsqrt, unary<square_root>, Operands::one},
    {"frndint", frndint, unary_full_precision<integral>, Operands::one},
    {"fscale", fscale, binary_full_precision<scale>, Operands::pair},
    {"fprem", fprem, remainder<Quotient::truncated>, Operands::pair},
    {"fprem1", fprem1, remainder<Quotient::nearest>, Operands::pair},
    {"fcom", fcom, comparison<Nans::all>, Operands::pair},
    {"fucom", fucom, comparison<Nans::only_signalling>, Operands::pair},
    {"fxtract significand", fxtract_significand, extraction<false>, Operands::one},
    {"fxtract exponent", fxtract_exponent, extraction<true>, Operands::one},
    {"fst m32", fsts, store<Single>, Operands::one},
    {"fst m64", fstl, store<Double>, Operands::one},
    {"fistp m16", fist16, store_integer<16, false>, Operands::one},
    {"fistp m32", fist32, store_integer<32, false>, Operands::one},
    {"fistp m64", fist64, store_integer<64, false>, Operands::one},
    {"fisttp m64", fisttp64, store_integer<64, true>, Operands::one},
    {"fbstp", fbstp, store_decimal, Operands::one},
    {"fld m32", flds, load<Single>, Operands::single},
    {"fld m64", fldl, load<Double>, Operands::raw_double},
    {"fild m16", fild16, load_integer<i16>, Operands::integer},
    {"fild m32", fild32, load_integer<i32>, Operands::integer},
    {"fild m64", fild64, load_integer<i64>, Operands::integer},
    {"fbld", fbld, load_decimal, Operands::decimal},
};

struct Tally {
  u64 compared = 0, different = 0;
};

void compare_once(const Case& c, const F80& a, const F80& b, u16 control, Tally& tally) {
  const HostResult expected = c.on_host(a, b, control);
  const Result r = c.ours(a, b, x87_env(control));
  ++tally.compared;
  const bool same_status = ((expected.status ^ r.status) & c.status_compared) == 0;
  if (same_status && (!r.stored || r.value == expected.value)) return;
  if (++tally.different <= 400 && tally.different % 20 == 1)
    std::printf(
        "%s(%04x.%016llx, %04x.%016llx) control %04x: host %04x.%016llx status %04x, ours %04x.%016llx status %04x\n",
        c.name, a.sign_exponent, static_cast<unsigned long long>(a.mantissa), b.sign_exponent,
        static_cast<unsigned long long>(b.mantissa), control, expected.value.sign_exponent,
        static_cast<unsigned long long>(expected.value.mantissa), expected.status & c.status_compared,
        r.value.sign_exponent, static_cast<unsigned long long>(r.value.mantissa), r.status);
}

std::vector<F80> extended_corners() {
  constexpr u64 top = u64{1} << 63;
  const u64 significands[] = {top,          top | 1,           top | 0x400,   top | 0x7ff,        top | 0x800,
                              ~u64{0},      ~u64{0} << 11,     ~u64{0} << 40, top | u64{1} << 39, top | u64{3} << 39,
                              u64{3} << 62, 0xaaaaaaaaaaaaaaab};
  const u16 exponents[] = {1, 2, 0x3fbf, 0x3ffd, 0x3ffe, 0x3fff, 0x4000, 0x401e, 0x403d, 0x403e, 0x407e, 0x7ffe};
  std::vector<F80> v = {{0, 0},
                        {1, 0},
                        {0x4000000000000000, 0},
                        {top - 1, 0},
                        {top, 0},
                        {~u64{0}, 0},
                        {top, 0x7fff},
                        {top | 1, 0x7fff},
                        {u64{3} << 62, 0x7fff},
                        {~u64{0}, 0x7fff},
                        {top | 0x12345, 0x7fff},
                        {u64{3} << 62 | 5, 0x7fff},
                        {0, 0x7fff},
                        {1, 0x7fff},
                        {u64{1} << 62, 0x7fff},
                        {0, 0x3fff},
                        {1, 0x4000},
                        {0x7fffffffffffffff, 0x3fff},
                        {0xde0b6b3a763fffff, 0x403a},
                        {0xde0b6b3a7640000, 0x403a},
                        {0xde0b6b3a76400000, 0x403a},
                        {0xffffff0000000000, 0x407e},
                        {0xffffff8000000000, 0x407e},
                        {0xfffffffffffff800, 0x43fe},
                        {0xfffffffffffffc00, 0x43fe},
                        {top, 0x3f81},
                        {~u64{0}, 0x3f80},
                        {top, 0x3c01},
                        {~u64{0}, 0x3c00},
                        {top, 0x3f6a},
                        {top, 0x3bcd},
                        {0xfffe000000000000, 0x400d},
                        {0xffff000000000000, 0x400d},
                        {0x8000800000000000, 0x400e},
                        {0xc000000000000000, 0x4018}};
  for (u16 exponent : exponents)
    for (u64 significand : significands)
      if (exponent > 2 || significand <= top + 0x800) v.push_back({significand, exponent});
  for (size_t n = v.size(), i = 0; i < n; ++i)
    v.push_back({v[i].mantissa, static_cast<u16>(v[i].sign_exponent | 0x8000)});
  return v;
}

std::vector<F80> corners(Operands operands) {
  std::vector<F80> v;
  switch (operands) {
    case Operands::one:
    case Operands::pair:
      return extended_corners();
    case Operands::single:
      for (u32 x : host::single_corners()) v.push_back({x, 0});
      break;
    case Operands::raw_double:
      for (u64 x : host::double_corners()) v.push_back({x, 0});
      break;
    case Operands::integer:
      for (u64 bit = 1; bit; bit <<= 1)
        for (u64 x : {bit - 1, bit, bit + 1, 0 - bit}) v.push_back({x, 0});
      break;
    case Operands::decimal:
      v = {{0, 0},
           {0, 0x8000},
           {1, 0},
           {0x9999999999999999, 0x99},
           {0x9999999999999999, 0x8099},
           {0x1234567890123456, 0x8078}};
      break;
  }
  return v;
}

std::vector<u16> masked_controls() {
  std::vector<u16> v;
  for (u16 rounding = 0; rounding < 4; ++rounding)
    for (u16 precision : {0, 2, 3}) v.push_back(static_cast<u16>(0x7f | rounding << 10 | precision << 8));
  return v;
}

void compare_corners(const std::vector<u16>& controls, size_t stride) {
  for (const Case& c : cases) {
    Tally tally;
    const auto values = corners(c.operands);
    for (u16 control : controls)
      for (size_t i = 0; i < values.size(); ++i) {
        if (c.operands != Operands::pair)
          compare_once(c, values[i], {}, control, tally);
        else
          for (size_t j = i % stride; j < values.size(); j += stride)
            compare_once(c, values[i], values[j], control, tally);
      }
    INFO(c.name, ": ", tally.compared, " compared");
    CHECK(tally.different == 0);
  }
}

TEST_CASE("masked: corner operands in every rounding and precision") { compare_corners(masked_controls(), 1); }

TEST_CASE("unmasked: corner operands") {
  compare_corners({0x340, 0x37e, 0x37d, 0x37b, 0x377, 0x36f, 0x35f, 0x040, 0x06f, 0x26f, 0xb6f, 0x277, 0x077, 0x777,
                   0xb77, 0xf77, 0x76f, 0xf6f},
                  3);
}

F80 random_extended(host::Random& random) {
  const u64 bits = random.next(), shape = random.next();
  u64 significand = bits | u64{1} << 63;
  if (shape & 1) significand &= ~u64{0} << (shape >> 8 & 63);
  if (shape & 2) significand |= (u64{1} << (shape >> 16 & 63)) - 1;
  u64 exponent = random.next() & 0x7fff;
  if ((shape & 0xc) <= 4) exponent = 0x3fbf + (exponent & 0x7f);
  if ((shape & 0xc) == 8) exponent = shape & 0x10 ? exponent & 0x7f : 0x7fff - (exponent & 0x1f);
  if (exponent == 0 && !(shape & 0x20)) significand &= ~(u64{1} << 63);
  return {significand | u64{exponent != 0} << 63, static_cast<u16>(exponent | (shape & 0x40 ? 0x8000 : 0))};
}

TEST_CASE("random operands") {
  host::Random random{2};
  const auto controls = masked_controls();
  for (const Case& c : cases) {
    Tally tally;
    for (int i = 0; i < 30000; ++i) {
      F80 a = random_extended(random), b = random_extended(random);
      if (c.operands == Operands::single) a = {host::random_single(random), 0};
      if (c.operands == Operands::raw_double) a = {host::random_double(random), 0};
      if (c.operands == Operands::integer) a = {random.next() >> (random.next() & 63), 0};
      if (c.operands == Operands::decimal) {
        u64 digits = 0;
        for (int d = 0; d < 16; ++d) digits = digits << 4 | random.next() % 10;
        a = {digits, static_cast<u16>(random.next() % 10 << 4 | random.next() % 10 | (random.next() & 0x8000))};
      }
      compare_once(c, a, b, controls[random.next() % controls.size()], tally);
    }
    INFO(c.name, ": ", tally.compared, " compared");
    CHECK(tally.different == 0);
  }
}

TEST_CASE("constants in every rounding") {
  for (u16 rounding = 0; rounding < 4; ++rounding) {
    const u16 control = static_cast<u16>(0x37f | rounding << 10);
    F80 expected[7]{};
    asm volatile(
        "fninit\n\tfldcw %1\n\tfldz\n\tfldln2\n\tfldlg2\n\tfldpi\n\tfldl2e\n\tfldl2t\n\tfld1\n\t"
        "fstpt (%0)\n\tfstpt 16(%0)\n\tfstpt 32(%0)\n\tfstpt 48(%0)\n\tfstpt 64(%0)\n\tfstpt 80(%0)\n\tfstpt "
        "96(%0)\n\tfninit" ::"r"(expected),
        "m"(control)
        : "memory");
    for (u8 i = 0; i < 7; ++i)
      CHECK(constant(static_cast<Constant>(i), static_cast<Rounding>(rounding)) == expected[i]);
  }
}

}  // namespace
#endif
