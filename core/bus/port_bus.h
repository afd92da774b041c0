// SPDX-License-Identifier: MIT
// The 64 Ki I/O ports. An access that no device claims reads all ones and writes nothing,
// as an empty ISA bus does. A wide access to byte-wide devices is split by the bus.
#pragma once
#include <array>
#include <vector>

#include "core/base/types.h"

namespace lucid::bus {

class PortDevice {
 public:
  /// `size` is 1, 2 or 4 bytes; only devices mapped with `wide` see more than 1.
  virtual u32 read_port(u16 port, unsigned size) = 0;
  virtual void write_port(u16 port, u32 value, unsigned size) = 0;

 protected:
  ~PortDevice() = default;
};

enum class PortWidth { byte, wide };

class PortBus {
 public:
  void map(u16 first, u16 last, PortDevice& device, PortWidth width = PortWidth::byte);
  u32 read(u16 port, unsigned size);
  void write(u16 port, u32 value, unsigned size);

 private:
  struct Range {
    u16 first;
    u16 last;
    PortDevice* device;
    PortWidth width;
  };
  const Range* find(u16 port) const;
  std::vector<Range> ranges_;
  mutable size_t last_found_ = 0;  // in ranges_: a device is talked to for a while
};

}  // namespace lucid::bus
