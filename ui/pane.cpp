// SPDX-License-Identifier: MIT
#include "ui/pane.h"

#include <algorithm>

namespace lucid::ui {
namespace {

constexpr float long_press_seconds = 0.6f;

bool asked_to_copy() {
  const ImGuiIO& io = ImGui::GetIO();
  return io.MouseClicked[1] || (io.MouseDownDurationPrev[0] < long_press_seconds &&
                                io.MouseDownDuration[0] >= long_press_seconds && io.MouseDragMaxDistanceSqr[0] < 16);
}

std::string tooltip_text(const Meaning& m) {
  std::string text(m.name);
  if (!m.value.empty()) text += (text.empty() ? "" : "  ") + m.value;
  if (!m.explain.empty()) text += (text.empty() ? "" : "\n") + std::string(m.explain);
  if (!m.click.empty()) text += "\nClick: " + std::string(m.click);
  return text;
}

}  // namespace

size_t Pane::scrolled(const Rect& r, size_t lines, float line_height) const {
  const float fits = std::max(1.0f, static_cast<float>(static_cast<int>(r.h / line_height)));
  const float most = std::max(0.0f, static_cast<float>(lines) - fits);
  state.scroll = std::clamp(state.scroll - wheel(r) * 3, 0.0f, most);
  return static_cast<size_t>(state.scroll);
}

Hit spot(Pane& pane, const Rect& r, const Meaning& meaning) {
  const Canvas& c = pane.c;
  if (pane.fields && !meaning.name.empty())
    pane.fields->push_back({pane.panel, std::string(meaning.name), meaning.value});
  const std::string id = format("%s:%.*s:%.0f:%.0f", pane.panel, static_cast<int>(meaning.name.size()),
                                meaning.name.data(), static_cast<double>(r.x), static_cast<double>(r.y));
  const Hit area = hit(id.c_str(), r);
  if (pane.focus.lights(meaning.thing)) {
    const Rect around = r.inset(-1);
    c.fill(around, fade(c.theme->accent, 0.10f), 4);
    c.frame(around, c.theme->accent, 4, 1.5f);
  }
  if (!area.hovered) return area;
  if (meaning.thing) pane.picks.hovered = meaning.thing;
  if (asked_to_copy() && !meaning.value.empty()) pane.picks.copy = meaning.value;
  if (area.clicked && meaning.thing) pane.picks.selected = meaning.thing;
  const std::string text = tooltip_text(meaning);
  if (!text.empty()) tooltip(c, text);
  return area;
}

void field(Pane& pane, const Rect& r, float name_width, const Meaning& meaning, float change) {
  const Canvas& c = pane.c;
  const float value_x = r.x + name_width;
  const float room = r.right() - value_x;
  if (change > 0)
    c.fill({value_x - 4, r.y, std::min(room, c.width(c.fonts->mono, meaning.value)) + 8, r.h},
           fade(c.theme->changed, change), 3);
  c.text_fit(c.fonts->label, r.x, r.y, name_width - 6, c.theme->soft, meaning.name);
  c.text_fit(c.fonts->mono, value_x, r.y, room, c.theme->ink, meaning.value);
  spot(pane, r, meaning);
}

}  // namespace lucid::ui
