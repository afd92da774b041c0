// SPDX-License-Identifier: MIT
// Two cascaded 8259A interrupt controllers, as wired in a PC: the second one's output is input 2
// of the first. Ports 0x20/0x21, 0xa0/0xa1, and the edge/level registers 0x4d0/0x4d1.
//
//   line ──▶ edge or level sense ──▶ IRR ──▶ & ~IMR ──▶ priority resolver ◀── ISR
//                                                             │
//                                                             └──▶ INTR, vector on INTA
//
// Source: Intel 8259A data sheet (231468-003): ICW1–4, OCW1–3, all end-of-interrupt and rotation
// commands, special mask, polling, special fully nested mode, default IR7 ("spurious") on an INTA
// with no request left. In edge mode a request whose line drops before the INTA is withdrawn, as
// the data sheet says inputs must stay high until then.
//
// Known inaccuracies: the MCS-80 mode (ICW4.µPM = 0) delivers 8086 vectors; buffered mode has no
// effect; inputs 0, 1, 2, 8 and 13 cannot be made level-triggered through 0x4d0 (as on chipsets).
#pragma once
#include <array>

#include "core/bus/interrupt.h"
#include "core/bus/port_bus.h"
#include "core/devices/recorder.h"

namespace lucid::devices {

class Pic final : public bus::IrqSink, public bus::InterruptSource, public bus::PortDevice {
 public:
  struct Chip {
    u8 lines = 0;  // levels of the inputs now
    u8 irr = 0;    // interrupt requests
    u8 isr = 0;    // in service
    u8 imr = 0;    // masked
    u8 elcr = 0;   // level-triggered inputs, from 0x4d0/0x4d1
    u8 vector_base = 0;
    u8 cascade = 0;          // ICW3
    u8 lowest_priority = 7;  // input with the lowest priority; the next one up has the highest
    u8 next_icw = 0;         // ICW expected at the odd port: 2, 3, 4; 0 = initialised
    bool needs_icw4 = false;
    bool single = false;
    bool all_level = false;  // ICW1.LTIM
    bool auto_eoi = false;
    bool rotate_on_auto_eoi = false;
    bool fully_nested_special = false;
    bool special_mask = false;
    bool read_isr = false;
    bool poll = false;
  };
  struct State {
    std::array<Chip, 2> chips;
  };

  static constexpr u16 main_port = 0x20, second_port = 0xa0, elcr_port = 0x4d0;

  explicit Pic(Recorder& recorder) : recorder_(recorder) {}
  void attach(bus::PortBus& ports);

  void set_irq(unsigned line, bool level) override;
  u8 acknowledge() override;
  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;

  const State& state() const { return state_; }
  void set_state(const State& state);

 private:
  u8 read_data(unsigned which, bool odd);
  void set_input(unsigned which, unsigned input, bool level);
  u8 take(unsigned which, u8 input);
  u8 poll_byte(unsigned which);
  void update();

  State state_;
  Recorder& recorder_;
};

}  // namespace lucid::devices
