// SPDX-License-Identifier: MIT
// What to wait for, as people write it behind --break, in a breakpoint box or a filter of events:
//
//   main                      the instruction at a place: address, symbol, program:symbol, file.c:12
//   rip == main && rax > 5    conditions in C's operators; "main if rax > 5" is the same
//   write(0x1234..0x1240)     memory written (read, access) from .. up to; write(counter), write(rsp, 8);
//                             write(phys 0x1000, 8) of RAM, whatever its linear address
//   syscall openat            a system call is entered; "syscall openat return" leaves with `result`
//   event cow pid 3           something happens: a kind of event, or a name from event_names.h
//   process sh, pid 3         in that process; behind any of the above or by itself in a condition
//   u32[rsp+8], [rax]         memory, u8 … u64, i8 … i64, 8 bytes unless said; p32[…] is physical
//
// Values have 64 bits; as in C an operation is unsigned when an operand is: addresses, symbols, u… are
// unsigned, general registers, i… and numbers below 2^63 signed. With an event its arguments go by
// their names (nr, a1, vector, address, status …).
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/session/register_name.h"
#include "core/trace/event.h"

namespace lucid::session {

/// Where a symbol or source line lies.
struct Location {
  u64 address = 0;     // as linked
  u64 size = 0;        // of the symbol, 0 = unknown
  std::string image;   // path of the program; "" = the kernel, or an address without a program
  bool moves = false;  // the program can be loaded anywhere
};

enum class Term : u8 {
  // leaves
  number,
  place,
  register_value,
  variable,  // of the moment or the event, by name
  memory,    // of left
  process,   // runs, by name
  touches,   // the last instruction accessed left .. right, or `value` bytes from left
  happens,   // an event
  // one operand
  negate,
  invert,
  is_zero,
  // two
  multiply,
  divide,
  modulo,
  add,
  subtract,
  shift_left,
  shift_right,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  unequal,
  bit_and,
  bit_xor,
  bit_or,
  both,
  either,
};

struct Node {
  static constexpr u32 none = ~u32{0};

  Term term = Term::number;
  u32 left = none, right = none;
  u64 value = 0;           // number; size of a touched range, 0 = up to right
  bool is_signed = false;  // number, memory
  bool physical = false;   // memory, touches
  bool reads = false, writes = false;
  u8 bytes = 8;               // memory
  RegisterName reg;           // register_value
  std::string name;           // variable, process
  Location location;          // place; touches: the program that it is in, if any
  trace::KindSet kinds;       // happens
  int arg = -1;               // … and this argument, if any, is
  u64 arg_value = 0;          // … this
  bool of_syscall = false;    // happens: a return to the program from a system call (number arg_value unless arg is -1)
  size_t at = 0, length = 0;  // of its text
};

struct Expression {
  std::string text;
  std::vector<Node> nodes;
  u32 root = Node::none;

  const Node& node(u32 index) const { return nodes[index]; }
};

/// What is wrong, and with which part of the text.
struct ExpressionError {
  std::string message;  // "expected …" or "there is no …", without the place
  size_t at = 0, length = 0;

  /// The message, then the text and a line of carets below the part: three lines.
  std::string shown(std::string_view text) const;
};

/// From a name ("main", "hello:main", "file.c:12") to a place.
using Places = std::function<Result<Location>(std::string_view name)>;

/// The text is at most 4096 bytes.
Result<Expression, ExpressionError> parse_expression(std::string_view text, const Places& places);

}  // namespace lucid::session
