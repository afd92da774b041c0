// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/clock.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/vdso/vdso.h"
#include "core/kernel/vdso/vvar.h"

namespace lucid::kernel {
namespace {

u64 hz = 0, start = 0;
u64 at_boot = u64{1'767'225'600} * 1'000'000'000;  // 2026-01-01 00:00:00 UTC
/// CPUID leaf of the TSC rate (SDM vol. 2): EBX/EAX × ECX Hz.
constexpr u32 tsc_leaf = 0x15;
constexpr u64 nanoseconds_per_second = 1'000'000'000;

u64 offered_tsc_hz() {
  if (cpuid(0).eax < tsc_leaf) return 0;
  CpuidResult r = cpuid(tsc_leaf);
  return r.eax && r.ebx && r.ecx ? u64{r.ecx} * r.ebx / r.eax : 0;
}

}  // namespace

INIT_CODE void setup_clock() {
  start = read_tsc();
  hz = offered_tsc_hz();
  if (!hz) hz = measure_tsc_hz();
  if (!hz) hz = nanoseconds_per_second;
}

u64 tsc_hz() { return hz; }
u64 tsc_at_boot() { return start; }

u64 tsc_to_nanoseconds(u64 ticks) { return hz ? vdso::to_nanoseconds(ticks, hz) : 0; }

u64 nanoseconds_since_boot() { return tsc_to_nanoseconds(read_tsc() - start); }
u64 microseconds_since_boot() { return nanoseconds_since_boot() / 1000; }

u64 real_time_at_boot() { return at_boot; }
void set_real_time(u64 now) {
  at_boot = now - nanoseconds_since_boot();
  publish_time();
}

}  // namespace lucid::kernel
