// SPDX-License-Identifier: MIT
// The stack: the calls that have not returned, and its words below and above RSP with whose they are.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 19, gutter = 22;
constexpr float least_width_for_addresses = 480;
constexpr unsigned no_frame = ~0u;

std::string function_of(const inspect::StackFrame& frame) {
  return frame.place.symbol.empty() ? hexadecimal(frame.address.value) : short_name(frame.place.symbol);
}

/// Which of a function's frames are told apart by shade.
ImU32 frame_colour(const Canvas& c, unsigned frame) { return fade(c.theme->accent, frame % 2 ? 0.35f : 0.75f); }

std::string meaning_of(const Picture& p, const inspect::StackWord& word) {
  if (!word.place.symbol.empty()) {
    const std::string where = word.place.source().empty() ? "" : "  " + word.place.source();
    return (word.is_return_address ? "return to " : "") + short_name(word.place.text()) + where;
  }
  if (word.value < page_size) return "";
  for (const auto& vma : p.map.vmas)
    if (word.value >= vma.start.value && word.value < vma.end.value) return vma_text(vma);
  return word.value >> 47 == 0x1ffff ? "kernel memory" : "";
}

std::string distance(u64 address, u64 rsp) {
  return address < rsp ? "-" + hexadecimal(rsp - address) : "+" + hexadecimal(address - rsp);
}

void draw_word(Pane& pane, const Rect& r, const inspect::StackWord& word) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const u64 rsp = p.registers.state.gpr[cpu::rsp], rbp = p.registers.state.gpr[cpu::rbp];
  const bool below = word.address.value < rsp;
  const float digits = c.width(c.fonts->mono, "0000000000000000");
  const bool narrow = r.w < least_width_for_addresses;  // places by their distance from RSP then
  const float address_x = r.x + gutter + 28;
  const float value_x = address_x + (narrow ? 58 : digits + 16), note_x = value_x + digits + 14;
  if (word.address.value == rsp) c.fill({r.x, r.y - 1, r.w, row}, c.theme->changed, 4);
  if (word.frame != no_frame) c.fill({r.x + 6, r.y - 1, 4, row}, frame_colour(c, word.frame));
  const char* mark = word.address.value == rsp ? "rsp" : word.address.value == rbp ? "rbp" : "";
  c.text(c.fonts->mono, r.x + gutter - 4, r.y, c.theme->accent, mark);
  const ImU32 ink = below ? fade(c.theme->soft, 0.7f) : c.theme->ink;
  if (narrow)
    c.text(c.fonts->mono, address_x, r.y, below ? ink : c.theme->soft, distance(word.address.value, rsp));
  else
    c.address(address_x, r.y, word.address.value, below ? ink : c.theme->soft);
  c.address(value_x, r.y, word.value, ink);
  const std::string meaning = below ? "" : meaning_of(p, word);
  c.text_fit(c.fonts->label, note_x, r.y + 1, r.right() - note_x, word.is_return_address ? c.theme->ink : c.theme->soft,
             meaning);
  const char* explain = below                    ? "below RSP: left over, or not used yet"
                        : word.is_return_address ? "a call put it here; RET goes there"
                                                 : "a value on the stack";
  spot(pane, {address_x, r.y, value_x - address_x - 8, row - 1},
       {"", hexadecimal(word.address.value), explain,
        address_thing(p.registers.state.cpl() == 3 ? p.pid : 0, word.address, 8), ""});
  spot(pane, {value_x, r.y, r.right() - value_x, row - 1},
       {format("[%s]", hexadecimal(word.address.value).c_str()), hexadecimal(word.value),
        meaning.empty() ? std::string(explain) : meaning,
        address_thing(p.registers.state.cpl() == 3 ? p.pid : 0, Gva{word.value}), ""});
}

}  // namespace

void draw_backtrace(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& frames = pane.p.stack.frames;
  c.clip(r);
  r.take_top(c.heading(r.x, r.y, "CALLS, INNERMOST FIRST"));
  float y = r.y;
  for (size_t i = pane.scrolled(r, frames.size(), row); i < frames.size() && y + row <= r.bottom(); ++i, y += row) {
    const inspect::StackFrame& frame = frames[i];
    if (frame.frame.value != 0) c.fill({r.x + 6, y - 1, 4, row}, frame_colour(c, static_cast<unsigned>(i)));
    const std::string source = frame.place.source();
    const float source_w = c.width(c.fonts->mono, source);
    c.text_fit(c.fonts->mono, r.x + gutter, y, r.w - gutter - source_w - 16, c.theme->ink, function_of(frame));
    c.text_right(c.fonts->mono, r.right(), y, c.theme->soft, source);
    spot(pane, {r.x + gutter, y, r.w - gutter, row - 1},
         {format("frame %zu", i), function_of(frame) + (source.empty() ? "" : " " + source),
          i == 0 ? "the function that runs" : "a function that waits for the one above to return",
          frame.place.line != 0 ? line_thing(frame.place.file, frame.place.line)
                                : address_thing(pane.p.pid, frame.address),
          ""});
  }
  if (frames.empty())
    c.text(c.fonts->label, r.x, r.y, c.theme->soft, "Nothing can be told of the calls that led here.");
  c.unclip();
}

void draw_stack(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& words = pane.p.stack.words;
  c.clip(r);
  r.take_top(c.heading(r.x, r.y, "STACK AROUND RSP"));
  float y = r.y;
  for (size_t i = pane.scrolled(r, words.size(), row); i < words.size() && y + row <= r.bottom(); ++i, y += row)
    draw_word(pane, {r.x, y, r.w, row}, words[i]);
  if (words.empty()) c.text(c.fonts->label, r.x, r.y, c.theme->soft, "RSP points to memory that is not mapped.");
  c.unclip();
}

}  // namespace lucid::ui
