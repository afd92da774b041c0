// SPDX-License-Identifier: MIT
// Signals, as signal(7) has them.
#pragma once
#include "core/kernel/lib/errno.h"
#include "core/kernel/lib/ref.h"
#include "core/kernel/lib/string.h"

namespace lucid::kernel {

struct Task;
struct TrapFrame;
class ThreadGroup;

namespace sig {
constexpr u32 HUP = 1, INT = 2, QUIT = 3, ILL = 4, TRAP = 5, ABRT = 6, BUS = 7, FPE = 8, KILL = 9, USR1 = 10, SEGV = 11,
              USR2 = 12, PIPE = 13, ALRM = 14, TERM = 15, STKFLT = 16, CHLD = 17, CONT = 18, STOP = 19, TSTP = 20,
              TTIN = 21, TTOU = 22, URG = 23, XCPU = 24, XFSZ = 25, VTALRM = 26, PROF = 27, WINCH = 28, IO = 29,
              PWR = 30, SYS = 31, first_real_time = 32, count = 64;
constexpr u64 bit(u32 number) { return u64{1} << (number - 1); }
/// What sa_flags can hold; other bits read back as zeros, so that programs see what is supported.
constexpr u64 known_flags = 7 | 0x04000000 | 0x08000000 | 0x10000000 | 0x40000000 | 0x80000000;
constexpr u64 unblockable = bit(KILL) | bit(STOP);
constexpr u64 stops = bit(STOP) | bit(TSTP) | bit(TTIN) | bit(TTOU);
constexpr u64 ignored_by_default = bit(CHLD) | bit(CONT) | bit(URG) | bit(WINCH);
constexpr u64 dumps_core =
    bit(QUIT) | bit(ILL) | bit(TRAP) | bit(ABRT) | bit(BUS) | bit(FPE) | bit(SEGV) | bit(XCPU) | bit(XFSZ) | bit(SYS);
constexpr u64 synchronous = bit(SEGV) | bit(BUS) | bit(ILL) | bit(TRAP) | bit(FPE) | bit(SYS);

// sa_handler
constexpr u64 default_handler = 0, ignore_handler = 1;
// sa_flags
constexpr u64 no_child_stop = 1, no_child_wait = 2, with_info = 4, restorer = 0x04000000, on_stack = 0x08000000,
              restart = 0x10000000, no_defer = 0x40000000, reset_hand = 0x80000000;
// si_code
constexpr i32 from_user = 0, from_kernel = 0x80, queued = -1, from_timer = -2, from_tkill = -6;
constexpr i32 child_exited = 1, child_killed = 2, child_dumped = 3, child_stopped = 5, child_continued = 6;
}  // namespace sig

/// The first 48 bytes of Linux's siginfo_t; the rest is zeros.
struct SignalInfo {
  i32 number = 0, error = 0, code = 0, pad = 0;
  union {
    struct {
      u32 pid, uid;
      u64 value;
    } sender;
    struct {
      u32 pid, uid;
      i32 status, pad;
      i64 user_time, system_time;
    } child;
    struct {
      i32 id, overrun;
      u64 value;
    } timer;
    struct {
      u64 address;
    } fault;
    u64 words[4] = {};
  };
};
static_assert(sizeof(SignalInfo) == 48);
constexpr u64 siginfo_size = 128;
constexpr u64 least_signal_stack = 1248;  // what a signal frame takes at most (AT_MINSIGSTKSZ)

/// struct sigaction as rt_sigaction takes it.
struct SignalAction {
  u64 handler = 0, flags = 0, restorer = 0, mask = 0;
};

class SignalActions : public Counted {
 public:
  SignalAction of[sig::count + 1];
};

/// stack_t: where handlers with SA_ONSTACK run.
struct SignalStack {
  static constexpr u32 on_stack = 1, disabled = 2, auto_disarm = 1u << 31;
  u64 base = 0;
  u32 flags = 0, pad = 0;
  u64 size = 0;  // 0: there is none
  bool holds(u64 rsp) const { return rsp > base && rsp - base <= size; }
  /// Does a handler run on it? One that disarms itself is never in use.
  bool in_use(u64 rsp) const { return !(flags & auto_disarm) && size && holds(rsp); }
};
static_assert(sizeof(SignalStack) == 24);
/// EPERM while the running task is on it, by this stack pointer.
Status set_signal_stack(const SignalStack& wanted, u64 rsp);

/// Signals sent and not yet delivered: a bit each, and what came with them in order.
class PendingSignals {
 public:
  ~PendingSignals() { discard(~u64{0}); }
  u64 set() const { return set_; }
  /// False: RLIMIT_SIGPENDING real-time signals are queued already.
  bool add(const SignalInfo& info);
  /// Takes the first signal of `wanted`, synchronous ones and low numbers first.
  bool take(u64 wanted, SignalInfo& info);
  void discard(u64 which);
  /// Is a signal of this timer among them?
  bool holds_timer(i32 id) const;

 private:
  friend struct Offsets;
  struct Node {
    Node* next;
    SignalInfo info;
  };
  Node *head_ = nullptr, *tail_ = nullptr;
  u64 set_ = 0;
  u32 count_ = 0;
  static constexpr u32 most_queued = 1024;
};

SignalInfo user_signal(u32 number, i32 code);
/// To a process: any thread that does not block it.
/// False: the queue is full.
bool send_signal(ThreadGroup& group, const SignalInfo& info);
/// To one thread.
bool send_signal_to_thread(Task& task, const SignalInfo& info);
void send_signal_to_process_group(u32 pgid, const SignalInfo& info);
/// From the kernel, without details.
void send_kernel_signal(Task& task, u32 number);
/// A fault of the running task: cannot be blocked or ignored.
void force_signal(const SignalInfo& info);

/// Takes a signal of `wanted` sent to the running thread or its process.
bool take_signal(u64 wanted, SignalInfo& info);

/// Wakes whoever watches for signals that are blocked: signalfd.
extern class WaitQueue blocked_signal_arrived;

bool fatal_signal_pending(const Task& task);

/// Just before the return to user code: acts on pending signals, restarts interrupted calls.
void deliver_signals(TrapFrame& frame);

/// Sets a new mask; SIGKILL and SIGSTOP stay unblocked.
void set_blocked(u64 mask);

}  // namespace lucid::kernel
