// SPDX-License-Identifier: MIT
// What stands in the assembler's two boxes, text and bytes, and what it became. The host owns the boxes (DOM or
// ImGui) and has the text assembled; the page does that in a module of its own, loaded when it is first wanted.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/assembler/assembler.h"
#include "core/assembler/program.h"
#include "core/inspect/instruction_fields.h"

namespace lucid::ui {

/// Where a text is assembled for being looked at: where its code lies as a program of its own.
constexpr u64 draft_origin = assembler::program_base + page_size;

/// A stretch of bytes that is one instruction, or one line's data.
struct DraftLine {
  u32 line = 0;  // of the text; 0: the bytes were typed
  bool code = true;
  inspect::InstructionView instruction;  // of data its bytes, at most most_data of them
  u64 size = 0;                          // all of them
};

struct Draft {
  static constexpr u64 most_lines = 4096, most_data = 64;

  std::string text;              // the box that was written in last: assembly, or with `typed` bytes
  bool typed = false;            // bytes were typed; the text was made from them
  assembler::Assembly assembly;  // of the text; its errors may be those of the bytes
  bool same_again = false;       // text made from the bytes gives the bytes again, or bytes typed come from their text
  u32 line = 0;                  // where the caret is, from 1; 0 = nowhere
  std::vector<DraftLine> lines;  // in the order of their addresses
  std::string code_bytes;        // of .text in hexadecimal, for the box of bytes

  bool empty() const { return lines.empty() && assembly.errors.empty(); }
};

/// A text as the assembler took it, at draft_origin.
Draft draft_of_text(std::string text, assembler::Assembly assembly, bool comes_back, u32 line);
/// Bytes as they were typed: what is wrong with them, or a text for them, each line an instruction, in `text_of`.
struct TypedBytes {
  std::vector<u8> bytes;
  std::vector<assembler::Diagnostic> errors;
  std::string text_of;  // "db 0x06" for what is no instruction
};
TypedBytes read_bytes(std::string_view hex);
/// With the assembly of their text.
Draft draft_of_bytes(std::string hex, const TypedBytes& typed, assembler::Assembly assembly);

}  // namespace lucid::ui
