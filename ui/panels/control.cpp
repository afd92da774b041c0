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

/// What the segment registers still mean in 64-bit mode: the ring, and two bases.
void segments_row(Pane& pane, const Rect& r, float y, const cpu::State& s) {
  const Canvas& c = pane.c;
  const struct {
    const char *name, *reg;
    u64 value;
    const char* meaning;
  } all[] = {{"cs", "cs", s.segment[cpu::cs].selector, "the segment of code; its lowest two bits are the ring"},
             {"ss", "ss", s.segment[cpu::ss].selector, "the segment of the stack"},
             {"ds", "ds", s.segment[cpu::ds].selector, "the segment of data"},
             {"fs base", "fs", s.segment[cpu::fs].base, "what addresses by way of fs are counted from"},
             {"gs base", "gs", s.segment[cpu::gs].base, "what addresses by way of gs are counted from"}};
  float x = r.x;
  for (const auto& each : all) {
    const std::string value = format("%02llx", static_cast<unsigned long long>(each.value));
    const float name_width = x == r.x ? 46 : c.width(c.fonts->mono, each.name) + 8;
    const float w = name_width + c.width(c.fonts->mono, value);
    if (x + w > r.right()) break;
    c.text(c.fonts->mono, x, y, c.theme->soft, each.name);
    c.text(c.fonts->mono, x + name_width, y, c.theme->ink, value);
    spot(pane, {x, y, w, 18}, {each.name, "0x" + value, each.meaning, {}, "", each.reg});
    x += w + 18;
  }
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
  segments_row(pane, r, y, s);
  c.unclip();
}

}  // namespace lucid::ui
