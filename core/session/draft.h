// SPDX-License-Identifier: MIT
// Assembly text, or bytes, as somebody writes them: what became of them, explained byte by byte. The page has this
// done by a module of its own, loaded when it is first wanted (web/assembler_module.cpp, packed_draft.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/assembler/diagnostic.h"
#include "core/inspect/instruction_fields.h"

namespace lucid::session {

/// A stretch of bytes that is one instruction, or one line's data.
struct DraftLine {
  u32 line = 0;  // of the text; 0: the bytes were typed
  bool code = true;
  inspect::InstructionView instruction;  // of data its address and bytes, at most most_data of them
  u64 size = 0;                          // all of them
};

struct Draft {
  static constexpr u64 most_lines = 4096, most_data = 64;

  std::string text;                           // what was written: assembly, or with `typed` bytes
  bool typed = false;                         // bytes were written
  std::vector<assembler::Diagnostic> errors;  // not empty: no more is valid
  std::vector<DraftLine> lines;               // in the order of their addresses
  u64 size = 0;                               // bytes of all sections
  std::string other;                          // the other way: the code's bytes in hexadecimal, or the bytes' text
  bool same_again = false;                    // that leads back to the same bytes
  u32 line = 0;                               // where the caret is in the text, from 1; 0 = nowhere

  bool empty() const { return lines.empty() && errors.empty(); }
};

/// As it would lie as a program of its own.
Draft draft_of_text(std::string text, u32 caret_line);
/// Pairs of hexadecimal digits as 64-bit code; what is no instruction becomes "db 0x06" in their text.
Draft draft_of_bytes(std::string hex);

}  // namespace lucid::session
