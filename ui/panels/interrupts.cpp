// SPDX-License-Identifier: MIT
// How often each line of the interrupt controllers called, as the kernel counted.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 21;
constexpr u64 first_vector = 0x20;  // the kernel's remapping of the two PICs

const char* line_name(u32 line) {
  switch (line) {
    case 0:
      return "timer (PIT)";
    case 1:
      return "keyboard";
    case 2:
      return "second PIC";
    case 3:
      return "COM2";
    case 4:
      return "COM1";
    case 8:
      return "clock (RTC)";
    case 14:
      return "disk (ATA)";
    default:
      return "";
  }
}

}  // namespace

void draw_interrupts(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& kernel = pane.p.kernel;
  c.clip(r);
  c.heading(r.x, r.y, "LINES");
  r.take_top(24);
  if (!kernel.valid) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft, kernel.why_not);
    return c.unclip();
  }
  u64 most = 1;
  for (const u64 count : kernel.irq_counts) most = std::max(most, count);
  float y = r.y;
  for (u32 line = 0; line < inspect::KernelStateView::irq_lines && y + row <= r.bottom(); ++line) {
    const u64 count = kernel.irq_counts[line];
    if (count == 0 && !*line_name(line)) continue;
    const bool ours = pane.p.trap.known && pane.p.trap.kind == trace::Kind::interrupt_delivered &&
                      pane.p.trap.vector == first_vector + line;
    if (ours) c.fill({r.x - 4, y - 2, r.w + 4, row - 1}, fade(c.theme->accent, 0.10f), 4);
    c.text_right(c.fonts->mono, r.x + 18, y, c.theme->soft, std::to_string(line));
    const std::string text = grouped(count);
    const float width = c.width(c.fonts->mono, text);
    c.text_fit(c.fonts->label, r.x + 28, y, r.w - width - 36, count ? c.theme->ink : c.theme->soft, line_name(line));
    c.text_right(c.fonts->mono, r.right() - 2, y, count ? c.theme->ink : c.theme->soft, text);
    if (count > 0)
      c.fill({r.x + 28, y + 17, (r.w - 30) * static_cast<float>(count) / static_cast<float>(most), 2},
             fade(c.theme->accent, 0.6f), 1);
    spot(pane, {r.x, y - 1, r.w, row - 2},
         {format("IRQ %u", line),
          std::to_string(count),
          format("%s, vector 0x%llx: interrupts the kernel has acknowledged",
                 *line_name(line) ? line_name(line) : "nobody's", static_cast<unsigned long long>(first_vector + line)),
          {},
          ""});
    y += row;
  }
  if (y + row <= r.bottom())
    field(pane, {r.x, y + 3, r.w, row - 1}, 90,
          {"spurious", std::to_string(kernel.spurious), "requests that went away before they were answered", {}, ""});
  c.unclip();
}

}  // namespace lucid::ui
