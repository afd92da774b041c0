// SPDX-License-Identifier: MIT
// The keyboard, the clipboard, and files that are dropped on the window.
#include <SDL.h>
#include <imgui.h>
#include <imgui_impl_sdl.h>

#include <cstdio>
#include <optional>
#include <utility>

#include "ui/key_pointer.h"
#include "ui/native/gui.h"
#include "ui/native/steps.h"
#include "ui/terminal/terminal.h"

namespace lucid::gui {
namespace {

/// What a key sends that is no character, as terminfo(5) has it for "linux"; "" = nothing.
std::string sent_by(SDL_Keycode key, const ui::Terminal& terminal) {
  switch (key) {
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
      return "\r";
    case SDLK_BACKSPACE:
      return "\x7f";
    case SDLK_TAB:
      return "\t";
    case SDLK_UP:
      return terminal.cursor_key('A');
    case SDLK_DOWN:
      return terminal.cursor_key('B');
    case SDLK_RIGHT:
      return terminal.cursor_key('C');
    case SDLK_LEFT:
      return terminal.cursor_key('D');
    case SDLK_HOME:
      return "\x1b[1~";
    case SDLK_INSERT:
      return "\x1b[2~";
    case SDLK_DELETE:
      return "\x1b[3~";
    case SDLK_END:
      return "\x1b[4~";
    case SDLK_PAGEUP:
      return "\x1b[5~";
    case SDLK_PAGEDOWN:
      return "\x1b[6~";
    default:
      return "";
  }
}

/// For the panels.
std::optional<ui::PointerKey> pointer_key(const SDL_KeyboardEvent& event) {
  using Key = ui::PointerKey;
  switch (event.keysym.sym) {
    case SDLK_LEFT:
      return Key::left;
    case SDLK_RIGHT:
      return Key::right;
    case SDLK_UP:
      return Key::up;
    case SDLK_DOWN:
      return Key::down;
    case SDLK_PAGEUP:
      return Key::scroll_up;
    case SDLK_PAGEDOWN:
      return Key::scroll_down;
    case SDLK_RETURN:
      return event.keysym.mod & KMOD_SHIFT ? Key::ask : Key::click;
    default:
      return std::nullopt;
  }
}

}  // namespace

/// Comes in at the console's line.
void Gui::send(std::string_view text) {
  session_->submit(session::SerialInput{0, {text.begin(), text.end()}});
  if (!session_->over()) running_ = true;
}

void Gui::type(std::string_view text) {
  if (may_change()) send(text);
}

void Gui::paste() {
  char* text = SDL_GetClipboardText();
  if (text) type(app_.terminal().pasted(text));
  SDL_free(text);
}

/// Escape is the program's while it has the whole screen (vi wants it), and else leaves the console; with Shift
/// it always does. Selecting copies; Ctrl+Shift+V and Shift+Insert paste.
bool Gui::console_key(const SDL_KeyboardEvent& event) {
  const SDL_Keycode key = event.keysym.sym;
  const bool control = event.keysym.mod & KMOD_CTRL, shift = event.keysym.mod & KMOD_SHIFT;
  if (key == SDLK_ESCAPE) {
    if (shift || !app_.terminal().alternate())
      input_.console_focused = false;
    else
      type("\x1b");
  } else if ((control && shift && key == SDLK_v) || (shift && key == SDLK_INSERT)) {
    paste();
  } else if (control && shift) {
    return false;
  } else if (const std::string sent = sent_by(key, app_.terminal()); !sent.empty()) {
    type(sent);
  } else if (control && key >= SDLK_a && key <= SDLK_z) {
    const char code = static_cast<char>(key - SDLK_a + 1);
    type({&code, 1});
  } else {
    return false;
  }
  return true;
}

void Gui::key(const SDL_KeyboardEvent& event) {
  if (input_.console_focused && console_key(event)) return;
  if (input_.console_focused) return;
  if (const auto pressed = pointer_key(event)) return app_.pointer().press(*pressed);
  switch (event.keysym.sym) {
    case SDLK_SPACE:
      running_ = !running_ && !session_->over();
      break;
    case SDLK_F7:
      step(event.keysym.mod & KMOD_SHIFT);
      break;
    case SDLK_F8:
      step_over(event.keysym.mod & KMOD_SHIFT);
      break;
    case SDLK_n:
    case SDLK_p:
      if (!story_) break;
      running_ = false;
      event.keysym.sym == SDLK_n ? story_->next() : story_->back();
      break;
    case SDLK_F5:
      session_->reset(), app_.forget(), running_ = true;
      break;
    default:
      break;
  }
}

bool Gui::take_event(const SDL_Event& event) {
  ImGui_ImplSDL2_ProcessEvent(&event);
  switch (event.type) {
    case SDL_QUIT:
      quit_ = true;
      break;
    case SDL_KEYDOWN:
      if (!ImGui::GetIO().WantTextInput) key(event.key);
      break;
    case SDL_TEXTINPUT:
      if (input_.console_focused) type(event.text.text);
      break;
    case SDL_MOUSEBUTTONDOWN:
      if (input_.console_focused && event.button.button == SDL_BUTTON_MIDDLE) paste();
      break;
    case SDL_DROPFILE:
      open_file(event.drop.file);
      SDL_free(event.drop.file);
      break;
    default:
      break;
  }
  return true;
}

bool Gui::take_events() {
  SDL_Event event;
  bool any = false;
  while (SDL_PollEvent(&event)) any |= take_event(event);
  return any;
}

}  // namespace lucid::gui
