// SPDX-License-Identifier: MIT
// The canvas: one SDL window with WebGL 2, and Dear ImGui drawing into it.
#pragma once
#include <SDL.h>

#include "core/base/types.h"
#include "ui/key_pointer.h"

namespace lucid::web {

class Window {
 public:
  /// Takes the canvas element "#canvas"; false when the browser gives no WebGL 2.
  bool open(int width, int height);
  /// The canvas' size in CSS pixels.
  void resize(int width, int height);
  /// Feeds the input that came since the last call to ImGui; whether there was any.
  bool take_input();
  void begin_frame(ui::KeyPointer& pointer);
  /// Draws, unless it would be what the canvas shows already: GPUs, and what stands in for them, are slow.
  void end_frame(bool dark);
  /// The canvas shows nothing that may stay: the next frame is drawn in any case.
  void forget_shown() { shown_ = 0; }
  /// The font atlas was built anew: the next frame makes all GL objects afresh.
  void forget_textures();
  /// The browser took the GL context away; until it gives another, drawable() is false.
  void context_lost();
  void context_restored();
  bool drawable() const { return drawable_; }

 private:
  bool drawable_ = false;
  u64 shown_ = 0;  // hash of the picture on the canvas; 0 = none
  SDL_Window* window_ = nullptr;
  SDL_GLContext context_ = nullptr;
};

}  // namespace lucid::web
