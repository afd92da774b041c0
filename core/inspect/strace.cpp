// SPDX-License-Identifier: MIT
#include "core/inspect/strace.h"

#include <algorithm>
#include <utility>

#include "core/abi/syscall.h"
#include "core/inspect/bytes.h"
#include "core/inspect/linux_names.h"
#include "core/inspect/user_memory.h"

namespace lucid::inspect {
namespace {

using trace::Kind;

constexpr u32 init_pid = 1;
enum : u64 {
  sigill = 4,
  sigtrap = 5,
  sigbus = 7,
  sigfpe = 8,
  sigsegv = 11,
  sigpipe = 13,
  sigchld = 17,
  sigcont = 18,
  sigurg = 23,
  sigwinch = 28
};

// Linux puts the saved registers on the user's stack when it starts a signal handler:
// return address, then struct ucontext. Offsets from RSP at the handler's first instruction.
constexpr u64 frame_rax = 8 + 40 + 13 * 8, frame_rip = 8 + 40 + 16 * 8;
// RT_SIGRETURN is called with RSP at the ucontext; uc_sigmask lies behind the machine context.
constexpr u64 context_mask = 40 + 256;
constexpr u64 restart_result = u64{0} - 512;  // -ERESTARTSYS

bool ignored_by_default(u64 signal) {
  return signal == sigchld || signal == sigcont || signal == sigurg || signal == sigwinch;
}

/// si_code of the first unmasked floating-point exception, in the order Linux looks at them.
const char* float_code(u32 exceptions) {
  if (exceptions & 1) return "FPE_FLTINV";
  if (exceptions & 4) return "FPE_FLTDIV";
  if (exceptions & 8) return "FPE_FLTOVF";
  if (exceptions & (16 | 2)) return "FPE_FLTUND";
  return exceptions & 32 ? "FPE_FLTRES" : "FPE_FLTINV";
}

std::string kernel_detail(u64 signal) {
  const bool has_address =
      signal == sigill || signal == sigtrap || signal == sigbus || signal == sigfpe || signal == sigsegv;
  return has_address ? "si_code=SI_KERNEL, si_addr=NULL" : "si_code=SI_KERNEL";
}

std::string child_detail(u32 child, u64 status) {
  const u64 signal = status & 0x7f;
  const char* code = signal == 0 ? "CLD_EXITED" : status & 0x80 ? "CLD_DUMPED" : "CLD_KILLED";
  return std::string("si_code=") + code + ", si_pid=" + std::to_string(child) +
         ", si_uid=0, si_status=" + (signal == 0 ? std::to_string(status >> 8 & 0xff) : signal_name(signal)) +
         ", si_utime=0, si_stime=0";
}

}  // namespace

trace::KindSet Strace::kinds() {
  trace::KindSet set;
  for (const Kind kind : {Kind::syscall_entered, Kind::returned_to_user, Kind::exception_raised, Kind::forked,
                          Kind::exited, Kind::signal_sent, Kind::signal_delivered, Kind::reparented}) {
    set = set.with(kind);
  }
  return set;
}

std::string Strace::take() { return std::exchange(out_, {}); }

std::string Strace::prefix(u32 pid) const {
  unsigned traced = 0;
  for (const auto& [number, process] : processes_) traced += process.traced;
  if (traced <= 1) return "";
  const std::string digits = std::to_string(pid);
  return "[pid " + std::string(digits.size() < 5 ? 5 - digits.size() : 0, ' ') + digits + "] ";
}

void Strace::interrupt_line_of(u32 pid) {
  if (open_pid_ == 0 || open_pid_ == pid) return;
  Process& other = processes_[open_pid_];
  out_ += prefix(open_pid_) + other.text + " <unfinished ...>\n";
  other.unfinished_shown = true;
  open_pid_ = 0;
}

void Strace::line(u32 pid, const std::string& text) {
  interrupt_line_of(pid);
  out_ += prefix(pid) + text + "\n";
}

void Strace::observe(const trace::Event& event, const Guest& guest, const Images& images) {
  last_call_.clear();
  if (event.kind == Kind::forked) return fork(event);
  if (event.kind == Kind::exited) return ended(event);
  if (event.kind == Kind::signal_sent) return sent(event);
  const auto found = processes_.find(event.pid);
  if (found == processes_.end()) return;
  Process& process = found->second;
  const UserMemory memory(guest, images, event.pid);
  const MemoryReader reader = [&memory](Gva address, void* out, u64 size) { return memory.read(address, out, size); };
  switch (event.kind) {
    case Kind::syscall_entered:
      return enter(process, event, guest, reader);
    case Kind::returned_to_user:
      return leave(process, event, guest, reader);
    case Kind::exception_raised:
      return exception(process, event, guest.cpu);
    case Kind::signal_delivered:
      return delivered(process, event);
    default:
      return;
  }
}

void Strace::enter(Process& process, const trace::Event& event, const Guest& guest, const MemoryReader& memory) {
  const u64 number = event.args[0];
  // init's child becomes the traced program when it calls execve; what init's code does in it
  // before (opening the terminal) is not the program's.
  const bool is_exec =
      number == static_cast<u64>(abi::Syscall::execve) || number == static_cast<u64>(abi::Syscall::execveat);
  if (!process.traced && !(process.parent == init_pid && is_exec)) return;
  process.traced = true;
  interrupt_line_of(event.pid);
  std::array<u64, 6> args{event.args[1], event.args[2], event.args[3], event.args[4], event.args[5], event.args[6]};
  if (number & abi::i386_call)
    for (u64& arg : args) arg = static_cast<u32>(arg);
  process.call.emplace(number, args);
  process.return_address = guest.cpu.gpr[cpu::rcx];
  if (number & abi::i386_call) (void)fetch(memory, guest.cpu.gpr[cpu::rsp], process.return_address);
  process.unfinished_shown = false;
  process.text = process.call->begin(memory);
  process.new_blocked = mask_after(process, event, guest.cpu.gpr[cpu::rsp], memory);
  if (number == static_cast<u64>(abi::Syscall::rt_sigreturn)) {
    process.text += "{mask=" + sigset_text(memory, guest.cpu.gpr[cpu::rsp] + context_mask) + "}";
  }
  open_pid_ = event.pid;
}

u64 Strace::mask_after(const Process& process, const trace::Event& event, u64 stack, const MemoryReader& memory) {
  u64 set;
  if (event.args[0] == static_cast<u64>(abi::Syscall::rt_sigreturn)) {
    return fetch(memory, stack + context_mask, set) ? set : process.blocked;
  }
  const bool changes = event.args[0] == static_cast<u64>(abi::Syscall::rt_sigprocmask);
  if (!changes || !fetch(memory, event.args[2], set)) return process.blocked;
  switch (event.args[1]) {
    case 0:  // SIG_BLOCK
      return process.blocked | set;
    case 1:  // SIG_UNBLOCK
      return process.blocked & ~set;
    default:
      return set;
  }
}

void Strace::leave(Process& process, const trace::Event& event, const Guest& guest, const MemoryReader& memory) {
  if (!process.traced) return;
  u64 result = event.args[0];
  if (process.call) {
    const u64 stack = guest.cpu.gpr[cpu::rsp];
    u64 saved_rip;
    // Behind a started handler the result lies in the frame; a call that will be made again has
    // its SYSCALL instruction (two bytes) as the place to return to.
    if (process.handler_entered && fetch(memory, stack + frame_rip, saved_rip)) {
      if (!fetch(memory, stack + frame_rax, result)) result = event.args[0];
      if (saved_rip == process.return_address - 2) result = restart_result;
    }
    const std::string rest = process.call->finish(memory, result);
    last_call_ = process.text + rest;
    interrupt_line_of(event.pid);
    out_ += prefix(event.pid) +
            (process.unfinished_shown ? "<... " + process.call->name() + " resumed>" + rest : last_call_) + "\n";
    if (result < restart_result) process.blocked = process.new_blocked;
    process.call.reset();
    if (open_pid_ == event.pid) open_pid_ = 0;
  }
  process.handler_entered = false;
  process.fault.reset();
  // Signals that are ignored by default never get delivered, but a tracer sees them.
  for (auto it = process.pending.begin(); it != process.pending.end();) {
    if (ignored_by_default(it->first) && !(process.blocked >> (it->first - 1) & 1)) {
      signal_line(event.pid, it->second);
      it = process.pending.erase(it);
    } else {
      ++it;
    }
  }
}

void Strace::fork(const trace::Event& event) {
  const u32 parent = static_cast<u32>(event.args[0]), child = static_cast<u32>(event.args[1]);
  Process& created = processes_[child];
  created = {};
  created.parent = parent;
  const auto found = processes_.find(parent);
  if (found == processes_.end() || !found->second.traced) return;
  created.traced = true;
  created.blocked = found->second.blocked;
  interrupt_line_of(0);
  out_ += "strace: Process " + std::to_string(child) + " attached\n";
}

void Strace::exception(Process& process, const trace::Event& event, const cpu::State& cpu) {
  if (event.cpl != 3) return;
  const u64 vector = event.args[0], error = event.args[1], address = event.args[2], rip = event.args[3];
  const auto set = [&](u64 signal, const char* code, u64 at) {
    process.fault = SignalInfo{signal, std::string("si_code=") + code + ", si_addr=" + pointer_text(at)};
  };
  switch (vector) {
    case 0:
      return set(sigfpe, "FPE_INTDIV", rip);
    case 1:
      return set(sigtrap, "TRAP_TRACE", rip);
    case 3:
      process.fault = SignalInfo{sigtrap, "si_code=SI_KERNEL, si_addr=NULL"};
      return;
    case 6:
      return set(sigill, "ILL_ILLOPN", rip);
    case 14:
      return set(sigsegv, error & 1 ? "SEGV_ACCERR" : "SEGV_MAPERR", address);
    case 16:
      return set(sigfpe, float_code(cpu.fpu.status & ~cpu.fpu.control), rip);
    case 19:
      return set(sigfpe, float_code(cpu.mxcsr & ~(cpu.mxcsr >> 7)), rip);
    case 17:
      return set(sigbus, "BUS_ADRALN", 0);
    default:
      process.fault = SignalInfo{sigsegv, "si_code=SI_KERNEL, si_addr=NULL"};
  }
}

void Strace::sent(const trace::Event& event) {
  const u32 from = static_cast<u32>(event.args[0]), to = static_cast<u32>(event.args[1]);
  const auto found = processes_.find(to);
  if (found == processes_.end() || !found->second.traced) return;
  const u64 number = event.args[2];
  SignalInfo info{number, "si_code=SI_USER, si_pid=" + std::to_string(from == 0 ? to : from) + ", si_uid=0"};
  if (from == 0 && number != sigpipe) info.detail = kernel_detail(number);
  const auto known = found->second.pending.find(number);
  if (known == found->second.pending.end()) found->second.pending.emplace(number, std::move(info));
}

void Strace::delivered(Process& process, const trace::Event& event) {
  if (!process.traced) return;
  const u64 number = event.args[1];
  SignalInfo info{number, kernel_detail(number)};
  const auto pending = process.pending.find(number);
  if (process.fault && process.fault->number == sigsegv && number == sigbus) {
    // The page fault lay in a mapping behind the end of its file.
    const size_t comma = process.fault->detail.find(',');
    info.detail = "si_code=BUS_ADRERR" + process.fault->detail.substr(std::min(comma, process.fault->detail.size()));
  } else if (process.fault && process.fault->number == number) {
    info = *process.fault;
  } else if (pending != process.pending.end()) {
    info = pending->second;
  }
  if (pending != process.pending.end()) process.pending.erase(pending);
  process.handler_entered = event.args[2] > 1;
  // strace prints the end of the interrupted call first; ours ends at the return to user mode.
  signal_line(event.pid, info);
}

void Strace::signal_line(u32 pid, const SignalInfo& info) {
  const std::string name = signal_name(info.number);
  line(pid, "--- " + name + " {si_signo=" + name + ", " + info.detail + "} ---");
}

void Strace::ended(const trace::Event& event) {
  const u32 pid = static_cast<u32>(event.args[0]);
  const u64 status = event.args[1];
  const auto found = processes_.find(pid);
  if (found == processes_.end()) return;
  Process& process = found->second;
  if (process.traced) {
    if (process.call) {
      interrupt_line_of(pid);
      const std::string rest = process.call->abandon();
      out_ += prefix(pid) +
              (process.unfinished_shown ? "<... " + process.call->name() + " resumed>" + rest : process.text + rest) +
              "\n";
      if (open_pid_ == pid) open_pid_ = 0;
    }
    const u64 signal = status & 0x7f;
    line(pid, signal == 0 ? "+++ exited with " + std::to_string(status >> 8 & 0xff) + " +++"
                          : "+++ killed by " + signal_name(signal) + (status & 0x80 ? " (core dumped) +++" : " +++"));
    const auto parent = processes_.find(process.parent);
    if (parent != processes_.end() && parent->second.traced) {
      // One SIGCHLD can be pending, and it is about the first child.
      auto& pending = parent->second.pending;
      const auto known = pending.find(sigchld);
      if (known == pending.end() || !known->second.detail.starts_with("si_code=CLD")) {
        pending.insert_or_assign(sigchld, SignalInfo{sigchld, child_detail(pid, status)});
      }
    }
  }
  processes_.erase(found);
}

}  // namespace lucid::inspect
