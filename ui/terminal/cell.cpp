// SPDX-License-Identifier: MIT
#include "ui/terminal/cell.h"

#include <algorithm>

namespace lucid::ui {

size_t used_cells(const std::vector<Cell>& cells) {
  const auto is_blank = [](const Cell& cell) {
    return cell.character == ' ' && cell.mark == 0 && cell.width == 1 && cell.pen == Pen{};
  };
  size_t used = cells.size();
  while (used > 0 && is_blank(cells[used - 1])) --used;
  return used;
}

std::string name_of(const TerminalColour& colour) {
  using Kind = TerminalColour::Kind;
  if (colour.kind == Kind::standard) return "";
  if (colour.kind == Kind::indexed) return std::to_string(colour.value);
  static constexpr char digits[] = "0123456789abcdef";
  std::string name = "#";
  for (int shift = 20; shift >= 0; shift -= 4) name += digits[colour.value >> shift & 15];
  return name;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18 & 7));
    out += static_cast<char>(0x80 | (c >> 12 & 63));
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
}

std::vector<TextRun> runs_of(const TerminalLine& line) {
  std::vector<TextRun> runs;
  for (const Cell& cell : line.cells) {
    if (runs.empty() || runs.back().pen != cell.pen) runs.push_back({"", cell.pen});
    if (cell.width == 0) continue;
    append_utf8(runs.back().text, cell.character);
    if (cell.mark != 0) append_utf8(runs.back().text, cell.mark);
  }
  return runs;
}

std::string text_of(const TerminalLine& line, size_t from, size_t to) {
  std::string out;
  for (size_t i = from; i < std::min(to, line.cells.size()); ++i) {
    const Cell& cell = line.cells[i];
    if (cell.width == 0) continue;
    append_utf8(out, cell.character);
    if (cell.mark != 0) append_utf8(out, cell.mark);
  }
  if (!line.continued || to < line.cells.size())
    while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace lucid::ui
