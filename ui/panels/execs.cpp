// SPDX-License-Identifier: MIT
// execve at work: what it has gathered for a program on its way to being run, and which formats were asked
// for each program and what they answered.
#include <algorithm>
#include <cstring>

#include "core/inspect/linux_names.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 24;

std::string printable(const u8* bytes, size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text += bytes[i] >= 32 && bytes[i] < 127 ? static_cast<char>(bytes[i]) : '.';
  return text;
}

const char* format_name(u32 format) {
  return format < std::size(abi::binary_formats) ? abi::binary_formats[format] : "?";
}

const char* format_explain(u32 format) {
  static constexpr const char* texts[] = {"formats that programs registered in /proc/sys/fs/binfmt_misc",
                                          "files that begin with #! and name their interpreter", "ELF programs"};
  return format < std::size(texts) ? texts[format] : "";
}

/// What execve holds now; takes its place off the top.
void draw_binary(Pane& pane, Rect& r, const inspect::BinaryView& b) {
  const Canvas& c = pane.c;
  c.heading(r.x, r.y, "EXECVE UNDER WAY");
  told(pane, {r.x + 140, r.y - 3, r.w - 140, 18}, format("of %u", b.pid), "the process that will run the program",
       process_thing(b.pid));
  r.take_top(24);
  const auto line = [&](const char* name, const std::string& value, const char* explain) {
    if (r.h >= 19) field(pane, r.take_top(19), 110, {name, value, explain, {}, ""});
  };
  line("path", b.path, "the name given to execve");
  line("interpreter", b.interpreter, "the file that is being looked at: the program's, or its interpreter's");
  line("arguments", std::to_string(b.arguments), "strings of argv");
  line("environment", std::to_string(b.environment), "strings of envp");
  line("strings at", hexadecimal(b.strings_top.value), "where they begin on the new stack, growing down");
  line("rewritten", std::to_string(b.depth), "times a script was replaced by its interpreter");
  line("first bytes", printable(b.head.data(), std::min<size_t>(b.head.size(), 32)), "what the formats look at");
  r.take_top(12);
}

void draw_answer(Pane& pane, Rect& line, const Exec::Answer& answer) {
  const Canvas& c = pane.c;
  const char* error = answer.error ? inspect::errno_name(answer.error) : nullptr;
  const bool took = answer.error == 0, passed = error && std::strcmp(error, "ENOEXEC") == 0;
  const std::string text =
      std::string(format_name(answer.format)) + (took     ? ""
                                                 : passed ? ": not mine"
                                                          : ": " + std::string(error ? error : "?"));
  const float w = c.width(c.fonts->label, text) + 16;
  if (line.w < w) return;
  const Rect box{line.x, line.y, w, 20};
  const ImU32 colour = took ? c.theme->accent : passed ? c.theme->line : c.theme->danger;
  if (took) c.fill(box, fade(c.theme->accent, 0.14f), 6);
  c.frame(box, colour, 6);
  c.text(c.fonts->label, box.x + 8, box.y + 1, took ? c.theme->ink : c.theme->soft, text);
  spot(pane, box,
       {format_name(answer.format),
        took     ? "takes it"
        : passed ? "not mine"
        : error  ? error
                 : "?",
        format_explain(answer.format),
        {},
        ""});
  line.x += w + 8, line.w -= w + 8;
}

}  // namespace

void draw_execs(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const History& history = pane.history;
  c.clip(r);
  for (const auto& binary : pane.p.kernel.binaries) draw_binary(pane, r, binary);
  c.heading(r.x, r.y, "WHO RUNS A FILE, NEWEST FIRST");
  r.take_top(26);
  std::vector<const Exec*> shown;
  for (const Exec& exec : history.execs())
    if (exec.from < history.now()) shown.push_back(&exec);
  std::reverse(shown.begin(), shown.end());
  const float text_width = r.w > 520 ? 130 : 0;
  float y = r.y;
  for (size_t i = pane.scrolled(r, shown.size(), row); i < shown.size() && y + row <= r.bottom(); ++i, y += row) {
    const Exec& exec = *shown[i];
    c.fill({r.x, y + 4, 9, 9}, process_colour(c, pane.p, exec.pid), 2);
    // Who has not become another program is what it was.
    const std::string who = format("%u %s", exec.pid, (exec.name.empty() ? history.name(exec.pid) : exec.name).c_str());
    const std::string head = printable(exec.head.data(), exec.head.size());
    c.text_fit(c.fonts->label, r.x + 15, y + 1, 92, c.theme->ink, who);
    if (text_width > 0) c.text_fit(c.fonts->mono_small, r.x + 112, y + 3, text_width - 6, c.theme->soft, head);
    if (spot(pane, {r.x, y, 106 + text_width, row - 3},
             {who, who + "  " + head,
              "who calls execve, and the file's first 16 bytes, which the formats know their own by",
              event_thing(exec.number, exec.pid, exec.from), "go to this moment"})
            .clicked)
      pane.picks.time = exec.from;
    Rect line{r.x + 112 + text_width, y, r.w - 112 - text_width, row};
    for (const Exec::Answer& answer : exec.answers) draw_answer(pane, line, answer);
  }
  if (shown.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "No program was run yet: the first is init, when the kernel has started. Let time pass.");
  c.unclip();
}

}  // namespace lucid::ui
