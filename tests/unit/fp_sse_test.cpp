// SPDX-License-Identifier: MIT
// SSE floating point, one lane at a time, bit for bit against the host CPU: results and exception flags.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#if defined(__x86_64__) && defined(__linux__)
#include <emmintrin.h>
#include <smmintrin.h>

#include <cstdio>

#include "core/cpu/fp/approximate.h"
#include "core/cpu/fp/host_fast.h"
#include "tests/unit/host_fp.h"

namespace {

using namespace lucid;
using namespace lucid::cpu;
using host::SseResult;

__m128i to_xmm(u64 v) { return _mm_cvtsi64_si128(static_cast<long long>(v)); }

#define BINARY(NAME, INSN)                                   \
  u64 NAME(u64 a, u64 b) {                                   \
    __m128i x = to_xmm(a);                                   \
    asm volatile(INSN " %1, %0" : "+x"(x) : "x"(to_xmm(b))); \
    return static_cast<u64>(_mm_cvtsi128_si64(x));           \
  }
BINARY(addss, "addss")
BINARY(subss, "subss")
BINARY(mulss, "mulss")
BINARY(divss, "divss")
BINARY(minss, "minss")
BINARY(maxss, "maxss") BINARY(sqrtss, "sqrtss") BINARY(addsd, "addsd") BINARY(subsd, "subsd") BINARY(mulsd, "mulsd")
    BINARY(divsd, "divsd") BINARY(minsd, "minsd") BINARY(maxsd, "maxsd") BINARY(sqrtsd, "sqrtsd")
        BINARY(cvtss2sd, "cvtss2sd") BINARY(cvtsd2ss, "cvtsd2ss") BINARY(eqss, "cmpss $0,") BINARY(ltss, "cmpss $1,")
            BINARY(less, "cmpss $2,") BINARY(unordss, "cmpss $3,") BINARY(neqss, "cmpss $4,") BINARY(nltss, "cmpss $5,")
                BINARY(nless, "cmpss $6,") BINARY(ordss, "cmpss $7,") BINARY(eqsd, "cmpsd $0,")
                    BINARY(ltsd, "cmpsd $1,") BINARY(lesd, "cmpsd $2,") BINARY(unordsd, "cmpsd $3,")
                        BINARY(neqsd, "cmpsd $4,") BINARY(nltsd, "cmpsd $5,") BINARY(nlesd, "cmpsd $6,")
                            BINARY(ordsd, "cmpsd $7,")
#define ROUND(N) BINARY(roundss##N, "roundss $" #N ",") BINARY(roundsd##N, "roundsd $" #N ",")
                                ROUND(0) ROUND(1) ROUND(2) ROUND(3) ROUND(4) ROUND(8) ROUND(9) ROUND(12)

#define COMPARING(NAME, INSN)                                                                         \
  u64 NAME(u64 a, u64 b) {                                                                            \
    u64 flags;                                                                                        \
    asm volatile(INSN " %2, %1\n\tpushfq\n\tpopq %0" : "=r"(flags) : "x"(to_xmm(a)), "x"(to_xmm(b))); \
    return flags & 0x45;                                                                              \
  }
                                    COMPARING(comiss, "comiss") COMPARING(ucomiss, "ucomiss")
                                        COMPARING(comisd, "comisd") COMPARING(ucomisd, "ucomisd")

#define TO_INTEGER(NAME, INSN, TYPE)                         \
  u64 NAME(u64, u64 b) {                                     \
    TYPE r;                                                  \
    asm volatile(INSN " %1, %0" : "=r"(r) : "x"(to_xmm(b))); \
    return r;                                                \
  }
                                            TO_INTEGER(cvtss2si, "cvtss2si", u32) TO_INTEGER(cvtss2siq, "cvtss2si", u64)
                                                TO_INTEGER(cvttss2si, "cvttss2si", u32)
                                                    TO_INTEGER(cvttss2siq, "cvttss2si", u64)
                                                        TO_INTEGER(cvtsd2si, "cvtsd2si", u32)
                                                            TO_INTEGER(cvtsd2siq, "cvtsd2si", u64)
                                                                TO_INTEGER(cvttsd2si, "cvttsd2si", u32)
                                                                    TO_INTEGER(cvttsd2siq, "cvttsd2si", u64)

#define FROM_INTEGER(NAME, INSN, TYPE)                                  \
  u64 NAME(u64, u64 b) {                                                \
    __m128i x = _mm_setzero_si128();                                    \
    asm volatile(INSN " %1, %0" : "+x"(x) : "r"(static_cast<TYPE>(b))); \
    return static_cast<u64>(_mm_cvtsi128_si64(x));                      \
  }
                                                                        FROM_INTEGER(cvtsi2ss, "cvtsi2ssl", u32)
                                                                            FROM_INTEGER(cvtsi2ssq, "cvtsi2ssq", u64)
                                                                                FROM_INTEGER(cvtsi2sd, "cvtsi2sdl", u32)
                                                                                    FROM_INTEGER(cvtsi2sdq, "cvtsi2sdq",
                                                                                                 u64)

