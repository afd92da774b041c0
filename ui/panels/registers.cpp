// SPDX-License-Identifier: MIT
// The right column: general registers with changes marked, RFLAGS spelled out, ring and mode.
#include <algorithm>
#include <span>

#include "ui/panels.h"
#include "ui/panels/register_bits.h"

namespace lucid::ui {
namespace {

/// Of RFLAGS those that arithmetic and programs set: its table begins with them.
constexpr auto flag_bits = std::span(rflags_bits).first(9);

std::string meaning_of(const Picture& p, u64 value) {
  for (const auto& vma : p.map.vmas) {
    if (value < vma.start.value || value >= vma.end.value) continue;
    return vma_text(vma);
  }
  return value >= 0xffffffff80000000 ? "kernel" : value >> 47 == 0x1ffff ? "kernel memory" : "";
}

constexpr unsigned of_cr3 = 18;  // a physical address

/// What it points to, as far as that is known: a symbol, text, a VMA.
std::string note_of(const Picture& p, u64 value, unsigned index) {
  if (value < page_size) return "";
  std::string note = meaning_of(p, value);
  if (index >= p.notes.size()) return note;
  const RegisterNote& known = p.notes[index];
  if (!known.symbol.empty()) return short_name(known.symbol);
  if (!known.text.empty()) note = "\"" + known.text + "\"";
  return note;
}

/// One register; returns the next y.
float register_row(Pane& pane, const Rect& r, float row, float y, const char* name, u64 value, unsigned mark_index) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const float mark = pane.marks.strength(mark_index, pane.now);
  const float value_x = r.x + 46;
  const float digits = c.width(c.fonts->mono, "0000000000000000");
  if (mark > 0) c.fill({value_x - 4, y - 1, digits + 8, row - 1}, fade(c.theme->changed, mark), 3);
  c.text(c.fonts->mono, r.x, y, c.theme->soft, name);
  c.address(value_x, y, value, c.theme->ink);
  const std::string meaning = mark_index == of_cr3 ? "" : note_of(p, value, mark_index);
  const float note_x = value_x + digits + 10;
  if (!meaning.empty()) c.text_fit(c.fonts->label, note_x, y, r.right() - note_x, c.theme->soft, meaning);
  const std::string area = value < page_size || mark_index == of_cr3 ? "" : meaning_of(p, value);
  const std::string explain =
      format("%s%s%s%s%lld in decimal", area.empty() ? "" : "points into ", area.c_str(), area.empty() ? "" : ": ",
             meaning.empty() || meaning == area ? "" : (meaning + "; ").c_str(), static_cast<long long>(value));
  spot(pane, {r.x, y, r.w, row - 1},
       {name, hexadecimal(value), explain, address_thing(p.pid, Gva{value}, 8), "walk the page tables for this address",
        name});
  return y + row;
}

float flags_row(Pane& pane, const Rect& r, float row, float y, u64 flags) {
  const Canvas& c = pane.c;
  const float mark = pane.marks.strength(17, pane.now);
  if (mark > 0) c.fill({r.x + 42, y - 1, r.w - 42, row - 1}, fade(c.theme->changed, mark), 3);
  c.text(c.fonts->mono, r.x, y, c.theme->soft, "rfl");
  float x = r.x + 46;
  for (const Bits& flag : flag_bits) {
    const bool on = flag.of(flags) != 0;
    const float w = c.text(c.fonts->mono, x, y, on ? c.theme->ink : fade(c.theme->soft, 0.45f), flag.name);
    spot(pane, {x, y, w, row}, {flag.name, on ? "1" : "0", flag.meaning, {}, "", flag.name});
    x += w + 8;
  }
  return y + row;
}

}  // namespace

void draw_registers(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const cpu::State& s = p.registers.state;
  c.heading(r.x, r.y, "CPU");
  const unsigned ring = s.cpl();
  const ImU32 ring_colour = ring == 0 ? c.theme->kernel : process_colour(c, p, p.processes.current_pid);
  const std::string ring_text = format("RING %u", ring);
  const float w = c.text_right(c.fonts->heading, r.right(), r.y, c.theme->soft, ring_text);
  const Rect badge{r.right() - w - 15, r.y + 2, 9, 9};
  c.fill(badge, ring_colour, 2);
  spot(pane, {badge.x, r.y - 2, w + 16, 18},
       {"CPL",
        std::to_string(ring),
        ring == 0 ? "kernel mode: every instruction is allowed" : "user mode: privileged instructions fault",
        {},
        ""});
  float y = r.y + 22;
  constexpr float rows = 20;  // RIP, sixteen, RFLAGS, CR3, CR2
  const float row = std::clamp((r.h - 22) / rows, 15.0f, 19.0f);
  static constexpr const char* names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                            "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  static constexpr unsigned order[16] = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};
  c.clip(r);
  y = register_row(pane, r, row, y, "rip", s.rip, 16);
  for (const unsigned i : order) {
    if (y + 2 * row > r.bottom() + 1) break;
    y = register_row(pane, r, row, y, names[i], s.gpr[i], i);
  }
  if (y + row <= r.bottom() + 1) y = flags_row(pane, r, row, y, s.rflags);
  if (y + row <= r.bottom() + 1) y = register_row(pane, r, row, y, "cr3", s.cr3, of_cr3);
  if (y + row <= r.bottom() + 1) register_row(pane, r, row, y, "cr2", s.cr2, 19);
  c.unclip();
}

}  // namespace lucid::ui
