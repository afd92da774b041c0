// SPDX-License-Identifier: MIT
// Control, model-specific, descriptor-table and segment registers, bit by bit.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

struct Bit {
  unsigned at;
  const char* name;
  const char* meaning;
};

// SDM vol. 3, 2.5 and 2.2.1; vol. 1, 3.4.3.
constexpr Bit rflags_bits[] = {{0, "CF", "carry out of the highest bit"},
                               {2, "PF", "the low byte has an even number of ones"},
                               {4, "AF", "carry out of bit 3, for decimal arithmetic"},
                               {6, "ZF", "the result was zero"},
                               {7, "SF", "the result's highest bit"},
                               {8, "TF", "trap after every instruction"},
                               {9, "IF", "interrupts may be delivered"},
                               {10, "DF", "string instructions go downwards"},
                               {11, "OF", "signed overflow"},
                               {14, "NT", "nested task"},
                               {16, "RF", "no instruction breakpoint now"},
                               {17, "VM", "virtual 8086 mode"},
                               {18, "AC", "alignment checks, and SMAP's exception"},
                               {21, "ID", "CPUID exists"}};
constexpr Bit cr0_bits[] = {{0, "PE", "protected mode"},
                            {1, "MP", "WAIT looks at TS"},
                            {2, "EM", "no x87: emulate"},
                            {3, "TS", "task switched: the next x87 or SSE instruction faults"},
                            {4, "ET", "always one"},
                            {5, "NE", "x87 errors are exceptions"},
                            {16, "WP", "read-only pages bind the kernel, too"},
                            {18, "AM", "alignment checks are possible"},
                            {29, "NW", "no write-through"},
                            {30, "CD", "caches off"},
                            {31, "PG", "paging"}};
constexpr Bit cr4_bits[] = {{4, "PSE", "4 MiB pages in 32-bit paging"},
                            {5, "PAE", "page-table entries of eight bytes"},
                            {7, "PGE", "global pages stay in the TLB"},
                            {9, "OSFXSR", "the kernel saves SSE registers"},
                            {10, "OSXMMEXCPT", "SSE errors are #XM"},
                            {11, "UMIP", "SGDT and its like are the kernel's alone"},
                            {12, "LA57", "five levels of page tables"},
                            {16, "FSGSBASE", "programs may move FS and GS"},
                            {17, "PCIDE", "the TLB tells address spaces apart"},
                            {20, "SMEP", "the kernel may not run user pages"},
                            {21, "SMAP", "the kernel may not touch user pages unasked"}};
constexpr Bit efer_bits[] = {{0, "SCE", "SYSCALL is allowed"},
                             {8, "LME", "long mode wanted"},
                             {10, "LMA", "long mode active"},
                             {11, "NXE", "pages may forbid execution"}};
constexpr Bit mxcsr_bits[] = {{0, "IE", "invalid operation happened"},
                              {1, "DE", "denormal operand"},
                              {2, "ZE", "division by zero"},
                              {3, "OE", "overflow"},
                              {4, "UE", "underflow"},
                              {5, "PE", "inexact result"},
                              {6, "DAZ", "denormals are zeros"},
                              {15, "FTZ", "tiny results become zero"}};

constexpr float row = 19, name_width = 76;

/// Rows down; in two columns where there is room for them.
class Sheet {
 public:
  Sheet(Pane& pane, const Rect& r) : pane_(pane), r_(r), y_(r.y - pane.state.scroll * row) {
    if (two_columns()) r_.w = (r_.w - air) / 2;
  }

  /// What follows goes on top of the second column.
  void turn() {
    if (!two_columns()) return;
    deepest_ = y_;
    r_.x += r_.w + air;
    y_ = r_.y - pane_.state.scroll * row;
  }

