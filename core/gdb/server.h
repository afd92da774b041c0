// SPDX-License-Identifier: MIT
// GDB's remote serial protocol on a session: packets in, packets out, no transport.
//
// GDB sees one thread, the processor. Addresses are those of the address space it is in; what is not
// mapped yet reads as the program's or the kernel's file has it. A breakpoint or watchpoint in the
// lower half belongs to the program in focus ("monitor focus"): others that use the same addresses run
// through it. Steps in a program take the kernel's part of an instruction as one with it ("monitor step
// machine" looks into it). Where the run ends GDB is told so as the end of a replay, so that it can go
// back from there; continuing once more ends it.
//
// Source: "Debugging with GDB", appendix E.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/gdb/packet.h"
#include "core/session/session.h"

namespace lucid::gdb {

class Server {
 public:
  /// `focus`: what breakpoints of programs are limited to, as a part of an expression ("process hello",
  /// "pid 3"), "" = nothing. The session outlives the server.
  explicit Server(session::Session& session, std::string focus = "");

  /// Bytes from GDB; gives those for it.
  std::string receive(std::string_view bytes);
  /// The machine shall run: run_slice() is to be called again and again.
  bool running() const { return running_; }
  /// Lets time pass, `instructions` at most and not past `until_time`; gives the bytes for GDB once it stops.
  std::string run_slice(u64 instructions, u64 until_time);
  /// Bytes that tell GDB of text on its console.
  std::string console(std::string_view text);

  /// GDB has gone, in whatever way: its breakpoints go, too.
  void leave();
  bool detached() const { return detached_; }  // GDB has gone, the machine goes on
  bool killed() const { return killed_; }      // it shall end

 private:
  std::string handle(std::string_view packet);
  std::string query(std::string_view packet);
  std::string transfer(std::string_view rest);
  std::string read_memory(std::string_view rest);
  std::string write_memory(std::string_view rest, bool binary);
  std::string write_registers(std::string_view rest);
  std::string write_register(std::string_view rest);
  std::string breakpoint(std::string_view rest, bool set);
  std::string resume(std::string_view packet);
  std::string continue_forward();
  std::string step_forward();
  std::string step_backward();
  std::string continue_backward();
  std::string monitor(std::string_view command);

  std::string stopped(const char* reason = "");
  std::string ended();
  std::string reason_of_hit() const;
  bool apply(session::Command command);

  struct Point {
    std::string packet;  // "0,401000,1": what z takes back
    u32 id;              // of the session's breakpoint
    char type;
    u64 address;
  };

  session::Session& session_;
  std::string focus_;
  PacketReader reader_;
  std::vector<Point> points_;
  std::string last_stop_ = "S05";
  bool running_ = false, detached_ = false, killed_ = false;
  bool acknowledges_ = true;
  bool end_was_told_ = false;
  bool steps_in_programs_ = true;
  bool may_change_past_ = false;
  bool knows_break_reasons_ = false;
  std::string unacknowledged_;
};

}  // namespace lucid::gdb
