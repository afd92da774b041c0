// SPDX-License-Identifier: MIT
#include "core/cpu/tasks.h"

#include "core/cpu/control.h"
#include "core/cpu/debug.h"
#include "core/cpu/exec/stack.h"
#include "core/cpu/memory.h"

namespace lucid::cpu {
namespace {

/// Where things are in a TSS (SDM vol. 3, figures 7-2 and 7-10); offsets in bytes. What a switch saves lies together,
/// from `ip` to the last selector.
struct Layout {
  unsigned bytes, word, ip, flags, registers, selectors, selector_count, ldt;

  unsigned saved_bytes() const { return selectors + (selector_count - 1) * word + 2 - ip; }
};
constexpr Layout wide{104, 4, 0x20, 0x24, 0x28, 0x48, 6, 0x60};
constexpr Layout narrow{44, 2, 0x0e, 0x10, 0x12, 0x22, 4, 0x2a};
constexpr unsigned cr3_offset = 0x1c, trap_offset = 0x64;

constexpr u64 loaded_flags = 0x3f7fd5;

const Layout& layout_of(u16 attributes) {
  return (type_of(attributes) & ~2u) == system_type::tss16_available ? narrow : wide;
}

/// The bytes of a TSS.
struct Image {
  u8 raw[104] = {};

