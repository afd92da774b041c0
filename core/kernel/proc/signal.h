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
              PWR = 30, SYS = 31, count = 64;
constexpr u64 bit(u32 number) { return u64{1} << (number - 1); }
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
constexpr i32 from_user = 0, from_kernel = 0x80, queued = -1, from_tkill = -6;
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
      u64 address;
    } fault;
    u64 words[4] = {};
  };
};
static_assert(sizeof(SignalInfo) == 48);
constexpr u64 siginfo_size = 128;

/// struct sigaction as rt_sigaction takes it.
struct SignalAction {
  u64 handler = 0, flags = 0, restorer = 0, mask = 0;
};

class SignalActions : public Counted {
 public:
  SignalAction of[sig::count + 1];
};

struct SignalStack {
  u64 base = 0;
  i32 flags = 0;
  u64 size = 0;
};

/// Signals sent and not yet delivered: a bit each, and what came with them in order.
class PendingSignals {
 public:
  ~PendingSignals() { discard(~u64{0}); }
  u64 set() const { return set_; }
  void add(const SignalInfo& info);
  /// Takes the first signal of `wanted`, synchronous ones and low numbers first.
  bool take(u64 wanted, SignalInfo& info);
  void discard(u64 which);

 private:
  struct Node {
    Node* next;
    SignalInfo info;
  };
  Node *head_ = nullptr, *tail_ = nullptr;
  u64 set_ = 0;
};

SignalInfo user_signal(u32 number, i32 code);
/// To a process: any thread that does not block it.
void send_signal(ThreadGroup& group, const SignalInfo& info);
/// To one thread.
void send_signal_to_thread(Task& task, const SignalInfo& info);
void send_signal_to_process_group(u32 pgid, const SignalInfo& info);
/// From the kernel, without details.
void send_kernel_signal(Task& task, u32 number);
/// A fault of the running task: cannot be blocked or ignored.
void force_signal(const SignalInfo& info);

/// Is there anything the running task must see to before it goes on?
bool signal_pending(const Task& task);
bool fatal_signal_pending(const Task& task);
u64 deliverable(const Task& task);

/// Just before the return to user code: acts on pending signals, restarts interrupted calls.
void deliver_signals(TrapFrame& frame);

/// Sets a new mask; SIGKILL and SIGSTOP stay unblocked.
void set_blocked(u64 mask);

}  // namespace lucid::kernel
