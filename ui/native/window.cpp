// SPDX-License-Identifier: MIT
#include "ui/native/window.h"

#include <SDL_opengl.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_impl_sdl.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace lucid::gui {

bool Window::open(int width, int height, float scale) {
  if (SDL_Init(SDL_INIT_VIDEO) != 0) {
    std::fprintf(stderr, "lucid86-gui: no window can be opened: %s\n", SDL_GetError());
    return false;
  }
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 2);
  scale_ = scale;
  const float pixels_a_unit = std::max(scale, 1.0f);
  window_ = SDL_CreateWindow("lucid86", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                             static_cast<int>(static_cast<float>(width) * pixels_a_unit),
                             static_cast<int>(static_cast<float>(height) * pixels_a_unit),
                             SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  SDL_GLContext context = window_ ? SDL_GL_CreateContext(window_) : nullptr;
  if (!context) {
    std::fprintf(stderr, "lucid86-gui: OpenGL 3.2 is needed: %s\n", SDL_GetError());
    return false;
  }
  SDL_GL_SetSwapInterval(1);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui_ImplSDL2_InitForOpenGL(window_, context);
  ImGui_ImplOpenGL3_Init("#version 150");
  int units = 0, pixels = 0;
  SDL_GetWindowSize(window_, &units, nullptr);
  SDL_GL_GetDrawableSize(window_, &pixels, nullptr);
  pixel_ratio_ = units > 0 ? static_cast<float>(pixels) / static_cast<float>(units) : 1;
  if (scale_ > 0) pixel_ratio_ = scale_;
  return true;
}

/// The display does not know of --scale: what SDL counts in pixels becomes units.
void Window::scale_input() const {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {io.DisplaySize.x / scale_, io.DisplaySize.y / scale_};
  io.DisplayFramebufferScale = {scale_, scale_};
  if (io.MousePos.x > -1e6f) io.MousePos = {io.MousePos.x / scale_, io.MousePos.y / scale_};
}

void Window::begin_frame(const int* hover, ui::KeyPointer& pointer) {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplSDL2_NewFrame();
  if (scale_ > 0) scale_input();
  if (hover) ImGui::GetIO().MousePos = {static_cast<float>(hover[0]), static_cast<float>(hover[1])};
  pointer.take_over(ImGui::GetIO());
  ImGui::NewFrame();
}

void Window::end_frame() {
  ImGui::Render();
  const ImGuiIO& io = ImGui::GetIO();
  glViewport(0, 0, static_cast<int>(io.DisplaySize.x * io.DisplayFramebufferScale.x),
             static_cast<int>(io.DisplaySize.y * io.DisplayFramebufferScale.y));
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

bool Window::save_picture(const char* name) const {
  int width = 0, height = 0;
  SDL_GL_GetDrawableSize(window_, &width, &height);
  std::string pixels(static_cast<size_t>(width) * static_cast<size_t>(height) * 3, '\0');
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
  std::FILE* file = std::fopen(name, "wb");
  if (!file) {
    std::fprintf(stderr, "lucid86-gui: %s cannot be written\n", name);
    return false;
  }
  std::fprintf(file, "P6\n%d %d\n255\n", width, height);
  for (int row = height - 1; row >= 0; --row)
    std::fwrite(pixels.data() + static_cast<size_t>(row) * static_cast<size_t>(width) * 3, 1,
                static_cast<size_t>(width) * 3, file);
  std::fclose(file);
  return true;
}

double seconds() {
  return static_cast<double>(SDL_GetPerformanceCounter()) / static_cast<double>(SDL_GetPerformanceFrequency());
}

}  // namespace lucid::gui
