// SPDX-License-Identifier: MIT
#include "tests/cosim/guest_runner.h"

#include <algorithm>
#include <cstring>

namespace lucid::cosim {
namespace {

// Physical layout; all of it is also mapped for ring 0 at kernel_base.
constexpr u64 kernel_base = 0xffff800000000000;
constexpr u64 pml4_at = 0x1000, tables_at = 0x2000, gdt_at = 0x10000, idt_at = 0x11000, tss_at = 0x13000,
              handler_at = 0x14000, ldt_at = 0x15000, stack_top = 0x18000, code_at = 0x20000, window_at = 0x22000;
constexpr u64 ram_bytes = 0x40000;

/// Builds 4-level tables from a bump allocator of frames.
struct TableBuilder {
  mem::PhysicalMemory& ram;
  u64 next = tables_at;

  u64& entry(u64 table, u64 index) { return *reinterpret_cast<u64*>(ram.data() + table + index * 8); }
  void map(u64 virtual_address, u64 physical, u64 flags) {
    u64 table = pml4_at;
    for (int level = 3; level > 0; --level) {
      u64& e = entry(table, virtual_address >> (12 + 9 * level) & 511);
      if (!(e & 1)) {
        e = next | 7;
        next += page_size;
      }
      table = e & ~page_mask;
    }
    entry(table, virtual_address >> 12 & 511) = physical | flags;
  }
};

void to_state(const FxImage& fx, cpu::State& state) {
  state.mxcsr = fx.mxcsr;
  state.fpu.control = fx.control;
  state.fpu.status = fx.status;
  const unsigned top = fx.status >> 11 & 7;
  state.fpu.tag = 0;
  for (unsigned i = 0; i < 8; ++i) {
    // The image lists ST(0..7); tags and State list physical registers.
    const unsigned physical = (top + i) & 7;
    state.fpu.reg[physical] = {fx.st[i].mantissa, fx.st[i].sign_exponent};
  }
  for (unsigned physical = 0; physical < 8; ++physical) {
    unsigned tag = 3;
    if (fx.tag >> physical & 1) {
      const cpu::F80& r = state.fpu.reg[physical];
      const unsigned exponent = r.sign_exponent & 0x7fff;
      tag = exponent == 0 && r.mantissa == 0 ? 1 : exponent == 0 || exponent == 0x7fff || !(r.mantissa >> 63) ? 2 : 0;
    }
    state.fpu.tag = static_cast<u16>(state.fpu.tag | tag << 2 * physical);
  }
  for (unsigned i = 0; i < 16; ++i) state.xmm[i] = {fx.xmm[i].low, fx.xmm[i].high};
}

void from_state(const cpu::State& state, FxImage& fx) {
  fx = {};
  fx.mxcsr = state.mxcsr;
  fx.control = state.fpu.control;
  fx.status = state.fpu.status;
  const unsigned top = state.fpu.status >> 11 & 7;
  for (unsigned i = 0; i < 8; ++i) {
    const unsigned physical = (top + i) & 7;
    fx.st[i].mantissa = state.fpu.reg[physical].mantissa;
    fx.st[i].sign_exponent = state.fpu.reg[physical].sign_exponent;
    if ((state.fpu.tag >> 2 * i & 3) != 3) fx.tag = static_cast<u8>(fx.tag | 1 << i);
  }
  for (unsigned i = 0; i < 16; ++i) fx.xmm[i].low = state.xmm[i].low, fx.xmm[i].high = state.xmm[i].high;
}

/// As fill_ldt() in Linux makes them: base, 64 KiB, accessed.
constexpr u64 local_descriptor(u64 base, u64 type, bool wide) {
  return ldt_limit | (base & 0xffffff) << 16 | (0xf1 | type) << 40 | u64{wide ? 0x40u : 0u} << 48 | (base >> 24) << 56;
}
constexpr u64 gdt[16] = {
    0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff, 0x00affb000000ffff};
constexpr u64 ldt[4] = {local_descriptor(code_base, 0xa, false), local_descriptor(ldt_data_base, 2, true),
                        local_descriptor(ldt_data_base, 2, true), local_descriptor(ldt_data_base, 2, false)};

cpu::Segment segment_of(u16 selector) {
  if ((selector & 0xfffc) == 0) return {selector, 0, 0, 0};
  const u64 d = (selector & 4 ? ldt : gdt)[selector >> 3];
  const u32 limit = static_cast<u32>((d & 0xffff) | (d >> 32 & 0xf0000));
  return {selector, static_cast<u16>((d >> 40 & 0xff) | (d >> 40 & 0xf000)), d >> 55 & 1 ? limit << 12 | 0xfff : limit,
          (d >> 16 & 0xffffff) | (d >> 56) << 24};
}

}  // namespace

GuestRunner::GuestRunner() : ram_(ram_bytes), cpu_(cpu::Wiring{ram_, ports_, interrupts_, clock_, log_, pid_}) {
  build_tables();
  log_.set_stop_kinds(trace::KindSet{}.with(trace::Kind::exception_raised));
  base_.cr0 = 0x80050033;                   // PG AM WP NE ET MP PE, as Linux sets it
  base_.cr4 = 0x20 | 0x80 | 0x200 | 0x400;  // PAE PGE OSFXSR OSXMMEXCPT
  base_.efer = 0xd01;                       // SCE LME LMA NXE
  base_.cr3 = pml4_at;
  base_.gdtr = {kernel_base + gdt_at, 0x7f};
  base_.idtr = {kernel_base + idt_at, 0xfff};
  base_.tr.selector = 0x40;
  base_.tr.attributes = 0x8b;
  base_.tr.limit = 0x67;
  base_.tr.base = kernel_base + tss_at;
  base_.ldtr = {0x50, 0x82, sizeof ldt - 1, kernel_base + ldt_at};
}

void GuestRunner::build_tables() {
  TableBuilder tables{ram_};
  for (u64 at = 0; at < ram_bytes; at += page_size) tables.map(kernel_base + at, at, 3);
  for (u64 i = 0; i < code_pages; ++i) tables.map(code_base + i * page_size, code_at + i * page_size, 7);
  for (u64 i = 0; i < window_pages; ++i)
    tables.map(window_base + i * page_size, window_at + i * page_size, 7 | u64{1} << 63);
  std::memcpy(ram_.data() + gdt_at, gdt, sizeof gdt);
  std::memcpy(ram_.data() + ldt_at, ldt, sizeof ldt);
  for (u64 vector = 0; vector < 256; ++vector) {
    const u64 handler = kernel_base + handler_at;
    const u64 type = vector == 3 || vector == 4 ? 0xee00 : 0x8e00;  // INT3 and INTO are for users
    const u64 gate[2] = {(handler & 0xffff) | u64{0x10} << 16 | type << 32 | (handler >> 16 & 0xffff) << 48,
                         handler >> 32};
    std::memcpy(ram_.data() + idt_at + vector * 16, gate, 16);
  }
  const u64 rsp0 = kernel_base + stack_top;
  std::memcpy(ram_.data() + tss_at + 4, &rsp0, 8);
  const u16 no_io_bitmap = 0x68;  // lies beyond the limit: no port is allowed
  std::memcpy(ram_.data() + tss_at + 0x66, &no_io_bitmap, 2);
  ram_.data()[handler_at] = 0xf4;
}

cpu::State GuestRunner::user_state(const Input& input) const {
  cpu::State state = base_;
  state.gpr = input.start.gpr;
  state.rip = input.start.rip;
  state.rflags = input.start.rflags;
  to_state(input.start.fx, state);
  const Selectors& s = input.selectors;
  state.segment[cpu::cs] = segment_of(s.cs), state.segment[cpu::ss] = segment_of(s.ss);
  state.segment[cpu::ds] = segment_of(s.ds), state.segment[cpu::es] = segment_of(s.es);
  state.segment[cpu::fs] = segment_of(s.fs), state.segment[cpu::gs] = segment_of(s.gs);
  if (input.mode == isa::Mode::bits64) state.segment[cpu::gs].base = window_base;
  return state;
}

void GuestRunner::run(const Input& input, const u8 (&window)[window_bytes], Output& output) {
  std::memcpy(ram_.data() + window_at, window, window_bytes);
  std::memset(ram_.data() + code_at, 0xcc, code_bytes);
  const u64 offset = input.start.rip + input.code_segment() - code_base;
  std::memcpy(ram_.data() + code_at + offset, input.code, std::min<u64>(max_code, code_bytes - offset));
  cpu_.memory_changed();
  cpu_.set_state(user_state(input));
  log_.clear_stop_request();
  const u64 events_before = log_.count();
  cpu::StopReason stop{};
  // A REP form may retire in several parts; what loads SS takes the next instruction along.
  for (int part = 0; part < 64; ++part) {
    stop = cpu_.run(clock_.retired + 1);
    if (stop != cpu::StopReason::limit) break;
    if (!(input.repeats && cpu_.state().rip == input.start.rip) && !cpu_.state().interrupt_shadow) break;
  }
  const cpu::State& state = cpu_.state();
  output.end.gpr = state.gpr;
  output.end.rip = state.rip;
  output.end.rflags = state.rflags;
  output.selectors = {state.segment[cpu::cs].selector, state.segment[cpu::ss].selector,
                      state.segment[cpu::ds].selector, state.segment[cpu::es].selector,
                      state.segment[cpu::fs].selector, state.segment[cpu::gs].selector};
  output.faulted = false;
  bool has_error = false;
  for (u64 i = events_before; i < log_.count(); ++i) {
    const trace::Event& event = log_.at(i);
    if (event.kind == trace::Kind::software_interrupt) {
      output.faulted = true;
      output.vector = static_cast<u8>(event.args[0]);
      output.error = 0;
    }
    if (event.kind != trace::Kind::exception_raised) continue;
    output.faulted = true;
    output.vector = static_cast<u8>(event.args[0]);
    output.error = static_cast<u32>(event.args[1]);
    output.cr2 = event.args[2];
    has_error = event.args[4] != 0;
    break;
  }
  if (output.faulted) {
    u64 frame[5];  // RIP CS RFLAGS RSP SS
    std::memcpy(frame, ram_.data() + (state.gpr[cpu::rsp] - kernel_base) + (has_error ? 8 : 0), 40);
    output.end.rip = frame[0];
    output.selectors.cs = static_cast<u16>(frame[1]);
    output.end.rflags = frame[2];
    output.end.gpr[cpu::rsp] = frame[3];
    output.selectors.ss = static_cast<u16>(frame[4]);
  }
  if (stop == cpu::StopReason::shutdown) output.faulted = true, output.vector = 0xff;
  from_state(state, output.end.fx);
  std::memcpy(output.window, ram_.data() + window_at, window_bytes);
}

}  // namespace lucid::cosim
