// SPDX-License-Identifier: MIT
#include "ui/draw.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace lucid::ui {
namespace {

constexpr float heading_tracking = 0.9f;

/// Panels draw such squares by the hundred.
bool is_stamped(const Rect& r, float rounding) {
  return rounding > 0 && rounding <= 3 && r.w >= 7 && r.w <= 20 && std::abs(r.w - r.h) < 1.5f;
}

/// Who looks for the next place that reacts keeps them there (note_place); null: nobody does.
std::vector<Rect>* wanted_places() { return static_cast<std::vector<Rect>*>(ImGui::GetIO().UserData); }

void stamp(ImDrawList* list, const Stamp& picture, const Rect& r, ImU32 colour) {
  const float x = r.w * picture.air, y = r.h * picture.air;
  list->PrimReserve(6, 4);
  list->PrimRectUV({r.x - x, r.y - y}, {r.right() + x, r.bottom() + y}, picture.from, picture.to, colour);
}

}  // namespace

float Canvas::size(const ImFont* font) { return font->FontSize * ImGui::GetIO().FontGlobalScale; }
float Canvas::line_height(const ImFont* font) { return std::round(size(font) * 1.45f); }

float Canvas::width(ImFont* font, std::string_view text) const {
  return font->CalcTextSizeA(size(font), 1e9f, 0, text.data(), text.data() + text.size()).x;
}

float Canvas::text(ImFont* font, float x, float y, ImU32 colour, std::string_view text) const {
  list->AddText(font, size(font), {x, y}, colour, text.data(), text.data() + text.size());
  const float w = width(font, text);
  if (texts) note(text, {x, y, w, size(font)});
  if (cuts) note_cut({x, y, w, size(font)}, text);
  return w;
}

void Canvas::note(std::string_view text, const Rect& place) const {
  const ImVec2 from = list->GetClipRectMin(), to = list->GetClipRectMax();
  const float x = place.x + place.w / 2, y = place.y + place.h / 2;
  if (x > from.x && x < to.x && y > from.y && y < to.y) texts->push_back({std::string(text), place, {}});
}

/// What the edge cuts through; what is outside altogether is another matter.
void Canvas::note_cut(const Rect& place, std::string_view text) const {
  const ImVec2 from = list->GetClipRectMin(), to = list->GetClipRectMax();
  const bool seen = place.x < to.x && place.right() > from.x && place.y < to.y && place.bottom() > from.y;
  const bool whole =
      place.x >= from.x - 1 && place.right() <= to.x + 1 && place.y >= from.y - 2 && place.bottom() <= to.y + 2;
  if (seen && !whole) cuts->push_back({"", std::string(text), place, false});
}

float Canvas::text_right(ImFont* font, float right, float y, ImU32 colour, std::string_view what) const {
  const float w = width(font, what);
  text(font, right - w, y, colour, what);
  return w;
}

bool Canvas::text_fit(ImFont* font, float x, float y, float available, ImU32 colour, std::string_view what) const {
  if (width(font, what) <= available) {
    text(font, x, y, colour, what);
    return false;
  }
  std::string cut(what);
  const float ellipsis = width(font, "\u2026");
  while (!cut.empty() && width(font, cut) + ellipsis > available) {
    do cut.pop_back();
    while (!cut.empty() && (cut.back() & 0xc0) == 0x80);
    if (!cut.empty() && (cut.back() & 0xc0) == 0xc0) cut.pop_back();
  }
  text(font, x, y, colour, cut + "\u2026");
  if (cuts) cuts->push_back({"", std::string(what), {x, y, available, size(font)}, true});
  return true;
}

float Canvas::text_wrapped(ImFont* font, float x, float y, float available, ImU32 colour, std::string_view what) const {
  list->AddText(font, size(font), {x, y}, colour, what.data(), what.data() + what.size(), available);
  const float used = height_wrapped(font, available, what);
  if (texts) note(what, {x, y, available, used});
  if (cuts) note_cut({x, y, std::min(available, width(font, what)), used}, what);
  return used;
}

float Canvas::height_wrapped(ImFont* font, float available, std::string_view what) const {
  return font->CalcTextSizeA(size(font), 1e9f, available, what.data(), what.data() + what.size()).y;
}

