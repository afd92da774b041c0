// SPDX-License-Identifier: MIT
// What a VGA adapter in text mode 3 is to software that only writes characters: 80 x 25 cells of two bytes
// (character, attribute) in memory at 0xb8000, and the CRT controller's registers at 0x3d4/0x3d5, of which
// start address and cursor matter. The cells are plain RAM; whoever draws the screen reads them there.
//
// Source: IBM VGA Technical Reference, "CRT controller registers". Known inaccuracies: no other mode, no fonts,
// no palette; input status 1 (0x3da) tells no retrace.
#pragma once
#include <array>
#include <type_traits>

#include "core/bus/port_bus.h"

namespace lucid::devices {

class TextDisplay final : public bus::PortDevice {
 public:
  static constexpr unsigned columns = 80, rows = 25;
  static constexpr u64 memory = 0xb8000;
  static constexpr u16 index_port = 0x3d4, data_port = 0x3d5, status_port = 0x3da;

  struct State {
    u8 index = 0;
    std::array<u8, 25> registers{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, 14};  // cursor lines 13 to 14
  };
  static_assert(std::has_unique_object_representations_v<State>);

  void attach(bus::PortBus& ports) {
    ports.map(index_port, data_port, *this);
    ports.map(status_port, status_port, *this);
  }
  u32 read_port(u16 port, unsigned) override {
    if (port == status_port) return 0;
    if (port == index_port) return state_.index;
    return state_.index < state_.registers.size() ? state_.registers[state_.index] : 0;
  }
  void write_port(u16 port, u32 value, unsigned size) override {
    if (port == index_port) {
      state_.index = static_cast<u8>(value);
      if (size > 1) write_port(data_port, value >> 8, 1);
    } else if (port == data_port && state_.index < state_.registers.size()) {
      state_.registers[state_.index] = static_cast<u8>(value);
    }
  }

  unsigned start() const { return word(12); }   // in cells
  unsigned cursor() const { return word(14); }  // the same
  bool cursor_shown() const { return !(state_.registers[10] & 0x20); }

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  unsigned word(unsigned at) const { return state_.registers[at] << 8u | state_.registers[at + 1]; }
  State state_;
};

}  // namespace lucid::devices
