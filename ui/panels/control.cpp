// SPDX-License-Identifier: MIT
// Control registers and segments in one strip: what mode the processor is in, and why.
#include "ui/panels.h"

namespace lucid::ui {
namespace {

struct Bit {
  const char* name;
  unsigned bit;
  const char* meaning;
};

/// "name value"; gives where the next one goes.
float register_value(Pane& pane, float x, float y, float name_width, const Meaning& meaning) {
  const Canvas& c = pane.c;
  const float w = std::max(c.width(c.fonts->mono, meaning.name) + 8, name_width);
  c.text(c.fonts->mono, x, y, c.theme->soft, meaning.name);
  const float end = x + w + c.text(c.fonts->mono, x + w, y, c.theme->ink, meaning.value);
  spot(pane, {x, y - 1, end - x, 19}, meaning);
  return end + 14;
}

float bits_row(Pane& pane, const Rect& r, float y, const char* name, u64 value, const Bit* bits, size_t count) {
  const Canvas& c = pane.c;
  float x = register_value(pane, r.x, y, 46,
                           {name,
                            format("%llx", static_cast<unsigned long long>(value)),
                            "a register of switches; its bits follow",
                            {},
                            "",
                            name});
  for (size_t i = 0; i < count; ++i) {
    const bool on = value >> bits[i].bit & 1;
    const float w = c.width(c.fonts->mono, bits[i].name);
    if (x + w > r.right()) break;
    c.text(c.fonts->mono, x, y, on ? c.theme->ink : fade(c.theme->soft, 0.4f), bits[i].name);
    const std::string full = format("%s.%s", name, bits[i].name);
    spot(pane, {x, y, w, 18}, {full, on ? "1" : "0", bits[i].meaning, {}, "", full});
    x += w + 9;
  }
  return y + 20;
}

}  // namespace

void draw_control(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  static constexpr Bit cr0[] = {{"PE", 0, "protected mode"},
                                {"MP", 1, "monitor coprocessor"},
                                {"TS", 3, "task switched"},
                                {"WP", 16, "read-only pages bind the kernel too"},
                                {"AM", 18, "alignment checks allowed"},
                                {"PG", 31, "paging"}};
  static constexpr Bit cr4[] = {{"PAE", 5, "8-byte page-table entries"},
                                {"PGE", 7, "global pages"},
                                {"OSFXSR", 9, "the kernel saves SSE state"},
                                {"UMIP", 11, "hides descriptor tables from users"},
                                {"LA57", 12, "five-level paging"},
                                {"SMEP", 20, "the kernel may not run user pages"},
                                {"SMAP", 21, "the kernel may not touch user pages unasked"}};
  static constexpr Bit efer[] = {{"SCE", 0, "SYSCALL allowed"},
                                 {"LME", 8, "long mode wanted"},
                                 {"LMA", 10, "long mode active"},
                                 {"NXE", 11, "no-execute pages"}};
  const cpu::State& s = p.registers.state;
  c.clip(r);
  float y = r.y + c.heading(r.x, r.y, "CONTROL REGISTERS");
  y = bits_row(pane, r, y, "cr0", s.cr0, cr0, sizeof cr0 / sizeof *cr0);
  y = bits_row(pane, r, y, "cr4", s.cr4, cr4, sizeof cr4 / sizeof *cr4);
  y = bits_row(pane, r, y, "efer", s.efer, efer, sizeof efer / sizeof *efer);
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
