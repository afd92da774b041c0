// SPDX-License-Identifier: MIT
// The instruction at RIP: its bytes by field, its text, where it belongs.
#include "ui/panels.h"

namespace lucid::ui {

void draw_instruction(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  float y = r.y + c.heading(r.x, r.y, "NEXT INSTRUCTION");
  const inspect::DisassemblyLine* line = nullptr;
  for (const auto& candidate : p.code)
    if (candidate.current) line = &candidate;
  if (!line) {
    c.text(c.fonts->label, r.x, y, c.theme->soft, "The code at RIP cannot be read.");
    c.unclip();
    return;
  }
  static constexpr const char* field_names[] = {"prefix", "REX prefix",   "opcode",   "ModRM",
                                                "SIB",    "displacement", "immediate"};
  static constexpr const char* field_meanings[] = {
      "changes how the rest is meant: lock, repeat, operand size, segment",
      "one more bit for each register, and W for 64-bit operands",
      "which operation it is",
      "which registers it works on, or how the memory operand's address is made",
      "base, index and scale of the memory operand's address",
      "a constant in the memory operand's address, or the distance of a jump",
      "a constant operand"};
  float x = r.x;
  for (size_t i = 0; i < line->bytes.size(); ++i) {
    const std::string hex = format("%02x", line->bytes[i]);
    const float w = c.width(c.fonts->mono, hex) + 8;
    if (x + w > r.right()) {
      x = r.x;
      y += 24;
    }
    const auto field = static_cast<unsigned>(i < line->fields.size() ? line->fields[i] : inspect::ByteField::opcode);
    c.fill({x, y, w, 20}, c.theme->field[field], 4);
    c.text(c.fonts->mono, x + 4, y + 2, c.theme->dark ? c.theme->panel : IM_COL32_WHITE, hex);
    spot(pane, {x, y, w, 20},
         {field_names[field], hex, field_meanings[field], address_thing(p.pid, Gva{line->address.value + i}), ""});
    x += w + 3;
  }
  y += 27;
  const Thing whole = address_thing(p.pid, line->address, line->bytes.size());
  c.text_fit(c.fonts->mono, r.x, y, r.w, c.theme->ink, line->text);
  spot(pane, {r.x, y - 1, r.w, 19}, {"instruction", line->text, "what the processor does next", whole, ""});
  y += 21;
  std::string place = short_name(p.registers.place.text());
  if (const std::string source = p.registers.place.source(); !source.empty()) place += " \u00b7 " + source;
  const std::string mode = p.registers.mode;
  told(pane, {r.x, y, r.w, 18}, place.empty() ? mode : place + " \u00b7 " + mode,
       "the function it is part of, its source line, and the processor's mode", whole);
  c.unclip();
}

}  // namespace lucid::ui
