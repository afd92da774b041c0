// SPDX-License-Identifier: MIT
// System calls by INT 0x80 and SYSENTER: the numbers of 32-bit x86 (core/abi/syscall_i386.def), whatever mode
// the program is in. Arguments are the lower halves of EBX ECX EDX ESI EDI EBP, zero-extended; the result is 64
// bits wide. Where that is not what the 64-bit call wants there is a function i386_NAME (calls_i386.cpp).
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

#define SAME(number, name, of)                                                                                     \
  extern "C" [[gnu::weak]] lucid::kernel::i64 sys_##of(lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64, \
                                                       lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64);
#define OWN(number, name, ...)                                                                          \
  extern "C" lucid::kernel::i64 i386_##name(lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64, \
                                            lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64);
#include "core/abi/syscall_i386.def"
#undef SAME
#undef OWN

namespace lucid::kernel {
namespace {

struct Table {
  SyscallHandler handlers[512];
};
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc99-designator"
const Table table = {{
#define SAME(number, name, of) [number] = sys_##of,
#define OWN(number, name, ...) [number] = i386_##name,
#include "core/abi/syscall_i386.def"
#undef SAME
#undef OWN
}};
#pragma clang diagnostic pop

u64 low(u64 value) { return static_cast<u32>(value); }

}  // namespace

i64 call_i386(const TrapFrame& f) {
  SyscallHandler handler = f.error < 512 ? table.handlers[f.error] : nullptr;
  if (handler) return handler(low(f.rbx), low(f.rcx), low(f.rdx), low(f.rsi), low(f.rdi), low(f.rbp));
  report_unknown_call(f.error | abi::i386_call);
  return -static_cast<i64>(Errno::NOSYS);
}

}  // namespace lucid::kernel
