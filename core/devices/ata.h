// SPDX-License-Identifier: MIT
// An ATA disk as device 0 of the primary channel: ports 0x1F0-0x1F7 and 0x3F6, IRQ 14, PIO.
// Without a disk nothing answers there. Device 1 is absent.
//
// Source: ATA/ATAPI-6 (T13 1410D): the registers (6), PIO data-in and data-out protocols (9.5, 9.6),
// software reset (9.2), IDENTIFY DEVICE (8.15), 48-bit addresses (6.17).
//
// Time, in virtual ticks: a command takes `seek_ticks` and each sector `sector_ticks` before its
// data is there or is stored; the processor is free meanwhile.
//
// Known inaccuracies: no DMA, no ATAPI, no power management (its commands succeed and do nothing);
// every seek takes the same time.
#pragma once
#include <array>
#include <type_traits>

#include "core/bus/clock.h"
#include "core/bus/interrupt.h"
#include "core/bus/port_bus.h"
#include "core/devices/disk_contents.h"
#include "core/devices/recorder.h"

namespace lucid::devices {

class Ata final : public bus::PortDevice, public bus::TimerClient {
 public:
  static constexpr unsigned most_sectors_at_once = 8;            // READ/WRITE MULTIPLE
  static constexpr u64 seek_ticks = 10'000, sector_ticks = 500;  // 100 us, 5 us

  enum class Phase : u8 {
    idle,
    command,   // busy: without data
    fetching,  // busy: reads the next block
    to_host,   // DRQ: the host reads the buffer
    to_disk,   // DRQ: the host fills the buffer
    storing,   // busy: writes the block
  };

  struct State {
    // Task file; [1] is what was written before: the high halves of 48-bit commands.
    std::array<u8, 2> count{1, 0}, low{1, 0}, middle{}, high{};
    u8 device = 0;
    u8 features = 0;
    u8 error = 1;  // "device 0 passed its diagnostics"
    u8 fault = 0;  // ERR in the status
    u8 control = 0;
    u8 command = 0;
    u8 multiple = 0;  // sectors of a block, 0 = READ/WRITE MULTIPLE are not set up
    Phase phase = Phase::idle;
    u8 interrupt = 0;  // the line is up
    std::array<u8, 3> reserved{};
    u32 remaining = 0;  // sectors of the command
    u64 sector = 0;     // of the next block
    u32 block = 0;      // sectors in the buffer
    u32 position = 0;   // of the host in the buffer, bytes
    std::array<u8, most_sectors_at_once * DiskContents::sector_size> buffer{};
  };
  static_assert(std::has_unique_object_representations_v<State>);

  static constexpr u16 base_port = 0x1f0, control_port = 0x3f6;
  static constexpr unsigned irq = 14;

  Ata(bus::Clock& clock, bus::IrqSink& pic, Recorder& recorder);
  /// Once, while the board is put together.
  void attach(bus::PortBus& ports);
  DiskContents& disk() { return disk_; }
  const DiskContents& disk() const { return disk_; }

  u32 read_port(u16 port, unsigned size) override;
  void write_port(u16 port, u32 value, unsigned size) override;
  void on_timer() override;

  const State& state() const { return state_; }
  void set_state(const State& state);

 private:
  bool selected() const { return !(state_.device & 0x10); }
  bool busy() const;
  u8 status() const;
  void start(u8 command);
  void start_transfer(bool write, bool wide, bool multiple);
  bool find_sectors(bool wide);  // from the task file; false when they do not exist
  void next_block();
  void finish(bool interrupt);
  void refuse(u8 error);
  void wait(Phase phase, u64 ticks);
  void raise(bool level);
  void reset();
  void signature();
  void identify();
  u8 next_byte();
  void put_byte(u8 value);
  u32 block_limit() const;

  State state_;
  DiskContents disk_;
  bus::Clock& clock_;
  bus::IrqSink& pic_;
  Recorder& recorder_;
  bus::TimerId timer_;
};

}  // namespace lucid::devices
