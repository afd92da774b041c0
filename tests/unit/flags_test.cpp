// SPDX-License-Identifier: MIT
// Every 8-bit operand pair of the arithmetic and shift operations, flags included, against a model
// written from the SDM's text and, where there is one, against the host processor.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "core/cpu/exec/alu.h"
#include "core/cpu/exec/shift.h"

using namespace lucid;
using namespace lucid::cpu;

namespace {

Flags flags_with(bool carry) {
  Flags f;
  f.set_all(flag::one | (carry ? flag::cf : 0));
  return f;
}

/// Adds or subtracts bit by bit, as a ripple-carry adder does.
struct Naive {
  u8 result = 0;
  u64 flags = 0;
};
u64 sign_zero_parity(u8 r) {
  unsigned ones = 0;
  for (unsigned i = 0; i < 8; ++i) ones += r >> i & 1;
  return (r == 0 ? flag::zf : 0) | (r & 0x80 ? flag::sf : 0) | (ones % 2 == 0 ? flag::pf : 0);
}
Naive ripple(u8 a, u8 b, bool carry, bool subtract) {
  Naive out;
  bool c = carry, into_top = false, half = false;
  for (unsigned i = 0; i < 8; ++i) {
    const int x = a >> i & 1, y = b >> i & 1;
    if (i == 7) into_top = c;
    const int sum = subtract ? x - y - c : x + y + c;
    out.result |= static_cast<u8>((sum & 1) << i);
    c = subtract ? sum < 0 : sum > 1;
    if (i == 3) half = c;
  }
  out.flags =
      sign_zero_parity(out.result) | (c ? flag::cf : 0) | (c != into_top ? flag::of : 0) | (half ? flag::af : 0);
  return out;
}
Naive logic(u8 r) { return {r, sign_zero_parity(r)}; }

/// All operands, both carries: `ours(flags, a, b)` against `model(a, b, carry)`, flags in `mask`.
template <typename Ours, typename Model>
u64 mismatches(Ours ours, Model model, u64 mask = flag::arithmetic) {
  u64 wrong = 0;
  for (unsigned i = 0; i < 0x20000; ++i) {
    const u8 a = static_cast<u8>(i), b = static_cast<u8>(i >> 8);
    const bool carry = i >> 16;
    Flags f = flags_with(carry);
    const u8 r = ours(f, a, b);
    const Naive want = model(a, b, carry);
    wrong += r != want.result || ((f.all() ^ want.flags) & mask) != 0;
  }
  return wrong;
}

#define BINARY(F) [](Flags& f, u8 a, u8 b) { return exec::F::apply<u8>(f, a, b); }

}  // namespace

TEST_CASE("arithmetic flags equal a ripple-carry adder's") {
  CHECK(mismatches(BINARY(Add), [](u8 a, u8 b, bool) { return ripple(a, b, false, false); }) == 0);
  CHECK(mismatches(BINARY(Adc), [](u8 a, u8 b, bool c) { return ripple(a, b, c, false); }) == 0);
  CHECK(mismatches(BINARY(Sub), [](u8 a, u8 b, bool) { return ripple(a, b, false, true); }) == 0);
  CHECK(mismatches(BINARY(Sbb), [](u8 a, u8 b, bool c) { return ripple(a, b, c, true); }) == 0);
  CHECK(mismatches(BINARY(And), [](u8 a, u8 b, bool) { return logic(a & b); }) == 0);
  CHECK(mismatches(BINARY(Or), [](u8 a, u8 b, bool) { return logic(a | b); }) == 0);
  CHECK(mismatches(BINARY(Xor), [](u8 a, u8 b, bool) { return logic(a ^ b); }) == 0);
}

TEST_CASE("the model can fail") {
  CHECK(mismatches(BINARY(Add), [](u8 a, u8 b, bool) { return ripple(a, b, false, true); }) != 0);
}

TEST_CASE("INC, DEC and NEG") {
  const auto keeping = [](Naive n, bool c) {
    n.flags = (n.flags & ~flag::cf) | (c ? flag::cf : 0);
    return n;
  };
  CHECK(mismatches([](Flags& f, u8 a, u8) { return exec::Inc::apply<u8>(f, a); },
                   [&](u8 a, u8, bool c) { return keeping(ripple(a, 1, false, false), c); }) == 0);
  CHECK(mismatches([](Flags& f, u8 a, u8) { return exec::Dec::apply<u8>(f, a); },
                   [&](u8 a, u8, bool c) { return keeping(ripple(a, 1, false, true), c); }) == 0);
  CHECK(mismatches([](Flags& f, u8 a, u8) { return exec::Neg::apply<u8>(f, a); },
                   [](u8 a, u8, bool) { return ripple(0, a, false, true); }) == 0);
}

TEST_CASE("RFLAGS goes in and comes out unchanged") {
  for (u64 value = 0; value < 0x1000; ++value) {
    const u64 rflags = (value & (flag::arithmetic | flag::df | flag::intr | flag::tf)) | flag::one;
    Flags f;
    f.set_all(rflags);
    CHECK(f.all() == rflags);
  }
}

