// SPDX-License-Identifier: MIT
// Inter for words, JetBrains Mono for bytes; subsets embedded at build time (embed_font.py).
#pragma once
#include <imgui.h>

namespace lucid::ui {

/// A picture in the atlas, beside the letters.
struct Stamp {
  ImVec2 from, to;  // texture coordinates
  float air = 0;    // of nothing around it, as a part of its size
};

struct Fonts {
  ImFont* body = nullptr;        // 15 px, captions
  ImFont* label = nullptr;       // 13 px
  ImFont* strong = nullptr;      // 13 px semibold
  ImFont* heading = nullptr;     // 11 px semibold, for tracked capitals
  ImFont* mono = nullptr;        // 13 px
  ImFont* mono_small = nullptr;  // 11 px
  Stamp square, hollow;          // with round corners: two triangles each, where drawing the corners takes fifty
};

/// Adds all fonts to ImGui's atlas, sharp at `pixel_ratio` device pixels per CSS pixel.
Fonts load_fonts(float pixel_ratio);

}  // namespace lucid::ui