                                                                                        using fp::Conversion;
using fp::Double;
using fp::Env;
using fp::Nans;
using fp::Single;
using fp::SseOp;

u64 eflags(fp::Order order) {
  switch (order) {
    case fp::Order::less:
      return 1;
    case fp::Order::equal:
      return 0x40;
    case fp::Order::unordered:
      return 0x45;
    default:
      return 0;
  }
}

enum class Operands { single, single_pair, double_one, double_pair, integer };

struct Case {
  const char* name;
  u64 (*on_host)(u64, u64);
  u64 (*ours)(u64, u64, Env&);
  Operands operands;
};

u32 current_mxcsr;

template <class F, SseOp op>
u64 operate(u64 a, u64 b, Env& env) {
  return fp::sse_operate_fast<F, op>(static_cast<typename F::Bits>(a), static_cast<typename F::Bits>(b), current_mxcsr,
                                     env);
}
template <class F, unsigned predicate>
u64 compare(u64 a, u64 b, Env& env) {
  using Bits = typename F::Bits;
  return static_cast<Bits>(fp::sse_compare<F>(predicate, static_cast<Bits>(a), static_cast<Bits>(b), env) ? ~Bits{0}
                                                                                                          : 0);
}
template <class F, Nans nans>
u64 order(u64 a, u64 b, Env& env) {
  return eflags(fp::sse_order<F>(static_cast<typename F::Bits>(a), static_cast<typename F::Bits>(b), nans, env));
}
template <class F, unsigned control>
u64 round(u64, u64 b, Env& env) {
  return fp::sse_round<F>(static_cast<typename F::Bits>(b), control, env);
}
template <class F, int bits, Conversion how>
u64 to_integer(u64, u64 b, Env& env) {
  const i64 r = fp::sse_to_integer<F>(static_cast<typename F::Bits>(b), bits, how, env);
  return bits == 32 ? static_cast<u32>(r) : static_cast<u64>(r);
}
template <class F, class Int>
u64 from_integer(u64, u64 b, Env& env) {
  return fp::sse_from_integer<F>(static_cast<Int>(b), env);
}
u64 widen(u64, u64 b, Env& env) { return fp::single_to_double(static_cast<u32>(b), env); }
u64 narrow(u64, u64 b, Env& env) { return fp::double_to_single(b, env); }

#define ARITHMETIC(NAME, OP)                                                   \
  {#NAME "ss", NAME##ss, operate<Single, SseOp::OP>, Operands::single_pair}, { \
#NAME "sd", NAME##sd, operate < Double, SseOp::OP>, Operands::double_pair  \
  }
#define PREDICATE(NAME, SS, N)                                        \
  {#NAME "ss", SS, compare<Single, N>, Operands::single_pair}, {      \
#NAME "sd", NAME##sd, compare < Double, N>, Operands::double_pair \
  }
#define ROUNDING(N)                                                   \
  {"roundss " #N, roundss##N, round<Single, N>, Operands::single}, {  \
    "roundsd " #N, roundsd##N, round<Double, N>, Operands::double_one \
  }

const Case cases[] = {
    ARITHMETIC(add, add),
    ARITHMETIC(sub, subtract),
    ARITHMETIC(mul, multiply),
    ARITHMETIC(div, divide),
    ARITHMETIC(min, minimum),
    ARITHMETIC(max, maximum),
    {"sqrtss", sqrtss, operate<Single, SseOp::square_root>, Operands::single},
    {"sqrtsd", sqrtsd, operate<Double, SseOp::square_root>, Operands::double_one},
    PREDICATE(eq, eqss, 0),
    PREDICATE(lt, ltss, 1),
    PREDICATE(le, less, 2),
    PREDICATE(unord, unordss, 3),
    PREDICATE(neq, neqss, 4),
    PREDICATE(nlt, nltss, 5),
    PREDICATE(nle, nless, 6),
    PREDICATE(ord, ordss, 7),
    ROUNDING(0),
    ROUNDING(1),
    ROUNDING(2),
    ROUNDING(3),
    ROUNDING(4),
    ROUNDING(8),
    ROUNDING(9),
    ROUNDING(12),
    {"comiss", comiss, order<Single, Nans::all>, Operands::single_pair},
    {"comisd", comisd, order<Double, Nans::all>, Operands::double_pair},
    {"ucomiss", ucomiss, order<Single, Nans::only_signalling>, Operands::single_pair},
    {"ucomisd", ucomisd, order<Double, Nans::only_signalling>, Operands::double_pair},
    {"cvtss2sd", cvtss2sd, widen, Operands::single},
    {"cvtsd2ss", cvtsd2ss, narrow, Operands::double_one},
    {"cvtss2si", cvtss2si, to_integer<Single, 32, Conversion::rounded>, Operands::single},
    {"cvtss2siq", cvtss2siq, to_integer<Single, 64, Conversion::rounded>, Operands::single},
    {"cvttss2si", cvttss2si, to_integer<Single, 32, Conversion::truncated>, Operands::single},
    {"cvttss2siq", cvttss2siq, to_integer<Single, 64, Conversion::truncated>, Operands::single},
    {"cvtsd2si", cvtsd2si, to_integer<Double, 32, Conversion::rounded>, Operands::double_one},
    {"cvtsd2siq", cvtsd2siq, to_integer<Double, 64, Conversion::rounded>, Operands::double_one},
    {"cvttsd2si", cvttsd2si, to_integer<Double, 32, Conversion::truncated>, Operands::double_one},
    {"cvttsd2siq", cvttsd2siq, to_integer<Double, 64, Conversion::truncated>, Operands::double_one},
    {"cvtsi2ss", cvtsi2ss, from_integer<Single, i32>, Operands::integer},
    {"cvtsi2ssq", cvtsi2ssq, from_integer<Single, i64>, Operands::integer},
    {"cvtsi2sd", cvtsi2sd, from_integer<Double, i32>, Operands::integer},
    {"cvtsi2sdq", cvtsi2sdq, from_integer<Double, i64>, Operands::integer},
};

bool is_single_result(const Case& c) {
  const std::string_view name = c.name;
  return name == "cvtsd2ss" || name.starts_with("cvtsi2ss") ||
         ((c.operands == Operands::single || c.operands == Operands::single_pair) && !name.starts_with("cvt"));
}

struct Tally {
  u64 compared = 0, different = 0;
};

void compare_once(const Case& c, u64 a, u64 b, u32 mxcsr, Tally& tally) {
  const auto expected = host::with_mxcsr<u64>(mxcsr & ~0x3fu, [&] { return c.on_host(a, b); });
  Env env = fp::sse_env(mxcsr);
  current_mxcsr = mxcsr;
  const u64 value = c.ours(a, b, env);
  const u64 mask = is_single_result(c) ? 0xffffffff : ~u64{0};
  const bool trapped = env.raised & ~env.masked;
  // With the precision flag already set (the fast path's condition) only new flags besides it can be told.
  const u32 known = mxcsr & 0x3f;
  ++tally.compared;
  const bool same_value = trapped || (value & mask) == (expected.value & mask);
  if (trapped == expected.trapped && same_value && (env.raised | known) == (expected.flags | known)) return;
  if (++tally.different <= 5)
    std::printf("%s(%016llx, %016llx) mxcsr %04x: host %016llx flags %02x trap %d, ours %016llx flags %02x trap %d\n",
                c.name, static_cast<unsigned long long>(a), static_cast<unsigned long long>(b), mxcsr,
                static_cast<unsigned long long>(expected.value & mask), expected.flags, expected.trapped,
                static_cast<unsigned long long>(value & mask), env.raised, trapped);
}

std::vector<u64> corners(Operands operands) {
  std::vector<u64> v;
  switch (operands) {
    case Operands::single:
    case Operands::single_pair:
      for (u32 x : host::single_corners()) v.push_back(x);
      break;
    case Operands::double_one:
    case Operands::double_pair:
      v = host::double_corners();
      break;
    case Operands::integer:
      for (u64 bit = 1; bit; bit <<= 1)
        for (u64 x :
             {bit - 1, bit, bit + 1, bit | bit >> 24, bit | bit >> 25, bit | bit >> 53, (bit | bit >> 54) + 1, 0 - bit})
          v.push_back(x);
      break;
  }
  return v;
}

bool is_pair(const Case& c) { return c.operands == Operands::single_pair || c.operands == Operands::double_pair; }

std::vector<u32> masked_modes() {
  std::vector<u32> modes;
  for (u32 rounding = 0; rounding < 4; ++rounding)
    for (u32 special : {0x0000, 0x8000, 0x0040, 0x8040}) modes.push_back(0x1f80 | rounding << 13 | special);
  modes.push_back(0x1fa0);  // the fast path
  return modes;
}

TEST_CASE("masked: corner operands in every rounding, DAZ and FTZ mode") {
  Tally tally;
  for (const Case& c : cases)
    for (u32 mode : masked_modes())
      for (u64 a : corners(c.operands)) {
        if (!is_pair(c))
          compare_once(c, 0, a, mode, tally);
        else
          for (u64 b : corners(c.operands)) compare_once(c, a, b, mode, tally);
      }
  MESSAGE(tally.compared, " compared");
  CHECK(tally.different == 0);
}

TEST_CASE("unmasked: corner operands, one or all exceptions unmasked") {
  host::catch_fpe();
  Tally tally;
  const u32 modes[] = {0x0000, 0x1f00, 0x1e80, 0x1d80, 0x1b80, 0x1780, 0x0f80, 0x8000, 0x9780, 0x0040, 0x5780, 0x3780};
  for (const Case& c : cases)
    for (u32 mode : modes) {
      const auto values = corners(c.operands);
      for (size_t i = 0; i < values.size(); ++i) {
        if (!is_pair(c))
          compare_once(c, 0, values[i], mode, tally);
        else
          for (size_t j = mode & 1; j < values.size(); j += 3)
            compare_once(c, values[i], values[(j + i) % values.size()], mode, tally);
      }
    }
  MESSAGE(tally.compared, " compared");
  CHECK(tally.different == 0);
}

TEST_CASE("random operands") {
  Tally tally;
  host::Random random{1};
  const auto modes = masked_modes();
  for (const Case& c : cases)
    for (int i = 0; i < 20000; ++i) {
      u64 a = random.next(), b = random.next();
      if (c.operands == Operands::single || c.operands == Operands::single_pair)
        a = host::random_single(random), b = host::random_single(random);
      if (c.operands == Operands::double_one || c.operands == Operands::double_pair)
        a = host::random_double(random), b = host::random_double(random);
      if (c.operands == Operands::integer) b >>= random.next() & 63;
      const u64 choice = random.next();
      compare_once(c, a, b, choice & 0x100 ? 0x1fa0 : modes[choice % modes.size()], tally);
    }
  MESSAGE(tally.compared, " compared");
  CHECK(tally.different == 0);
}

TEST_CASE("approximations: every leading fraction, every exponent") {
  if (!__builtin_cpu_is("intel")) return;  // each maker's own
  u64 different = 0;
  const auto check = [&](u32 a) {
    const __m128 x = _mm_castsi128_ps(_mm_cvtsi32_si128(static_cast<int>(a)));
    const u32 reciprocal = static_cast<u32>(_mm_cvtsi128_si32(_mm_castps_si128(_mm_rcp_ss(x))));
    const u32 root = static_cast<u32>(_mm_cvtsi128_si32(_mm_castps_si128(_mm_rsqrt_ss(x))));
    different += fp::approximate_reciprocal(a) != reciprocal;
    different += fp::approximate_reciprocal_root(a) != root;
  };
  for (u32 i = 0; i < 1u << 20; ++i) check(i << 12 | (i & 1 ? 0xfff : 0));
  for (u32 a : host::single_corners()) check(a);
  CHECK(different == 0);
}

}  // namespace
#endif
