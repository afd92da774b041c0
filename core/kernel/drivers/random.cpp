// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/random.h"

#include "core/kernel/arch/cpu.h"

namespace lucid::kernel {

/// SplitMix64 (Steele, Lea, Flood 2014).
u64 random_u64() {
  static u64 state = 0;
  if (!state) state = read_tsc() ^ 0x6c75636964383600;
  u64 z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

}  // namespace lucid::kernel
