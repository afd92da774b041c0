// SPDX-License-Identifier: MIT
#include "core/cpu/cpuid.h"

#include <cstring>

namespace lucid::cpu {
namespace {

constexpr u32 bit(unsigned n) { return u32{1} << n; }

// Leaf 1.
namespace ecx1 {
constexpr u32 sse3 = bit(0), ssse3 = bit(9), cx16 = bit(13), sse4_1 = bit(19), sse4_2 = bit(20), movbe = bit(22),
              popcnt = bit(23);
}
namespace edx1 {
constexpr u32 fpu = bit(0), de = bit(2), pse = bit(3), tsc = bit(4), msr = bit(5), pae = bit(6), mce = bit(7),
              cx8 = bit(8), sep = bit(11), mtrr = bit(12), pge = bit(13), mca = bit(14), cmov = bit(15), pat = bit(16),
              pse36 = bit(17), clflush = bit(19), mmx = bit(23), fxsr = bit(24), sse = bit(25), sse2 = bit(26);
}
// Leaf 7.
namespace ebx7 {
constexpr u32 fsgsbase = bit(0), x87_pointers_on_exception = bit(6), no_x87_selectors = bit(13), smep = bit(7),
              erms = bit(9), smap = bit(20);
}
constexpr u32 ecx7_umip = bit(2), ecx7_la57 = bit(16);
// Leaf 0x80000001.
namespace ecx81 {
constexpr u32 lahf = bit(0);
}
namespace edx81 {
constexpr u32 syscall = bit(11), nx = bit(20), page1g = bit(26), rdtscp = bit(27), lm = bit(29);
}

constexpr u32 features_ecx =
    ecx1::sse3 | ecx1::ssse3 | ecx1::cx16 | ecx1::sse4_1 | ecx1::sse4_2 | ecx1::movbe | ecx1::popcnt;
constexpr u32 features_edx = edx1::fpu | edx1::de | edx1::pse | edx1::tsc | edx1::msr | edx1::pae | edx1::mce |
                             edx1::cx8 | edx1::sep | edx1::mtrr | edx1::pge | edx1::mca | edx1::cmov | edx1::pat |
                             edx1::pse36 | edx1::clflush | edx1::mmx | edx1::fxsr | edx1::sse | edx1::sse2;

constexpr u32 max_basic = 0x16, max_extended = 0x80000008;

u32 word_at(const char* text, unsigned index) {
  u32 word;
  std::memcpy(&word, text + 4 * index, 4);
  return word;
}

CpuidResult brand(u32 part) {
  static constexpr char text[49] = "lucid86 transparent x86-64 processor            ";
  const unsigned i = part * 4;
  return {word_at(text, i), word_at(text, i + 1), word_at(text, i + 2), word_at(text, i + 3)};
}

/// Deterministic cache parameters: level 1 data and code, level 2; then type 0 = no more.
CpuidResult cache(u32 index) {
  const auto entry = [](u32 type, u32 level, u32 ways, u32 sets) {
    return CpuidResult{type | level << 5 | bit(8), (ways - 1) << 22 | 63, sets - 1, 0};
  };
  switch (index) {
    case 0:
      return entry(1, 1, 8, 64);
    case 1:
      return entry(2, 1, 8, 64);
    case 2:
      return entry(3, 2, 8, 1024);
    default:
      return {};
  }
}

}  // namespace

CpuidResult cpuid_leaf(const State&, u32 leaf, u32 subleaf) {
  const u32 limit = leaf & 0x80000000 ? max_extended : max_basic;
  if (leaf > limit) leaf = max_basic;  // as Intel processors do
  switch (leaf) {
    case 0: {
      // glibc reads the feature leaves of known vendors only, and without them refuses to start
      // dynamic programs ("CPU ISA level is lower than required"). The brand string says who we are.
      static constexpr char vendor[] = "GenuineIntel";
      return {max_basic, word_at(vendor, 0), word_at(vendor, 2), word_at(vendor, 1)};
    }
    case 1:
      return {0x000006f1, 8u << 8 | 1u << 16, features_ecx, features_edx};
    case 2:
      return {0xff01, 0, 0, 0};  // descriptor FFH: see leaf 4
    case 4:
      return cache(subleaf);
    case 7:
      if (subleaf != 0) return {};
      return {0,
              ebx7::x87_pointers_on_exception | ebx7::no_x87_selectors | ebx7::fsgsbase | ebx7::smep | ebx7::erms |
                  ebx7::smap,
              ecx7_umip | ecx7_la57, 0};
    case 0x15:
      return {1, 1, 100'000'000, 0};  // TSC = 100 MHz crystal × EBX / EAX
    case 0x16:
      return {100, 100, 100, 0};
    case 0x80000000:
      return {max_extended, 0, 0, 0};
    case 0x80000001:
      return {0, 0, ecx81::lahf, edx81::syscall | edx81::nx | edx81::page1g | edx81::rdtscp | edx81::lm};
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      return brand(leaf - 0x80000002);
    case 0x80000006:
      return {0, 0, 512u << 16 | 6u << 12 | 64, 0};
    case 0x80000007:
      return {0, 0, 0, bit(8)};  // the TSC runs at a constant rate
    case 0x80000008:
      return {40 | 57 << 8, 0, 0, 0};
    default:
      return {};
  }
}

}  // namespace lucid::cpu
