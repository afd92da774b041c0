// SPDX-License-Identifier: MIT
// One place of a terminal's screen, and a row of them.
#pragma once
#include <string>
#include <vector>

#include "core/base/types.h"

namespace lucid::ui {

/// A colour as programs name it.
struct TerminalColour {
  enum class Kind : u8 { standard, indexed, direct };
  Kind kind = Kind::standard;
  u32 value = 0;  // indexed: 0..255; direct: 0xRRGGBB
  bool operator==(const TerminalColour&) const = default;
};

/// How characters are drawn (SGR, ECMA-48 8.3.117).
struct Pen {
  enum Style : u8 { bold = 1, dim = 2, italic = 4, underlined = 8, inverse = 16, hidden = 32, struck = 64 };
  TerminalColour ink, paper;
  u8 style = 0;
  bool operator==(const Pen&) const = default;
};

struct Cell {
  char32_t character = ' ';
  char32_t mark = 0;  // combined with the character; 0 = none
  u8 width = 1;       // 2: the next cell is its right half, whose width is 0
  Pen pen;
};

struct TerminalLine {
  std::vector<Cell> cells;
  u64 version = 0;         // another one whenever it changes
  bool continued = false;  // the next line goes on with it: a wrap, no line feed
};

/// How many of a line's cells there are without the blanks at its end.
size_t used_cells(const std::vector<Cell>& cells);
/// "" for the standard one, "5" for an indexed one, "#010203".
std::string name_of(const TerminalColour& colour);
void append_utf8(std::string& out, char32_t character);
/// A piece of a line that looks the same all over.
struct TextRun {
  std::string text;
  Pen pen;
};
std::vector<TextRun> runs_of(const TerminalLine& line);
/// Of cells [from, to), without the blanks at the line's end.
std::string text_of(const TerminalLine& line, size_t from = 0, size_t to = ~size_t{0});

}  // namespace lucid::ui
