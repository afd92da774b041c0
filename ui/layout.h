// SPDX-License-Identifier: MIT
// Where everything is, in CSS pixels from the canvas's top left corner.
//
//   wide                                   narrow (< 900)
//   +---------+-------------------+------+ +----------------+
//   | story   | lens tabs         | cpu  | | story          |
//   |         |                   |      | | lens tabs      |
//   | process |   lens            |      | |   lens         |
//   +---------+-------------------+------+ | timeline       |
//   | transport                          | | transport      |
//   | console            | timeline      | +----------------+
//   +------------------------------------+
#pragma once

namespace lucid::ui {

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  bool empty() const { return w <= 0 || h <= 0; }
  bool holds(float px, float py) const { return px >= x && px < right() && py >= y && py < bottom(); }
  Rect inset(float by) const { return {x + by, y + by, w - 2 * by, h - 2 * by}; }
  /// Takes a strip off the top (the rest stays in this).
  Rect take_top(float height) {
    const Rect strip{x, y, w, height};
    y += height;
    h -= height;
    return strip;
  }
  Rect take_bottom(float height) {
    h -= height;
    return {x, y + h, w, height};
  }
};

struct Layout {
  bool narrow = false;
  Rect story, processes, lens, cpu, transport, console, timeline;  // empty = not shown
  Rect breakpoint_box, source_box;                       // where the host takes text; of the panel that is shown
  Rect left_card, middle_card, right_card, bottom_card;  // the paper they lie on
};

constexpr float narrow_below = 900;

/// `whole_console`: it takes the lens's and the processor's place, where all rows of a terminal have room.
Layout compute_layout(float width, float height, float story_height, float transport_height, bool console_lens,
                      bool whole_console);

}  // namespace lucid::ui
