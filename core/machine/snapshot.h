// SPDX-License-Identifier: MIT
// The machine between two instructions, as plain data: one State per part and an image of RAM that
// shares its pages with other snapshots of the same machine.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "core/cpu/state.h"
#include "core/devices/ata.h"
#include "core/devices/cmos.h"
#include "core/devices/console_size.h"
#include "core/devices/exit_port.h"
#include "core/devices/firmware_config.h"
#include "core/devices/keyboard_controller.h"
#include "core/devices/pic.h"
#include "core/devices/pit.h"
#include "core/devices/system_ports.h"
#include "core/devices/test_device.h"
#include "core/devices/text_display.h"
#include "core/devices/tracepoint_port.h"
#include "core/devices/uart.h"
#include "core/mem/memory_image.h"
#include "core/trace/event_log.h"

namespace lucid::machine {

struct DeviceStates {
  devices::Pic::State pic;
  devices::Pit::State pit;
  std::array<devices::Uart::State, 2> uarts;
  devices::ConsoleSize::State console_size;
  devices::Cmos::State cmos;
  devices::KeyboardController::State keyboard;
  devices::TextDisplay::State display;
  devices::SystemPorts::State system;
  devices::TracepointPort::State tracepoint;
  devices::ExitPort::State exit;
  devices::TestDevice::State test;
  devices::FirmwareConfig::State firmware;
  devices::Ata::State ata;
};

struct Snapshot {
  u64 retired = 0, skipped = 0;
  std::vector<u64> deadlines;  // by timer id
  u32 current_pid = 0;
  cpu::State cpu;
  DeviceStates devices;
  mem::MemoryImage ram;
  std::shared_ptr<devices::DiskContents::Written> disk;  // never changed while held here
  trace::EventLog::Mark log;                             // how much had been logged
};

u64 hash_of(const cpu::State& state);
u64 hash_of(const DeviceStates& devices);

}  // namespace lucid::machine
