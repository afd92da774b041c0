// SPDX-License-Identifier: MIT
// The whole picture: lays out the panels, gathers the views they show from the session, draws, and
// collects the reader's wishes. The host (page or native window) owns the loop, the wall clock, the
// window and the GL context, applies the intents, and lays its DOM controls over the places given
// by `places()`.
//
//   per frame: ImGui::NewFrame(); app.draw(session, input); for (intent : app.take_intents()) …
#pragma once
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/session/draft.h"
#include "core/session/session.h"
#include "ui/fonts.h"
#include "ui/layout.h"
#include "ui/lens.h"
#include "ui/picture.h"
#include "ui/question.h"
#include "ui/thing.h"

namespace lucid::ui {

/// What the host knows and the session does not. Lengths in CSS pixels.
struct FrameInput {
  float width = 0, height = 0;
  float pixel_ratio = 1;       // device pixels per CSS pixel; fonts are rasterised for it
  float story_height = 0;      // DOM story at the top of the left column (or of the page when narrow); 0 = none
  float transport_height = 0;  // DOM transport row; 0 = none
  double seconds = 0;          // host time, for the decay of change marks
  bool dark = false;
  bool running = false;  // time is passing: show rates and heat, not flicker
  bool console_focused = false;
};

// Wishes for the host. Everything that changes the machine goes through it.
struct ToggleBreakpoint {
  Gva address;
};
struct AddBreakpoint {
  std::string text;
};
struct EnableBreakpoint {
  u32 id;
  bool on;
};
struct RemoveBreakpoint {
  u32 id;
};
/// The text goes into the box for breakpoints (Layout::breakpoint_box), for the reader to change.
struct EditBreakpoint {
  std::string text;
};
/// The box for assembly text, or with `bytes` the one for bytes, gets this text.
struct WriteSource {
  std::string text;
  bool bytes = false;
};
/// A place in that text, from 1: the caret goes there; `length` 0 = the whole line.
struct ShowSource {
  u32 line = 0, column = 1, length = 0;
};
/// Back to the last moment at which a breakpoint was true.
struct RunBack {};
/// Back to the last write of something. stops.h does this one and all about breakpoints but EditBreakpoint.
struct FindWriter {
  session::Written written;
  std::string name;  // for the answer; may be ""
};
struct FocusConsole {};
/// The terminal answers a program that asked it something: goes to COM1 as if typed.
struct AnswerProgram {
  std::string text;
};
struct SeekTime {
  u64 time;  // ticks
};
/// Eight bytes of RAM become `value`. In the past that begins another future: ask first.
struct PokeRam {
  Gpa address;
  u64 value;
};
/// The kernel is asked for other settings (session::ChangeSettings). In the past that begins another future: ask first.
struct AskKernel {
  std::string words;
};
/// What a recorded system call said (Session::call_text): answer with set_call_text.
struct ReadCall {
  u64 number;
};
/// The whole record as a file: Session::events_text.
struct SaveEvents {
  bool perfetto;  // a trace for Perfetto, else JSON lines
};
using Intent = std::variant<ToggleBreakpoint, AddBreakpoint, EnableBreakpoint, RemoveBreakpoint, EditBreakpoint,
                            WriteSource, ShowSource, RunBack, FindWriter, FocusConsole, AnswerProgram, SeekTime,
                            PokeRam, AskKernel, ReadCall, SaveEvents>;

struct Field;
struct DrawnText;

class Terminal;
class KeyPointer;

class App {
 public:
  App();
  ~App();

  /// Rasterises the fonts; call before the first frame and whenever the pixel ratio changes (then
  /// tell the renderer to upload them again).
  void build_fonts(float pixel_ratio);

  void draw(const session::Session& session, const FrameInput& input);
  /// Keys for the panels go to it, and each frame begins with its take_over().
  KeyPointer& pointer();
  std::vector<Intent> take_intents();
  /// What the reader wants on the clipboard, "" = nothing new.
  std::string take_copied();
  /// Something still moves (a change mark fades): draw again soon even if nothing happens.
  bool animating() const;
  /// Where the DOM parts go, as of the last draw.
  const Layout& places() const;
  const Fonts& fonts() const;

  void set_call_text(u64 number, std::string text);
  /// Shown over the lens until the reader closes it, it is outdated, or another one comes.
  void set_answer(Answer answer);
  /// What is wrong with the text in the box for breakpoints; {} = nothing, and no editing any more.
  void set_mistake(Mistake mistake);
  /// What stands in the assembler's boxes, and what it became.
  void set_draft(session::Draft draft);
  /// The caret is in this line of the text.
  void set_draft_line(u32 line);
  /// Asks the host for a text in its boxes (WriteSource).
  void write_source(std::string text, bool bytes);
  /// The breakpoint whose text went into the box; 0 = none.
  u32 edited_breakpoint() const;
  /// The file of the process that the panels show, as of the last draw; "" = none.
  std::string shown_program() const;

  /// The console's terminal, as of the last draw or read_output(): what the machine wrote is given to it.
  void read_output(const session::Session& session);
  const Terminal& terminal() const;
  /// The size that fits where it was drawn last.
  std::optional<session::ConsoleSize> console_room() const;

  // For links and the page's own controls.
  void set_lens(Lens lens);
  Lens lens() const;
  /// One of a lens's views by the name of its tab; false when it has none of that name.
  bool set_view(Lens lens, const std::string& name);
  /// Of the lens that is shown; "" when it has none.
  const char* view_name() const;
  /// Lights up all that belongs to it, as a click on it does; {} = nothing.
  void select(const Thing& thing);
  /// Every value the panels show, as of the last draw, when `on` was said before it.
  void list_fields(bool on);
  const std::vector<Field>& fields() const;
  const std::vector<DrawnText>& texts() const;  // and every text
  /// Of the last frame: texts that were cut and that hovering does not tell whole. Only while fields are listed.
  std::vector<CutText> cut_texts() const;
  void select_process(u32 pid);  // 0 = follow the running one
  void set_walk_address(Gva address);
  /// Every panel shows its first lines again, or what lights up.
  void scroll_back();
  /// The session was reset: forget history.
  void forget();
  /// As App came: what the reader has chosen, opened or scrolled is forgotten. The fonts stay.
  void begin_anew();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lucid::ui
