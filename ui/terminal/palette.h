// SPDX-License-Identifier: MIT
// What a terminal's colours look like on our paper.
#pragma once
#include "ui/terminal/cell.h"
#include "ui/theme.h"

namespace lucid::ui {

struct CellColours {
  u32 ink, paper;  // ImU32; paper 0 = as it is
  bool operator==(const CellColours&) const = default;
};

/// The first sixteen fit the theme; the rest is xterm's cube of 6 x 6 x 6 and its 24 greys.
CellColours colours_of(const Pen& pen, const Theme& theme);

}  // namespace lucid::ui
