// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#define LIBC_SIGNALS(S)                                                                                                \
  S(SIGHUP, 1, "Hangup")                                                                                               \
  S(SIGINT, 2, "Interrupt")                                                                                            \
  S(SIGQUIT, 3, "Quit") S(SIGILL, 4, "Illegal instruction") S(SIGTRAP, 5, "Trace/breakpoint trap")                     \
      S(SIGABRT, 6, "Aborted") S(SIGBUS, 7, "Bus error") S(SIGFPE, 8, "Floating point exception")                      \
          S(SIGKILL, 9, "Killed") S(SIGUSR1, 10, "User defined signal 1") S(SIGSEGV, 11, "Segmentation fault")         \
              S(SIGUSR2, 12, "User defined signal 2") S(SIGPIPE, 13, "Broken pipe") S(SIGALRM, 14, "Alarm clock")      \
                  S(SIGTERM, 15, "Terminated") S(SIGSTKFLT, 16, "Stack fault") S(SIGCHLD, 17, "Child exited")          \
                      S(SIGCONT, 18, "Continued") S(SIGSTOP, 19, "Stopped (signal)") S(SIGTSTP, 20, "Stopped")         \
                          S(SIGTTIN, 21, "Stopped (tty input)") S(SIGTTOU, 22, "Stopped (tty output)")                 \
                              S(SIGURG, 23, "Urgent I/O condition") S(SIGXCPU, 24, "CPU time limit exceeded")          \
                                  S(SIGXFSZ, 25, "File size limit exceeded") S(SIGVTALRM, 26, "Virtual timer expired") \
                                      S(SIGPROF, 27, "Profiling timer expired") S(SIGWINCH, 28, "Window changed")      \
                                          S(SIGIO, 29, "I/O possible") S(SIGPWR, 30, "Power failure")                  \
                                              S(SIGSYS, 31, "Bad system call")

enum {
#define S(name, number, text) name = number,
  LIBC_SIGNALS(S)
#undef S
};
#define NSIG 65

typedef unsigned long sigset_t;  // bit n-1 is signal n, as the kernel has it
typedef int sig_atomic_t;
typedef struct {
  int si_signo, si_errno, si_code, reserved;
  union {
    struct {
      pid_t si_pid;
      uid_t si_uid;
      int si_status;
    };
    void* si_addr;
    int padding[28];
  };
} siginfo_t;
_Static_assert(sizeof(siginfo_t) == 128, "the kernel's siginfo");

typedef struct {
  void* ss_sp;
  int ss_flags;
  size_t ss_size;
} stack_t;

// The processor at the moment of the signal, in the order of Linux's struct sigcontext.
enum {
  REG_R8,
  REG_R9,
  REG_R10,
  REG_R11,
  REG_R12,
  REG_R13,
  REG_R14,
  REG_R15,
  REG_RDI,
  REG_RSI,
  REG_RBP,
  REG_RBX,
  REG_RDX,
  REG_RAX,
  REG_RCX,
  REG_RSP,
  REG_RIP,
  REG_EFL,
  REG_CSGSFS,
  REG_ERR,
  REG_TRAPNO,
  REG_OLDMASK,
  REG_CR2
};
typedef struct {
  long gregs[23];
  void* fpregs;
  unsigned long reserved[8];
} mcontext_t;
typedef struct ucontext {
  unsigned long uc_flags;
  struct ucontext* uc_link;
  stack_t uc_stack;
  mcontext_t uc_mcontext;
  sigset_t uc_sigmask;
} ucontext_t;

typedef void (*sighandler_t)(int);
#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)

// The kernel's own layout (Linux arch/x86, struct kernel_sigaction).
struct sigaction {
  union {
    sighandler_t sa_handler;
    void (*sa_sigaction)(int, siginfo_t*, void*);
  };
  unsigned long sa_flags;
  void (*sa_restorer)(void);  // set by sigaction(): where a handler returns to
  sigset_t sa_mask;
};
#define SA_NOCLDSTOP 1
#define SA_NOCLDWAIT 2
#define SA_SIGINFO 4
#define SA_RESTORER 0x04000000
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

int sigaction(int number, const struct sigaction* restrict action, struct sigaction* restrict old);
sighandler_t signal(int number, sighandler_t handler);
int kill(pid_t pid, int number);
int raise(int number);
int sigprocmask(int how, const sigset_t* restrict set, sigset_t* restrict old);
int sigpending(sigset_t* set);
int sigsuspend(const sigset_t* mask);
int sigaltstack(const stack_t* restrict stack, stack_t* restrict old);
int sigemptyset(sigset_t* set);
int sigfillset(sigset_t* set);
int sigaddset(sigset_t* set, int number);
int sigdelset(sigset_t* set, int number);
int sigismember(const sigset_t* set, int number);
