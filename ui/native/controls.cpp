// SPDX-License-Identifier: MIT
// What the page has as DOM: the row of buttons, the story, the box for breakpoints.
#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "ui/draw.h"
#include "ui/native/gui.h"
#include "ui/native/steps.h"
#include "ui/stops.h"

namespace lucid::gui {
namespace {

/// A window of Dear ImGui without any look of its own, over a place the panels left.
struct Over {
  Over(const char* id, const ui::Rect& area) {
    ImGui::SetNextWindowPos({area.x, area.y});
    ImGui::SetNextWindowSize({area.w, area.h});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
    ImGui::Begin(id, nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings);
    ImGui::PopStyleVar(2);
  }
  ~Over() { ImGui::End(); }
  Over(const Over&) = delete;
  Over& operator=(const Over&) = delete;
};

}  // namespace

void Gui::draw_transport() {
  const ui::Fonts* fonts = &app_.fonts();
  const ui::Rect area = app_.places().transport;
  if (area.empty()) return;
  const Over over("transport", area);
  const ui::Canvas c{ImGui::GetWindowDrawList(), &ui::theme(input_.dark), fonts};
  float x = area.x, w = 0;
  const auto button = [&](const char* label, bool on) {
    const bool clicked = ui::chip(c, label, x, area.y, label, on, &w);
    x += w + 8;
    return clicked;
  };
  if (button("Reset", false)) session_->reset(), app_.forget(), running_ = true;
  if (button(running_ ? "Pause" : "Run", true)) running_ = !running_ && !session_->over();
  if (button("Back", false)) step(true);
  if (button("Step", false)) step(false);
  if (button("Step over", false)) step_over(false);
  if (button(input_.dark ? "Light" : "Dark", false)) input_.dark = !input_.dark;
  if (area.right() - x > 130 && button(step_names[grain_].name, false)) grain_ = (grain_ + 1) % std::size(step_names);
  if (area.right() - x < 330) return;
  c.text_right(fonts->mono, area.right(), area.y + 6, c.theme->soft,
               ui::format("%sinstruction %s \u00b7 %s", session_->in_past() ? "in the past \u00b7 " : "",
                          ui::grouped(session_->instruction()).c_str(), ui::duration(session_->time()).c_str()));
}

void Gui::draw_story() {
  const ui::Rect area = app_.places().story;
  if (!story_ || area.empty()) return;
  const Over over("story", area);
  const u64 jumps = session_->jumps();
  story_->draw({ImGui::GetWindowDrawList(), &ui::theme(input_.dark), &app_.fonts()}, area);
  if (session_->jumps() != jumps) running_ = false;
}

/// Why time does not go on, over the lens.
void Gui::draw_ending() {
  if (!session_->over() || session_->in_past()) return;
  std::string text = session_->death_reason();
  if (text.empty()) text = ui::format("The machine is off; its last exit status is %d.", session_->exit_status());
  text += story_ ? " Back shows what led there." : " F5 starts it again.";
  const ui::Layout& places = app_.places();
  const ui::Rect place = places.lens.empty() ? places.console : places.lens;
  constexpr float air = 12;
  const ui::Fonts& fonts = app_.fonts();
  const float w = std::min(place.w - 4 * air, 460.0f);
  const ui::Canvas measure{nullptr, &ui::theme(input_.dark), &fonts};
  const float h = measure.height_wrapped(fonts.label, w, text);
  const ui::Rect box{place.x + (place.w - w) / 2 - air, place.y + (place.h - h) / 2 - air, w + 2 * air, h + 2 * air};
  const Over over("ending", box);
  const ui::Canvas c{ImGui::GetWindowDrawList(), &ui::theme(input_.dark), &fonts};
  c.fill(box, c.theme->panel, 10);
  c.frame(box, c.theme->danger, 10);
  c.text_wrapped(fonts.label, box.x + air, box.y + air, w, c.theme->ink, text);
}

void Gui::edit_breakpoint(const std::string& text) {
  std::snprintf(draft_, sizeof draft_, "%s", text.c_str());
  focus_draft_ = true;
}

void Gui::draw_breakpoint_box() {
  const ui::Rect area = app_.places().breakpoint_box;
  if (area.empty()) return;
  const ui::Theme& t = ui::theme(input_.dark);
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.w, area.h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {10, 8});
  ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, 7);
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 1);
  ImGui::PushStyleColor(ImGuiCol_FrameBg, t.paper);
  ImGui::PushStyleColor(ImGuiCol_Border, t.line);
  ImGui::PushStyleColor(ImGuiCol_Text, t.ink);
  ImGui::PushStyleColor(ImGuiCol_TextDisabled, t.soft);
  ImGui::PushStyleColor(ImGuiCol_TextSelectedBg, ui::fade(t.accent, 0.3f));
  ImGui::PushFont(app_.fonts().mono);
  ImGui::Begin("breakpoint", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings);
  ImGui::SetNextItemWidth(area.w);
  if (std::exchange(focus_draft_, false)) ImGui::SetKeyboardFocusHere();
  if (ImGui::InputTextWithHint("##draft", "stop at: main, write(counter), syscall openat \u2026", draft_, sizeof draft_,
                               ImGuiInputTextFlags_EnterReturnsTrue) &&
      draft_[0] != '\0') {
    if (ui::add_breakpoint(draft_, *session_, app_)) draft_[0] = '\0';
    focus_draft_ = true;
  }
  ImGui::End();
  ImGui::PopFont();
  ImGui::PopStyleColor(5);
  ImGui::PopStyleVar(5);
}

/// What is wrong with one stands in the box, and why below it.
void Gui::set_breaks() {
  for (const std::string& each : options_.breaks)
    if (!ui::add_breakpoint(each, *session_, app_)) edit_breakpoint(each);
}

}  // namespace lucid::gui
