// SPDX-License-Identifier: MIT
// QEMU's "fw_cfg" at its classic ports: 0x510 selects an item (16 bits), 0x511 gives its bytes one
// after the other, zeros behind its end. Kernels made for QEMU read memory size and processor count.
//
// Source: QEMU's docs/specs/fw_cfg.rst. Items: 0 signature, 1 revision (no DMA), 3 memory size,
// 5 and 15 number of processors, 25 the directory of files (none).
#pragma once
#include <type_traits>

#include "core/bus/port_bus.h"

namespace lucid::devices {

class FirmwareConfig final : public bus::PortDevice {
 public:
  struct State {
    u16 item = 0;
    u16 offset = 0;  // of the next byte; stays at the end
  };
  static_assert(std::has_unique_object_representations_v<State>);

  static constexpr u16 selector_port = 0x510, data_port = 0x511;

  explicit FirmwareConfig(u64 memory_bytes) : memory_bytes_(memory_bytes) {}
  void attach(bus::PortBus& ports) { ports.map(selector_port, data_port, *this, bus::PortWidth::wide); }

  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;

  const State& state() const { return state_; }
  void set_state(const State& state) { state_ = state; }

 private:
  u64 item_value() const;  // little-endian

  State state_;
  const u64 memory_bytes_;
};

}  // namespace lucid::devices
