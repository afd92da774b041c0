// SPDX-License-Identifier: MIT
#include "ui/native/gui.h"

#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "core/bus/clock.h"
#include "ui/console_fit.h"
#include "ui/native/steps.h"
#include "ui/patch.h"
#include "ui/stops.h"

namespace lucid::gui {

bool Gui::open_machine() {
  Made made = !options_.drop.empty()   ? boot_file(options_.drop)
              : options_.scene.empty() ? boot(options_)
                                       : boot_scene(library_, options_.scene);
  if (const auto* complaint = std::get_if<std::string>(&made)) {
    std::fprintf(stderr, "lucid86-gui: %s\n", complaint->c_str());
    return false;
  }
  session_ = std::move(std::get<0>(made));
  return true;
}

/// In place of the machine that is shown; when it cannot be run, that one stays.
void Gui::use(Made made) {
  if (const auto* complaint = std::get_if<std::string>(&made)) {
    app_.set_answer({*complaint});
    return;
  }
  story_.reset();
  session_ = std::move(std::get<0>(made));
  app_.forget();
  running_ = true;
  wall_at_ticks_ = seconds();
}

void Gui::open_file(const char* path) { use(boot_file(path)); }

bool Gui::open() {
  if (!window_.open(options_.width, options_.height, options_.scale)) return false;
  input_.pixel_ratio = window_.pixel_ratio();
  app_.build_fonts(input_.pixel_ratio);
  app_.set_lens(options_.lens);
  if (!options_.view.empty() && !app_.set_view(options_.lens, options_.view))
    usage("this lens has no view called " + options_.view);
  if (options_.scene.empty() || !options_.drop.empty()) return true;
  story_ = std::make_unique<Story>(library_, *library_.find(options_.scene), *session_, app_);
  running_ = false;
  const std::string problem = story_->go_to(options_.beat);
  if (!problem.empty()) std::fprintf(stderr, "lucid86-gui: %s\n", problem.c_str());
  return problem.empty();
}

void Gui::step(bool back) {
  running_ = false;
  const session::Grain grain = step_names[grain_].grain;
  if (back) {
    session_->step_back(grain);
  } else {
    session_->step_forward(grain, most_instructions_of_a_step);
  }
}

void Gui::step_over(bool back) {
  running_ = false;
  if (back) {
    session_->step_back(session::Grain::line_over);
  } else if (step_names[grain_].grain == session::Grain::line) {
    session_->step_forward(session::Grain::line_over);
  } else {
    session_->step_over();
  }
}

/// Lets as much time pass as the wall clock did, at most a frame's worth of work.
void Gui::pass_time() {
  const double now = seconds();
  const double due = (now - wall_at_ticks_) * static_cast<double>(bus::ticks_per_second);
  if (due < static_cast<double>(session_->time())) wall_at_ticks_ = now - static_cast<double>(session_->time()) / 1e8;
  if (due > static_cast<double>(session_->time()) + 1e7)
    wall_at_ticks_ = now - static_cast<double>(session_->time()) / 1e8 - 0.016;
  session::RunLimits limits;
  limits.instructions = 2'000'000;
  limits.until_time = static_cast<u64>((now - wall_at_ticks_) * 1e8);
  if (limits.until_time <= session_->time()) return;
  const session::Stop stop = session_->run(limits);
  if (stop != session::Stop::limit && stop != session::Stop::idle) running_ = false;
}

/// The console gets as many rows and columns as its panel has room for. True: soon, if that stays as it is.
bool Gui::fit_console() {
  constexpr double settled = 0.2;
  if (app_.console_room() != room_) room_ = app_.console_room(), room_since_ = seconds();
  if (story_ || !running_ || !room_ || !ui::wants_size(*session_, *room_)) return false;
  if (seconds() - room_since_ < settled) return true;
  session_->submit(*room_);
  return false;
}

/// Into the current folder.
void Gui::save_events(bool perfetto) {
  using Format = session::Session::EventFormat;
  const char* name = perfetto ? "lucid86-trace.json" : "lucid86-events.jsonl";
  const std::string text = session_->events_text(perfetto ? Format::perfetto : Format::json_lines);
  std::FILE* file = std::fopen(name, "wb");
  const bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file) std::fclose(file);
  std::fprintf(stderr, "lucid86-gui: %s %s\n", name, written ? "written" : "cannot be written");
}

