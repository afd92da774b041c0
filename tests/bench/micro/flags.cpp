// SPDX-License-Identifier: MIT
// Lazy flags: what an operation stores, and what asking for a condition costs.
#include "core/cpu/flags.h"

#include <benchmark/benchmark.h>

namespace {

using namespace lucid;

template <unsigned cc>
void compare_and_ask(benchmark::State& state) {
  cpu::Flags flags;
  u32 a = 5, b = 7;
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    flags.after_sub<u32>(a, b, a - b);
    benchmark::DoNotOptimize(flags);
    benchmark::DoNotOptimize(cpu::condition<cc>(flags));
  }
}
BENCHMARK(compare_and_ask<2>)->Name("below");
BENCHMARK(compare_and_ask<4>)->Name("equal");
BENCHMARK(compare_and_ask<14>)->Name("less_or_equal");

void add_without_asking(benchmark::State& state) {
  cpu::Flags flags;
  u64 a = 5, b = 7;
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    flags.after_add<u64>(a, b, a + b);
    benchmark::DoNotOptimize(flags);
  }
}
BENCHMARK(add_without_asking);

void all_of_rflags(benchmark::State& state) {
  cpu::Flags flags;
  for (auto _ : state) {
    benchmark::DoNotOptimize(flags);
    benchmark::DoNotOptimize(flags.all());
  }
}
BENCHMARK(all_of_rflags);

}  // namespace
