// SPDX-License-Identifier: MIT
#include "ui/layout.h"

#include <algorithm>

namespace lucid::ui {
namespace {

constexpr float gap = 10, padding = 14;
constexpr float enough_for_lens_and_timeline = 540;
// A frame in an article, say: wide enough for all, but the picture would be a stamp.
constexpr float small_below_width = 1000, small_below_height = 620;

Layout narrow_layout(float width, float height, float story_height, float transport_height, bool console_lens) {
  Layout layout;
  layout.narrow = true;
  Rect page = Rect{0, 0, width, height}.inset(gap);
  if (transport_height > 0) {
    layout.transport = page.take_bottom(transport_height);
    page.take_bottom(gap);
  }
  if (story_height > 0) {
    layout.left_card = page.take_top(story_height + 2 * padding);
    layout.story = layout.left_card.inset(padding);
    page.take_top(gap);
  }
  // A short lens needs the timeline's place more.
  if (page.h >= enough_for_lens_and_timeline) {
    layout.bottom_card = page.take_bottom(std::clamp(height * 0.12f, 60.0f, 110.0f));
    layout.timeline = layout.bottom_card.inset(8);
    page.take_bottom(gap);
  }
  layout.middle_card = page;
  layout.lens = page.inset(padding);
  if (console_lens) {
    layout.console = layout.lens;
    layout.console.take_top(44);
  }
  return layout;
}

/// Only what the words are about: the story above the lens, the transport below.
Layout small_layout(float width, float height, float story_height, float transport_height, bool console_lens) {
  Layout layout = narrow_layout(width, height, story_height, transport_height, console_lens);
  layout.narrow = false;
  return layout;
}

}  // namespace

Layout compute_layout(float width, float height, float story_height, float transport_height, bool console_lens,
                      bool whole_console) {
  if (width < narrow_below) return narrow_layout(width, height, story_height, transport_height, console_lens);
  if (width < small_below_width && height < small_below_height && !whole_console)
    return small_layout(width, height, story_height, transport_height, console_lens);
  Layout layout;
  Rect page = Rect{0, 0, width, height}.inset(gap);
  const float bottom_height = std::clamp(height * 0.33f, 190.0f, 330.0f);
  layout.bottom_card = page.take_bottom(bottom_height);
  page.take_bottom(gap);
  const float left = std::clamp(width * 0.22f, 250.0f, 330.0f);
  const float right = std::clamp(width * 0.24f, 290.0f, 360.0f);
  layout.left_card = {page.x, page.y, left, page.h};
  layout.right_card = {page.right() - right, page.y, right, page.h};
  layout.middle_card = {page.x + left + gap, page.y, page.w - left - right - 2 * gap, page.h};
  layout.lens = layout.middle_card.inset(padding);
  layout.cpu = layout.right_card.inset(padding);
  layout.processes = layout.left_card.inset(padding);
  if (story_height > 0) {
    layout.story = layout.processes.take_top(std::min(story_height, layout.processes.h));  // what is more scrolls
    layout.processes.take_top(18);
  }
  Rect bottom = layout.bottom_card.inset(padding);
  if (transport_height > 0) {
    layout.transport = bottom.take_top(transport_height);
    bottom.take_top(10);
  }
  if (whole_console) {
    layout.middle_card.w = layout.right_card.right() - layout.middle_card.x;
    layout.console = layout.middle_card.inset(padding);
    layout.right_card = layout.lens = layout.cpu = {};
    layout.timeline = bottom;
    return layout;
  }
  const float console_width = bottom.w * 0.52f;
  layout.console = {bottom.x, bottom.y, console_width, bottom.h};
  layout.timeline = {bottom.x + console_width + 20, bottom.y, bottom.w - console_width - 20, bottom.h};
  return layout;
}

}  // namespace lucid::ui
