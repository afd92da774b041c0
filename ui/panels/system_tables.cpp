// SPDX-License-Identifier: MIT
// The tables the processor itself reads: the GDT's segments, the TSS' stacks, the IDT's gates.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 19;

const char* in_use(const cpu::State& s, u16 selector) {
  if (selector == 0) return "";
  if ((s.segment[cpu::cs].selector & ~7) == selector) return "cs";
  if ((s.segment[cpu::ss].selector & ~7) == selector) return "ss";
  if ((s.tr.selector & ~7) == selector) return "tr";
  return "";
}

float draw_descriptor(Pane& pane, const Rect& r, float y, const inspect::DescriptorView& d) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const char* user = in_use(p.registers.state, d.selector);
  c.text(c.fonts->mono, r.x, y, c.theme->soft, format("%02x", d.selector));
  c.text_fit(c.fonts->label, r.x + 34, y, 150, d.present ? c.theme->ink : c.theme->soft, d.kind);
  if (d.present) {
    c.text(c.fonts->label, r.x + 190, y, c.theme->soft, format("ring %u", d.dpl));
    const bool flat = d.base == 0 && (d.limit == 0xffffffff || !d.wide);
    c.text_fit(c.fonts->mono, r.x + 250, y, r.w - 280, c.theme->ink,
               flat ? "" : format("at %llx", static_cast<unsigned long long>(d.base)));
  }
  c.text_right(c.fonts->mono, r.right() - 6, y, c.theme->accent, user);
  spot(pane, {r.x, y, r.w, row - 1},
       {format("selector 0x%02x", d.selector), format("0x%016llx", static_cast<unsigned long long>(d.low)),
        format("at %llx, limit %llx. In 64-bit mode only type, ring and the L bit of a code segment matter.",
               static_cast<unsigned long long>(d.base), static_cast<unsigned long long>(d.limit)),
        address_thing(0, Gva{p.registers.state.gdtr.base + d.selector}, d.wide ? 16 : 8), ""});
  return y + row;
}

void draw_tss(Pane& pane, Rect r) {
  const inspect::TssView& tss = pane.p.tables.tss;
  if (!tss.valid) return;
  const auto line = [&](const std::string& name, u64 value, const char* explain, u64 offset) {
    if (r.h < row) return;
    field(pane, r.take_top(row), 70, {name, hexadecimal(value), explain, address_thing(0, tss.base + offset, 8), ""});
  };
  line("rsp0", tss.rsp[0], "the kernel stack that an interrupt from ring 3 switches to", 4);
  for (unsigned i = 0; i < 7; ++i)
    if (tss.ist[i] != 0)
      line(format("ist%u", i + 1), tss.ist[i], "a stack of its own for the gates that ask for it", 36 + 8 * i);
}

}  // namespace

void draw_gdt(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  c.heading(r.x, r.y, "GLOBAL DESCRIPTOR TABLE");
  const float tss_width = 250;
  if (r.w > 560 && p.tables.tss.valid) {
    const Rect right{r.right() - tss_width, r.y, tss_width, r.h};
    c.heading(right.x, r.y, "TASK STATE SEGMENT");
    draw_tss(pane, {right.x, right.y + 24, right.w, right.h - 24});
    r.w -= tss_width + 20;
  }
  r.take_top(24);
  float y = r.y;
  for (size_t i = pane.scrolled(r, p.tables.gdt.size(), row); i < p.tables.gdt.size() && y + row <= r.bottom(); ++i)
    y = draw_descriptor(pane, r, y, p.tables.gdt[i]);
  if (p.tables.gdt.empty()) c.text(c.fonts->label, r.x, r.y, c.theme->soft, "No table is loaded yet.");
  c.unclip();
}

void draw_idt(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  c.heading(r.x, r.y, "INTERRUPT DESCRIPTOR TABLE");
  r.take_top(24);
  struct Gate {
    const inspect::GateView* view;
    std::string handler;  // by name
  };
  std::vector<Gate> gates;
  for (size_t i = 0; i < p.tables.idt.size(); ++i)
    if (p.tables.idt[i].present) gates.push_back({&p.tables.idt[i], short_name(p.gates[i].text())});
  if (gates.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   p.tables.why_not.empty() ? "No gate is set yet." : p.tables.why_not);
  float y = r.y;
  for (size_t i = pane.scrolled(r, gates.size(), row); i < gates.size() && y + row <= r.bottom(); ++i, y += row) {
    const inspect::GateView& gate = *gates[i].view;
    std::string name = inspect::vector_name(gate.vector);
    if (gate.vector >= 0x20 && gate.vector < 0x30) name = format("IRQ %u", gate.vector - 0x20u);
    c.text(c.fonts->mono, r.x, y, c.theme->soft, format("%02x", gate.vector));
    c.text_fit(c.fonts->label, r.x + 34, y, 150, c.theme->ink, name);
    const bool roomy = r.w > 520;
    const float handler_x = roomy ? 290 : 190;
    if (roomy) c.text_fit(c.fonts->label, r.x + 190, y, 96, c.theme->soft, gate.kind);
    c.text_fit(c.fonts->mono, r.x + handler_x, y, r.w - handler_x - (roomy ? 96 : 48), c.theme->ink,
               gates[i].handler.empty() ? hexadecimal(gate.handler.value) : gates[i].handler);
    c.text_right(c.fonts->label, r.right() - 6, y, c.theme->soft,
                 gate.stack && roomy ? format("ring %u, ist%u", gate.dpl, gate.stack) : format("ring %u", gate.dpl));
    spot(pane, {r.x, y, r.w, row - 1},
         {format("vector 0x%02x", gate.vector), hexadecimal(gate.handler.value),
          gates[i].handler + (gate.dpl == 3 ? "\nwhere the processor goes; programs may ask for it with INT"
                                            : "\nwhere the processor goes; INT from ring 3 is refused (#GP)"),
          address_thing(0, gate.handler), "look at the handler's address"});
  }
  c.unclip();
}

}  // namespace lucid::ui
