// SPDX-License-Identifier: MIT
#include "core/bus/port_bus.h"

namespace lucid::bus {

void PortBus::map(u16 first, u16 last, PortDevice& device, PortWidth width) {
  ranges_.push_back({first, last, &device, width});
}

const PortBus::Range* PortBus::find(u16 port) const {
  const auto holds = [port](const Range& range) { return port >= range.first && port <= range.last; };
  if (last_found_ < ranges_.size() && holds(ranges_[last_found_])) return &ranges_[last_found_];
  for (const Range& range : ranges_) {
    if (!holds(range)) continue;
    last_found_ = static_cast<size_t>(&range - ranges_.data());
    return &range;
  }
  return nullptr;
}

u32 PortBus::read(u16 port, unsigned size) {
  const Range* range = find(port);
  if (range && (size == 1 || range->width == PortWidth::wide)) return range->device->read_port(port, size);
  u32 value = 0;
  for (unsigned i = 0; i < size; ++i) {
    const auto byte_port = static_cast<u16>(port + i);
    const Range* part = find(byte_port);
    const u32 byte = part ? part->device->read_port(byte_port, 1) & 0xff : 0xff;
    value |= byte << 8 * i;
  }
  return value;
}

void PortBus::write(u16 port, u32 value, unsigned size) {
  const Range* range = find(port);
  if (range && (size == 1 || range->width == PortWidth::wide)) return range->device->write_port(port, value, size);
  for (unsigned i = 0; i < size; ++i) {
    const auto byte_port = static_cast<u16>(port + i);
    if (const Range* part = find(byte_port)) part->device->write_port(byte_port, value >> 8 * i & 0xff, 1);
  }
}

}  // namespace lucid::bus
