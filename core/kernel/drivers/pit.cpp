// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/pit.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/arch/io.h"
#include "core/kernel/boot/introspect.h"

namespace lucid::kernel {
namespace {

constexpr Port channel0{0x40}, channel2{0x42}, control{0x43}, speaker_gate{0x61};
constexpr u32 input_hz = 1193182;
constexpr u8 channel0_rate = 0x34;      // low then high byte, mode 2
constexpr u8 channel0_one_shot = 0x30;  // mode 0: nothing happens until a count is written
constexpr u8 channel2_one_shot = 0xb0;
constexpr u8 gate2 = 0x01, speaker = 0x02, output2 = 0x20;

constexpr u32 measurements_per_second = 100;

bool running = false;
u32 rate = 100;

constexpr u16 reload_for(u32 per_second) { return static_cast<u16>((input_hz + per_second / 2) / per_second); }

void write_count(Port channel, u16 count) {
  out8(channel, count & 0xff);
  out8(channel, count >> 8);
}

}  // namespace

u32 tick_rate() { return rate; }

void set_tick_rate(u32 ticks_per_second) {
  rate = ticks_per_second;
  publish_tick_rate(rate);
  if (running) start_pit();
}

void start_pit() {
  out8(control, channel0_rate);
  write_count(channel0, reload_for(rate));
  running = true;
}

void stop_pit() {
  out8(control, channel0_one_shot);
  running = false;
}

bool pit_running() { return running; }

u64 measure_tsc_hz() {
  out8(speaker_gate, (in8(speaker_gate) & ~speaker) | gate2);
  out8(control, channel2_one_shot);
  write_count(channel2, reload_for(measurements_per_second));
  u64 start = read_tsc();
  for (u32 i = 0; i < 100'000'000 && !(in8(speaker_gate) & output2); i++) {
  }
  return (read_tsc() - start) * measurements_per_second;
}

}  // namespace lucid::kernel
