// SPDX-License-Identifier: MIT
#include "core/devices/pic.h"

namespace lucid::devices {
namespace {

using Chip = Pic::Chip;

constexpr u8 cascade_input = 2;
constexpr u8 spurious_input = 7;
constexpr u8 none = 8;
constexpr u8 elcr_writable[2] = {0xf8, 0xde};

constexpr u8 bit(unsigned input) { return static_cast<u8>(1u << input); }

bool level_triggered(const Chip& chip, unsigned input) { return chip.all_level || (chip.elcr & bit(input)); }

/// 0 = highest.
unsigned rank(const Chip& chip, unsigned input) { return (input + 7 - chip.lowest_priority) & 7; }

/// The input of highest priority among `set`, or `none`.
u8 highest(const Chip& chip, u8 set) {
  for (unsigned i = 1; i <= 8; ++i) {
    const unsigned input = (chip.lowest_priority + i) & 7;
    if (set & bit(input)) return static_cast<u8>(input);
  }
  return none;
}

/// The request the chip would deliver now, or `none`. In the special fully nested mode the cascade
/// input is not held back by its own in-service bit.
u8 pending_input(const Chip& chip) {
  const u8 request = highest(chip, chip.irr & ~chip.imr);
  if (request == none) return none;
  u8 blocking = chip.isr;
  if (chip.special_mask) blocking &= static_cast<u8>(~chip.imr);
  if (chip.fully_nested_special) blocking &= static_cast<u8>(~bit(cascade_input));
  const u8 in_service = highest(chip, blocking);
  return in_service == none || rank(chip, request) < rank(chip, in_service) ? request : none;
}

void refresh_level_inputs(Chip& chip) {
  for (unsigned input = 0; input < 8; ++input)
    if (level_triggered(chip, input)) chip.irr = static_cast<u8>((chip.irr & ~bit(input)) | (chip.lines & bit(input)));
}

/// ICW1 resets the edge sense, mask, priorities and read selection.
void begin_initialisation(Chip& chip, u8 icw1) {
  const u8 lines = chip.lines, elcr = chip.elcr;
  chip = Chip{};
  chip.lines = lines;
  chip.elcr = elcr;
  chip.needs_icw4 = icw1 & 1;
  chip.single = icw1 & 2;
  chip.all_level = icw1 & 8;
  chip.next_icw = 2;
  refresh_level_inputs(chip);
}

void continue_initialisation(Chip& chip, u8 value) {
  switch (chip.next_icw) {
    case 2:
      chip.vector_base = value & 0xf8;
      chip.next_icw = chip.single ? (chip.needs_icw4 ? 4 : 0) : 3;
      break;
    case 3:
      chip.cascade = value;
      chip.next_icw = chip.needs_icw4 ? 4 : 0;
      break;
    case 4:
      chip.auto_eoi = value & 2;
      chip.fully_nested_special = value & 0x10;
      chip.next_icw = 0;
      break;
  }
}

/// OCW2: R, SL, EOI in bits 7..5, a level in bits 2..0.
void end_of_interrupt(Chip& chip, u8 value) {
  const bool rotate = value & 0x80, specific = value & 0x40, eoi = value & 0x20;
  if (!eoi && !specific) {
    chip.rotate_on_auto_eoi = rotate;
    return;
  }
  // In special mask mode a non-specific EOI does not clear a level that is masked.
  const u8 candidates = chip.special_mask ? chip.isr & ~chip.imr : chip.isr;
  const u8 level = specific ? value & 7 : highest(chip, candidates);
  if (level == none) return;
  if (eoi) chip.isr &= static_cast<u8>(~bit(level));
  if (rotate) chip.lowest_priority = level;
}

/// OCW3: special mask in bits 6..5, poll in bit 2, register to read in bits 1..0.
void mode_command(Chip& chip, u8 value) {
  if (value & 0x40) chip.special_mask = value & 0x20;
  if (value & 4) chip.poll = true;
  if (value & 2) chip.read_isr = value & 1;
}

void write_chip(Chip& chip, bool odd, u8 value) {
  if (odd) {
    if (chip.next_icw) {
      continue_initialisation(chip, value);
    } else {
      chip.imr = value;
    }
  } else if (value & 0x10) {
    begin_initialisation(chip, value);
  } else if (value & 8) {
    mode_command(chip, value);
  } else {
    end_of_interrupt(chip, value);
  }
}

}  // namespace

void Pic::attach(bus::PortBus& ports) {
  ports.map(main_port, main_port + 1, *this);
  ports.map(second_port, second_port + 1, *this);
  ports.map(elcr_port, elcr_port + 1, *this);
}

void Pic::set_state(const State& state) {
  state_ = state;
  update();
}

void Pic::set_irq(unsigned line, bool level) {
  const bool was_high = state_.chips[line >> 3 & 1].lines & bit(line & 7);
  if (level == was_high) return;
  if (level) recorder_.record(trace::Kind::irq_raised, line);
  set_input(line >> 3 & 1, line & 7, level);
  update();
}

void Pic::set_input(unsigned which, unsigned input, bool level) {
  Chip& chip = state_.chips[which];
  const u8 mask = bit(input);
  const bool rising = level && !(chip.lines & mask);
  chip.lines = static_cast<u8>(level ? chip.lines | mask : chip.lines & ~mask);
  if (!level) {
    chip.irr &= static_cast<u8>(~mask);
  } else if (rising || level_triggered(chip, input)) {
    chip.irr |= mask;
  }
}

/// Follows every change: the second chip's output is a line of the first, whose output is INTR.
void Pic::update() {
  set_input(0, cascade_input, pending_input(state_.chips[1]) != none);
  intr_ = pending_input(state_.chips[0]) != none;
}

/// The INTA cycle of one chip: request becomes in service. Returns the input delivered.
u8 Pic::take(unsigned which, u8 input) {
  Chip& chip = state_.chips[which];
  if (input == none) return spurious_input;  // no ISR bit is set
  if (!level_triggered(chip, input)) chip.irr &= static_cast<u8>(~bit(input));
  if (!chip.auto_eoi) {
    chip.isr |= bit(input);
  } else if (chip.rotate_on_auto_eoi) {
    chip.lowest_priority = input;
  }
  return input;
}

u8 Pic::acknowledge() {
  Chip& main = state_.chips[0];
  Chip& second = state_.chips[1];
  const u8 input = take(0, pending_input(main));
  u8 vector = static_cast<u8>(main.vector_base | input);
  if (input == cascade_input && !main.single) {
    vector = static_cast<u8>(second.vector_base | take(1, pending_input(second)));
    // The second chip drops its output after the INTA; another request of it is a new edge.
    set_input(0, cascade_input, false);
  }
  update();
  return vector;
}

/// A poll is an INTA by software: bit 7 = there was a request, bits 2..0 = which.
u8 Pic::poll_byte(unsigned which) {
  Chip& chip = state_.chips[which];
  chip.poll = false;
  const u8 input = pending_input(chip);
  if (input == none) return 0;
  take(which, input);
  if (which == 1) set_input(0, cascade_input, false);
  return static_cast<u8>(0x80 | input);
}

u8 Pic::read_data(unsigned which, bool odd) {
  const Chip& chip = state_.chips[which];
  if (chip.poll) return poll_byte(which);
  if (odd) return chip.imr;
  return chip.read_isr ? chip.isr : chip.irr;
}

u32 Pic::read_port(u16 port, unsigned) {
  if ((port & 0xfffe) == elcr_port) return state_.chips[port & 1].elcr;
  const u8 value = read_data((port & 0xfffe) == second_port, port & 1);
  update();
  return value;
}

void Pic::write_port(u16 port, u32 value, unsigned) {
  const auto byte = static_cast<u8>(value);
  if ((port & 0xfffe) == elcr_port) {
    Chip& chip = state_.chips[port & 1];
    chip.elcr = byte & elcr_writable[port & 1];
    refresh_level_inputs(chip);
  } else {
    write_chip(state_.chips[(port & 0xfffe) == second_port], port & 1, byte);
  }
  update();
}

}  // namespace lucid::devices
