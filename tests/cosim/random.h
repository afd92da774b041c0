// SPDX-License-Identifier: MIT
// A small deterministic generator (splitmix64) with the shapes the fuzzer wants.
#pragma once
#include "core/base/types.h"

namespace lucid::cosim {

class Random {
 public:
  explicit Random(u64 seed) : state_(seed) {}
  u64 next() {
    u64 z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  u64 below(u64 n) { return next() % n; }
  bool chance(unsigned percent) { return below(100) < percent; }

  /// Integers where arithmetic changes its mind: ends of ranges, single bits, small, random.
  u64 interesting() {
    static constexpr u64 ends[] = {0,
                                   1,
                                   2,
                                   0x7f,
                                   0x80,
                                   0xff,
                                   0x7fff,
                                   0x8000,
                                   0xffff,
                                   0x7fffffff,
                                   0x80000000,
                                   0xffffffff,
                                   0x7fffffffffffffff,
                                   0x8000000000000000,
                                   ~u64{0},
                                   ~u64{1}};
    switch (below(6)) {
      case 0:
        return ends[below(sizeof ends / sizeof *ends)];
      case 1:
        return u64{1} << below(64);
      case 2:
        return below(64);
      case 3:
        return next() >> below(64);
      case 4:
        return ~(next() >> below(64));
      default:
        return next();
    }
  }
  /// A binary32 where rounding, denormals, infinities and NaNs are frequent.
  u32 interesting_float() {
    static constexpr u32 special[] = {0,          0x80000000, 1,          0x80000001, 0x007fffff,
                                      0x00800000, 0x3f800000, 0xbf800000, 0x7f7fffff, 0x7f800000,
                                      0xff800000, 0x7fc00000, 0x7f800001, 0xffc12345, 0x4f000000,
                                      0xcf000000, 0x3f000000, 0x3fc00000, 0x4effffff, 0x4b800000};
    switch (below(4)) {
      case 0:
        return special[below(sizeof special / sizeof *special)];
      case 1:
        return static_cast<u32>((127 + below(40) - 20) << 23 | (next() & 0x807fffff));
      default:
        return static_cast<u32>(next());
    }
  }
  u64 interesting_double() {
    static constexpr u64 special[] = {0,
                                      0x8000000000000000,
                                      1,
                                      0x000fffffffffffff,
                                      0x0010000000000000,
                                      0x3ff0000000000000,
                                      0xbff0000000000000,
                                      0x7fefffffffffffff,
                                      0x7ff0000000000000,
                                      0xfff0000000000000,
                                      0x7ff8000000000000,
                                      0x7ff0000000000001,
                                      0xfff8000000012345,
                                      0x41e0000000000000,
                                      0xc1e0000000000000,
                                      0x43e0000000000000,
                                      0xc3e0000000000000,
                                      0x3fe0000000000000,
                                      0x3ff8000000000000,
                                      0x47efffffe0000000,
                                      0x36a0000000000000,
                                      0x3810000000000000};
    switch (below(4)) {
      case 0:
        return special[below(sizeof special / sizeof *special)];
      case 1:
        return (1023 + below(140) - 70) << 52 | (next() & 0x800fffffffffffff);
      case 2:
        return (1023 + below(20) - 10) << 52 | (next() & 0x800ffffff0000000);
      default:
        return next();
    }
  }

 private:
  u64 state_;
};

}  // namespace lucid::cosim
