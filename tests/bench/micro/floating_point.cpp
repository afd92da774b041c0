// SPDX-License-Identifier: MIT
// Floating point: SSE the fast way (the host's arithmetic, when only the result matters) and the
// exact way, and x87's 80-bit format, which has only the exact way.
#include <benchmark/benchmark.h>

#include "core/cpu/fp/host_fast.h"
#include "core/cpu/fp/x87_math.h"

namespace {

using namespace lucid;
using namespace lucid::cpu::fp;

constexpr u32 mxcsr_default = 0x1f80;

template <SseOp op>
void sse_fast(benchmark::State& state) {
  u64 a = __builtin_bit_cast(u64, 3.25), b = __builtin_bit_cast(u64, 1.75), result = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(host_operate<Double, op>(a, b, result));
    benchmark::DoNotOptimize(result);
  }
}
BENCHMARK(sse_fast<SseOp::add>)->Name("addsd_fast");
BENCHMARK(sse_fast<SseOp::multiply>)->Name("mulsd_fast");
BENCHMARK(sse_fast<SseOp::divide>)->Name("divsd_fast");

template <SseOp op>
void sse_exact(benchmark::State& state) {
  u64 a = __builtin_bit_cast(u64, 3.25), b = __builtin_bit_cast(u64, 1.75);
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    Env env = sse_env(mxcsr_default);
    benchmark::DoNotOptimize(sse_operate<Double>(op, a, b, env));
  }
}
BENCHMARK(sse_exact<SseOp::add>)->Name("addsd_exact");
BENCHMARK(sse_exact<SseOp::multiply>)->Name("mulsd_exact");
BENCHMARK(sse_exact<SseOp::divide>)->Name("divsd_exact");
BENCHMARK(sse_exact<SseOp::square_root>)->Name("sqrtsd_exact");

template <Unpacked (*operate)(const Unpacked&, const Unpacked&, Env&)>
void x87(benchmark::State& state) {
  lucid::cpu::F80 a{0xd000000000000000, 0x4000}, b{0xe000000000000000, 0x3fff};
  for (auto _ : state) {
    benchmark::DoNotOptimize(a);
    Env env;
    benchmark::DoNotOptimize(pack<Extended>(operate(unpack<Extended>(a, env), unpack<Extended>(b, env), env), env));
  }
}
BENCHMARK(x87<add>)->Name("fadd");
BENCHMARK(x87<multiply>)->Name("fmul");
BENCHMARK(x87<divide>)->Name("fdiv");

}  // namespace
