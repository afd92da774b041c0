// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/uart.h"

#include "core/abi/boot_info.h"
#include "core/kernel/arch/io.h"
#include "core/kernel/drivers/pic.h"

namespace lucid::kernel {
namespace {

// Registers (16550 data sheet): offset from the base port.
constexpr u16 data = 0, interrupt_enable = 1, interrupt_id = 2, fifo_control = 2, line_control = 3, modem_control = 4,
              line_status = 5, modem_status = 6;
constexpr u8 enable_receive = 0x01, enable_modem = 0x08;
constexpr u8 fifo_on_and_clear = 0xc7;  // trigger at 14 bytes, or when fewer have waited
constexpr u8 id_mask = 0x0f, id_trigger_reached = 0x04;
constexpr u64 trigger_level = 14;
constexpr u8 line_8n1 = 0x03, divisor_latch = 0x80;
constexpr u8 modem_dtr_rts_out2 = 0x0b;  // OUT2 lets the interrupt through
constexpr u8 status_data_ready = 0x01, status_transmit_empty = 0x20;
constexpr u8 carrier_detect = 0x80, ring_ended = 0x04;
constexpr u32 transmit_fifo = 16;

struct Uart {
  Port base;
  UartReceiver* receiver;
  bool held;  // the receiver said it has no room; `pending` is the byte it refused
  u8 pending;
  bool carrier;
};
Uart uarts[uart_count] = {{{abi::uart_ports[0]}, nullptr, false, 0, true},
                          {{abi::uart_ports[1]}, nullptr, false, 0, true}};

/// While the FIFO is filled to its trigger level that many bytes can be taken without asking for each.
void drain_bursts(Uart& u) {
  u8 bytes[trigger_level];
  while (u.receiver && u.receiver->room() >= trigger_level &&
         (in8(u.base + interrupt_id) & id_mask) == id_trigger_reached) {
    for (u8& byte : bytes) byte = in8(u.base + data);
    u.receiver->received(bytes, trigger_level);
  }
}

void drain(Uart& u) {
  if (!u.held) drain_bursts(u);
  while (!u.held && (in8(u.base + line_status) & status_data_ready)) {
    u8 byte = in8(u.base + data);
    if (u.receiver && !u.receiver->received(byte)) {
      u.held = true, u.pending = byte;
      out8(u.base + interrupt_enable, enable_modem);
    }
  }
}

}  // namespace

void setup_uart(u32 line) {
  Uart& u = uarts[line];
  out8(u.base + interrupt_enable, 0);
  out8(u.base + line_control, line_8n1 | divisor_latch);
  out8(u.base + data, 1);  // 115200 baud
  out8(u.base + interrupt_enable, 0);
  out8(u.base + line_control, line_8n1);
  out8(u.base + fifo_control, fifo_on_and_clear);
  out8(u.base + modem_control, modem_dtr_rts_out2);
}

void uart_write(u32 line, const char* bytes, u64 count) {
  Uart& u = uarts[line];
  while (count) {
    while (!(in8(u.base + line_status) & status_transmit_empty)) {
    }
    u64 burst = min<u64>(count, transmit_fifo);
    for (u64 i = 0; i < burst; i++) out8(u.base + data, static_cast<u8>(bytes[i]));
    bytes += burst, count -= burst;
  }
}

void uart_attach(u32 line, UartReceiver* receiver) {
  Uart& u = uarts[line];
  if (u.receiver == receiver) return;
  u.receiver = receiver;
  if (u.held && receiver->received(u.pending)) u.held = false;
  u.carrier = in8(u.base + modem_status) & carrier_detect;
  out8(u.base + interrupt_enable, enable_receive | enable_modem);
  unmask_irq(abi::uart_irqs[line]);
  drain(u);
}

void uart_interrupt(u32 line) {
  Uart& u = uarts[line];
  drain(u);
  u8 status = in8(u.base + modem_status);  // reading also ends the modem interrupt
  if ((status & ring_ended) && u.receiver) u.receiver->rung();
  bool carrier = status & carrier_detect;
  if (u.carrier && !carrier && u.receiver) u.receiver->hung_up();
  u.carrier = carrier;
}

void uart_resume(u32 line) {
  Uart& u = uarts[line];
  if (!u.held || !u.receiver->received(u.pending)) return;
  u.held = false;
  out8(u.base + interrupt_enable, enable_receive | enable_modem);
  drain(u);
}

bool uart_carrier(u32 line) { return uarts[line].carrier; }

}  // namespace lucid::kernel