  void heading(const char* text) {
    y_ += y_ > r_.y ? 8 : 0;
    if (visible()) pane_.c.heading(r_.x, y_, text);
    y_ += 22;
  }
  void value(const char* name, u64 value, const char* explain, Thing thing = {}) {
    if (visible())
      field(pane_, {r_.x, y_, r_.w, row - 1}, name_width, {name, hexadecimal(value), explain, thing, "", name});
    y_ += row;
  }
  template <size_t n>
  void bits(const char* name, u64 value, const Bit (&names)[n], const char* explain) {
    const Canvas& c = pane_.c;
    this->value(name, value, explain);
    float x = r_.x + name_width;
    for (const Bit& bit : names) {
      const float w = c.width(c.fonts->mono_small, bit.name);
      if (x + w > r_.right()) x = r_.x + name_width, y_ += row - 2;
      const bool on = value >> bit.at & 1;
      if (visible()) {
        c.text(c.fonts->mono_small, x, y_, on ? c.theme->ink : fade(c.theme->soft, 0.45f), bit.name);
        if (on) c.fill({x, y_ + 14, w, 1.5f}, c.theme->accent);
        spot(pane_, {x, y_, w, row - 3}, {format("%s.%s", name, bit.name), on ? "1" : "0", bit.meaning, {}, ""});
      }
      x += w + 10;
    }
    y_ += row + 3;
  }
  void segment(const char* name, const cpu::Segment& s) {
    if (visible())
      field(pane_, {r_.x, y_, r_.w, row - 1}, name_width,
            {name,
             format("%04x  base %llx  limit %x  %04x", s.selector, static_cast<unsigned long long>(s.base), s.limit,
                    s.attributes),
             "the selector, and base, limit and attributes as the processor remembers them from its descriptor",
             {},
             "",
             name});
    y_ += row;
  }
  /// How far down it went, in lines.
  size_t lines() const { return static_cast<size_t>((std::max(y_, deepest_) - r_.y) / row + pane_.state.scroll) + 1; }

 private:
  static constexpr float air = 40, least_for_two = 900;
  bool two_columns() const { return whole_ >= least_for_two; }
  bool visible() const { return y_ > r_.y - row && y_ + row <= r_.bottom() + 2; }
  Pane& pane_;
  Rect r_;
  float whole_ = r_.w, y_, deepest_ = -1e9f;
};

}  // namespace

void draw_all_registers(Pane& pane, Rect r) {
  const cpu::State& s = pane.p.registers.state;
  pane.c.clip(r);
  Sheet sheet(pane, r);
  sheet.heading("FLAGS AND CONTROL");
  sheet.bits("rflags", s.rflags, rflags_bits, "what the last arithmetic found, and how the processor runs");
  sheet.bits("cr0", s.cr0, cr0_bits, "protection and paging as a whole");
  sheet.value("cr2", s.cr2, "the address of the last page fault", address_thing(pane.p.pid, Gva{s.cr2}));
  sheet.value("cr3", s.cr3, "where the top page table is", physical_thing(Gpa{s.cr3 & ~page_mask}, page_size));
  sheet.bits("cr4", s.cr4, cr4_bits, "which newer features are on");
  sheet.value("cr8", s.cr8, "interrupts of lower priority wait");
  sheet.bits("efer", s.efer, efer_bits, "long mode, SYSCALL and no-execute");
  sheet.heading("SYSTEM CALLS");
  sheet.value("lstar", s.lstar, "where SYSCALL jumps to", address_thing(0, Gva{s.lstar}));
  sheet.value("star", s.star, "the segments of kernel and user code for SYSCALL and SYSRET");
  sheet.value("sfmask", s.sfmask, "the flags SYSCALL clears");
  sheet.value("kernel gs", s.kernel_gs_base, "what SWAPGS exchanges with GS.base",
              address_thing(0, Gva{s.kernel_gs_base}));
  sheet.value("sysenter", s.sysenter_eip, "where SYSENTER jumps to", address_thing(0, Gva{s.sysenter_eip}));
  sheet.turn();
  sheet.heading("SEGMENTS AND TABLES");
  static constexpr const char* names[] = {"es", "cs", "ss", "ds", "fs", "gs"};
  for (const unsigned i : {1u, 2u, 3u, 0u, 4u, 5u}) sheet.segment(names[i], s.segment[i]);
  sheet.segment("tr", s.tr);
  sheet.value("gdtr", s.gdtr.base, "where the global descriptor table is",
              address_thing(0, Gva{s.gdtr.base}, s.gdtr.limit + 1u));
  sheet.value("idtr", s.idtr.base, "where the interrupt descriptor table is",
              address_thing(0, Gva{s.idtr.base}, s.idtr.limit + 1u));
  sheet.heading("ARITHMETIC AND DEBUGGING");
  sheet.bits("mxcsr", s.mxcsr, mxcsr_bits, "SSE's exceptions and rounding");
  sheet.value("x87 cw", s.fpu.control, "x87 precision, rounding and masks");
  sheet.value("x87 sw", s.fpu.status, "x87 exceptions, condition codes and top of stack");
  sheet.value("dr6", s.dr6, "which debug condition was met");
  sheet.value("dr7", s.dr7, "which of the four breakpoint addresses are armed");
  sheet.value("pat", s.pat, "the memory types that page-table bits choose from");
  pane.scrolled(r, sheet.lines(), row);
  pane.c.unclip();
}

}  // namespace lucid::ui
