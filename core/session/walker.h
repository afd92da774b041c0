// SPDX-License-Identifier: MIT
// Follows one thread of control, a task in the program and in the kernel, instruction by instruction.
// What does not belong to it passes at full speed: the kernel's work on a program's system calls,
// faults and interrupts; interrupts of the kernel; other tasks; and, when wanted, whole calls. Such an
// excursion ends where the thread goes on. One that has not ended when the walk's time is up holds the
// moment the walk leads to: it is entered.
//
// A task is known by its kernel stack, whose top the TSS holds while the task runs. So this is for
// kernels that give each task one, as ours does.
#pragma once
#include <optional>

#include "core/session/impl.h"

namespace lucid::session {

enum class Calls : u8 {
  enter,             // all
  enter_with_lines,  // those of code whose source lines are known
  pass,              // none
};

class Walker {
 public:
  /// Instructions looked at one by one, in one walk: about a second in a page.
  static constexpr u64 most_steps = 4'000'000;
  /// Instructions that may pass in all.
  static constexpr u64 most_instructions = 100'000'000;

  /// Of the thread that runs now.
  Walker(Session::Impl& impl, Calls calls);
  /// The same, through recorded time (a Replay lives meanwhile) up to `until` (ticks), after a seek to an
  /// earlier moment. `enters_last`: an excursion that ends at the very end is entered, too.
  Walker(Session::Impl& impl, Calls calls, u64 until, bool enters_last);

  struct Step {
    std::optional<Stop> stopped;  // the walk cannot go on: breakpoint, idle, over, too long
    bool called = false;          // a function's first instruction is next, or the first of the kernel's work
    bool returned = false;        // the one behind a call, or where the kernel was entered, is next
    bool surfaced = false;        // … and that excursion would have passed, had the walk begun before it
    u64 time = 0;                 // before the instruction
  };
  /// One instruction, with the excursion it begins.
  Step advance();
  /// To where the thread runs, when another one does. False when it does not before the time is up.
  bool join();
  bool at_end() const { return impl_.now().time >= until_; }

  struct Line {
    const inspect::SourceMap* map = nullptr;
    u32 file = 0, number = 0;
    bool statement = false;
    bool known() const { return number != 0; }
    bool same(const Line& other) const { return map == other.map && file == other.file && number == other.number; }
  };
  Line line();  // of the next instruction
  /// The next instruction does not begin a line.
  bool inside_line();

 private:
  struct Before {
    u64 rip, rsp;
    bool user;
  };
  const cpu::State& cpu() const { return static_cast<const machine::Machine&>(*impl_.machine).cpu().state(); }
  bool user() const { return cpu().cpl() == 3; }
  u64 rsp() const { return cpu().gpr[cpu::rsp]; }
  u64 word_at(u64 address) const;
  u64 stack_top() const;  // of the running task's kernel stack
  bool on_own_stack() const;
  bool here() const { return user() ? stack_top() == task_ : on_own_stack(); }

  Stop run(u64 instructions, trace::KindSet kinds, std::optional<Gva> place = {});
  bool ended(Stop stop) const;
  bool task_exited() const;
  void moved();  // elsewhere: what is known of the code around RIP may be wrong

  // Each lets an excursion pass. Not finished: time is up or it stopped (why is in stopped_).
  bool pass_kernel();
  bool pass_handler(const Before& before);
  bool pass_other_tasks();
  bool pass_call(Gva behind, u64 stack);
  bool in_time() const { return !at_end() || !enters_last_; }
  Line line_at(u64 address);

  Session::Impl& impl_;
  Calls calls_;
  u64 until_;
  bool enters_last_;
  u64 task_;  // the top of its kernel stack
  u32 pid_;
  u64 last_instruction_;  // may pass
  u64 steps_ = 0;
  std::optional<Stop> stopped_;
  std::optional<inspect::Symbolizer> symbolizer_;
  Line line_;
  u64 line_start_ = 1, line_end_ = 0;  // addresses that line_ holds for
};

/// While one lives recorded time passes for a walk: nobody is told, and the reader's breakpoints do not stop it.
class Replay {
 public:
  explicit Replay(Session::Impl& impl) : impl_(impl) { begin(); }
  ~Replay() { finish(); }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

 private:
  void begin();
  void finish();
  Session::Impl& impl_;
};

}  // namespace lucid::session
