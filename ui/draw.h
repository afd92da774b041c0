// SPDX-License-Identifier: MIT
// Drawing in CSS pixels on an ImGui draw list: text that never wraps by surprise, cards, chips,
// hatching, and hit areas. Panels use this and no ImGui widget with a look of its own.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ui/fonts.h"
#include "ui/layout.h"
#include "ui/theme.h"

namespace lucid::ui {

/// A text that was drawn, for tests.
struct DrawnText {
  std::string text;
  Rect place;
  std::string panel;
};

/// A text that was not drawn whole: with an ellipsis, or cut by the edge of its panel.
struct CutText {
  std::string panel, text;
  Rect place;
  bool ellipsis = false;
};

struct Canvas {
  ImDrawList* list = nullptr;
  const Theme* theme = nullptr;
  const Fonts* fonts = nullptr;
  std::vector<DrawnText>* texts = nullptr;  // to be filled, or nobody wants them
  std::vector<CutText>* cuts = nullptr;     // the same

  /// Draws and returns the advance in pixels.
  float text(ImFont* font, float x, float y, ImU32 colour, std::string_view text) const;
  float text_right(ImFont* font, float right, float y, ImU32 colour, std::string_view text) const;
  /// Cut with an ellipsis when wider than `width`; true when cut (show it whole in a tooltip).
  bool text_fit(ImFont* font, float x, float y, float width, ImU32 colour, std::string_view text) const;
  /// Breaks at blanks; returns the height used.
  float text_wrapped(ImFont* font, float x, float y, float width, ImU32 colour, std::string_view text) const;
  float height_wrapped(ImFont* font, float width, std::string_view text) const;
  float width(ImFont* font, std::string_view text) const;
  static float size(const ImFont* font);         // in CSS pixels
  static float line_height(const ImFont* font);  // for lists

  /// Tracked capitals; returns the height to skip.
  float heading(float x, float y, std::string_view text) const;
  float heading_width(std::string_view text) const;
  /// 16 digits, leading zeros soft.
  float address(float x, float y, u64 value, ImU32 colour) const;

  void fill(const Rect& r, ImU32 colour, float rounding = 0) const;
  void frame(const Rect& r, ImU32 colour, float rounding = 0, float thickness = 1) const;
  /// Diagonal stripes of a second colour over a filled rectangle: two owners.
  void hatch(const Rect& r, ImU32 colour, float spacing = 5) const;
  void card(const Rect& r) const;
  /// A square of an owner's colour before a label that begins at `y`.
  void swatch(float x, float y, ImU32 colour) const;
  void arrow(float x0, float y0, float x1, float y1, ImU32 colour) const;
  /// Lists a text if some of it can be seen.
  void note(std::string_view text, const Rect& place) const;
  /// `air` lets the light around a mark at the edge through.
  void clip(const Rect& r, float air = 4) const {
    list->PushClipRect({r.x - air, r.y - air}, {r.right() + air, r.bottom() + air}, true);
  }
  void unclip() const { list->PopClipRect(); }

 private:
  void note_cut(const Rect& place, std::string_view text) const;
};

/// Lists a place that reacts, while somebody looks for the next one: a vector of them is ImGui's user data.
void note_place(const Rect& r);
/// Only places noted from here on react: what is drawn now lies over them.
void forget_places();
/// An area that reacts to the pointer.
struct Hit {
  bool hovered = false;
  bool clicked = false;
  bool held = false;  // the button went down here and is still down
};
Hit hit(const char* id, const Rect& r);
/// Shows text by the pointer.
void tooltip(const Canvas& canvas, std::string_view text);
/// Wheel movement over an area, in lines.
float wheel(const Rect& r);

/// Words at (x, y) that react in all of `r`; returns true when clicked. `says` is what hovering tells.
bool link(const Canvas& canvas, const char* id, const Rect& r, float x, float y, std::string_view words,
          std::string_view says);
/// A label in a round-cornered area, which is shown when it is `on`; returns true when clicked. What reacts is as
/// wide as the area, and `reach` high.
bool tab(const Canvas& canvas, const char* id, const Rect& r, std::string_view label, bool on, float reach);
/// A round-cornered button with a label, in the accent when it is `on`: what is most likely wanted, or chosen. Returns
/// true when clicked; `width` is set to what it needs.
bool chip(const Canvas& canvas, const char* id, float x, float y, std::string_view label, bool on, float* width);

std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));
/// 1234567 → "1 234 567".
std::string grouped(u64 value);
/// "0x1f"
std::string hexadecimal(u64 value);
/// "lucid::kernel::trace" → "trace": in a list all names of the kernel begin alike.
std::string short_name(std::string_view symbol);
/// Ticks of 10 ns as "12.85 ms", "3.20 s".
std::string duration(u64 ticks);

}  // namespace lucid::ui
