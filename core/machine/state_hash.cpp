// SPDX-License-Identifier: MIT
#include "core/base/hash.h"
#include "core/machine/snapshot.h"

namespace lucid::machine {
namespace {

void add(Hasher& h, const cpu::Segment& segment) {
  h.word(segment.selector | u64{segment.attributes} << 16 | u64{segment.limit} << 32);
  h.word(segment.base);
}

void add(Hasher& h, const cpu::TableRegister& table) {
  h.word(table.base);
  h.word(table.limit);
}

void add(Hasher& h, const cpu::X87& fpu) {
  for (const cpu::F80& reg : fpu.reg) h.word(reg.mantissa), h.word(reg.sign_exponent);
  h.word(fpu.control | u64{fpu.status} << 16 | u64{fpu.tag} << 32 | u64{fpu.opcode} << 48);
  h.word(fpu.instruction_pointer);
  h.word(fpu.data_pointer);
  h.word(fpu.instruction_selector | u64{fpu.data_selector} << 16);
}

void add(Hasher& h, const devices::Uart::State& uart) {
  h.object(uart.registers);
  h.bytes(uart.line_queue.data() + uart.line_head, uart.line_queue.size() - uart.line_head);
}

}  // namespace

u64 hash_of(const cpu::State& s) {
  Hasher h;
  for (const u64 value : s.gpr) h.word(value);
  h.word(s.rip);
  h.word(s.rflags);
  for (const cpu::Segment& segment : s.segment) add(h, segment);
  add(h, s.tr), add(h, s.ldtr), add(h, s.gdtr), add(h, s.idtr);
  for (const u64 value : {s.cr0, s.cr2, s.cr3, s.cr4, s.cr8, s.dr6, s.dr7}) h.word(value);
  for (const u64 value : s.pdpte) h.word(value);
  for (const u64 value : s.dr) h.word(value);
  for (const u64 value : {s.efer, s.star, s.lstar, s.cstar, s.sfmask, s.kernel_gs_base, s.tsc_aux, s.misc_enable,
                          s.sysenter_cs, s.sysenter_esp, s.sysenter_eip, s.pat, s.apic_base})
    h.word(value);
  h.object(s.inert);
  h.word(static_cast<u64>(s.tsc_offset));
  add(h, s.fpu);
  for (const cpu::Xmm& xmm : s.xmm) h.word(xmm.low), h.word(xmm.high);
  h.word(s.mxcsr);
  h.word(s.halted | s.interrupt_shadow << 1 | s.nmi_blocked << 2 | s.nmi_pending << 3 | s.debug_shadow << 4 |
         s.debug_hits << 5 | s.task_trap << 13);
  return h.value();
}

u64 hash_of(const DeviceStates& devices) {
  Hasher h;
  h.object(devices.pic);
  h.object(devices.pit);
  for (const auto& uart : devices.uarts) add(h, uart);
  h.object(devices.console_size);
  h.object(devices.cmos);
  h.object(devices.keyboard);
  h.object(devices.display);
  h.object(devices.system);
  h.object(devices.exit);
  h.word(devices.test.value);
  h.bytes(devices.test.memory.data(), devices.test.memory.size());
  h.object(devices.firmware);
  h.object(devices.ata);
  const auto& tracepoint = devices.tracepoint;
  h.word(tracepoint.introspect_header.value);
  h.word(tracepoint.panicked);
  h.bytes(tracepoint.panic_message.data(), tracepoint.panic_message.size());
  return h.value();
}

}  // namespace lucid::machine
