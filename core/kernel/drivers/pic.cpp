// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/pic.h"

#include "core/abi/boot_info.h"
#include "core/kernel/arch/io.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/ata.h"
#include "core/kernel/drivers/keyboard.h"

namespace lucid::kernel {
namespace {

constexpr Port master_command{0x20}, master_data{0x21}, slave_command{0xa0}, slave_data{0xa1};
constexpr u8 icw1_init_icw4 = 0x11, icw4_8086 = 0x01;
constexpr u8 ocw2_end_of_interrupt = 0x20, ocw3_read_in_service = 0x0b;
constexpr u32 cascade_irq = 2;

u16 mask = 0xffff & ~(1 << cascade_irq);

void write_mask() {
  out8(master_data, static_cast<u8>(mask));
  out8(slave_data, static_cast<u8>(mask >> 8));
}

bool in_service(Port command, u32 line) {
  out8(command, ocw3_read_in_service);
  return in8(command) >> line & 1;
}

}  // namespace

INIT_CODE void setup_pic() {
  out8(master_command, icw1_init_icw4);
  out8(slave_command, icw1_init_icw4);
  out8(master_data, irq_base_vector);
  out8(slave_data, irq_base_vector + 8);
  out8(master_data, 1 << cascade_irq);
  out8(slave_data, cascade_irq);
  out8(master_data, icw4_8086);
  out8(slave_data, icw4_8086);
  write_mask();
}

void unmask_irq(u32 irq) {
  mask &= ~(1 << irq);
  write_mask();
}

u64 irq_counts[irq_count], spurious_interrupts;

const char* irq_name(u32 irq) {
  if (irq == timer_irq) return "timer";
  if (irq == keyboard_irq) return "i8042";
  if (irq == ata_irq) return "ide0";
  if (irq == cascade_irq) return "cascade";
  for (u32 line : abi::uart_irqs)
    if (irq == line) return "ttyS";
  return "";
}

bool acknowledge_irq(u32 irq) {
  // Lines 7 and 15 are also what a chip answers when the request went away: then ISR has no bit.
  if (irq == 7 && !in_service(master_command, 7)) {
    spurious_interrupts++;
    return false;
  }
  if (irq == 15 && !in_service(slave_command, 7)) {
    out8(master_command, ocw2_end_of_interrupt);
    spurious_interrupts++;
    return false;
  }
  irq_counts[irq]++;
  if (irq >= 8) out8(slave_command, ocw2_end_of_interrupt);
  out8(master_command, ocw2_end_of_interrupt);
  return true;
}

}  // namespace lucid::kernel
