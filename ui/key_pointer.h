// SPDX-License-Identifier: MIT
// The pointer as keys move it: an arrow takes it to the next mark in its direction, and it clicks, asks and scrolls
// there as a mouse does. So whatever a mouse can do in the panels can be done without one, and no panel knows.
#pragma once
#include <imgui.h>

#include <deque>
#include <vector>

#include "core/base/types.h"
#include "ui/layout.h"

namespace lucid::ui {

enum class PointerKey : u8 { left, right, up, down, click, ask, scroll_up, scroll_down };

class KeyPointer {
 public:
  void press(PointerKey key) { keys_.push_back(key); }
  /// Between the backend's NewFrame() and ImGui's: until the mouse moves again the pointer is here.
  void take_over(ImGuiIO& io);
  /// Keys wait for the marks of the frame that is drawn: call choose() with them.
  bool wants_marks() const { return !keys_.empty(); }
  void choose(const std::vector<Rect>& marks);
  /// It moves, or its button is down: more frames are due.
  bool busy() const { return !keys_.empty() || down_ >= 0 || wheel_ != 0; }
  /// The keys have it, not the mouse.
  bool on() const { return on_; }
  ImVec2 at() const { return at_; }

 private:
  std::deque<PointerKey> keys_;
  ImVec2 mouse_{-1, -1};  // where the backend saw the mouse last
  ImVec2 at_{0, 0};
  int down_ = -1;  // the button that goes down in the next frame
  float wheel_ = 0;
  bool on_ = false;
};

}  // namespace lucid::ui
