// SPDX-License-Identifier: MIT
// The page's host of a session: owns the session, the pacing, the window and the panels. JavaScript
// (machine.mjs) owns the animation frames and calls frame(); nothing here waits or loops for ever.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/session/session.h"
#include "ui/app.h"
#include "web/boot.h"
#include "web/pacer.h"
#include "web/scenes.h"
#include "web/window.h"

namespace lucid::web {

class Host {
 public:
  Host();

  /// Boots a machine; "" or one line that says what is wrong, and then the machine before it is still there.
  std::string boot(const Start& start);
  /// At the beginning of a packed run (core/session/recorded_run.h) of the same kernel and root.
  std::string boot_recorded(std::span<const u8> kernel, std::span<const u8> root, std::span<const u8> packed);
  /// Where that run ended: after the commands that were given at that moment.
  const session::RecordedRun::End& recorded_end() const { return recorded_end_; }
  /// The run up to now, packed.
  std::vector<u8> packed_run(std::span<const u8> kernel, std::span<const u8> root) const;
  /// At the beginning of a scene; "" or what is wrong.
  std::string open_scene(const std::string& id, std::span<const u8> kernel, std::span<const u8> root);
  /// Of the scene that plays, from 1: there, paused, and what it shows in sight. "" or what is wrong.
  std::string go_to_beat(size_t beat);
  Scenes& scenes() { return scenes_; }
  /// What the reader has chosen and done with the machine that is there is forgotten; another one comes next.
  void begin_anew();
  bool set_sources(std::span<const u8> pack);
  bool open_window(int width, int height, double pixel_ratio);

  // --- what the page tells ---
  void resize(int width, int height, double pixel_ratio);
  void set_page(float story_height, float transport_height, bool dark, bool console_focused);
  /// Between the two nothing is drawn.
  void context_lost();
  void context_restored();

  // --- transport ---
  void run();
  void pause();
  void step_over();
  void step(session::Grain grain);
  /// False when there is nothing to go back to.
  bool step_back(session::Grain grain);
  void seek(u64 time);
  /// Runs without pacing until so many instructions have retired or this time has come, for at most
  /// `budget_ms` of the host's; jumps when that is in the past. Breakpoints stop it.
  enum class Toward : u8 { arrived, on_the_way, stopped };
  Toward toward(u64 instruction, u64 time, double budget_ms);
  void reset();
  void set_speed(double instructions_per_second) { pacer_.set_speed(instructions_per_second); }
  bool running() const { return running_; }
  void type(std::span<const u8> bytes);
  /// The size that the page's console has room for; it is given to the machine while time passes, but to no scene's.
  void fit_console(u64 rows, u64 columns) { console_room_ = session::nearest_size(rows, columns); }

  /// Lets time pass for at most `budget_ms` of the host's, without drawing. Returns as frame() does.
  double advance(double budget_ms);
  /// Lets time pass and draws if anything changed. Returns the milliseconds until it wants to be
  /// called again: 0 = at the next animation frame, negative = not until something happens.
  double frame();
  u64 frames_drawn() const { return frames_drawn_; }
  const ui::Layout& places() const { return app_.places(); }
  ui::App& app() { return app_; }

  /// Kinds of events to keep for take_events().
  void watch(trace::KindSet kinds);
  /// The kept events since the last call as a JSON array.
  std::string take_events();
  /// Whether a panel asked for the console since the last call.
  bool take_console_wish();
  /// A panel wants the events as a file: 1 = JSON lines, 2 = a trace for Perfetto, 0 = no.
  int take_save_wish();
  /// From the box over the panel of breakpoints; false = the panel says what is wrong with it.
  bool add_breakpoint(const std::string& text);
  /// A text that is to go into that box.
  std::optional<std::string> take_draft();
  /// What the assembler's boxes shall hold or show, as lucid_take_source() gives it; "" = nothing new.
  std::string take_source_wish();
  /// A panel wants RAM changed; the page asks the reader first when that begins another future.
  std::optional<ui::PokeRam> take_poke_wish();
  void poke(Gpa address, u64 value);
  /// A panel wants the kernel asked for other settings; likewise.
  std::optional<std::string> take_settings_wish();
  void change_settings(const std::string& words);

  /// What is shown may have changed: draw. ImGui needs a few frames to settle.
  void changed() { redraw_ = 3; }
  /// The next frame is drawn even if it changes nothing.
  void draw_anew() {
    window_.forget_shown();
    changed();
  }

  session::Session& session() { return *session_; }
  bool booted() const { return session_ != nullptr; }

 private:
  void use(std::unique_ptr<session::Session> session);
  void draw();
  void apply(const ui::Intent& intent);
  std::unique_ptr<session::Session> session_;
  Scenes scenes_;
  session::RecordedRun::End recorded_end_;
  Pacer pacer_;
  Window window_;
  ui::App app_;
  ui::FrameInput input_;
  bool window_open_ = false, running_ = false, console_wish_ = false;
  std::optional<session::ConsoleSize> console_room_;
  std::optional<ui::PokeRam> poke_wish_;
  std::optional<std::string> settings_wish_;
  int save_wish_ = 0;
  std::optional<std::string> draft_;
  std::string source_wish_;
  int redraw_ = 3;
  u64 drawn_revision_ = ~u64{0};
  u64 frames_drawn_ = 0;
  trace::KindSet watched_;
  std::vector<std::string> events_;  // as JSON
};

}  // namespace lucid::web
