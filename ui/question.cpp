// SPDX-License-Identifier: MIT
#include "ui/question.h"

#include <algorithm>

namespace lucid::ui {
namespace {

constexpr float padding = 10, row = 30;

struct Entry {
  Choice choice;
  const char* label;
};

bool draw_entry(const Canvas& c, const Rect& r, const char* label) {
  const Hit area = hit(label, r);
  if (area.hovered) c.fill(r, fade(c.theme->accent, 0.12f), 5);
  c.text(c.fonts->label, r.x + padding, r.y + 6, c.theme->ink, label);
  return area.clicked;
}

}  // namespace

Choice draw_question(const Theme& theme, const Fonts& fonts, const Question& question, bool open) {
  constexpr const char* id = "question";
  if (open) ImGui::OpenPopup(id);
  Choice choice = Choice::none;
  ImGui::PushStyleColor(ImGuiCol_PopupBg, theme.panel);
  ImGui::PushStyleColor(ImGuiCol_Border, theme.line);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {4, 4});
  ImGui::PushStyleVar(ImGuiStyleVar_PopupRounding, 8);
  ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, 1);
  if (ImGui::BeginPopup(id)) {
    forget_places();
    const Canvas c{ImGui::GetWindowDrawList(), &theme, &fonts};
    const std::string head = question.name + (question.name.empty() ? "" : "  ") + question.value + "  copied";
    const Entry entries[] = {{Choice::writer, "Who wrote this? Go back to the last write"},
                             {Choice::watch, "Stop when it is written"}};
    float w = c.width(c.fonts->label, head);
    for (const Entry& entry : entries) w = std::max(w, c.width(c.fonts->label, entry.label));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    Rect r{at.x, at.y, w + 2 * padding, row};
    c.text(c.fonts->label, r.x + padding, r.y + 6, c.theme->soft, head);
    for (const Entry& entry : entries) {
      if (entry.choice == Choice::watch && question.watch.empty()) continue;
      r.y += row;
      if (draw_entry(c, r, entry.label)) choice = entry.choice;
    }
    if (choice != Choice::none) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(3);
  ImGui::PopStyleColor(2);
  return choice;
}

AnswerClick draw_answer(const Canvas& c, const Rect& r, const Answer& answer) {
  AnswerClick click = AnswerClick::none;
  c.fill(r, c.theme->paper, 7);
  c.frame(r, answer.refused ? c.theme->danger : c.theme->accent, 7);
  float right = r.right() - 4;
  const auto button = [&](const char* id, const char* label, AnswerClick means) {
    right -= c.width(c.fonts->strong, label) + 22;
    if (chip(c, id, right, r.y + 3, label, false, nullptr)) click = means;
  };
  button("answer-close", "\u00d7", AnswerClick::close);
  if (answer.back_to) button("answer-back", "back to where I asked", AnswerClick::back);
  const Rect words{r.x + 10, r.y, right - r.x - 14, r.h};
  const bool cut = c.width(c.fonts->label, answer.text) > words.w * 1.9f;
  if (cut)
    c.text_fit(c.fonts->label, words.x, r.y + 8, words.w, c.theme->ink, answer.text);
  else
    c.text_wrapped(c.fonts->label, words.x, r.y + 8, words.w, c.theme->ink, answer.text);
  if (hit("answer-text", words).hovered && cut) tooltip(c, answer.text);
  return click;
}

}  // namespace lucid::ui
