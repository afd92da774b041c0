// SPDX-License-Identifier: MIT
#include "ui/terminal/palette.h"

#include <imgui.h>

#include <utility>

namespace lucid::ui {
namespace {

u32 rgb(u32 red, u32 green, u32 blue) { return IM_COL32(red, green, blue, 255); }

/// Black and white are read on any paper of ours: as ink soft and plain, as paper both a shade.
u32 named(u32 index, const Theme& theme, bool as_paper) {
  static constexpr int owner_of[8] = {-1, 1, 2, 4, 0, 3, 5, -2};  // black red green yellow blue magenta cyan white
  const int owner = owner_of[index & 7];
  if (owner >= 0) return theme.process[owner];
  if (as_paper) return theme.line;
  return owner == -1 ? theme.soft : theme.ink;
}

u32 indexed(u32 index, const Theme& theme, bool as_paper) {
  if (index < 16) return named(index, theme, as_paper);
  if (index >= 232) return rgb(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
  const auto level = [](u32 step) { return step == 0 ? 0 : 55 + step * 40; };
  return rgb(level((index - 16) / 36), level((index - 16) / 6 % 6), level((index - 16) % 6));
}

u32 colour_of(const TerminalColour& colour, u32 standard, const Theme& theme, bool as_paper) {
  switch (colour.kind) {
    case TerminalColour::Kind::standard:
      return standard;
    case TerminalColour::Kind::indexed:
      return indexed(colour.value, theme, as_paper);
    case TerminalColour::Kind::direct:
      return rgb(colour.value >> 16 & 255, colour.value >> 8 & 255, colour.value & 255);
  }
  return standard;
}

}  // namespace

CellColours colours_of(const Pen& pen, const Theme& theme) {
  u32 ink = colour_of(pen.ink, theme.ink, theme, false), paper = colour_of(pen.paper, 0, theme, true);
  if (pen.style & Pen::inverse) ink = std::exchange(paper, ink), ink = ink == 0 ? theme.paper : ink;
  if (pen.style & Pen::dim) ink = fade(ink, 0.6f);
  if (pen.style & Pen::hidden) ink = fade(ink, 0);
  return {ink, paper};
}

}  // namespace lucid::ui
