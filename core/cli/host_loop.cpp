// SPDX-License-Identifier: MIT
#include "core/cli/host_loop.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/bus/clock.h"
#include "core/cli/window_size.h"

namespace lucid::cli {
namespace {

using session::Stop;

constexpr u64 slice_instructions = 2'000'000;
constexpr size_t input_chunk = 1 << 16;
constexpr u64 ticks_per_millisecond = bus::ticks_per_second / 1000;
/// A program that never sleeps gets its input after this much machine time: always at the same
/// instruction, so a run with a file as input is the same every time.
constexpr u64 input_period = bus::ticks_per_second;
constexpr u8 escape_key = 1;  // Ctrl-A, as in QEMU and screen

u64 wall_ticks() {
  using namespace std::chrono;
  return static_cast<u64>(duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count()) / 10;
}

}  // namespace

HostLoop::HostLoop(session::Session& session, session::Connection connection, u64 max_instructions, OutputFile* strace,
                   Stops* stops)
    : session_(session), connection_(connection), max_instructions_(max_instructions), strace_(strace), stops_(stops) {}

LoopEnd HostLoop::run() {
  const LoopEnd end = connection_ == session::Connection::tty ? run_on_terminal() : run_piped();
  print();
  return end;
}

LoopEnd HostLoop::run_recorded() {
  const session::Moment end = session_.recording().end;
  for (;;) {
    const session::Moment before{session_.instruction(), session_.time()};
    const Stop stop = slice(end.time);
    if (session_.over()) return LoopEnd::machine;
    if (until_reached_) return LoopEnd::until;
    if (out_.error() != 0) return LoopEnd::broken_pipe;
    if (session_.time() >= end.time) return LoopEnd::recording_end;
    if (session_.instruction() >= max_instructions_) return LoopEnd::limit;
    if (stop == Stop::idle && session_.time() == before.time) return LoopEnd::recording_end;
  }
}

/// Input is given to the machine while it runs and is not in its past; GDB's Ctrl-C comes in between.
std::optional<LoopEnd> HostLoop::run_debugged(GdbConnection& connection, gdb::Server& server) {
  u64 next_input = session_.time() + input_period;
  bool idle = false;
  while (connection.open()) {
    const bool feeds = server.running() && input_.open() && !session_.in_past();
    const bool due = session_.time() >= next_input || idle;
    const auto ready = connection.wait(server.running() && !idle ? 0 : -1, feeds && due);
    if (ready.gdb) connection.send(server.receive(connection.take()));
    if (server.killed()) return LoopEnd::quit;
    if (server.detached()) break;
    if (ready.input && !feed()) return LoopEnd::quit;
    if (due) next_input = session_.time() + input_period;
    idle = false;
    if (!server.running()) continue;
    const u64 before = session_.time();
    connection.send(server.run_slice(slice_instructions, next_input));
    print();
    idle = server.running() && session_.time() == before;
  }
  server.leave();
  return std::nullopt;
}

Stop HostLoop::slice(u64 until_time) {
  session::RunLimits limits;
  limits.instructions =
      std::min(slice_instructions, max_instructions_ - std::min(max_instructions_, session_.instruction()));
  limits.until_time = until_time;
  if (strace_) {  // so that output and calls come out in the order in which they happened
    limits.stop_kinds = limits.stop_kinds.with(trace::Kind::returned_to_user)
                            .with(trace::Kind::exited)
                            .with(trace::Kind::syscall_entered);
  }
  const Stop stop = session_.run(limits);
  print();
  if (stop == Stop::breakpoint && stops_) until_reached_ = stops_->reached(session_);
  return stop;
}

void HostLoop::print() {
  OutputFile* files[2] = {&out_, &err_};
  for (unsigned line = 0; line < 2; ++line) {
    if (session_.output_size(line) <= printed_[line]) continue;  // nothing new, or gone back
    const std::string bytes = session_.output(line, printed_[line]);
    printed_[line] = session_.output_size(line);
    files[line]->write(bytes);
    files[line]->flush();
  }
  const std::string calls = session_.take_strace();
  if (!strace_ || calls.empty()) return;
  strace_->write(calls);
  strace_->flush();
}

bool HostLoop::feed() {
  auto bytes = input_.take(input_chunk);
  if (connection_ == session::Connection::tty) {
    std::vector<u8> keys;
    for (const u8 key : bytes) {
      if (escape_ && (key == 'x' || key == 'X')) return false;
      if (escape_ && (key == 'n' || key == 'N')) {
        session_.submit(session::PressNmi{});
        escape_ = false;
        continue;
      }
      const bool literal = escape_ || key != escape_key;
      escape_ = !literal;
      if (literal) keys.push_back(key);
    }
    bytes = std::move(keys);
  }
  if (!bytes.empty()) session_.submit(session::SerialInput{0, std::move(bytes)});
  if (!input_.open()) session_.submit(session::SerialHangUp{0});
  return true;
}

LoopEnd HostLoop::run_piped() {
  u64 next_input = input_period;
  for (;;) {
    const Stop stop = slice(next_input);
    if (session_.over()) return LoopEnd::machine;
    if (until_reached_) return LoopEnd::until;
    if (out_.error() != 0) return LoopEnd::broken_pipe;
    if (session_.instruction() >= max_instructions_) return LoopEnd::limit;
    const bool due = session_.time() >= next_input;
    if (due) next_input = session_.time() + input_period;
    if (stop == Stop::idle) {
      if (!input_.open()) return LoopEnd::nothing_to_wait_for;
      input_.wait(-1);
      feed();
    } else if (due && input_.open() && input_.wait(0)) {
      feed();
    }
  }
}

LoopEnd HostLoop::run_on_terminal() {
  // Halted time passes at the pace of the wall clock (ahead of it by a slice at most), busy time
  // as fast as it goes: `wall` and `ticks` are a pair of moments that were the same.
  u64 wall = wall_ticks(), ticks = session_.time();
  const auto virtual_now = [&] { return ticks + (wall_ticks() - wall); };
  const auto same_moment_now = [&] { wall = wall_ticks(), ticks = session_.time(); };
  bool idle = false, fed = false;
  WindowSize window;
  for (;;) {
    if (const auto size = window.take(); size && *size != session_.console_size()) {
      if (idle) same_moment_now();
      session_.submit(*size);
      fed = true;
    }
    if (fed || !session_.halted() || (!idle && session_.wakes_at() <= virtual_now())) {
      idle = slice(session_.time() + slice_instructions) == Stop::idle;
      fed = false;
      if (session_.over()) return LoopEnd::machine;
      if (until_reached_) return LoopEnd::until;
      if (session_.instruction() >= max_instructions_) return LoopEnd::limit;
      if (!session_.halted()) same_moment_now();
    }
    int milliseconds = 0;
    if (idle) {
      milliseconds = -1;
    } else if (session_.halted()) {
      const u64 wakes_at = session_.wakes_at(), now = virtual_now();
      milliseconds =
          wakes_at > now ? static_cast<int>(std::min<u64>((wakes_at - now) / ticks_per_millisecond + 1, 1000)) : 0;
    }
    if (!input_.open()) {
      if (idle) return LoopEnd::nothing_to_wait_for;
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    } else if (input_.wait(milliseconds)) {
      if (idle) same_moment_now();
      if (!feed()) return LoopEnd::quit;
      fed = true;
    }
  }
}

}  // namespace lucid::cli
