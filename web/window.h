// SPDX-License-Identifier: MIT
// The canvas: one SDL window with WebGL 2, and Dear ImGui drawing into it.
#pragma once
#include <SDL.h>

namespace lucid::web {

class Window {
 public:
  /// Takes the canvas element "#canvas"; false when the browser gives no WebGL 2.
  bool open(int width, int height);
  /// The canvas' size in CSS pixels.
  void resize(int width, int height);
  /// Feeds the input that came since the last call to ImGui; whether there was any.
  bool take_input();
  void begin_frame();
  void end_frame(bool dark);
  /// The font atlas was built anew, or the browser took the GL context and gave it back: the next
  /// frame makes all GL objects afresh.
  void forget_textures();

 private:
  SDL_Window* window_ = nullptr;
  SDL_GLContext context_ = nullptr;
};

}  // namespace lucid::web
