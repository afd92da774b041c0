// SPDX-License-Identifier: MIT
// Code around RIP, with symbols; a click in the margin sets a breakpoint.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {

void draw_disassembly(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  constexpr float row = 19;
  float y = r.y;
  const float address_x = r.x + 18;
  const float bytes_x = address_x + c.width(c.fonts->mono, "0000000000000000") + 16;
  const bool roomy = r.w > 560;
  const float text_x = roomy ? bytes_x + c.width(c.fonts->mono, "00 00 00 00 00 00 00 \u2026") + 12 : bytes_x;
  // Keep RIP in sight when the list is taller than its place.
  size_t current = 0;
  for (size_t i = 0; i < p.code.size(); ++i)
    if (p.code[i].current) current = i;
  const auto fits = static_cast<size_t>(r.h / row);
  const size_t first = current > fits / 2 ? current - fits / 2 : 0;
  for (size_t i = first; i < p.code.size() && y + row <= r.bottom(); ++i) {
    const auto& line = p.code[i];
    if (!line.symbol.empty() && y + 2 * row <= r.bottom()) {
      y += i == first ? 0 : 4;
      c.text_fit(c.fonts->strong, address_x, y, r.right() - address_x, c.theme->soft, line.symbol);
      y += row;
    }
    if (line.current) c.fill({r.x, y - 1, r.w, row}, c.theme->changed, 4);
    const bool stopped_here =
        std::find(p.breakpoints.begin(), p.breakpoints.end(), line.address) != p.breakpoints.end();
    if (stopped_here) c.list->AddCircleFilled({r.x + 8, y + row / 2 - 1}, 4.5f, c.theme->danger);
    if (line.current && !stopped_here)
      c.list->AddTriangleFilled({r.x + 5, y + 4}, {r.x + 5, y + 13}, {r.x + 11, y + 8.5f}, c.theme->accent);
    c.address(address_x, y, line.address.value, c.theme->ink);
    if (roomy) {
      float x = bytes_x;
      for (size_t b = 0; b < line.bytes.size(); ++b) {
        if (b == 7) {
          c.text(c.fonts->mono, x, y, c.theme->soft, "\u2026");
          break;
        }
        const auto field = static_cast<unsigned>(b < line.fields.size() ? line.fields[b] : inspect::ByteField::opcode);
        x += c.text(c.fonts->mono, x, y, c.theme->field[field], format("%02x", line.bytes[b])) + 5;
      }
    }
    c.text_fit(c.fonts->mono, text_x, y, r.right() - text_x, c.theme->ink, line.text);
    const Hit margin = hit(format("line%zu", i).c_str(), {r.x, y, 18, row});
    if (margin.hovered && !stopped_here) c.list->AddCircle({r.x + 8, y + row / 2 - 1}, 4.5f, c.theme->danger);
    if (margin.hovered) tooltip(c, stopped_here ? "Click: stop here no more." : "Click: stop here (a breakpoint).");
    if (margin.clicked) pane.picks.breakpoint = line.address;
    spot(pane, {address_x, y, r.right() - address_x, row - 1},
         {"", line.text, "", address_thing(p.pid, line.address, line.bytes.size()), ""});
    y += row;
  }
  if (p.code.empty()) c.text(c.fonts->label, r.x, r.y, c.theme->soft, "The code at RIP cannot be read.");
  c.unclip();
}

}  // namespace lucid::ui
