// SPDX-License-Identifier: MIT
// The window: SDL's, with OpenGL and Dear ImGui in it.
#pragma once
#include <SDL.h>

#include "ui/key_pointer.h"

namespace lucid::gui {

class Window {
 public:
  /// Of so many units; `scale` pixels for each, 0 = as the display says. False: it said why.
  bool open(int width, int height, float scale);
  float pixel_ratio() const { return pixel_ratio_; }

  /// A frame of Dear ImGui from here to end_frame(). The pointer rests where `hover` says, when it is given.
  void begin_frame(const int* hover, ui::KeyPointer& pointer);
  void end_frame();
  void show() { SDL_GL_SwapWindow(window_); }
  /// What was drawn last, as a PPM file; false: it said why.
  bool save_picture(const char* file) const;

 private:
  void scale_input() const;

  SDL_Window* window_ = nullptr;
  float scale_ = 0, pixel_ratio_ = 1;
};

/// On the host's clock.
double seconds();

}  // namespace lucid::gui
