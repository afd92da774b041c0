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

float bits_row(Pane& pane, const Rect& r, float y, const char* name, u64 value, const Bit* bits, size_t count) {
  const Canvas& c = pane.c;
  c.text(c.fonts->mono, r.x, y, c.theme->soft, name);
  float x = r.x + 46;
  x += c.text(c.fonts->mono, x, y, c.theme->ink, format("%llx", static_cast<unsigned long long>(value))) + 14;
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
  const auto selector = [&](cpu::Seg which) { return static_cast<unsigned>(s.segment[which].selector); };
  c.text(c.fonts->mono, r.x, y, c.theme->soft, "cs");
  c.text_fit(c.fonts->mono, r.x + 46, y, r.w - 46, c.theme->ink,
             format("%02x   ss %02x   ds %02x   fs.base %llx   gs.base %llx", selector(cpu::cs), selector(cpu::ss),
                    selector(cpu::ds), static_cast<unsigned long long>(s.segment[cpu::fs].base),
                    static_cast<unsigned long long>(s.segment[cpu::gs].base)));
  c.unclip();
}

}  // namespace lucid::ui
