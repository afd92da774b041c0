// SPDX-License-Identifier: MIT
#include "web/window.h"

#include <GLES3/gl3.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_impl_sdl.h>

#include <span>
#include <utility>

#include "core/base/hash.h"
#include "ui/theme.h"

namespace lucid::web {
namespace {

constexpr const char* shader_version = "#version 300 es";

/// Whole words; what is left over of an odd number of indices is told by their number.
template <typename T>
void add(Hasher& hash, const ImVector<T>& items) {
  const size_t size = static_cast<size_t>(items.Size) * sizeof(T);
  const auto* bytes = reinterpret_cast<const u8*>(items.Data);
  for (size_t at = 0; at + sizeof(u64) <= size; at += sizeof(u64)) {
    u64 word;
    std::memcpy(&word, bytes + at, sizeof word);
    hash.word(word);
  }
  hash.word(size);
}

/// Never 0.
u64 hash_of(const ImDrawData& picture, bool dark) {
  Hasher hash;
  hash.word(dark);
  for (const ImDrawList* list : std::span(picture.CmdLists, static_cast<size_t>(picture.CmdListsCount))) {
    add(hash, list->VtxBuffer);
    add(hash, list->IdxBuffer);
    add(hash, list->CmdBuffer);
  }
  return hash.value() | 1;
}

}  // namespace

bool Window::open(int width, int height) {
  // The keyboard belongs to the page; the canvas hears keys only while it has the focus.
  SDL_SetHint(SDL_HINT_EMSCRIPTEN_KEYBOARD_ELEMENT, "#canvas");
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return false;
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 0);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
  SDL_GL_SetAttribute(SDL_GL_STENCIL_SIZE, 0);
  window_ = SDL_CreateWindow("lucid86", 0, 0, width, height,
                             SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  if (!window_) return false;
  context_ = SDL_GL_CreateContext(window_);
  if (!context_) return false;
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  if (!ImGui_ImplSDL2_InitForOpenGL(window_, context_) || !ImGui_ImplOpenGL3_Init(shader_version)) return false;
  drawable_ = true;
  resize(width, height);
  return true;
}

void Window::resize(int width, int height) {
  SDL_SetWindowSize(window_, width, height);
  forget_shown();
}

bool Window::take_input() {
  bool any = false;
  SDL_Event event;
  while (SDL_PollEvent(&event)) {
    ImGui_ImplSDL2_ProcessEvent(&event);
    any = true;
  }
  return any;
}

void Window::begin_frame(ui::KeyPointer& pointer) {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplSDL2_NewFrame();
  pointer.take_over(ImGui::GetIO());
  ImGui::NewFrame();
}

void Window::end_frame(bool dark) {
  ImGui::Render();
  const u64 picture = hash_of(*ImGui::GetDrawData(), dark);
  if (std::exchange(shown_, picture) == picture) return;
  const ImGuiIO& io = ImGui::GetIO();
  glViewport(0, 0, static_cast<int>(io.DisplaySize.x * io.DisplayFramebufferScale.x),
             static_cast<int>(io.DisplaySize.y * io.DisplayFramebufferScale.y));
  const ImVec4 paper = ImGui::ColorConvertU32ToFloat4(ui::theme(dark).paper);
  glClearColor(paper.x, paper.y, paper.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  SDL_GL_SwapWindow(window_);
}

void Window::forget_textures() {
  forget_shown();
  if (drawable_) ImGui_ImplOpenGL3_DestroyDeviceObjects();
}

// The renderer remembers how large its buffers were, so it begins anew. What it deletes is gone already,
// and that is no error before the context is back.
void Window::context_lost() {
  if (std::exchange(drawable_, false)) ImGui_ImplOpenGL3_Shutdown();
}

void Window::context_restored() {
  forget_shown();
  if (!drawable_) drawable_ = ImGui_ImplOpenGL3_Init(shader_version);
}

}  // namespace lucid::web
