// SPDX-License-Identifier: MIT
#include "ui/fonts.h"

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
  return fonts;
}

}  // namespace lucid::ui
