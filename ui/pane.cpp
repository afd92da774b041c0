// SPDX-License-Identifier: MIT
#include "ui/pane.h"

#include <algorithm>
#include <cctype>

#include "core/session/register_name.h"

namespace lucid::ui {
namespace {

constexpr float long_press_seconds = 0.6f;

bool asked_to_copy() {
  const ImGuiIO& io = ImGui::GetIO();
  return io.MouseClicked[1] || (io.MouseDownDurationPrev[0] < long_press_seconds &&
                                io.MouseDownDuration[0] >= long_press_seconds && io.MouseDragMaxDistanceSqr[0] < 16);
}

constexpr u64 most_bytes_asked_about = page_size;

/// Registers and memory have writers; nothing else.
std::optional<Question> question_about(const Meaning& m) {
  std::string name(m.name);
  std::string reg_name(m.reg);
  for (char& letter : reg_name) letter = static_cast<char>(std::tolower(letter));
  if (const auto reg = session::find_register(reg_name))
    return Question{name, m.value, session::WrittenRegister{*reg}, ""};
  const Thing& t = m.thing;
  if (t.size > most_bytes_asked_about) return std::nullopt;
  if (name.empty()) name = hexadecimal(t.value);
  if (t.kind == Thing::Kind::physical)
    return Question{name, m.value, session::WrittenRam{Gpa{t.value}, t.size},
                    "write(phys " + hexadecimal(t.value) + ", " + hexadecimal(t.size) + ")"};
  if (t.kind != Thing::Kind::address) return std::nullopt;
  const bool of_process = t.pid != 0 && t.value >> 63 == 0;
  return Question{name, m.value, session::WrittenMemory{t.pid, Gva{t.value}, t.size},
                  "write(" + hexadecimal(t.value) + ", " + hexadecimal(t.size) + ")" +
                      (of_process ? " pid " + std::to_string(t.pid) : "")};
}

std::string tooltip_text(const Meaning& m) {
  std::string text(m.name);
  if (!m.value.empty()) text += (text.empty() ? "" : "  ") + m.value;
  if (!m.explain.empty()) text += (text.empty() ? "" : "\n") + std::string(m.explain);
  if (!m.click.empty()) text += "\nClick: " + std::string(m.click);
  if (!text.empty() && question_about(m)) text += "\nOther button: who wrote this?";
  return text;
}

/// In the margin right of a list, when there is more of it: which part of the whole is shown, 0..1.
void draw_scroll_bar(const Canvas& c, const Rect& r, float from, float part) {
  constexpr float width = 3, margin = 6, least = 16;
  const float height = std::max(least, r.h * part);
  const float top = std::min(r.y + r.h * from, r.bottom() - height);
  c.list->PushClipRectFullScreen();
  c.fill({r.right() + margin, top, width, height}, fade(c.theme->soft, 0.4f), width / 2);
  c.list->PopClipRect();
}

/// What is narrower gets no ring when it lights up: rings of slivers side by side would hide what they are around.
constexpr float least_ring = 4;

}  // namespace

size_t Pane::scrolled(const Rect& r, size_t lines, float line_height) const {
  const float fits = std::max(1.0f, static_cast<float>(static_cast<int>(r.h / line_height)));
  const float most = std::max(0.0f, static_cast<float>(lines) - fits);
  state.scroll = std::clamp(state.scroll - wheel(r) * 3, 0.0f, most);
  if (most > 0) draw_scroll_bar(c, r, state.scroll / static_cast<float>(lines), fits / static_cast<float>(lines));
  return static_cast<size_t>(state.scroll);
}

bool Pane::follow() const {
  state.followed = focus.thing();
  return !state.hovered;
}

void Pane::bring_into_sight(const Rect& r, size_t line, float line_height) const {
  if (follow()) show_line(r, line, line_height);
}

void Pane::show_line(const Rect& r, size_t line, float line_height) const {
  const float fits = std::max(1.0f, static_cast<float>(static_cast<int>(r.h / line_height)));
  const auto at = static_cast<float>(line);
  if (at < state.scroll || at + 1 > state.scroll + fits)
    state.scroll = std::max(0.0f, at - static_cast<float>(static_cast<int>(fits / 2)));
}

Hit spot(Pane& pane, const Rect& r, const Meaning& meaning) {
  const std::string id = format("%s:%.*s:%.0f:%.0f", pane.panel, static_cast<int>(meaning.name.size()),
                                meaning.name.data(), static_cast<double>(r.x), static_cast<double>(r.y));
  const Hit area = hit(id.c_str(), r);
  spot(pane, r, meaning, area);
  return area;
}

void spot(Pane& pane, const Rect& r, const Meaning& meaning, const Hit& area) {
  const Canvas& c = pane.c;
  note_place(r);
  const bool lit = pane.focus.lights(meaning.thing) || pane.focus.lights_register(meaning.reg);
  if (pane.fields)
    pane.fields->push_back({pane.panel, std::string(meaning.name), meaning.value, std::string(meaning.explain), r,
                            meaning.thing, tooltip_text(meaning), lit});
  if (lit && r.w >= least_ring) {
    const float air = r.w > 2 * r.h ? 3.0f : 1.0f;  // words begin at the edge of their place; squares are drawn inside
    const Rect around{r.x - air, r.y - 1, r.w + 2 * air, r.h + 2};
    c.fill(around, fade(c.theme->accent, 0.10f), 4);
    c.frame(around, c.theme->accent, 4, 1.5f);
  }
  if (!area.hovered) return;
  if (meaning.thing) pane.picks.hovered = meaning.thing;
  if (asked_to_copy() && !meaning.value.empty()) {
    pane.picks.copy = meaning.value;
    pane.picks.question = question_about(meaning);
  }
  if (area.clicked && meaning.thing) pane.picks.selected = meaning.thing;
  const std::string text = tooltip_text(meaning);
  if (!text.empty()) tooltip(c, text);
}

float told(Pane& pane, const Rect& r, const std::string& text, std::string_view explain, const Thing& thing) {
  const Canvas& c = pane.c;
  const float w = std::min(r.w, c.width(c.fonts->label, text));
  c.text_fit(c.fonts->label, r.x, r.y, r.w, c.theme->soft, text);
  spot(pane, {r.x, r.y, w, r.h}, {"", text, explain, thing, ""});
  return w;
}

float told_wrapped(Pane& pane, const Rect& r, ImU32 colour, const std::string& text, std::string_view explain,
                   const Thing& thing) {
  const float h = pane.c.text_wrapped(pane.c.fonts->label, r.x, r.y, r.w, colour, text);
  spot(pane, {r.x, r.y, r.w, h}, {"", text, explain, thing, ""});
  return h;
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