  u32 word(unsigned at, unsigned bytes) const {
    u32 value = 0;
    std::memcpy(&value, raw + at, bytes);
    return value;
  }
  void put(unsigned at, u64 value, unsigned bytes) { std::memcpy(raw + at, &value, bytes); }
};

bool is_tss(unsigned type, bool busy) {
  return type == (busy ? system_type::tss_busy : system_type::tss_available) ||
         type == (busy ? system_type::tss16_busy : system_type::tss16_available);
}

/// IRET finds a wrong TSS with #TS and wants it busy; all others #GP and available.
bool read_task(Core& c, const TaskSwitch& t, Descriptor& d) {
  const bool returns = t.by == SwitchBy::iret;
  const Refusal refusal{returns ? Vector::invalid_tss : Vector::general_protection, t.ext};
  if (t.selector & 4 || is_null(t.selector)) return refusal.raise(c, t.selector);
  if (!read_descriptor(c, t.selector, d, refusal)) return false;
  if (!is_tss(type_of(d.attributes()), returns)) return refusal.raise(c, t.selector);
  if (!d.present()) return refusal.raise(c, Vector::segment_not_present, t.selector);
  if (d.limit() < layout_of(d.attributes()).bytes - 1) return refusal.raise(c, Vector::invalid_tss, t.selector);
  return true;
}

/// The parts of the old task's TSS that a switch writes.
bool save(Core& c, const TaskSwitch& t, const Layout& layout) {
  const u64 at = static_cast<u32>(c.state.tr.base + layout.ip);
  Image image;
  if (!load_system(c, at, image.raw + layout.ip, layout.saved_bytes())) return false;
  image.put(layout.ip, t.return_ip, layout.word);
  image.put(layout.flags, t.flags, layout.word);
  for (unsigned i = 0; i < 8; ++i) image.put(layout.registers + i * layout.word, c.r[i], layout.word);
  for (unsigned i = 0; i < layout.selector_count; ++i)
    image.put(layout.selectors + i * layout.word, c.state.segment[i].selector, 2);
  return store_system(c, at, image.raw + layout.ip, layout.saved_bytes());
}

bool has_link(const TaskSwitch& t) { return t.by == SwitchBy::call || t.by == SwitchBy::event; }

/// Everything that the switch is going to write can be written.
bool can_write(Core& c, const TaskSwitch& t, const Descriptor& d, const Layout& old_layout) {
  const auto writable = [&c](u64 at, unsigned bytes) {
    return probe_system(c, static_cast<u32>(at), bytes, mem::Access::write);
  };
  return writable(c.state.tr.base + old_layout.ip, old_layout.saved_bytes()) &&
         writable(c.state.gdtr.base + (t.selector & 0xfff8u), 8) &&
         writable(c.state.gdtr.base + (c.state.tr.selector & 0xfff8u), 8) && (!has_link(t) || writable(d.base(), 2));
}

/// The busy bits say which TSSs are in use: the present one, and those that wait for a return.
bool pass_on(Core& c, const TaskSwitch& t, const Descriptor& d) {
  const u16 old = c.state.tr.selector;
  if (!has_link(t) && !is_null(old) && !set_busy(c, old, false)) return false;
  if (has_link(t) && !store_system(c, static_cast<u32>(d.base()), &old, 2)) return false;
  return t.by == SwitchBy::iret || set_busy(c, t.selector, true);
}

void load_registers(Core& c, const TaskSwitch& t, const Image& image, const Layout& layout) {
  for (unsigned i = 0; i < 8; ++i) {
    const u32 value = image.word(layout.registers + i * layout.word, layout.word);
    c.set<u32>(slot_of(i), layout.word == 2 ? value | 0xffff0000 : value);
  }
  const u64 flags = image.word(layout.flags, layout.word) & loaded_flags;
  c.flags.set_all(flags | (has_link(t) ? flag::nt : 0));
  c.rip = image.word(layout.ip, layout.word);
}

/// Visible parts only: no segment can be used before its descriptor was read.
void load_selectors(Core& c, const Image& image, const Layout& layout) {
  for (unsigned i = 0; i < 6; ++i) {
    const bool there = i < layout.selector_count;
    const u16 selector = there ? static_cast<u16>(image.word(layout.selectors + i * layout.word, 2)) : u16{0};
    c.state.segment[i] = virtual_8086(c) ? virtual_8086_segment(selector) : Segment{selector, 0, 0, 0};
  }
  if (virtual_8086(c)) return;
  const unsigned cpl = c.state.segment[cs].selector & 3;
  c.state.segment[ss].attributes = static_cast<u16>(cpl << 5);
}

bool load_code(Core& c, u16 selector, Refusal refusal) {
  Descriptor d;
  if (is_null(selector)) return refusal.raise(c, 0);
  if (!read_descriptor(c, selector, d, refusal)) return false;
  const u16 a = d.attributes();
  const unsigned rpl = selector & 3;
  if (!is_code(a) || (is_conforming(a) ? d.dpl() > rpl : d.dpl() != rpl)) return refusal.raise(c, selector);
  if (!d.present()) return refusal.raise(c, Vector::segment_not_present, selector);
  if (!set_accessed(c, selector, d)) return false;
  set_segment(c, cs, d.segment(selector));
  return true;
}

bool load_descriptors(Core& c, u16 ldt, Refusal refusal) {
  if (!load_ldt(c, ldt, refusal)) return false;
  if (virtual_8086(c)) return true;
  if (!load_code(c, c.state.segment[cs].selector, refusal)) return false;
  for (const Seg seg : {ss, es, ds, fs, gs}) {
    if (!load_segment(c, seg, c.state.segment[seg].selector, refusal)) return false;
  }
  return true;
}

bool check_ip(Core& c) {
  if (c.rip <= c.state.segment[cs].limit) return true;
  c.general_protection();
  return false;
}

/// Breakpoints of the old task alone are switched off; the T bit of the new TSS traps before its first instruction.
void switch_debugging(Core& c, const Image& image, const Layout& layout) {
  constexpr u64 local = 0x155;
  c.state.dr7 &= ~local;
  update_debug(c);
  c.state.debug_hits = 0;
  c.state.task_trap = layout.word == 4 && (image.raw[trap_offset] & 1);
  c.step_trap = StepTrap::no;
}

}  // namespace

bool switch_task(Core& c, const TaskSwitch& t) {
  Descriptor d;
  if (!read_task(c, t, d)) return false;
  const Layout& layout = layout_of(d.attributes());
  const Layout& old_layout = layout_of(c.state.tr.attributes);
  Image image;
  if (!load_system(c, static_cast<u32>(d.base()), image.raw, layout.bytes) || !can_write(c, t, d, old_layout))
    return false;
  const bool new_cr3 = layout.word == 4 && c.mmu.paging().enabled();
  std::array<u64, 4> pdpte;
  if (new_cr3 && c.mmu.paging().pae_paging() && !mem::load_pdptes(c.mmu.ram(), image.word(cr3_offset, 4), pdpte)) {
    return Refusal{Vector::invalid_tss, t.ext}.raise(c, t.selector);
  }
  if (!save(c, t, old_layout) || !pass_on(c, t, d)) return false;
  // The commit point.
  c.state.tr = d.segment(t.selector);
  c.state.tr.attributes |= 2;
  c.state.cr0 |= cr0::ts;
  if (new_cr3) write_cr3(c, image.word(cr3_offset, 4));
  load_registers(c, t, image, layout);
  load_selectors(c, image, layout);
  switch_debugging(c, image, layout);
  c.state.interrupt_shadow = false;
  refresh(c);
  const u16 ldt = static_cast<u16>(image.word(layout.ldt, 2));
  const bool good = load_descriptors(c, ldt, {Vector::invalid_tss, t.ext}) &&
                    (!t.has_error || exec::push(c, t.error, layout.word)) && check_ip(c);
  c.fault_follows = !good;
  return true;
}

bool return_to_linked_task(Core& c, u64 return_ip) {
  u16 link = 0;
  if (!load_system(c, static_cast<u32>(c.state.tr.base), &link, 2)) return false;
  return switch_task(c, {link, SwitchBy::iret, return_ip, c.flags.all() & ~flag::nt, 0, false, 0});
}

}  // namespace lucid::cpu
