// SPDX-License-Identifier: MIT
// The window's program: owns the machine, the panels and the window, and the loop between them. What it does is
// in files by concept: gui.cpp the loop, controls.cpp what the page has as DOM, keys.cpp the keyboard, the clipboard
// and dropped files, picture.cpp --screenshot, figures.cpp --figures.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/scene/library.h"
#include "core/session/session.h"
#include "ui/app.h"
#include "ui/native/assembler_box.h"
#include "ui/native/machine.h"
#include "ui/native/options.h"
#include "ui/native/story.h"
#include "ui/native/window.h"

namespace lucid::gui {

constexpr size_t most_of_a_breakpoint = 4097;  // with the NUL; as parse_expression() takes it

class Gui {
 public:
  explicit Gui(const Options& options) : options_(options) {}
  int run();

 private:
  bool open();
  bool open_machine();
  void open_file(const char* path);
  void use(Made made);
  void pass_time();
  bool fit_console();
  void frame();
  void draw_story();
  void draw_ending();
  void draw_transport();
  void draw_breakpoint_box();
  void edit_breakpoint(const std::string& text);
  bool take_events();
  bool take_event(const SDL_Event& event);
  void key(const SDL_KeyboardEvent& event);
  bool console_key(const SDL_KeyboardEvent& event);
  void paste();
  void step(bool back);
  void step_over(bool back);
  void send(std::string_view text);
  void type(std::string_view text);
  bool may_change();
  void carry_out(const ui::Intent& intent);
  int take_picture();
  int print_figures();
  bool bring_about();
  int print_cuts();
  bool save_fields();
  bool save_evidence();
  void save_events(bool perfetto);
  void settle(double virtual_seconds);
  bool run_until_true();
  void set_breaks();

  Options options_;
  std::unique_ptr<session::Session> session_;
  scene::Library library_;
  ui::App app_;
  std::unique_ptr<Story> story_;  // of the scene that plays, if one does
  ui::FrameInput input_;
  Window window_;
  size_t grain_ = 0;  // of step_names (steps.h)
  bool running_ = true, quit_ = false;
  u64 drawn_revision_ = 0;
  double wall_at_ticks_ = 0;
  std::optional<session::ConsoleSize> room_;  // for the console
  double room_since_ = 0;                     // that it has this one
  char draft_[most_of_a_breakpoint] = "";     // in the box for breakpoints
  bool focus_draft_ = false;
  AssemblerBox assembler_;
  std::optional<u64> warned_at_;  // that a change there begins another future
};

}  // namespace lucid::gui
