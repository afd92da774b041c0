// SPDX-License-Identifier: MIT
#include "ui/key_pointer.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace lucid::ui {
namespace {

bool sideways(PointerKey key) { return key == PointerKey::left || key == PointerKey::right; }

/// Where in a mark the pointer goes: up and down it keeps its column.
ImVec2 place_in(const Rect& mark, const ImVec2& at, PointerKey key) {
  constexpr float inside = 30;
  const float x = sideways(key) ? mark.x + std::min(mark.w / 2, inside)
                                : std::clamp(at.x, mark.x + 1, std::max(mark.x + 1, mark.right() - 1));
  return {x, mark.y + mark.h / 2};
}

float outside(float at, float from, float to) { return std::max({from - at, at - to, 0.0f}); }

/// Nothing for marks in other directions. What lies aside counts more, so that rows and columns are kept to.
std::optional<float> distance(const Rect& mark, const ImVec2& at, PointerKey key) {
  constexpr float least = 2, weight = 4;
  const ImVec2 to = place_in(mark, at, key);
  const float sign = key == PointerKey::right || key == PointerKey::down ? 1.0f : -1.0f;
  const float ahead = sign * (sideways(key) ? to.x - at.x : to.y - at.y);
  if (ahead < least) return std::nullopt;
  return ahead + weight * (sideways(key) ? outside(at.y, mark.y, mark.bottom()) : outside(at.x, mark.x, mark.right()));
}

/// A place where marks lie, not a mark.
bool place_of_marks(const Rect& mark) { return mark.w > 200 && mark.h > 100; }

}  // namespace

void KeyPointer::take_over(ImGuiIO& io) {
  const bool mouse_moved = io.MousePos.x != mouse_.x || io.MousePos.y != mouse_.y;
  const bool seen = io.MousePos.x >= 0 && io.MousePos.y >= 0;
  mouse_ = io.MousePos;
  if (mouse_moved) on_ = false;
  if (!on_ && seen) at_ = mouse_;
  if (!on_) return;
  io.MousePos = at_;
  if (down_ >= 0) io.MouseDown[down_] = true;
  down_ = -1;
  io.MouseWheel += wheel_;
  wheel_ = 0;
}

void KeyPointer::choose(const std::vector<Rect>& marks) {
  if (keys_.empty() || down_ >= 0) return;
  const PointerKey key = keys_.front();
  keys_.pop_front();
  on_ = true;
  switch (key) {
    case PointerKey::click:
      return void(down_ = 0);
    case PointerKey::ask:
      return void(down_ = 1);
    case PointerKey::scroll_up:
      return void(wheel_ = 1);
    case PointerKey::scroll_down:
      return void(wheel_ = -1);
    default:
      break;
  }
  const Rect* nearest = nullptr;
  float least = 1e9f;
  for (const Rect& mark : marks) {
    const auto far = place_of_marks(mark) ? std::nullopt : distance(mark, at_, key);
    if (far && *far < least) least = *far, nearest = &mark;
  }
  if (nearest) at_ = place_in(*nearest, at_, key);
}

}  // namespace lucid::ui