TEST_CASE("conditions follow their definition for every combination of flags") {
  const auto defined = [](unsigned cc, u64 f) {
    const bool c = f & flag::cf, z = f & flag::zf, s = f & flag::sf, o = f & flag::of, p = f & flag::pf;
    const bool base[8] = {o, c, z, c || z, s, p, s != o, z || s != o};
    return base[cc / 2] != (cc % 2 != 0);
  };
  for (u64 value = 0; value < 0x1000; ++value) {
    Flags f;
    f.set_all(value & flag::arithmetic);
#define CONDITION(cc) CHECK(condition<cc>(f) == defined(cc, value & flag::arithmetic));
    CONDITION(0)
    CONDITION(1)
    CONDITION(2) CONDITION(3) CONDITION(4) CONDITION(5) CONDITION(6) CONDITION(7) CONDITION(8) CONDITION(9)
        CONDITION(10) CONDITION(11) CONDITION(12) CONDITION(13) CONDITION(14) CONDITION(15)
#undef CONDITION
  }
}

#if defined(__x86_64__)
#include <cpuid.h>
namespace {

#define HOST_SHIFT(name)                                                                                              \
  Naive host_##name(u8 a, u8 count, bool carry) {                                                                     \
    u64 flags = flag::one | (carry ? 1 : 0);                                                                          \
    asm volatile("pushq %1; popfq; " #name "b %%cl, %0; pushfq; popq %1" : "+q"(a), "+r"(flags) : "c"(count) : "cc"); \
    return {a, flags};                                                                                                \
  }
HOST_SHIFT(shl)
HOST_SHIFT(shr)
HOST_SHIFT(sar)
HOST_SHIFT(rol)
HOST_SHIFT(ror)
HOST_SHIFT(rcl)
HOST_SHIFT(rcr)

#define HOST_ALU(name)                                                                                          \
  Naive host_##name(u8 a, u8 b, bool carry) {                                                                   \
    u64 flags = flag::one | (carry ? 1 : 0);                                                                    \
    asm volatile("pushq %1; popfq; " #name "b %2, %0; pushfq; popq %1" : "+q"(a), "+r"(flags) : "q"(b) : "cc"); \
    return {a, flags};                                                                                          \
  }
HOST_ALU(add)
HOST_ALU(adc)
HOST_ALU(sub)
HOST_ALU(sbb)
HOST_ALU(and)
HOST_ALU(or)
HOST_ALU(xor)

/// Ours leaves what is undefined as Intel's processors do (core/cpu/undefined.md).
bool host_is_intel() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(0, &eax, &ebx, &ecx, &edx) && ebx == signature_INTEL_ebx;
}

/// OF is defined for counts of one, AF for none; rotates leave SF ZF PF AF.
template <typename F, typename Host>
u64 shift_mismatches(Host host) {
  u64 wrong = 0;
  for (unsigned i = 0; i < 0x4000; ++i) {
    const u8 a = static_cast<u8>(i), count = i >> 8 & 31;
    const bool carry = i >> 13;
    const Naive want = host(a, count, carry);
    Flags f = flags_with(carry);
    const u8 r = count == 0 ? a : F::template apply<u8>(f, a, count);
    u64 mask = flag::arithmetic & ~flag::af;
    if (count != 1) mask &= ~flag::of;
    const bool carry_defined = count <= 8 || !(std::is_same_v<F, exec::Shl> || std::is_same_v<F, exec::Shr>);
    if (!carry_defined) mask &= ~flag::cf;
    if (host_is_intel()) mask = flag::arithmetic;
    wrong += r != want.result || ((f.all() ^ want.flags) & mask) != 0;
  }
  return wrong;
}

}  // namespace

TEST_CASE("8-bit arithmetic and logic equal the host's") {
  const u64 mask = flag::arithmetic & (host_is_intel() ? ~u64{0} : ~flag::af);
  CHECK(mismatches(BINARY(Add), host_add) == 0);
  CHECK(mismatches(BINARY(Adc), host_adc) == 0);
  CHECK(mismatches(BINARY(Sub), host_sub) == 0);
  CHECK(mismatches(BINARY(Sbb), host_sbb) == 0);
  CHECK(mismatches(BINARY(And), host_and, mask) == 0);
  CHECK(mismatches(BINARY(Or), host_or, mask) == 0);
  CHECK(mismatches(BINARY(Xor), host_xor, mask) == 0);
}

TEST_CASE("8-bit shifts and rotates by every count equal the host's") {
  CHECK(shift_mismatches<exec::Shl>(host_shl) == 0);
  CHECK(shift_mismatches<exec::Shr>(host_shr) == 0);
  CHECK(shift_mismatches<exec::Sar>(host_sar) == 0);
  CHECK(shift_mismatches<exec::Rol>(host_rol) == 0);
  CHECK(shift_mismatches<exec::Ror>(host_ror) == 0);
  CHECK(shift_mismatches<exec::Rcl>(host_rcl) == 0);
  CHECK(shift_mismatches<exec::Rcr>(host_rcr) == 0);
  CHECK(shift_mismatches<exec::Rcr>(host_rcl) != 0);
}
#endif
