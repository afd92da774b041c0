// SPDX-License-Identifier: MIT
#include "core/kernel/sys/dispatch.h"

#include "core/kernel/arch/interrupts.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sched/cpu_time.h"
#include "core/kernel/sched/preempt.h"
#include "core/kernel/vdso/door32.h"

// Handlers that exist are linked in; the others stay null.
#define SYSCALL(number, name, ...)                                                                                   \
  extern "C" [[gnu::weak]] lucid::kernel::i64 sys_##name(lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64, \
                                                         lucid::kernel::u64, lucid::kernel::u64, lucid::kernel::u64);
#include "core/abi/syscall.def"
#undef SYSCALL

namespace lucid::kernel {
namespace {

constexpr u64 table_size = 512;

struct Entry {
  SyscallHandler handler;
  const char* name;
};
struct Table {
  Entry entries[table_size];
};
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc99-designator"
const Table table = {{
#define SYSCALL(number, name, ...) [number] = {sys_##name, #name},
#include "core/abi/syscall.def"
#undef SYSCALL
}};
#pragma clang diagnostic pop

u8 reported[table_size + 1];  // the last for all numbers beyond

i64 call(const TrapFrame& f) {
  u64 number = f.error;
  SyscallHandler handler = number < table_size ? table.entries[number].handler : nullptr;
  if (handler) return handler(f.rdi, f.rsi, f.rdx, f.r10, f.r8, f.r9);
  report_unknown_call(number);
  return -static_cast<i64>(Errno::NOSYS);
}

}  // namespace

void report_unknown_call(u64 number) {
  trace(Trace::syscall_unknown, current->pid, number);
  u8& once = reported[min(number, table_size)];
  if (once) return;
  once = 1;
  const char* name = number < table_size && table.entries[number].name ? table.entries[number].name : "?";
  log("%s[%u]: system call %ld (%s) is not implemented", current->name, current->pid, static_cast<i64>(number), name);
}

extern "C" void syscall_dispatch(TrapFrame* frame) {
  charge_user();
  enter_kernel();
  enable_interrupts();
  make_room();
  i64 result = frame->vector == syscall_vector ? call(*frame) : call_i386(*frame);
  frame->rax = static_cast<u64>(result);
  disable_interrupts();
}

/// The sixth argument, in EBP for INT 0x80, lies where EBP points to.
extern "C" void sysenter_dispatch(TrapFrame* frame) {
  charge_user();
  frame->rip = door32_landing;
  frame->error = static_cast<u32>(frame->rax);
  enter_kernel();
  enable_interrupts();
  make_room();
  Result<u32> sixth = read_user(UserPtr<u32>{frame->rsp});
  frame->rbp = sixth.ok() ? sixth.value() : 0;
  i64 result = sixth.ok() ? call_i386(*frame) : -static_cast<i64>(Errno::FAULT);
  frame->rax = static_cast<u64>(result);
  disable_interrupts();
}

}  // namespace lucid::kernel
