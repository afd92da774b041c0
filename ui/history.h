// SPDX-License-Identifier: MIT
// What the panels remember of the recorded run, what lies after now included: who had the processor
// when (the timeline's lanes), marks on it, and a bounded list of happenings.
#pragma once
#include <array>
#include <deque>
#include <map>
#include <string>

#include "core/session/process_colours.h"
#include "core/session/session.h"

namespace lucid::ui {

/// A stretch of time in which one process (0 = idle) was in one ring.
struct Stretch {
  u64 from = 0, to = 0;  // ticks
  u32 pid = 0;
  bool kernel = false;
  u64 event = 0;  // that began it, by its number in the record
  trace::Kind why = trace::Kind::count;
};

/// A process from its fork to its reaping, as the record has it.
struct Life {
  static constexpr u64 never = ~u64{0};
  u32 pid = 0, parent = 0;
  u64 from = 0, exited = never, reaped = never;  // ticks
  u32 status = 0;                                // wait status once exited
  struct Exec {
    u64 at;
    std::string name;
    u64 number;  // of its event in the record
  };
  std::vector<Exec> execs;
  u64 exit_event = 0, reap_event = 0;  // their numbers
  u32 reaper = 0;
};

/// A system call from its entry to the return to the program.
struct Call {
  static constexpr u64 never = ~u64{0};
  u64 number = 0;  // of its event in the record
  u64 from = 0, to = never;
  u32 pid = 0;
  u64 nr = 0;
  std::array<u64, 6> args{};
  u64 result = 0;  // RAX at the return
};

/// A program that execve was to run: which formats were asked, and who took it.
struct Exec {
  struct Answer {
    u32 format, depth;
    u64 error;  // 0 = it takes it
  };
  u64 number = 0, from = 0;  // of its first event
  u32 pid = 0;
  std::string name;           // "" until it runs
  std::array<u8, 16> head{};  // of the file that was asked about first
  std::vector<Answer> answers;
  bool over = false;
};

/// An event that the timeline marks.
struct Mark {
  u64 number = 0;  // in the record
  u64 at = 0;      // ticks
  u32 pid = 0;
  trace::Kind kind = trace::Kind::count;
};

class History {
 public:
  static constexpr size_t max_stretches = 6000, max_marks = 2000, max_ticks = 2000, max_lives = 2000, max_calls = 4000,
                          max_execs = 500;

  /// Reads what is new in the record; all of it again when another future was begun.
  void update(const session::Session& session);
  void forget() { *this = {}; }

  const std::deque<Stretch>& stretches() const { return stretches_; }
  const std::deque<Mark>& marks() const { return marks_; }
  /// The last max_calls of them, those after now included.
  const std::deque<Call>& calls() const { return calls_; }
  /// The last max_execs of them.
  const std::deque<Exec>& execs() const { return execs_; }
  /// In order of birth; a pid that was used again has two.
  const std::vector<Life>& lives() const { return lives_; }
  const std::deque<Mark>& ticks() const { return ticks_; }  // PIT interrupts
  /// Moments that can be gone back to at once, ticks.
  const std::vector<u64>& keyframes() const { return keyframes_; }
  std::string name(u32 pid) const;
  const session::ProcessColours& colours() const { return colours_; }
  u64 now() const { return now_; }  // ticks
  u64 end() const { return end_; }  // of the recorded run

 private:
  void take(u64 number, const trace::Event& event);
  void take_call(u64 number, const trace::Event& event);
  void take_exec(u64 number, const trace::Event& event);
  void take_life(u64 number, const trace::Event& event);
  Life* living(u32 pid);
  void enter(u64 number, const trace::Event& event, bool kernel);

  std::deque<Stretch> stretches_;
  std::deque<Mark> marks_;
  std::deque<Mark> ticks_;
  std::vector<u64> keyframes_;
  std::deque<Call> calls_;
  std::deque<Exec> execs_;
  std::map<u32, u64> open_calls_;  // by pid: Call::number
  std::vector<Life> lives_;
  std::map<u32, std::string> names_;
  session::ProcessColours colours_;
  u64 read_ = 0;  // events of the record
  u64 now_ = 0, end_ = 0;
  u32 pid_ = 0;
};

}  // namespace lucid::ui
