// SPDX-License-Identifier: MIT
// The page that the kernel writes and the vDSO's functions read, in every process: what turns the TSC into time.
// The kernel makes `sequence` odd while it changes the rest; who reads tries again unless it was even and the
// same before and after.
#pragma once
#include <stdint.h>

namespace lucid::vdso {

struct TimeData {
  uint32_t sequence;
  uint32_t unused;
  uint64_t tsc_at_boot;
  uint64_t tsc_hz;
  uint64_t real_time_at_boot;  // nanoseconds since 1970
};

constexpr uint64_t nanoseconds_per_second = 1'000'000'000;

/// As exact in the kernel as in programs, so that their readings can be compared.
constexpr uint64_t to_nanoseconds(uint64_t tsc_ticks, uint64_t hz) {
  return tsc_ticks / hz * nanoseconds_per_second + tsc_ticks % hz * nanoseconds_per_second / hz;
}

}  // namespace lucid::vdso
