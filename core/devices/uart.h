// SPDX-License-Identifier: MIT
// A 16550A UART: COM1 at 0x3f8 on IRQ 4, COM2 at 0x2f8 on IRQ 3.
//
//   host ──▶ line_queue (unbounded) ──▶ receive FIFO (16, or 1 with FIFOs off) ──▶ RBR
//   THR ──▶ output, at once                    RTS, DTR looped to nowhere; CTS, DSR, DCD asserted
//
// Source: National PC16550D data sheet: registers and interrupt priorities (line status, data or
// timeout, THR empty, modem status), THRE set by enabling it and cleared by reading IIR, FIFO
// trigger levels, loopback, modem deltas. As on a PC, OUT2 gates the interrupt line.
// Hanging up drops DCD once everything sent before it has entered the FIFO, like a line that ends.
//
// Known inaccuracies: the line is infinitely fast, so the transmitter is always empty, the next
// byte is there as soon as there is room, and a FIFO below its trigger level reports its timeout
// at once; baud rate, word length and parity have no effect; break and framing errors do not occur;
// OUT2 gates the interrupt in loopback mode, too.
#pragma once
#include <array>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/bus/interrupt.h"
#include "core/bus/port_bus.h"
#include "core/devices/recorder.h"

namespace lucid::devices {

class Uart final : public bus::PortDevice {
 public:
  static constexpr unsigned fifo_size = 16;

  struct Registers {
    u8 ier = 0, fcr = 0, lcr = 0, mcr = 0, scr = 0;
    u8 divisor_low = 12, divisor_high = 0;  // 9600 baud
    u8 modem_deltas = 0;                    // low half of MSR
    u8 overrun = 0;                         // LSR bit 1
    u8 thr_empty_pending = 0;
    u8 carrier = 1;          // DCD
    u8 hang_up_pending = 0;  // DCD drops when line_queue is empty
    u8 fifo_head = 0, fifo_count = 0;
    std::array<u8, fifo_size> fifo{};
  };
  static_assert(std::has_unique_object_representations_v<Registers>);

  struct State {
    Registers registers;
    std::vector<u8> line_queue;  // sent by the host, not yet in the FIFO; from line_head on
    u64 line_head = 0;
  };

  Uart(u16 base, unsigned irq_line, bus::IrqSink& irqs, Recorder& recorder);
  void attach(bus::PortBus& ports) { ports.map(base_, static_cast<u16>(base_ + 7), *this); }

  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;

  // --- the other end of the cable ---
  /// Bytes after a hang-up are dropped.
  void receive(std::span<const u8> bytes);
  void hang_up();
  /// RI goes up and down again: the bell of a modem, and of a terminal that has something to say.
  void ring();
  /// What the guest sent since the last call.
  std::string take_output();

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }  // the IRQ line is restored with the PIC; output is kept

 private:
  bool loopback() const { return state_.registers.mcr & 0x10; }
  bool fifos_on() const { return state_.registers.fcr & 1; }
  unsigned capacity() const { return fifos_on() ? fifo_size : 1; }
  u8 interrupt_id() const;
  u8 line_status() const;
  u8 modem_inputs() const;
  u8 modem_status() const;
  u8 read_receiver();
  u8 read_interrupt_id();
  void write_transmitter(u8 value);
  void write_interrupt_enable(u8 value);
  void write_fifo_control(u8 value);
  void write_modem_control(u8 value);
  void push(u8 byte);
  void refill();
  void note_modem_change(u8 before);
  void update_irq();

  const u16 base_;
  const unsigned irq_line_;
  bus::IrqSink& irqs_;
  Recorder& recorder_;
  State state_;
  std::string output_;  // host side, no part of the state
};

}  // namespace lucid::devices
