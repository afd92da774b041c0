// SPDX-License-Identifier: MIT
// Follows the processes below init and writes what strace -f would: system calls with arguments
// and results, signals, ends. It is shown each event of `kinds()` while the machine stands right
// after it, and reads guest memory then; it changes nothing.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "core/inspect/guest.h"
#include "core/inspect/images.h"
#include "core/inspect/syscall_text.h"
#include "core/trace/event.h"

namespace lucid::inspect {

class Strace {
 public:
  /// The events after which the machine must stop and be shown.
  static trace::KindSet kinds();

  void observe(const trace::Event& event, const Guest& guest, const Images& images);
  /// The lines finished since the last call.
  std::string take();
  /// Text of the last system call that finished, "" if it was not traced: for event records.
  const std::string& last_call() const { return last_call_; }

 private:
  struct SignalInfo {
    u64 number = 0;
    std::string detail;  // of the braces
  };
  struct Process {
    bool traced = false;
    u32 parent = 0;
    std::optional<SyscallText> call;    // entered, not returned
    u64 return_address = 0;             // RIP after its SYSCALL
    std::string text;                   // of the call so far
    bool unfinished_shown = false;      // the entry half is printed already
    bool handler_entered = false;       // a signal handler starts at the next return to user mode
    std::optional<SignalInfo> fault;    // why the last exception would raise a signal
    u64 blocked = 0;                    // the signal mask, as its system calls set it
    u64 new_blocked = 0;                // … once the present call has succeeded
    std::map<u64, SignalInfo> pending;  // sent, not delivered
  };

  void enter(Process& process, const trace::Event& event, const Guest& guest, const MemoryReader& memory);
  void leave(Process& process, const trace::Event& event, const Guest& guest, const MemoryReader& memory);
  void fork(const trace::Event& event);
  void exception(Process& process, const trace::Event& event, const cpu::State& cpu);
  static u64 mask_after(const Process& process, const trace::Event& event, u64 stack, const MemoryReader& memory);
  void sent(const trace::Event& event);
  void delivered(Process& process, const trace::Event& event);
  void ended(const trace::Event& event);
  void signal_line(u32 pid, const SignalInfo& info);

  std::string prefix(u32 pid) const;
  void interrupt_line_of(u32 pid);  // before a line of another process
  void line(u32 pid, const std::string& text);

  std::map<u32, Process> processes_;
  u32 open_pid_ = 0;  // whose entry half would be the present line of the terminal; 0 = nobody's
  std::string out_;
  std::string last_call_;
};

}  // namespace lucid::inspect
