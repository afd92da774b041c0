// SPDX-License-Identifier: MIT
#include "ui/fonts.h"

#include <algorithm>
#include <cmath>

extern "C" {
extern const unsigned char lucid_font_inter_regular[];
extern const unsigned int lucid_font_inter_regular_size;
extern const unsigned char lucid_font_inter_semibold[];
extern const unsigned int lucid_font_inter_semibold_size;
extern const unsigned char lucid_font_jetbrains_mono[];
extern const unsigned int lucid_font_jetbrains_mono_size;
}

namespace lucid::ui {
namespace {

// Where the characters lie that embed_font.py keeps; what a font lacks is left out.
const ImWchar ranges[] = {0x20, 0x7e, 0xa0, 0xff, 0x2009, 0x2027, 0x2190, 0x2193, 0x2200, 0x22ff, 0x2500, 0x25ff, 0};

ImFont* add(const unsigned char* data, unsigned size, float pixels, float pixel_ratio) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = pixel_ratio > 1.5f ? 1 : 2;
  config.PixelSnapH = false;
  // ImGui takes a pointer to non-const, and does not write through it.
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(data), static_cast<int>(size),
                                                    pixels * pixel_ratio, &config, ranges);
}

constexpr float square_size = 13, corner = 2, line = 1;  // as most panels draw them; other sizes are stretched

/// How much of a pixel around (x, y) a square of `size` with round corners covers; its middle is at 0, 0.
float covered(float x, float y, float size, float radius) {
  const float dx = std::max(std::abs(x) - size / 2 + radius, 0.0f);
  const float dy = std::max(std::abs(y) - size / 2 + radius, 0.0f);
  return std::clamp(radius - std::hypot(dx, dy) + 0.5f, 0.0f, 1.0f);
}

void draw_stamp(Stamp& stamp, int rect, float pixel_ratio, bool hollow) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  unsigned char* pixels = nullptr;
  int width = 0;
  atlas.GetTexDataAsAlpha8(&pixels, &width, nullptr);
  const ImFontAtlasCustomRect& place = *atlas.GetCustomRectByIndex(rect);
  atlas.CalcCustomRectUV(&place, &stamp.from, &stamp.to);
  const float size = static_cast<float>(place.Width - 2), radius = corner * pixel_ratio, edge = line * pixel_ratio;
  stamp.air = 1 / size;
  for (int row = 0; row < place.Height; ++row) {
    for (int column = 0; column < place.Width; ++column) {
      const float x = static_cast<float>(column) - (size + 1) / 2, y = static_cast<float>(row) - (size + 1) / 2;
      float part = covered(x, y, size, radius);
      if (hollow) part -= covered(x, y, size - 2 * edge, std::max(radius - edge, 0.0f));
      pixels[(place.Y + row) * width + place.X + column] = static_cast<unsigned char>(part * 255);
    }
  }
}

}  // namespace

Fonts load_fonts(float pixel_ratio) {
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  io.FontGlobalScale = 1 / pixel_ratio;
  const auto inter = [&](float px) {
    return add(lucid_font_inter_regular, lucid_font_inter_regular_size, px, pixel_ratio);
  };
  const auto semibold = [&](float px) {
    return add(lucid_font_inter_semibold, lucid_font_inter_semibold_size, px, pixel_ratio);
  };
  const auto mono = [&](float px) {
    return add(lucid_font_jetbrains_mono, lucid_font_jetbrains_mono_size, px, pixel_ratio);
  };
  Fonts fonts;
  fonts.label = inter(13);
  fonts.body = inter(15);
  fonts.strong = semibold(13);
  fonts.heading = semibold(11);
  fonts.mono = mono(13);
  fonts.mono_small = mono(11);
  const int side = static_cast<int>(square_size * pixel_ratio) + 2;
  const int filled = io.Fonts->AddCustomRectRegular(side, side), hollow = io.Fonts->AddCustomRectRegular(side, side);
  draw_stamp(fonts.square, filled, pixel_ratio, false);
  draw_stamp(fonts.hollow, hollow, pixel_ratio, true);
  return fonts;
}

}  // namespace lucid::ui
