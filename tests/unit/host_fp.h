// SPDX-License-Identifier: MIT
// The oracle of the floating-point tests: instructions executed by the host CPU.
#pragma once
#if defined(__x86_64__) && defined(__linux__)
#include <csetjmp>
#include <csignal>
#include <vector>

#include "core/cpu/state.h"

namespace host {

using namespace lucid;

/// What an SSE instruction left behind; trapped if it ended in SIGFPE (#XM), the result then means nothing.
template <class T>
struct SseResult {
  T value{};
  u32 flags = 0;
  bool trapped = false;
};

inline sigjmp_buf trap_return;
inline u32 trap_mxcsr;

inline void on_fpe(int, siginfo_t*, void* context) {
  trap_mxcsr = static_cast<ucontext_t*>(context)->uc_mcontext.fpregs->mxcsr;
  siglongjmp(trap_return, 1);
}

inline void catch_fpe() {
  struct sigaction action {};
  action.sa_sigaction = on_fpe;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGFPE, &action, nullptr);
}

/// Runs body under mxcsr, flags cleared.
template <class T, class Body>
SseResult<T> with_mxcsr(u32 mxcsr, Body body) {
  static volatile T value;
  const u32 normal = 0x1f80;
  u32 after = 0;
  const bool may_trap = (mxcsr & 0x1f80) != 0x1f80;
  if (may_trap && sigsetjmp(trap_return, 0)) {
    asm volatile("ldmxcsr %0" ::"m"(normal));
    return {{}, trap_mxcsr & 0x3f, true};
  }
  asm volatile("ldmxcsr %0" ::"m"(mxcsr) : "memory");
  value = body();
  asm volatile("stmxcsr %0\n\tldmxcsr %1" : "=m"(after) : "m"(normal) : "memory");
  return {value, after & 0x3f, false};
}

/// A fixed-seed generator (splitmix64), the same everywhere.
struct Random {
  u64 state;
  u64 next() {
    u64 z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
};

inline std::vector<u32> single_corners() {
  std::vector<u32> v = {0,          1,          2,          0x007fffff, 0x00400000, 0x00800000, 0x00800001, 0x00ffffff,
                        0x01000000, 0x3f800000, 0x3f800001, 0x3f7fffff, 0x40000000, 0x3f000000, 0x3fc00000, 0x40200000,
                        0x40600000, 0x4b000000, 0x4b7fffff, 0x4b800001, 0x4effffff, 0x4f000000, 0x4f000001, 0x5effffff,
                        0x5f000000, 0x5f000001, 0x7f7fffff, 0x7f000000, 0x7f800000, 0x7f800001, 0x7fbfffff, 0x7fc00000,
                        0x7fc12345, 0x7fffffff, 0x20000000, 0x1fffffff, 0x3eaaaaab, 0x40490fdb, 0x33800000, 0x34000001};
  for (size_t n = v.size(), i = 0; i < n; ++i) v.push_back(v[i] | 0x80000000);
  return v;
}

inline std::vector<u64> double_corners() {
  std::vector<u64> v = {0,
                        1,
                        2,
                        0x000fffffffffffff,
                        0x0008000000000000,
                        0x0010000000000000,
                        0x0010000000000001,
                        0x001fffffffffffff,
                        0x0020000000000000,
                        0x3ff0000000000000,
                        0x3ff0000000000001,
                        0x3fefffffffffffff,
                        0x4000000000000000,
                        0x3fe0000000000000,
                        0x3ff8000000000000,
                        0x4004000000000000,
                        0x400c000000000000,
                        0x4330000000000000,
                        0x433fffffffffffff,
                        0x4340000000000001,
                        0x41dfffffffc00000,
                        0x41e0000000000000,
                        0x41dfffffffe00000,
                        0x43dfffffffffffff,
                        0x43e0000000000000,
                        0x7fefffffffffffff,
                        0x7fe0000000000000,
                        0x7ff0000000000000,
                        0x7ff0000000000001,
                        0x7ff7ffffffffffff,
                        0x7ff8000000000000,
                        0x7ff8000012345678,
                        0x7fffffffffffffff,
                        0x1ff0000000000000,
                        0x2000000000000000,
                        0x3fd5555555555555,
                        0x400921fb54442d18,
                        0x47efffffe0000000,  // FLT_MAX
                        0x47efffffefffffff,  // rounds to FLT_MAX
                        0x47effffff0000000,  // half-way to 2^128
                        0x380fffffffffffff,  // rounds up to FLT_MIN
                        0x380fffffe0000000,
                        0x3810000000000000,
                        0x36a0000000000000,  // smallest denormal float
                        0x3690000000000000,
                        0x3690000000000001,
                        0x3ca0000000000000,
                        0x3cb0000000000001};
  for (size_t n = v.size(), i = 0; i < n; ++i) v.push_back(v[i] | u64{1} << 63);
  return v;
}

/// Exponents near each other or near the edges half of the time, fractions with long runs of equal bits.
inline u64 random_double(Random& random) {
  const u64 bits = random.next(), shape = random.next();
  u64 fraction = bits & 0xfffffffffffff;
  if (shape & 1) fraction &= ~u64{0} << (shape >> 8 & 63);
  if (shape & 2) fraction |= (u64{1} << (shape >> 16 & 31)) - 1;
  u64 exponent = bits >> 52 & 0x7ff;
  if ((shape & 0xc) == 0) exponent = 0x3e0 + (exponent & 0x3f);
  if ((shape & 0xc) == 4) exponent = shape & 0x10 ? exponent & 0x3f : 0x7ff - (exponent & 0x1f);
  return (bits & u64{1} << 63) | exponent << 52 | (fraction & 0xfffffffffffff);
}

inline u32 random_single(Random& random) {
  const u64 bits = random.next(), shape = random.next();
  u32 fraction = bits & 0x7fffff;
  if (shape & 1) fraction &= ~0u << (shape >> 8 & 31);
  if (shape & 2) fraction |= (1u << (shape >> 16 & 15)) - 1;
  u32 exponent = bits >> 23 & 0xff;
  if ((shape & 0xc) == 0) exponent = 0x60 + (exponent & 0x3f);
  if ((shape & 0xc) == 4) exponent = shape & 0x10 ? exponent & 0x1f : 0xff - (exponent & 0xf);
  return (bits >> 32 & 0x80000000) | exponent << 23 | (fraction & 0x7fffff);
}

}  // namespace host
#endif
