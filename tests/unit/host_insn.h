// SPDX-License-Identifier: MIT
// One instruction, given as bytes, executed by the host CPU on a given SSE, x87 and register state.
#pragma once
#if defined(__x86_64__) && defined(__linux__)
#include <sys/mman.h>

#include <csetjmp>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <vector>

#include "core/base/types.h"

namespace host {

using namespace lucid;

/// The oracle for what is each maker's own: approximations, undefined bits, when FOP and FDP are kept.
inline bool is_recent_intel() { return __builtin_cpu_is("intel") && __builtin_cpu_supports("avx512f"); }

/// FXSAVE64's layout.
struct alignas(64) FxImage {
  u8 bytes[512] = {};
  u16 control() const { return word(0); }
  u16 status() const { return word(2); }
  u16 word(unsigned at) const {
    u16 v;
    std::memcpy(&v, bytes + at, 2);
    return v;
  }
  template <class T>
  void put(unsigned at, T value) {
    std::memcpy(bytes + at, &value, sizeof(T));
  }
  template <class T>
  T get(unsigned at) const {
    T v;
    std::memcpy(&v, bytes + at, sizeof(T));
    return v;
  }
};

/// RAX, RCX, RDX and the arithmetic flags go in and out; RSI and RDI point to `memory`.
struct Machine {
  FxImage fx;
  FxImage fx_after;
  u64 rax = 0, rcx = 0, rdx = 0, flags = 2, memory_address = 0;
};
static_assert(offsetof(Machine, rax) == 1024);

class Runner {
 public:
  Runner() {
    page_ =
        static_cast<u8*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    struct sigaction action {};
    action.sa_sigaction = caught;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    for (int signal : {SIGFPE, SIGILL, SIGSEGV, SIGBUS}) sigaction(signal, &action, nullptr);
  }
  ~Runner() { munmap(page_, 4096); }
  Runner(const Runner&) = delete;

  /// The signal it ended in, 0 if none; after a signal fx_after holds only MXCSR and the x87 environment.
  int run(Machine& m, const std::vector<u8>& instruction) {
    static const u8 before[] = {0x53, 0x48, 0x89, 0xfb,                         // push rbx; mov rbx, rdi
                                0x48, 0x0f, 0xae, 0x0b,                         // fxrstor64 [rbx]
                                0x48, 0x8b, 0x83, 0x00, 0x04, 0x00, 0x00,       // mov rax, [rbx + 1024]
                                0x48, 0x8b, 0x8b, 0x08, 0x04, 0x00, 0x00,       // mov rcx, …
                                0x48, 0x8b, 0x93, 0x10, 0x04, 0x00, 0x00,       // mov rdx, …
                                0x48, 0x8b, 0xb3, 0x20, 0x04, 0x00, 0x00,       // mov rsi, …
                                0x48, 0x89, 0xf7,                               // mov rdi, rsi
                                0xff, 0xb3, 0x18, 0x04, 0x00, 0x00, 0x9d};      // push […]; popfq
    static const u8 after[] = {0x9c, 0x8f, 0x83, 0x18, 0x04, 0x00, 0x00,        // pushfq; pop […]
                               0x48, 0x89, 0x83, 0x00, 0x04, 0x00, 0x00,        // mov [rbx + 1024], rax
                               0x48, 0x89, 0x8b, 0x08, 0x04, 0x00, 0x00,        // …, rcx
                               0x48, 0x89, 0x93, 0x10, 0x04, 0x00, 0x00,        // …, rdx
                               0x48, 0x0f, 0xae, 0x83, 0x00, 0x02, 0x00, 0x00,  // fxsave64 [rbx + 512]
                               0x5b, 0xc3};
    u8* at = page_;
    const auto emit = [&](const u8* bytes, size_t n) { std::memcpy(at, bytes, n), at += n; };
    emit(before, sizeof(before));
    emit(instruction.data(), instruction.size());
    emit(after, sizeof(after));
    machine_ = &m;
    const int signal = sigsetjmp(back_, 0);
    running_ = signal == 0;
    if (running_) reinterpret_cast<void (*)(Machine*)>(page_)(&m);
    running_ = false;
    const u32 normal = 0x1f80;
    asm volatile("fninit\n\tldmxcsr %0\n\tcld" ::"m"(normal));
    return signal;
  }

 private:
  static void caught(int signal, siginfo_t*, void* context) {
    if (!running_) {  // a fault of the test itself
      std::signal(signal, SIG_DFL);
      return;
    }
    std::memcpy(machine_->fx_after.bytes, static_cast<ucontext_t*>(context)->uc_mcontext.fpregs, 512);
    siglongjmp(back_, signal);
  }
  static inline volatile bool running_ = false;
  static inline sigjmp_buf back_;
  static inline Machine* machine_;
  u8* page_;
};

}  // namespace host
#endif
