// SPDX-License-Identifier: MIT
#include "tests/cosim/host_runner.h"

#include <asm/ldt.h>
#include <asm/prctl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lucid::cosim {

struct HostRunner::Shared {
  Input inputs[batch];
  Output outputs[batch];
  u8 window[window_bytes];
  unsigned count;
  volatile unsigned done;
};

namespace {

// The child's own state; a signal handler can reach nothing else.
HostRunner::Shared* shared;
int current;  // -1: not inside a case
gregset_t home_registers;
u8 home_fpu[4096];

constexpr int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                           REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
constexpr u64 xstate_header_offset = 512;
constexpr unsigned long restore_ss = 6;  // uc_flags: UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS
u64 thread_pointer;                      // the base of FS

/// Another selector in FS or GS has another base.
void put_back_bases() {
  asm volatile("mov %0, %%fs\n mov %0, %%gs" ::"r"(0));
  syscall(SYS_arch_prctl, ARCH_SET_FS, thread_pointer);
  syscall(SYS_arch_prctl, ARCH_SET_GS, window_base);
}

Selectors data_selectors() {
  Selectors s;
  asm volatile("mov %%ds, %0\n mov %%es, %1\n mov %%fs, %2\n mov %%gs, %3"
               : "=r"(s.ds), "=r"(s.es), "=r"(s.fs), "=r"(s.gs));
  return s;
}

void load_case(ucontext_t* context) {
  const Input& in = shared->inputs[current];
  std::memcpy(reinterpret_cast<void*>(window_base), shared->window, window_bytes);
  u8* code = reinterpret_cast<u8*>(code_base);
  std::memset(code, 0xcc, code_bytes);
  const u64 code_at = in.start.rip + in.code_segment() - code_base;
  std::memcpy(code + code_at, in.code, std::min<u64>(max_code, code_bytes - code_at));
  greg_t* g = context->uc_mcontext.gregs;
  for (int i = 0; i < 16; ++i) g[order[i]] = static_cast<greg_t>(in.start.gpr[static_cast<size_t>(i)]);
  g[REG_RIP] = static_cast<greg_t>(in.start.rip);
  g[REG_CSGSFS] = static_cast<greg_t>(in.selectors.cs | u64{in.selectors.ss} << 48);
  context->uc_flags |= restore_ss;
  asm volatile("mov %0, %%ds\n mov %1, %%es" ::"r"(in.selectors.ds), "r"(in.selectors.es));
  g[REG_EFL] = static_cast<greg_t>(in.start.rflags | flag_tf);
  auto* fp = reinterpret_cast<u8*>(context->uc_mcontext.fpregs);
  // Bytes 464..511 of the frame's image belong to Linux (sw_reserved).
  std::memcpy(fp, &in.start.fx, 416);
  const u32 mask = 0xffff;
  std::memcpy(fp + 28, &mask, 4);
  u64 present;
  std::memcpy(&present, fp + xstate_header_offset, 8);
  present |= 3;  // x87 and SSE are not in their initial state
  std::memcpy(fp + xstate_header_offset, &present, 8);
}

void store_case(const ucontext_t* context) {
  Output& out = shared->outputs[current];
  const greg_t* g = context->uc_mcontext.gregs;
  for (int i = 0; i < 16; ++i) out.end.gpr[static_cast<size_t>(i)] = static_cast<u64>(g[order[i]]);
  out.end.rip = static_cast<u64>(g[REG_RIP]);
  out.end.rflags = static_cast<u64>(g[REG_EFL]) & ~flag_tf;
  out.vector = static_cast<u8>(g[REG_TRAPNO]);
  out.faulted = out.vector != 1;
  out.error = static_cast<u32>(g[REG_ERR]);
  out.cr2 = static_cast<u64>(g[REG_CR2]);
  out.selectors = data_selectors();
  out.selectors.cs = static_cast<u16>(g[REG_CSGSFS]);
  out.selectors.ss = static_cast<u16>(static_cast<u64>(g[REG_CSGSFS]) >> 48);
  std::memcpy(&out.end.fx, context->uc_mcontext.fpregs, sizeof out.end.fx);
  // A component that the kernel found in its initial state is absent from the frame.
  u64 present;
  std::memcpy(&present, reinterpret_cast<const u8*>(context->uc_mcontext.fpregs) + xstate_header_offset, 8);
  if (!(present & 1)) {
    std::memset(&out.end.fx, 0, 24);
    out.end.fx.control = 0x37f;
    std::memset(out.end.fx.st, 0, sizeof out.end.fx.st);
  }
  if (!(present & 2)) std::memset(out.end.fx.xmm, 0, sizeof out.end.fx.xmm);
  std::memcpy(out.window, reinterpret_cast<void*>(window_base), window_bytes);
}

extern "C" void lucid_cosim_handler(int, siginfo_t*, void* opaque) {
  auto* context = static_cast<ucontext_t*>(opaque);
  if (current < 0) {
    std::memcpy(home_registers, context->uc_mcontext.gregs, sizeof home_registers);
    std::memcpy(home_fpu, context->uc_mcontext.fpregs, 512 + 64);
  } else {
    const Input& in = shared->inputs[current];
    const auto rip = static_cast<u64>(context->uc_mcontext.gregs[REG_RIP]);
    // The trap flag stops a REP form after each iteration: go on until it is done.
    if (in.repeats && context->uc_mcontext.gregs[REG_TRAPNO] == 1 && rip == in.start.rip) return;
    store_case(context);
    if (in.loads_segment) put_back_bases();
    shared->done = static_cast<unsigned>(current) + 1;
  }
  if (++current < static_cast<int>(shared->count)) return load_case(context);
  std::memcpy(context->uc_mcontext.gregs, home_registers, sizeof home_registers);
  std::memcpy(context->uc_mcontext.fpregs, home_fpu, 464);
  asm volatile("mov %0, %%ds\n mov %0, %%es" ::"r"(0));
}

// AC may be set by the case; compiled code must not run with it. NT and ID are cleared, too: the return
// from a signal leaves those as they are.
asm(R"(
        .globl  lucid_cosim_entry
        .type   lucid_cosim_entry, @function
lucid_cosim_entry:
        pushfq
        andl    $~0x244000, (%rsp)
        popfq
        jmp     lucid_cosim_handler
)");
extern "C" void lucid_cosim_entry(int, siginfo_t*, void*);

void map_fixed(u64 address, u64 bytes, int protection) {
  void* got = mmap(reinterpret_cast<void*>(address), bytes, protection,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == MAP_FAILED) {
    std::perror("cosim: mapping the fixed windows");
    std::exit(2);
  }
}

/// The segments of case.h; false where Linux does not let us.
bool install_ldt() {
  const auto install = [](u16 selector, u64 base, unsigned contents, bool wide) {
    user_desc d{};
    d.entry_number = selector >> 3;
    d.base_addr = static_cast<unsigned>(base);
    d.limit = ldt_limit;
    d.contents = contents & 3;
    d.seg_32bit = wide;
    return syscall(SYS_modify_ldt, 1, &d, sizeof d) == 0;
  };
  constexpr unsigned data = 0, code = 2;
  return install(selector::ldt_code16, code_base, code, false) &&
         install(selector::ldt_data, ldt_data_base, data, true) &&
         install(selector::ldt_stack32, ldt_data_base, data, true) &&
         install(selector::ldt_stack16, ldt_data_base, data, false);
}

[[noreturn]] void child_main() {
  // The code is writable, here and on the guest, and put back before every case.
  map_fixed(code_base, code_bytes, PROT_READ | PROT_WRITE | PROT_EXEC);
  map_fixed(window_base, window_bytes, PROT_READ | PROT_WRITE);
  syscall(SYS_arch_prctl, ARCH_SET_GS, window_base);
  syscall(SYS_arch_prctl, ARCH_GET_FS, &thread_pointer);
  install_ldt();
  constexpr size_t stack_bytes = 256 << 10;
  stack_t stack{};
  stack.ss_sp = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack.ss_size = stack_bytes;
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = lucid_cosim_entry;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGTRAP, SIGSEGV, SIGBUS, SIGILL, SIGFPE}) sigaction(signal, &action, nullptr);
  alarm(20);
  current = -1;
  asm volatile("int3" ::: "memory");
  _exit(0);
}

}  // namespace

HostRunner::HostRunner()
    : shared_(static_cast<Shared*>(
          mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
  if (shared_ == MAP_FAILED) {
    std::perror("cosim: shared memory");
    std::exit(2);
  }
}
HostRunner::~HostRunner() { munmap(shared_, sizeof(Shared)); }

Input& HostRunner::input(unsigned i) { return shared_->inputs[i]; }
const Output& HostRunner::output(unsigned i) const { return shared_->outputs[i]; }
u8 (&HostRunner::window_template())[window_bytes] { return shared_->window; }

bool HostRunner::offers_ldt() {
  const pid_t pid = fork();
  if (pid == 0) _exit(install_ldt() ? 0 : 1);
  int status = 1;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

unsigned HostRunner::run(unsigned count) {
  shared_->count = count;
  shared_->done = 0;
  shared = shared_;
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) child_main();
  int status = 0;
  waitpid(pid, &status, 0);
  return shared_->done;
}

}  // namespace lucid::cosim