/// What changes the past begins another future: that is said, and done when it is wanted once more.
bool Gui::may_change() {
  const bool warned = warned_at_ == session_->time();
  if (warned || !session_->in_past()) return warned_at_.reset(), true;
  warned_at_ = session_->time();
  app_.set_answer(
      {"Now is in the past: this begins another future, and what was recorded after now is dropped. Do it "
       "again to go on.",
       {},
       true});
  return false;
}

void Gui::carry_out(const ui::Intent& intent) {
  if (ui::carry_out(intent, *session_, app_) == ui::Outcome::travelled) running_ = false;
  if (const auto* edit = std::get_if<ui::EditBreakpoint>(&intent)) edit_breakpoint(edit->text);
  if (const auto* seek = std::get_if<ui::SeekTime>(&intent)) running_ = false, session_->seek_time(seek->time);
  if (const auto* call = std::get_if<ui::ReadCall>(&intent))
    app_.set_call_text(call->number, session_->call_text(call->number));
  if (const auto* wish = std::get_if<ui::SaveEvents>(&intent)) save_events(wish->perfetto);
  if (const auto* poke = std::get_if<ui::PokeRam>(&intent))
    if (may_change()) ui::change(*session_, session::poke_u64(poke->address, poke->value));
  if (const auto* wish = std::get_if<ui::AskKernel>(&intent))
    if (may_change()) ui::change(*session_, session::ChangeSettings{wish->words});
  if (const auto* write = std::get_if<ui::WriteSource>(&intent)) assembler_.write(*write, app_);
  if (const auto* show = std::get_if<ui::ShowSource>(&intent)) assembler_.show(*show);
  if (const auto* answer = std::get_if<ui::AnswerProgram>(&intent)) send(answer->text);
}

void Gui::frame() {
  const int hover[] = {options_.hover_x, options_.hover_y};
  window_.begin_frame(options_.screenshot ? hover : nullptr, app_.pointer());
  const ImGuiIO& io = ImGui::GetIO();
  input_.width = io.DisplaySize.x;
  input_.height = io.DisplaySize.y;
  input_.transport_height = 30;
  input_.story_height = story_ ? story_->height() : 0;
  input_.seconds = seconds();
  input_.running = running_ && !session_->halted();
  app_.draw(*session_, input_);
  draw_transport();
  draw_story();
  draw_ending();
  draw_breakpoint_box();
  assembler_.draw(*session_, app_, ui::theme(input_.dark));
  if (assembler_.take_patched()) running_ = false;
  bool console = false;
  for (const ui::Intent& intent : app_.take_intents()) {
    console |= std::holds_alternative<ui::FocusConsole>(intent);
    carry_out(intent);
  }
  if (const std::string copied = app_.take_copied(); !copied.empty()) SDL_SetClipboardText(copied.c_str());
  if (ImGui::IsMouseClicked(0)) input_.console_focused = console;
  if (console) input_.console_focused = true;
  window_.end_frame();
  drawn_revision_ = session_->revision();
  if (const std::vector<u8> program = assembler_.take_program(); !program.empty()) use(boot_program(program));
}

int Gui::run() {
  input_.dark = options_.dark;
  if (!open_machine()) return options_.scene.empty() ? 70 : 66;
  if (!open()) return 69;
  if (options_.screenshot) return take_picture();
  if (options_.cuts) return print_cuts();
  if (options_.figures != 0) return print_figures();
  set_breaks();
  wall_at_ticks_ = seconds();
  int settle_frames = 3;
  while (!quit_) {
    // Nothing moves and nothing waits: sleep until the reader does something.
    const bool resting = !running_ || (session_->halted() && session_->last_stop() == session::Stop::idle);
    if (!fit_console() && resting && settle_frames == 0 && !app_.animating() && session_->revision() == drawn_revision_)
      SDL_WaitEvent(nullptr);
    if (take_events()) settle_frames = 3;
    if (running_) pass_time();
    if (session_->revision() != drawn_revision_ || settle_frames > 0 || app_.animating()) {
      frame();
      window_.show();
      if (settle_frames > 0) --settle_frames;
    } else {
      SDL_Delay(4);
    }
  }
  return 0;
}

}  // namespace lucid::gui
