// SPDX-License-Identifier: MIT
// Delivery: on the way back to user code a pending signal ends or stops the process, or makes it run
// its handler on a frame that rt_sigreturn takes down again. The frame is Linux's struct rt_sigframe:
//
//   high  ...the user's stack, minus the 128-byte red zone
//         fpstate   512 bytes FXSAVE image, 64-byte aligned
//         siginfo   128 bytes
//         ucontext  304 bytes: flags, link, stack, registers, mask
//   rsp-> return address = sa_restorer     (rsp + 8 is 16-byte aligned, as after a CALL)
#include "core/kernel/arch/cpu.h"
#include "core/kernel/arch/fpu.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/proc/exit.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

struct UserContext {
  u64 flags, link;
  SignalStack stack;
  u64 r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
  u16 cs, gs, fs, ss;
  u64 error, trap, old_mask, cr2, fpstate, reserved[8];
  u64 mask;
};
static_assert(sizeof(UserContext) == 304);
struct SignalFrame {
  u64 return_address;
  UserContext context;
  SignalInfo info;
  u8 info_rest[siginfo_size - sizeof(SignalInfo)];
};
static_assert(sizeof(SignalFrame) == 440);

constexpr u64 red_zone = 128;
constexpr u64 context_flags = 2 | 4;  // UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS

void save_registers(const TrapFrame& f, UserContext& c) {
  c.r8 = f.r8, c.r9 = f.r9, c.r10 = f.r10, c.r11 = f.r11, c.r12 = f.r12, c.r13 = f.r13, c.r14 = f.r14, c.r15 = f.r15;
  c.rdi = f.rdi, c.rsi = f.rsi, c.rbp = f.rbp, c.rbx = f.rbx, c.rdx = f.rdx, c.rax = f.rax, c.rcx = f.rcx,
  c.rsp = f.rsp;
  c.rip = f.rip, c.rflags = f.rflags, c.cs = static_cast<u16>(f.cs), c.ss = static_cast<u16>(f.ss);
  c.error = current->fault_error, c.trap = current->fault_vector, c.cr2 = current->fault_address;
}

void restore_registers(TrapFrame& f, const UserContext& c) {
  f.r8 = c.r8, f.r9 = c.r9, f.r10 = c.r10, f.r11 = c.r11, f.r12 = c.r12, f.r13 = c.r13, f.r14 = c.r14, f.r15 = c.r15;
  f.rdi = c.rdi, f.rsi = c.rsi, f.rbp = c.rbp, f.rbx = c.rbx, f.rdx = c.rdx, f.rax = c.rax, f.rcx = c.rcx,
  f.rsp = c.rsp;
  f.rip = c.rip;
  f.cs = c.cs == USER_CODE32 ? USER_CODE32 : USER_CODE;
  f.rflags = (f.rflags & ~rflags::user_settable) | (c.rflags & rflags::user_settable);
  f.vector = 0;  // not a system call any more: nothing to restart, leave by IRETQ
}

/// Builds the frame and points the user's registers at the handler. False: there is no room for it.
bool enter_handler(TrapFrame& f, const SignalInfo& info, const SignalAction& action) {
  if (!(action.flags & sig::restorer)) return false;
  u64 rsp = f.rsp - red_zone;
  SignalStack& alternate = current->alternate;
  bool on_alternate = alternate.in_use(f.rsp);
  if ((action.flags & sig::on_stack) && alternate.size && !on_alternate) {
    rsp = alternate.base + alternate.size;
    on_alternate = true;
  }
  u64 fpstate = (rsp - fpu_state_size) & ~u64{63};
  u64 at = ((fpstate - sizeof(SignalFrame)) & ~u64{15}) - 8;
  if (on_alternate && !alternate.holds(at)) return false;  // it would run over the end of the stack

  SignalFrame frame;
  memset(&frame, 0, sizeof frame);
  frame.return_address = action.restorer;
  frame.context.flags = context_flags;
  frame.context.stack = alternate;
  save_registers(f, frame.context);
  frame.context.fpstate = fpstate;
  frame.context.mask = current->restore_mask ? current->suspended_mask : current->blocked;
  frame.info = info;
  save_fpu(current->fpu);
  if (!copy_out(fpstate, current->fpu, fpu_state_size).ok() || !copy_out(at, &frame, sizeof frame).ok()) return false;

  f.rdi = static_cast<u64>(info.number);
  f.rsi = at + offsetof(SignalFrame, info);
  f.rdx = at + offsetof(SignalFrame, context);
  f.rax = 0;
  f.rip = action.handler;
  f.rsp = at;
  f.cs = USER_CODE, f.ss = USER_DATA;
  f.rflags &= ~(rflags::direction | rflags::trap | rflags::resume);
  f.vector = 0;
  current->restore_mask = false;
  if (alternate.flags & SignalStack::auto_disarm) alternate = {};
  u64 mask = current->blocked | action.mask;
  if (!(action.flags & sig::no_defer)) mask |= sig::bit(static_cast<u32>(info.number));
  set_blocked(mask);
  return true;
}

