// SPDX-License-Identifier: MIT
// Exceptions and interrupts, sorted: device interrupts to their drivers, page faults to the memory
// manager, what a program did wrong to it as a signal, what the kernel did wrong to panic.
#include "core/kernel/arch/interrupts.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/oom.h"
#include "core/kernel/mm/user_memory.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sched/cpu_time.h"
#include "core/kernel/sched/preempt.h"
#include "core/kernel/vdso/door32.h"

extern "C" char sysenter_entry[], sysenter_entry_end[];

namespace lucid::kernel {
namespace {

/// Exceptions (SDM vol. 3, table 6-1).
namespace vector {
constexpr u64 divide = 0, debug = 1, breakpoint = 3, overflow = 4, bound = 5, undefined = 6, no_fpu = 7,
              double_fault = 8, invalid_tss = 10, no_segment = 11, stack = 12, protection = 13, page_fault = 14,
              x87 = 16, alignment = 17, simd = 19;
}

// si_code values (Linux include/uapi/asm-generic/siginfo.h).
constexpr i32 segv_not_mapped = 1, segv_not_allowed = 2, bus_alignment = 1, bus_address = 2, illegal_operand = 2,
              trap_trace = 2, fpe_int_divide = 1, fpe_divide = 3, fpe_overflow = 4, fpe_underflow = 5, fpe_inexact = 6,
              fpe_invalid = 7;

struct PageFaultError {
  u64 bits;
  bool write() const { return bits & 2; }
  bool fetch() const { return bits & 16; }
};

void send_fault(u32 number, i32 code, u64 address) {
  SignalInfo info;
  info.number = static_cast<i32>(number);
  info.code = code;
  info.fault.address = address;
  force_signal(info);
}

[[noreturn]] void kernel_fault(const TrapFrame& f, u64 cr2) {
  log_always("Oops: exception %lu error %lx at %lx, cr2 %lx, task %s[%u]", f.vector, f.error, f.rip, cr2, current->name,
             current->pid);
  log_always("rax %lx rbx %lx rcx %lx rdx %lx rsi %lx rdi %lx rsp %lx rbp %lx", f.rax, f.rbx, f.rcx, f.rdx, f.rsi,
             f.rdi, f.rsp, f.rbp);
  panic("Fatal exception %lu in the kernel at %lx", f.vector, f.rip);
}

/// The lowest unmasked exception bit decides (Linux fpu__exception_code).
i32 float_code(u32 raised) {
  if (raised & 1) return fpe_invalid;
  if (raised & 4) return fpe_divide;
  if (raised & 8) return fpe_overflow;
  if (raised & 0x12) return fpe_underflow;
  if (raised & 0x20) return fpe_inexact;
  return 0;
}

i32 x87_code() {
  u16 control, status;
  asm volatile("fnstcw %0; fnstsw %1" : "=m"(control), "=m"(status));
  return float_code(status & ~control & 0x3f);
}

i32 simd_code() {
  u32 mxcsr;
  asm volatile("stmxcsr %0" : "=m"(mxcsr));
  return float_code(~(mxcsr >> 7) & mxcsr & 0x3f);
}

/// SYSENTER leaves TF as it was.
bool stepped_into_kernel(const TrapFrame& f) {
  return f.rip >= reinterpret_cast<u64>(sysenter_entry) && f.rip <= reinterpret_cast<u64>(sysenter_entry_end);
}

void page_fault(TrapFrame& f, u64 address) {
  PageFaultError error{f.error};
  u64 fixup = f.from_user() ? 0 : fixup_for(f.rip);
  if (!f.from_user() && (!fixup || address >= user_end || !current->memory)) kernel_fault(f, address);
  Access access = error.write() ? Access::write : error.fetch() ? Access::execute : Access::read;
  FaultResult result = FaultResult::not_mapped;
  u64 major_before = current->major_faults;
  if (address < user_end) {
    Vma* before = current->memory->first;
    result = current->memory->fault(address, access, current->stack_limit());
    if (result == FaultResult::not_mapped && map_door32(*current->memory, address))
      result = current->memory->fault(address, access, current->stack_limit());
    if (before != current->memory->first) publish_memory(*current->memory);
  }
  if (current->major_faults == major_before) current->minor_faults++;
  if (result == FaultResult::resolved) return;
  if (result == FaultResult::out_of_memory && !fatal_signal_pending(*current)) {
    kill_for_memory();
    return;  // and try again
  }
  if (fixup) {
    trace(Trace::fault_resolved, current->pid, address, static_cast<u64>(abi::FaultOutcome::kernel_fixup));
    f.rip = fixup;
    return;
  }
  if (result == FaultResult::out_of_memory || result == FaultResult::interrupted) return;  // the signal comes next
  trace(Trace::fault_resolved, current->pid, address, static_cast<u64>(abi::FaultOutcome::signalled));
  current->fault_vector = f.vector;
  current->fault_error = f.error | (address >= user_end ? 1 : 0);
  current->fault_address = address;
  if (result == FaultResult::beyond_file)
    send_fault(sig::BUS, bus_address, address);
  else
    send_fault(sig::SEGV, result == FaultResult::not_allowed ? segv_not_allowed : segv_not_mapped, address);
}

void exception(TrapFrame& f, u64 address) {
  if (f.vector == vector::page_fault) {
    page_fault(f, address);
    return;
  }
  if (f.vector == vector::debug && stepped_into_kernel(f)) {
    f.rflags &= ~rflags::trap;
    return;
  }
  if (!f.from_user()) kernel_fault(f, address);
  current->fault_vector = f.vector;
  current->fault_error = f.error;
  switch (f.vector) {
    case vector::divide:
      return send_fault(sig::FPE, fpe_int_divide, f.rip);
    case vector::debug:
      f.rflags &= ~rflags::trap;
      return send_fault(sig::TRAP, trap_trace, f.rip);
    case vector::breakpoint:
      return send_fault(sig::TRAP, sig::from_kernel, 0);
    case vector::overflow:
    case vector::bound:
      return send_fault(sig::SEGV, sig::from_kernel, 0);
    case vector::undefined:
      return send_fault(sig::ILL, illegal_operand, f.rip);
    case vector::no_segment:
    case vector::stack:
      return send_fault(sig::BUS, sig::from_kernel, 0);
    case vector::alignment:
      return send_fault(sig::BUS, bus_alignment, 0);
    case vector::x87:
      return send_fault(sig::FPE, x87_code(), f.rip);
    case vector::simd:
      return send_fault(sig::FPE, simd_code(), f.rip);
    default:
      return send_fault(sig::SEGV, sig::from_kernel, 0);
  }
}

void interrupt(u32 irq) {
  if (!acknowledge_irq(irq)) return;
  if (irq == timer_irq)
    scheduler_tick();
  else
    note_interrupt(irq);
}

bool is_interrupt(const TrapFrame& f) { return f.vector >= irq_base_vector && f.vector < irq_base_vector + irq_count; }

}  // namespace

extern "C" void syscall_dispatch(TrapFrame* frame);

extern "C" void trap_dispatch(TrapFrame* frame) {
  if (frame->vector == legacy_syscall_vector) {
    frame->error = static_cast<u32>(frame->rax);
    return syscall_dispatch(frame);
  }
  if (frame->from_user()) charge_user();
  if (is_interrupt(*frame)) {
    interrupt(static_cast<u32>(frame->vector - irq_base_vector));
    if (!frame->from_user()) preempt_kernel_code();
    return;
  }
  const u64 address = read_cr2();
  if (frame->from_user()) enter_kernel();
  if (frame->rflags & rflags::interrupt) enable_interrupts();
  if (frame->vector < irq_base_vector)
    exception(*frame, address);
  else if (!frame->from_user())
    kernel_fault(*frame, address);
  disable_interrupts();
}

/// Did a system call end with one of the error numbers that only mean "restart"?
static bool wants_restart(const TrapFrame& frame) {
  i64 result = static_cast<i64>(frame.rax);
  return is_system_call(frame) && result <= -static_cast<i64>(Errno::RESTARTSYS) &&
         result >= -static_cast<i64>(Errno::RESTART_BLOCK);
}

/// The last stop before user code, with interrupts off but while signals are seen to. Each pending signal gets
/// its frame; the last one runs first.
extern "C" void before_user_return(TrapFrame* frame) {
  for (;;) {
    if (interrupt_work_pending()) {
      enter_kernel();
      do_interrupt_work();
    } else if (signal_pending(*current) || current->restore_mask || wants_restart(*frame)) {
      enter_kernel();
      enable_interrupts();
      deliver_signals(*frame);
      disable_interrupts();
    } else {
      leave_kernel();
      if (!need_reschedule) break;
      give_way();
    }
  }
  charge_system();
}

}  // namespace lucid::kernel
