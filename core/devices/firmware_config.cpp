// SPDX-License-Identifier: MIT
#include "core/devices/firmware_config.h"

namespace lucid::devices {
namespace {

enum Item : u16 { signature = 0, revision = 1, memory_size = 3, processors = 5, most_processors = 15 };

constexpr u16 longest_item = 8;

}  // namespace

u64 FirmwareConfig::item_value() const {
  switch (state_.item) {
    case signature:
      return 'Q' | 'E' << 8 | 'M' << 16 | 'U' << 24;
    case revision:
    case processors:
    case most_processors:
      return 1;
    case memory_size:
      return memory_bytes_;
    default:
      return 0;
  }
}

u32 FirmwareConfig::read_port(u16 port, unsigned) {
  if (port != data_port || state_.offset >= longest_item) return 0;
  return static_cast<u8>(item_value() >> 8 * state_.offset++);
}

void FirmwareConfig::write_port(u16 port, u32 value, unsigned size) {
  if (port == selector_port && size == 2) state_ = {static_cast<u16>(value), 0};
}

}  // namespace lucid::devices
