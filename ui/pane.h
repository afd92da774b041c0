// SPDX-License-Identifier: MIT
// What a panel is given: where to draw, the values to show, what is lit; and where it leaves what
// the reader did. Panels are functions of it and keep nothing between frames but PanelState.
#pragma once
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ui/draw.h"
#include "ui/focus.h"
#include "ui/history.h"
#include "ui/marks.h"
#include "ui/picture.h"
#include "ui/question.h"
#include "ui/terminal/terminal.h"

namespace lucid::ui {

/// A page-table entry gets a new value.
struct EntryFlip {
  Gpa at;
  u64 value;
};

/// What becomes of a breakpoint of the list.
struct BreakpointPick {
  enum class What : u8 { enable, disable, remove, edit, run_back } what;
  u32 id = 0;        // 0 with edit: a new one
  std::string text;  // edit
};

/// What a panel wants: of the selection the panels share, of the machine, of the host.
struct Picks {
  std::optional<u32> process;                         // select this one (0: follow the running one)
  std::optional<Gva> address;                         // walk the page tables for it
  std::optional<Gva> breakpoint;                      // toggle
  std::optional<BreakpointPick> stop;                 // of the list
  std::optional<Question> question;                   // asked about a value
  Rect box;                                           // place for the text of a breakpoint
  Rect source_box;                                    // place for the assembler's boxes
  std::optional<std::string> source;                  // write this into the box for assembly text
  std::optional<assembler::Diagnostic> source_place;  // show this place of it
  std::optional<u64> time;                            // go there (ticks)
  bool console = false;                               // focus the console
  std::optional<session::ConsoleSize> console_room;   // what has place in its panel
  Thing hovered;                                      // under the pointer
  std::optional<Thing> selected;                      // clicked
  std::optional<EventFilter> events;                  // list these
  std::optional<std::string> save;                    // the record as a file of this format: "jsonl" or "perfetto"
  std::optional<u64> call;                            // what this system call said, by its number in the record
  std::optional<EntryFlip> flip;
  std::optional<std::string> settings;  // ask the kernel for these
  std::optional<std::string> file;      // show this one
  std::optional<std::string> copy;
  std::optional<Gva> code;                      // list the code there
  bool code_back = false, code_at_rip = false;  // list it where it was listed before, or where RIP is
};

/// A place in a text: the number of its line, which stays when lines before it are dropped, and the cell.
struct TextPlace {
  u64 line = 0;
  size_t column = 0;
  auto operator<=>(const TextPlace&) const = default;
};

/// What a panel remembers of what the reader did in it.
struct PanelState {
  float scroll = 0;              // lines
  double span = 2e7;             // ticks shown (200 ms) …
  double origin = -1;            // … from here on; -1 = where now is
  u64 seen = 0;                  // now, in the last frame
  double top = 0;                // of a second list, in lines
  int choice = 0;                // of its own tabs or modes
  std::set<u64> open;            // of its rows, which are unfolded
  std::map<u32, size_t> passed;  // by process: how many of its first rows are passed over
  Thing followed;                // what it has last brought into sight
  bool hovered = false;          // the pointer was on something of it in the last frame
  TextPlace from, to;            // of its text, which is selected
};

/// A value as a panel shows it, for tests and screen readers.
struct Field {
  std::string panel, name, value, explain;
  Rect place;
  Thing thing;       // that it stands for
  std::string told;  // what hovering says
  bool lit = false;
};

struct Pane {
  const Canvas& c;
  const Picture& p;
  const History& history;
  const ChangeMarks& marks;
  const Terminal& terminal;
  const Focus& focus;
  double now = 0;  // host seconds
  bool console_focused = false;
  PanelState& state;
  Picks& picks;
  const char* panel = "";                // its id
  std::vector<Field>* fields = nullptr;  // to be filled, or nobody wants them

  /// Scrolls a list by the wheel over `r`, with a bar that says so: the number of its first visible line.
  size_t scrolled(const Rect& r, size_t lines, float line_height) const;
  /// The reader looks at something that this panel has not brought into sight yet.
  bool led_elsewhere() const { return focus.thing() && !(focus.thing() == state.followed); }
  /// Now it has. False when the pointer is on it here: then it is in sight, and must not run away.
  bool follow() const;
  /// Scrolls so that a line is seen.
  void show_line(const Rect& r, size_t line, float line_height) const;
  /// The same for the line where that thing is.
  void bring_into_sight(const Rect& r, size_t line, float line_height) const;
};

/// What an area shows. `value` is what copying gives, `explain` one sentence on what it is.
struct Meaning {
  std::string_view name;
  std::string value;
  std::string_view explain;
  Thing thing;
  std::string_view click;     // what a click does, "" = it selects the thing
  std::string_view reg = {};  // the register that holds the value, by its name, or the bit; what the thing is besides
};

/// An area with a meaning: lit when it belongs to what the reader looks at; hovering explains it,
/// a click selects it, the other button (or a long press) copies its value.
Hit spot(Pane& pane, const Rect& r, const Meaning& meaning);
/// The same where the panel itself says what the pointer does there: small marks in a picture that reacts as a whole.
void spot(Pane& pane, const Rect& r, const Meaning& meaning, const Hit& area);

/// Words in a line as wide as `r`, with a spot over them: copying gives them whole. Gives how wide they are.
float told(Pane& pane, const Rect& r, const std::string& text, std::string_view explain, const Thing& thing = {});
/// The same for more than a line; gives how high they are.
float told_wrapped(Pane& pane, const Rect& r, ImU32 colour, const std::string& text, std::string_view explain,
                   const Thing& thing = {});

/// A line "name   value" in `r`, with the meaning's spot over it.
void field(Pane& pane, const Rect& r, float name_width, const Meaning& meaning, float change = 0);

}  // namespace lucid::ui