void repeat_call(TrapFrame& f, u64 number) {
  f.rax = number;
  f.rip -= 2;  // back onto SYSCALL or INT 0x80
  f.vector = 0;
}

/// A call that a signal broke off is repeated or ends with EINTR.
void settle_interrupted_call(TrapFrame& f, bool handler_runs, u64 action_flags) {
  if (!is_system_call(f)) return;
  auto result = static_cast<Errno>(-static_cast<i64>(f.rax));
  bool again;
  switch (result) {
    case Errno::RESTARTNOINTR:
      again = true;
      break;
    case Errno::RESTARTSYS:
      again = !handler_runs || (action_flags & sig::restart);
      break;
    case Errno::RESTARTNOHAND:
      again = !handler_runs;
      break;
    case Errno::RESTART_BLOCK:
      if (!handler_runs) {
        constexpr u64 i386_restart = 0;
        repeat_call(f, f.vector == syscall_vector ? static_cast<u64>(abi::Syscall::restart_syscall) : i386_restart);
        return;
      }
      again = false;
      break;
    default:
      return;
  }
  if (again)
    repeat_call(f, f.error);
  else
    f.rax = static_cast<u64>(-static_cast<i64>(Errno::INTR));
}

void stop_group(u32 number) {
  ThreadGroup& g = *current->group;
  g.stopped = true;
  g.stop_signal = number;
  g.report_stop = true;
  g.report_continue = false;
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group.get() == &g && t != current) wake(*t);
  notify_parent_of_stop(g, sig::child_stopped, number);
}

/// Default action; does not return if it ends the process.
void act_by_default(const SignalInfo& info) {
  u32 number = static_cast<u32>(info.number);
  if (sig::ignored_by_default & sig::bit(number)) return;
  if (sig::stops & sig::bit(number)) {
    if (number != sig::STOP && is_orphaned_group(current->pgid)) return;
    stop_group(number);
    return;
  }
  constexpr u32 core_flag = 0x80;
  bool core = (sig::dumps_core & sig::bit(number)) && current->group->limits[limit::core].soft > 0;
  exit_group(number | (core ? core_flag : 0));
}

}  // namespace

void deliver_signals(TrapFrame& f) {
  for (;;) {
    if (current->group->exiting) exit_task(current->group->exit_status);
    if (current->exit_requested) exit_task(0);
    if (current->group->stopped) {
      stop_current();
      continue;
    }
    SignalInfo info;
    u64 allowed = ~current->blocked;
    if (!take_signal(allowed, info)) break;
    u32 number = static_cast<u32>(info.number);
    SignalAction& slot = current->group->actions->of[number];
    SignalAction action = slot;
    if (action.handler == sig::ignore_handler) continue;
    trace(Trace::signal_delivered, current->pid, number, action.handler);
    if (action.handler == sig::default_handler) {
      act_by_default(info);
      continue;
    }
    settle_interrupted_call(f, true, action.flags);
    if (action.flags & sig::reset_hand) slot.handler = sig::default_handler;
    if (enter_handler(f, info, action)) return;
    if (number == sig::SEGV) exit_group(sig::SEGV);
    SignalInfo no_stack;
    no_stack.number = sig::SEGV;
    no_stack.code = sig::from_kernel;
    force_signal(no_stack);
  }
  settle_interrupted_call(f, false, 0);
  if (current->restore_mask) {
    current->restore_mask = false;
    set_blocked(current->suspended_mask);
  }
}

extern "C" SysResult sys_rt_sigreturn() {
  TrapFrame& f = *current->frame;
  SignalFrame frame;
  // The handler's RET has taken the return address off.
  if (!copy_in(&frame, f.rsp - 8, sizeof frame).ok()) exit_group(sig::SEGV);
  const UserContext& c = frame.context;
  alignas(16) u8 state[fpu_state_size];
  if (c.fpstate) {
    if (!copy_in(state, c.fpstate, sizeof state).ok()) exit_group(sig::SEGV);
    *reinterpret_cast<u32*>(state + 24) &= 0xffff;  // MXCSR's reserved bits would fault
    load_fpu(state);
  } else {
    init_fpu(state);
    load_fpu(state);
  }
  set_blocked(c.mask);
  restore_registers(f, c);
  if (f.rip >= user_end) {
    SignalInfo info;
    info.number = sig::SEGV;
    info.code = sig::from_kernel;
    force_signal(info);
  }
  (void)set_signal_stack(c.stack, f.rsp);
  return static_cast<i64>(f.rax);
}

}  // namespace lucid::kernel