float Canvas::heading(float x, float y, std::string_view what) const {
  Canvas letters = *this;
  letters.texts = nullptr;  // a heading tells no values
  for (size_t i = 0, length = 1; i < what.size(); i += length) {
    for (length = 1; i + length < what.size() && (what[i + length] & 0xc0) == 0x80;) ++length;  // UTF-8
    x += letters.text(fonts->heading, x, y, theme->soft, what.substr(i, length)) + heading_tracking;
  }
  return 22;
}

float Canvas::heading_width(std::string_view what) const {
  return width(fonts->heading, what) + heading_tracking * static_cast<float>(what.size());
}

float Canvas::address(float x, float y, u64 value, ImU32 colour) const {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  size_t zeros = 0;
  while (zeros < 15 && digits[zeros] == '0') ++zeros;
  const std::string_view all(digits, 16);
  const float skip = text(fonts->mono, x, y, fade(theme->soft, 0.55f), all.substr(0, zeros));
  return skip + text(fonts->mono, x + skip, y, colour, all.substr(zeros));
}

void Canvas::fill(const Rect& r, ImU32 colour, float rounding) const {
  if (is_stamped(r, rounding)) return stamp(list, fonts->square, r, colour);
  list->AddRectFilled({r.x, r.y}, {r.right(), r.bottom()}, colour, rounding);
}
void Canvas::frame(const Rect& r, ImU32 colour, float rounding, float thickness) const {
  if (thickness == 1 && is_stamped(r, rounding)) return stamp(list, fonts->hollow, r, colour);
  list->AddRect({r.x, r.y}, {r.right(), r.bottom()}, colour, rounding, 0, thickness);
}

void Canvas::hatch(const Rect& r, ImU32 colour, float spacing) const {
  // Cut by arithmetic: a clip rectangle of its own for each square would be a call of the GPU each.
  const auto above = [&](float sum) { return sum < r.w ? ImVec2{r.x + sum, r.y} : ImVec2{r.right(), r.y + sum - r.w}; };
  const auto below = [&](float sum) {
    return sum < r.h ? ImVec2{r.x, r.y + sum} : ImVec2{r.x + sum - r.h, r.bottom()};
  };
  const float half = spacing * 0.27f;
  for (float middle = spacing / 2; middle < r.w + r.h; middle += spacing) {
    const float from = std::max(middle - half, 0.0f), to = std::min(middle + half, r.w + r.h);
    list->PathLineTo(above(from));
    if (from < r.w && r.w < to) list->PathLineTo({r.right(), r.y});
    list->PathLineTo(above(to));
    list->PathLineTo(below(to));
    if (from < r.h && r.h < to) list->PathLineTo({r.x, r.bottom()});
    list->PathLineTo(below(from));
    list->PathFillConvex(colour);
  }
}

void Canvas::swatch(float x, float y, ImU32 colour) const {
  fill({x, y + std::round(size(fonts->label) / 2) - 4, 10, 10}, colour, 3);
}

void Canvas::card(const Rect& r) const {
  if (r.empty()) return;
  fill(r, theme->panel, 10);
  frame(r, theme->line, 10);
}

void Canvas::arrow(float x0, float y0, float x1, float y1, ImU32 colour) const {
  list->AddLine({x0, y0}, {x1, y1}, colour, 1.5f);
  const float length = std::hypot(x1 - x0, y1 - y0);
  if (length < 1) return;
  const float dx = (x1 - x0) / length * 6, dy = (y1 - y0) / length * 6;
  list->AddLine({x1, y1}, {x1 - dx - dy * 0.7f, y1 - dy + dx * 0.7f}, colour, 1.5f);
  list->AddLine({x1, y1}, {x1 - dx + dy * 0.7f, y1 - dy - dx * 0.7f}, colour, 1.5f);
}

void note_place(const Rect& r) {
  if (auto* places = wanted_places()) places->push_back(r);
}
void forget_places() {
  if (auto* places = wanted_places()) places->clear();
}

