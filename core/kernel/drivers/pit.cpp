// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/pit.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/arch/io.h"

namespace lucid::kernel {
namespace {

constexpr Port channel0{0x40}, channel2{0x42}, control{0x43}, speaker_gate{0x61};
constexpr u32 input_hz = 1193182;
constexpr u16 reload = (input_hz + ticks_per_second / 2) / ticks_per_second;
constexpr u8 channel0_rate = 0x34;      // low then high byte, mode 2
constexpr u8 channel0_one_shot = 0x30;  // mode 0: nothing happens until a count is written
constexpr u8 channel2_one_shot = 0xb0;
constexpr u8 gate2 = 0x01, speaker = 0x02, output2 = 0x20;

bool running = false;

}  // namespace

void start_pit() {
  out8(control, channel0_rate);
  out8(channel0, reload & 0xff);
  out8(channel0, reload >> 8);
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
  out8(channel2, reload & 0xff);
  out8(channel2, reload >> 8);
  u64 start = read_tsc();
  for (u32 i = 0; i < 100'000'000 && !(in8(speaker_gate) & output2); i++) {
  }
  return (read_tsc() - start) * ticks_per_second;
}

}  // namespace lucid::kernel
