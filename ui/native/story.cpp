// SPDX-License-Identifier: MIT
#include "ui/native/story.h"

#include <algorithm>
#include <cctype>

#include "ui/scene_view.h"

namespace lucid::gui {

std::string Story::go_to(size_t beat) {
  const size_t index = std::clamp<size_t>(beat, 1, scene_.beats.size()) - 1;
  if (auto there = player_.go_to(index); !there) return there.error().message;
  ui::show_beat(app_, player_, session_);
  return "";
}

namespace {

/// A chip; moves x behind it.
bool button(const ui::Canvas& c, const char* id, float& x, float y, const std::string& label, bool on) {
  float width = 0;
  const bool clicked = ui::chip(c, id, x, y, label, on, &width);
  x += width + 8;
  return clicked;
}

std::string capitals(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return text;
}

}  // namespace

void Story::draw(const ui::Canvas& c, ui::Rect area) {
  const ui::Fonts& fonts = *c.fonts;
  const size_t beat = player_.beat();
  ui::Rect rest = area;
  c.text_right(fonts.mono_small, area.right(), area.y, c.theme->soft,
               ui::format("%zu / %zu", beat + 1, scene_.beats.size()));
  const std::string chapter = std::to_string(scene_.chapter);
  rest.take_top(c.heading(area.x, area.y, chapter + " \u00b7 " + capitals(library_.text("chapter." + chapter))));
  const auto paragraph = [&](ImFont* font, ImU32 colour, const std::string& text, float gap) {
    if (!text.empty()) rest.take_top(c.text_wrapped(font, rest.x, rest.y, rest.w, colour, text) + gap);
  };
  paragraph(fonts.strong, c.theme->ink, library_.of(scene_, "title"), 4);
  paragraph(fonts.body, c.theme->ink, library_.of(scene_, beat), 10);
  if (!on_rails()) {
    paragraph(fonts.label, c.theme->accent, "The machine has moved on from here: next or N comes back.", 8);
  } else if (const auto answer = player_.answer(); answer && answer.value() != 0) {
    const size_t asked = scene_.asked_before(beat);
    const std::string text = library_.of(scene_, asked, "choice." + std::to_string(answer.value()));
    const auto chosen = chosen_.find(asked);
    const char* verdict = chosen == chosen_.end()            ? "So it is: "
                          : chosen->second == answer.value() ? "You saw it coming: "
                                                             : "Not as you guessed: ";
    paragraph(fonts.strong, c.theme->accent, verdict + text, 8);
  }
  draw_question(c, rest);
  const std::string& note = library_.of(scene_, beat, "note");
  if (!note.empty()) paragraph(fonts.label, c.theme->soft, "To be exact: " + note, 10);
  draw_buttons(c, rest);
  height_ = rest.y + 30 - area.y;
}

void Story::draw_question(const ui::Canvas& c, ui::Rect& rest) {
  const size_t beat = player_.beat();
  const unsigned choices = scene_.beats[beat].choices;
  if (choices == 0) return;
  const float top = rest.y;
  const float x = rest.x + 12, w = rest.w - 12;
  rest.take_top(c.text_wrapped(c.fonts->strong, x, rest.y, w, c.theme->ink, library_.of(scene_, beat, "question")) + 4);
  for (unsigned i = 1; i <= choices; ++i) {
    const std::string text = library_.of(scene_, beat, "choice." + std::to_string(i));
    const auto chosen = chosen_.find(beat);
    float from = x;
    const bool on = chosen != chosen_.end() && chosen->second == i;
    if (button(c, ui::format("choice%u", i).c_str(), from, rest.y, text, on)) chosen_[beat] = i;
    rest.take_top(32);
  }
  c.fill({rest.x, top, 3, rest.y - top}, c.theme->accent, 1);
  rest.take_top(10);
}

void Story::draw_buttons(const ui::Canvas& c, ui::Rect rest) {
  const size_t beat = player_.beat(), count = scene_.beats.size();
  float x = rest.x, end = rest.right() - 56;
  if (beat > 0 && button(c, "story-back", x, rest.y, "back", false)) back();
  if (beat + 1 < count && button(c, "story-next", end, rest.y, "next", true)) next();
  // Between the buttons, closer together when they are many.
  const float room = rest.w - 2 * 62, n = static_cast<float>(count);
  const float pitch = std::min(12.0f, room / n), size = std::min(7.0f, pitch - 2);
  const float from = rest.x + rest.w / 2 - n * pitch / 2;
  for (size_t i = 0; i < count; ++i) {
    const ui::Rect dot{from + static_cast<float>(i) * pitch, rest.y + 14.5f - size / 2, size, size};
    c.fill(dot, i == beat ? c.theme->accent : i < beat ? c.theme->soft : c.theme->line, size / 2);
    if (ui::hit(ui::format("beat%zu", i).c_str(), {dot.x - 2, dot.y - 6, pitch, 19}).clicked) go_to(i + 1);
  }
}

}  // namespace lucid::gui
