// SPDX-License-Identifier: MIT
// System calls: SYSCALL's number in RAX, arguments in RDI RSI RDX R10 R8 R9, result in RAX.
// A handler is an `extern "C" SysResult sys_NAME(...)` with up to six integer or UserPtr parameters,
// defined anywhere; the table is made from core/abi/syscall.def and finds it by its name.
#pragma once
#include "core/abi/syscall.h"
#include "core/kernel/lib/errno.h"
#include "core/kernel/mm/user_memory.h"
#include "core/kernel/trap/trapframe.h"

namespace lucid::kernel {

using SyscallHandler = i64 (*)(u64, u64, u64, u64, u64, u64);
/// A call by the numbers of 32-bit x86 (dispatch_i386.cpp); what it gives back goes to RAX.
i64 call_i386(const TrapFrame& frame);
/// Says once that there is no such call; the number as it is in events (abi::i386_call).
void report_unknown_call(u64 number);

/// What most handlers share.
struct Timespec {
  i64 seconds, nanoseconds;
  bool valid() const { return seconds >= 0 && nanoseconds >= 0 && nanoseconds < 1'000'000'000; }
  u64 total() const {
    constexpr u64 most = u64{1} << 62;
    return static_cast<u64>(seconds) > most / 1'000'000'000
               ? most
               : static_cast<u64>(seconds) * 1'000'000'000 + static_cast<u64>(nanoseconds);
  }
};
inline Timespec to_timespec(u64 ns) {
  return {static_cast<i64>(ns / 1'000'000'000), static_cast<i64>(ns % 1'000'000'000)};
}
struct Timeval {
  i64 seconds, microseconds;
};
inline Result<u64> to_nanoseconds(Timeval t) {
  if (t.seconds < 0 || t.microseconds < 0 || t.microseconds >= 1'000'000) return Errno::INVAL;
  return Timespec{t.seconds, t.microseconds * 1000}.total();
}
/// struct itimerspec.
struct IntervalSpec {
  Timespec interval, value;
};

}  // namespace lucid::kernel
