// SPDX-License-Identifier: MIT
// Control registers and segments in one strip: what mode the processor is in, and why.
#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "ui/panels.h"
#include "ui/panels/register_bits.h"

namespace lucid::ui {
namespace {

/// "name value"; gives where the next one goes.
float register_value(Pane& pane, float x, float y, float name_width, const Meaning& meaning) {
  const Canvas& c = pane.c;
  const float w = std::max(c.width(c.fonts->mono, meaning.name) + 8, name_width);
  c.text(c.fonts->mono, x, y, c.theme->soft, meaning.name);
  const float end = x + w + c.text(c.fonts->mono, x + w, y, c.theme->ink, meaning.value);
  spot(pane, {x, y - 1, end - x, 19}, meaning);
  return end + 14;
}

/// Those of its bits that tell most, by their names.
template <size_t n>
float bits_row(Pane& pane, const Rect& r, float y, const char* name, u64 value, const Bits (&bits)[n],
               std::initializer_list<std::string_view> told_most) {
  const Canvas& c = pane.c;
  float x = register_value(pane, r.x, y, 46,
                           {name,
                            format("%llx", static_cast<unsigned long long>(value)),
                            "a register of switches; its bits follow",
                            {},
                            "",
                            name});
  for (const Bits& bit : bits) {
    if (std::find(told_most.begin(), told_most.end(), bit.name) == told_most.end()) continue;
    const bool on = bit.of(value) != 0;
    const float w = c.width(c.fonts->mono, bit.name);
    if (x + w > r.right()) break;
    c.text(c.fonts->mono, x, y, on ? c.theme->ink : fade(c.theme->soft, 0.4f), bit.name);
    const std::string full = format("%s.%s", name, bit.name);
    spot(pane, {x, y, w, 18}, {full, on ? "1" : "0", bit.meaning, {}, "", full});
    x += w + 9;
  }
  return y + 20;
}

}  // namespace

void draw_control(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const cpu::State& s = p.registers.state;
  c.clip(r);
  float y = r.y + c.heading(r.x, r.y, "CONTROL REGISTERS");
  y = bits_row(pane, r, y, "cr0", s.cr0, cr0_bits, {"PE", "MP", "TS", "WP", "AM", "PG"});
  y = bits_row(pane, r, y, "cr4", s.cr4, cr4_bits, {"PAE", "PGE", "OSFXSR", "UMIP", "LA57", "SMEP", "SMAP"});
  y = bits_row(pane, r, y, "efer", s.efer, efer_bits, {"SCE", "LME", "LMA", "NXE"});
  float x = r.x;
  const auto selector = [&](const char* name, cpu::Seg which, const char* explain) {
    x = register_value(pane, x, y, which == cpu::cs ? 46 : 0,
                       {name, format("%02x", static_cast<unsigned>(s.segment[which].selector)), explain, {}, "", name});
  };
  const auto base = [&](const char* name, cpu::Seg which, const char* explain) {
    const u64 value = s.segment[which].base;
    x = register_value(pane, x, y, 0,
                       {name, format("%llx", static_cast<unsigned long long>(value)), explain,
                        value ? address_thing(0, Gva{value}) : Thing{}, ""});
  };
  selector("cs", cpu::cs, "the code segment's selector; its lowest two bits are the ring");
  selector("ss", cpu::ss, "the stack segment's selector");
  selector("ds", cpu::ds, "the data segment's selector, of no account in 64-bit mode");
  base("fs base", cpu::fs, "added to addresses with fs:, a program's thread-local storage");
  base("gs base", cpu::gs, "added to addresses with gs:, in the kernel its own data");
  c.unclip();
}

}  // namespace lucid::ui