Hit hit(const char* id, const Rect& r) {
  if (r.empty()) return {};
  note_place(r);
  ImGui::SetCursorScreenPos({r.x, r.y});
  const bool clicked = ImGui::InvisibleButton(id, {r.w, r.h});
  return {ImGui::IsItemHovered(), clicked, ImGui::IsItemActive()};
}

void tooltip(const Canvas& canvas, std::string_view text) {
  constexpr float widest_tooltip = 440;
  const Theme& t = *canvas.theme;
  ImGui::PushStyleColor(ImGuiCol_PopupBg, t.panel);
  ImGui::PushStyleColor(ImGuiCol_Border, t.line);
  ImGui::PushStyleColor(ImGuiCol_Text, t.ink);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {10, 7});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 7);
  ImGui::PushFont(canvas.fonts->label);
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(std::min(widest_tooltip, ImGui::GetIO().DisplaySize.x - 40));
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
  ImGui::PopFont();
  ImGui::PopStyleVar(2);
  ImGui::PopStyleColor(3);
}

float wheel(const Rect& r) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool inside =
      io.MousePos.x >= r.x && io.MousePos.x < r.right() && io.MousePos.y >= r.y && io.MousePos.y < r.bottom();
  return inside ? io.MouseWheel : 0;
}

bool link(const Canvas& canvas, const char* id, const Rect& r, float x, float y, std::string_view words,
          std::string_view says) {
  const Hit area = hit(id, r);
  canvas.text(canvas.fonts->label, x, y, area.hovered ? canvas.theme->ink : canvas.theme->accent, words);
  if (area.hovered) tooltip(canvas, says);
  return area.clicked;
}

bool tab(const Canvas& canvas, const char* id, const Rect& r, std::string_view label, bool on, float reach) {
  const Theme& t = *canvas.theme;
  ImFont* font = on ? canvas.fonts->strong : canvas.fonts->label;
  const Hit state = hit(id, {r.x, r.y - (reach - r.h) / 2, r.w, reach});
  if (on) canvas.fill(r, t.paper, 7);
  if (on) canvas.frame(r, t.line, 7);
  const ImU32 colour = on || state.hovered ? t.ink : t.soft;
  canvas.text(font, r.x + (r.w - canvas.width(font, label)) / 2, r.y + 6, colour, label);
  return state.clicked;
}

bool chip(const Canvas& canvas, const char* id, float x, float y, std::string_view label, bool on, float* width) {
  const Theme& t = *canvas.theme;
  const Rect r{x, y, canvas.width(canvas.fonts->strong, label) + 22, 28};
  if (width) *width = r.w;
  const Hit state = hit(id, r);
  canvas.fill(r, on ? t.accent : t.paper, 7);
  canvas.frame(r, on ? t.accent : state.hovered ? t.soft : t.line, 7);
  ImFont* font = on ? canvas.fonts->strong : canvas.fonts->label;
  canvas.text(font, x + (r.w - canvas.width(font, label)) / 2, y + 6, on ? t.panel : t.ink, label);
  return state.clicked;
}

std::string format(const char* pattern, ...) {
  char text[512];
  va_list args;
  va_start(args, pattern);
  std::vsnprintf(text, sizeof text, pattern, args);
  va_end(args);
  return text;
}

std::string hexadecimal(u64 value) { return format("0x%llx", static_cast<unsigned long long>(value)); }

std::string grouped(u64 value) {
  std::string digits = std::to_string(value);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), 1, ' ');
  return digits;
}

std::string short_name(std::string_view symbol) {
  constexpr std::string_view common = "lucid::kernel::", anonymous = "(anonymous namespace)::";
  std::string name(symbol);
  for (const std::string_view part : {common, anonymous})
    for (size_t at = name.find(part); at != std::string::npos; at = name.find(part)) name.erase(at, part.size());
  return name;
}

std::string duration(u64 ticks) {
  const double ns = static_cast<double>(ticks) * 10;
  if (ns < 1e3) return format("%.0f ns", ns);
  if (ns < 1e6) return format("%.2f \u00b5s", ns / 1e3);
  if (ns < 1e9) return format("%.2f ms", ns / 1e6);
  return format("%.2f s", ns / 1e9);
}

}  // namespace lucid::ui
