// SPDX-License-Identifier: MIT
// Control, model-specific, descriptor-table, segment, debug, x87 and SSE registers, field by field.
#include <algorithm>
#include <iterator>

#include "ui/panels.h"
#include "ui/panels/register_bits.h"

namespace lucid::ui {
namespace {

constexpr float row = 19, name_width = 92;

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
  void text(const std::string& name, std::string value, const char* explain) {
    if (visible()) field(pane_, {r_.x, y_, r_.w, row - 1}, name_width, {name, std::move(value), explain, {}, ""});
    y_ += row;
  }
  template <size_t n>
  void bits(const char* name, u64 value, const Bits (&fields)[n], const char* explain, Thing thing = {}) {
    this->value(name, value, explain, std::move(thing));
    this->fields(name, value, fields);
  }
  /// More fields of a register, below it.
  template <size_t n>
  void fields(const char* name, u64 value, const Bits (&fields)[n]) {
    float x = r_.x + name_width;
    for (const Bits& bits : fields) x = draw_bits(x, name, value, bits);
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
  /// "PG" lit or not, "TYPE WB"; gives where the next one goes.
  float draw_bits(float x, const char* name, u64 value, const Bits& bits) {
    const Canvas& c = pane_.c;
    const u64 number = bits.of(value);
    const bool flag = bits.width == 1, on = number != 0;
    const std::string shown = bits.names ? bits.names[number] : flag ? std::to_string(number) : hexadecimal(number);
    const std::string text = flag ? bits.name : std::string(bits.name) + " " + shown;
    const float w = c.width(c.fonts->mono_small, text);
    if (x + w > r_.right()) x = r_.x + name_width, y_ += row - 2;
    if (visible()) {
      const std::string full = format("%s.%s", name, bits.name);
      const float strength = pane_.focus.lights_register(full) ? 1.0f : 0.45f;
      c.text(c.fonts->mono_small, x, y_, on || !flag ? c.theme->ink : fade(c.theme->soft, strength), text);
      if (on && flag) c.fill({x, y_ + 14, w, 1.5f}, c.theme->accent);
      spot(pane_, {x - 2, y_, w + 4, row - 3}, {full, shown, bits.meaning, {}, "", full});
    }
    return x + w + 10;
  }
  static constexpr float air = 40, least_for_two = 900;
  bool two_columns() const { return whole_ >= least_for_two; }
  bool visible() const { return y_ > r_.y - row && y_ + row <= r_.bottom() + 2; }
  Pane& pane_;
  Rect r_;
  float whole_ = r_.w, y_, deepest_ = -1e9f;
};

/// Model-specific registers: RDMSR and WRMSR reach them by number.
void draw_msrs(Sheet& sheet, const Picture& p) {
  const cpu::State& s = p.registers.state;
  sheet.heading("SYSTEM CALLS");
  sheet.value("lstar", s.lstar, "MSR c0000082: where SYSCALL jumps to", address_thing(0, Gva{s.lstar}));
  sheet.value("cstar", s.cstar, "MSR c0000083: where SYSCALL of 32-bit code would jump to on AMD's processors");
  sheet.bits("star", s.star, star_bits, "MSR c0000081: the segments of kernel and user code for SYSCALL and SYSRET");
  sheet.bits("sfmask", s.sfmask, rflags_bits, "MSR c0000084: the flags SYSCALL clears");
  sheet.value("sysenter cs", s.sysenter_cs, "MSR 174: the kernel's code segment for SYSENTER");
  sheet.value("sysenter sp", s.sysenter_esp, "MSR 175: the stack SYSENTER takes",
              address_thing(0, Gva{s.sysenter_esp}));
  sheet.value("sysenter", s.sysenter_eip, "MSR 176: where SYSENTER jumps to", address_thing(0, Gva{s.sysenter_eip}));
  sheet.heading("BASES AND CLOCK");
  const u32 owner = s.cpl() == 3 ? p.processes.current_pid : 0;
  const auto base = [&](const char* name, u64 value, const char* explain) {
    sheet.value(name, value, explain, value ? address_thing(value >> 63 ? 0 : owner, Gva{value}) : Thing{});
  };
  base("fs base", s.segment[cpu::fs].base,
       "MSR c0000100: added to addresses with fs:, a program's thread-local storage");
  base("gs base", s.segment[cpu::gs].base, "MSR c0000101: added to addresses with gs:, in the kernel its own data");
  base("kernel gs", s.kernel_gs_base, "MSR c0000102: what SWAPGS exchanges with the base of GS");
  sheet.value("tsc", p.registers.time + static_cast<u64>(s.tsc_offset), "MSR 10: the clock RDTSC reads, 100 MHz");
  sheet.value("tsc aux", s.tsc_aux, "MSR c0000103: the number RDTSCP and RDPID give, the processor's");
  sheet.heading("MEMORY TYPES AND FEATURES");
  sheet.bits("apic base", s.apic_base, apic_base_bits, "MSR 1b: where the local APIC is, if the machine has one");
  sheet.bits("pat", s.pat, pat_bits, "MSR 277: the memory types that page-table bits choose from");
  sheet.bits("mtrr def", s.inert.mtrr_default, mtrr_bits, "MSR 2ff: the memory type of all the rest");
  sheet.bits("misc enable", s.misc_enable, misc_enable_bits, "MSR 1a0: features that can be turned off");
}

void draw_debugging(Sheet& sheet, const cpu::State& s) {
  sheet.heading("DEBUGGING");
  static constexpr const char* names[] = {"dr0", "dr1", "dr2", "dr3"};
  for (unsigned i = 0; i < 4; ++i)
    sheet.value(names[i], s.dr[i], "the address of a breakpoint, if dr7 arms it",
                s.dr[i] ? address_thing(0, Gva{s.dr[i]}) : Thing{});
  sheet.bits("dr6", s.dr6, dr6_bits, "which debug condition was met");
  sheet.bits("dr7", s.dr7, dr7_bits, "which of the four breakpoint addresses are armed");
}

void draw_arithmetic(Sheet& sheet, const cpu::State& s) {
  sheet.heading("SSE AND X87");
  sheet.bits("mxcsr", s.mxcsr, mxcsr_bits, "SSE's exceptions and rounding");
  for (unsigned i = 0; i < s.xmm.size(); ++i)
    sheet.text("xmm" + std::to_string(i),
               format("%016llx %016llx", static_cast<unsigned long long>(s.xmm[i].high),
                      static_cast<unsigned long long>(s.xmm[i].low)),
               "16 bytes of an SSE register, the highest first");
  sheet.bits("x87 cw", s.fpu.control, x87_control_bits, "x87 precision, rounding and masks");
  sheet.bits("x87 sw", s.fpu.status, x87_status_bits, "x87 exceptions, condition codes and top of stack");
  for (unsigned i = 0; i < 8; ++i) {
    const cpu::F80& st = s.fpu.reg[((s.fpu.status >> 11) + i) & 7];
    sheet.text(format("st%u", i),
               format("%04x %016llx", st.sign_exponent, static_cast<unsigned long long>(st.mantissa)),
               "sign and exponent, and mantissa, of a number on the x87 stack");
  }
}

}  // namespace

void draw_all_registers(Pane& pane, Rect r) {
  const cpu::State& s = pane.p.registers.state;
  constexpr u64 pcide = u64{1} << 17;
  pane.c.clip(r);
  Sheet sheet(pane, r);
  sheet.heading("FLAGS AND CONTROL");
  sheet.bits("rflags", s.rflags, rflags_bits, "what the last arithmetic found, and how the processor runs");
  sheet.bits("cr0", s.cr0, cr0_bits, "protection and paging as a whole");
  sheet.value("cr2", s.cr2, "the address of the last page fault", address_thing(pane.p.pid, Gva{s.cr2}));
  const Thing top_table = physical_thing(Gpa{s.cr3 & ~page_mask}, page_size);
  if (s.cr4 & pcide)
    sheet.bits("cr3", s.cr3, cr3_pcid_bits, "where the top page table is", top_table);
  else
    sheet.bits("cr3", s.cr3, cr3_bits, "where the top page table is", top_table);
  sheet.bits("cr4", s.cr4, cr4_bits, "which newer features are on");
  sheet.value("cr8", s.cr8, "interrupts of lower priority wait");
  sheet.bits("efer", s.efer, efer_bits, "long mode, SYSCALL and no-execute");
  sheet.turn();
  draw_msrs(sheet, pane.p);
  sheet.heading("SEGMENTS AND TABLES");
  static constexpr const char* names[] = {"es", "cs", "ss", "ds", "fs", "gs"};
  for (const unsigned i : {1u, 2u, 3u, 0u, 4u, 5u}) sheet.segment(names[i], s.segment[i]);
  sheet.segment("tr", s.tr);
  sheet.segment("ldtr", s.ldtr);
  sheet.value("gdtr", s.gdtr.base, "where the global descriptor table is",
              address_thing(0, Gva{s.gdtr.base}, s.gdtr.limit + 1u));
  sheet.value("idtr", s.idtr.base, "where the interrupt descriptor table is",
              address_thing(0, Gva{s.idtr.base}, s.idtr.limit + 1u));
  draw_debugging(sheet, s);
  draw_arithmetic(sheet, s);
  pane.scrolled(r, sheet.lines(), row);
  pane.c.unclip();
}

}  // namespace lucid::ui
