// SPDX-License-Identifier: MIT
#include "core/devices/uart.h"

#include <utility>

namespace lucid::devices {
namespace {

enum Register : u16 { rbr_thr = 0, ier = 1, iir_fcr = 2, lcr = 3, mcr = 4, lsr = 5, msr = 6, scr = 7 };

enum InterruptEnable : u8 { ie_data = 1, ie_thr_empty = 2, ie_line_status = 4, ie_modem = 8 };

/// IIR values, by falling priority.
enum InterruptId : u8 { id_line_status = 6, id_data = 4, id_timeout = 12, id_thr_empty = 2, id_modem = 0, id_none = 1 };

constexpr u8 dlab = 0x80;
constexpr u8 mcr_out2 = 8;
constexpr u8 delta_ring = 4;  // TERI
constexpr u8 trigger_levels[4] = {1, 4, 8, 14};

}  // namespace

Uart::Uart(u16 base, unsigned irq_line, bus::IrqSink& irqs, Recorder& recorder)
    : base_(base), irq_line_(irq_line), irqs_(irqs), recorder_(recorder) {}

// --- registers ---

u32 Uart::read_port(u16 port, unsigned) {
  const Registers& r = state_.registers;
  switch (port - base_) {
    case rbr_thr:
      return r.lcr & dlab ? r.divisor_low : read_receiver();
    case ier:
      return r.lcr & dlab ? r.divisor_high : r.ier;
    case iir_fcr:
      return read_interrupt_id();
    case lcr:
      return r.lcr;
    case mcr:
      return r.mcr;
    case lsr: {
      const u8 value = line_status();
      state_.registers.overrun = 0;
      update_irq();
      return value;
    }
    case msr: {
      const u8 value = modem_status();
      state_.registers.modem_deltas = 0;
      update_irq();
      return value;
    }
    default:
      return r.scr;
  }
}

void Uart::write_port(u16 port, u32 value, unsigned) {
  Registers& r = state_.registers;
  const auto byte = static_cast<u8>(value);
  switch (port - base_) {
    case rbr_thr:
      if (r.lcr & dlab) {
        r.divisor_low = byte;
      } else {
        write_transmitter(byte);
      }
      break;
    case ier:
      if (r.lcr & dlab) {
        r.divisor_high = byte;
      } else {
        write_interrupt_enable(byte);
      }
      break;
    case iir_fcr:
      write_fifo_control(byte);
      break;
    case lcr:
      r.lcr = byte;
      break;
    case mcr:
      write_modem_control(byte);
      break;
    case scr:
      r.scr = byte;
      break;
    default:
      break;  // LSR and MSR are read-only here (writing them is for factory tests)
  }
}

u8 Uart::interrupt_id() const {
  const Registers& r = state_.registers;
  if (r.ier & ie_line_status && r.overrun) return id_line_status;
  if (r.ier & ie_data && r.fifo_count)
    return !fifos_on() || r.fifo_count >= trigger_levels[r.fcr >> 6] ? id_data : id_timeout;
  if (r.ier & ie_thr_empty && r.thr_empty_pending) return id_thr_empty;
  if (r.ier & ie_modem && r.modem_deltas) return id_modem;
  return id_none;
}

/// Reading the register clears the THR-empty interrupt, but only when it is the one reported.
u8 Uart::read_interrupt_id() {
  const u8 id = interrupt_id();
  if (id == id_thr_empty) state_.registers.thr_empty_pending = 0;
  update_irq();
  return static_cast<u8>(id | (fifos_on() ? 0xc0 : 0));
}

u8 Uart::line_status() const {
  const Registers& r = state_.registers;
  return static_cast<u8>(0x60 | r.overrun << 1 | (r.fifo_count != 0));
}

/// DCD, RI, DSR, CTS in bits 7..4; in loopback the chip's own OUT2, OUT1, DTR, RTS.
u8 Uart::modem_inputs() const {
  const Registers& r = state_.registers;
  if (!loopback()) return static_cast<u8>(0x30 | (r.carrier ? 0x80 : 0));
  const u8 m = r.mcr;
  return static_cast<u8>((m & 0xc) << 4 | (m & 1) << 5 | (m & 2) << 3);
}

u8 Uart::modem_status() const { return modem_inputs() | state_.registers.modem_deltas; }

/// RI reports only its trailing edge.
void Uart::note_modem_change(u8 before) {
  const u8 after = modem_inputs();
  const u8 changed = ((before ^ after) & 0xb0) | (before & ~after & 0x40);
  state_.registers.modem_deltas |= static_cast<u8>(changed >> 4);
}

void Uart::write_interrupt_enable(u8 value) {
  Registers& r = state_.registers;
  const bool enables_thr_empty = value & ~r.ier & ie_thr_empty;
  r.ier = value & 15;
  if (enables_thr_empty) r.thr_empty_pending = 1;  // THR is empty: the interrupt comes at once
  update_irq();
}

void Uart::write_fifo_control(u8 value) {
  Registers& r = state_.registers;
  const bool toggles = (value ^ r.fcr) & 1;
  if (toggles || (value & 1 && value & 2)) r.fifo_head = r.fifo_count = 0;
  r.fcr = value & 1 ? value & 0xc9 : 0;
  refill();
  update_irq();
}

void Uart::write_modem_control(u8 value) {
  const u8 before = modem_inputs();
  state_.registers.mcr = value & 0x1f;
  note_modem_change(before);
  refill();
  update_irq();
}

// --- data ---

u8 Uart::read_receiver() {
  Registers& r = state_.registers;
  if (r.fifo_count == 0) return r.fifo[r.fifo_head];
  const u8 byte = r.fifo[r.fifo_head];
  --r.fifo_count;
  if (r.fifo_count) r.fifo_head = (r.fifo_head + 1) % fifo_size;
  refill();
  update_irq();
  return byte;
}

void Uart::write_transmitter(u8 value) {
  Registers& r = state_.registers;
  if (loopback()) {
    push(value);
  } else {
    output_.push_back(static_cast<char>(value));
    recorder_.record(trace::Kind::console_output, base_, value);
  }
  if (r.ier & ie_thr_empty) {  // the line drops while THR is full, so that its emptying is an edge
    r.thr_empty_pending = 0;
    update_irq();
  }
  r.thr_empty_pending = 1;
  if (r.ier & ie_thr_empty || loopback()) update_irq();
}

/// Without FIFOs a byte that finds no room replaces the one not read; with them it is lost.
void Uart::push(u8 byte) {
  Registers& r = state_.registers;
  if (r.fifo_count == capacity()) {
    r.overrun = 1;
    if (!fifos_on()) r.fifo[r.fifo_head] = byte;
    return;
  }
  if (r.fifo_count == 0) r.fifo_head = 0;
  r.fifo[(r.fifo_head + r.fifo_count) % fifo_size] = byte;
  ++r.fifo_count;
}

/// Moves bytes from the line as room appears; the line is cut off while in loopback.
void Uart::refill() {
  if (loopback()) return;
  Registers& r = state_.registers;
  while (r.fifo_count < capacity() && state_.line_head < state_.line_queue.size()) {
    const u8 byte = state_.line_queue[state_.line_head++];
    recorder_.record(trace::Kind::console_input, base_, byte);
    push(byte);
  }
  if (state_.line_head < state_.line_queue.size()) return;
  state_.line_queue.clear();
  state_.line_head = 0;
  if (!r.hang_up_pending) return;
  const u8 before = modem_inputs();
  r.hang_up_pending = 0;
  r.carrier = 0;
  note_modem_change(before);
}

void Uart::receive(std::span<const u8> bytes) {
  if (!state_.registers.carrier || state_.registers.hang_up_pending) return;
  std::vector<u8>& queue = state_.line_queue;
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(state_.line_head));
  state_.line_head = 0;
  queue.insert(queue.end(), bytes.begin(), bytes.end());
  refill();
  update_irq();
}

void Uart::hang_up() {
  if (!state_.registers.carrier) return;
  state_.registers.hang_up_pending = 1;
  refill();
  update_irq();
}

void Uart::ring() {
  if (loopback()) return;  // the inputs are cut off
  state_.registers.modem_deltas |= delta_ring;
  update_irq();
}

std::string Uart::take_output() { return std::exchange(output_, {}); }

void Uart::update_irq() { irqs_.set_irq(irq_line_, state_.registers.mcr & mcr_out2 && interrupt_id() != id_none); }

}  // namespace lucid::devices
