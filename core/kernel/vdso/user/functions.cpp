// SPDX-License-Identifier: MIT
// The vDSO: code of the kernel that runs in ring 3, in every process. A C library finds it through
// AT_SYSINFO_EHDR and calls these functions in place of the system calls (vdso(7)); what they cannot answer
// becomes the system call.
#include "core/kernel/vdso/vvar.h"

namespace {

using lucid::vdso::nanoseconds_per_second;
using lucid::vdso::TimeData;

struct Timespec {
  int64_t seconds, nanoseconds;
};
struct Timeval {
  int64_t seconds, microseconds;
};

enum Clock : int {
  realtime = 0,
  monotonic = 1,
  monotonic_raw = 4,
  realtime_coarse = 5,
  monotonic_coarse = 6,
  boottime = 7,
  tai = 11
};
constexpr long clock_gettime_number = 228, clock_getres_number = 229;

long system_call(long number, long a, void* b) {
  long result;
  asm volatile("syscall" : "=a"(result) : "0"(number), "D"(a), "S"(b) : "rcx", "r11", "memory");
  return result;
}

uint64_t read_tsc() {
  uint32_t low, high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
  return uint64_t{high} << 32 | low;
}

}  // namespace

extern "C" {

/// The page before the ELF header (vdso.ld).
[[gnu::visibility("hidden")]] extern const volatile TimeData time_data;

/// Nanoseconds since boot, and since 1970.
static inline void now(uint64_t& since_boot, uint64_t& real) {
  uint32_t sequence;
  do {
    sequence = time_data.sequence;
    asm volatile("" ::: "memory");
    since_boot = lucid::vdso::to_nanoseconds(read_tsc() - time_data.tsc_at_boot, time_data.tsc_hz);
    real = time_data.real_time_at_boot + since_boot;
    asm volatile("" ::: "memory");
  } while (sequence & 1 || sequence != time_data.sequence);
}

int __vdso_clock_gettime(int clock, Timespec* to) {
  uint64_t since_boot, real, value;
  switch (clock) {
    case realtime:
    case realtime_coarse:
    case tai:
      now(since_boot, real);
      value = real;
      break;
    case monotonic:
    case monotonic_raw:
    case monotonic_coarse:
    case boottime:
      now(since_boot, real);
      value = since_boot;
      break;
    default:
      return static_cast<int>(system_call(clock_gettime_number, clock, to));
  }
  to->seconds = static_cast<int64_t>(value / nanoseconds_per_second);
  to->nanoseconds = static_cast<int64_t>(value % nanoseconds_per_second);
  return 0;
}

int __vdso_clock_getres(int clock, Timespec* to) {
  return static_cast<int>(system_call(clock_getres_number, clock, to));
}

int __vdso_gettimeofday(Timeval* to, uint64_t* zone) {
  uint64_t since_boot, real;
  now(since_boot, real);
  if (to) {
    to->seconds = static_cast<int64_t>(real / nanoseconds_per_second);
    to->microseconds = static_cast<int64_t>(real % nanoseconds_per_second / 1000);
  }
  if (zone) *zone = 0;
  return 0;
}

int64_t __vdso_time(int64_t* to) {
  uint64_t since_boot, real;
  now(since_boot, real);
  auto seconds = static_cast<int64_t>(real / nanoseconds_per_second);
  if (to) *to = seconds;
  return seconds;
}

/// There is one processor.
long __vdso_getcpu(uint32_t* cpu, uint32_t* node, void*) {
  if (cpu) *cpu = 0;
  if (node) *node = 0;
  return 0;
}

[[gnu::weak, gnu::alias("__vdso_clock_gettime")]] int clock_gettime(int, Timespec*);
[[gnu::weak, gnu::alias("__vdso_clock_getres")]] int clock_getres(int, Timespec*);
[[gnu::weak, gnu::alias("__vdso_gettimeofday")]] int gettimeofday(Timeval*, uint64_t*);
[[gnu::weak, gnu::alias("__vdso_time")]] int64_t time(int64_t*);
[[gnu::weak, gnu::alias("__vdso_getcpu")]] long getcpu(uint32_t*, uint32_t*, void*);

}  // extern "C"
