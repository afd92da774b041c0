// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/console.h"

#include "core/abi/boot_info.h"
#include "core/kernel/arch/io.h"

namespace lucid::kernel {
namespace {

constexpr u64 console_device = 5 << 8 | 1;

constexpr Termios console_termios() {
  constexpr u32 b115200_cs8_cread = 0x10b2;
  Termios t = first_termios;
  t.input |= in_flag::utf8;
  t.control = b115200_cs8_cread;
  return t;
}

}  // namespace

ConsoleTty console_tty;

ConsoleTty::ConsoleTty() : Tty(console_device, console_termios()) {
  retain();  // it is nobody's to delete
  set_first_window({24, 80, 0, 0});
}

void ConsoleTty::attach() {
  if (attached_) return;
  attached_ = true;
  uart_attach(line, this);
  rung();
}

/// The terminal was given a size, if the board can tell; on others stty(1) can.
void ConsoleTty::rung() {
  u32 size = in32({abi::console_size_port});
  u32 rows = size >> 16, columns = size & 0xffff;
  if (rows < abi::least_console_rows || rows > abi::most_console_rows) return;
  if (columns < abi::least_console_columns || columns > abi::most_console_columns) return;
  resize({static_cast<u16>(rows), static_cast<u16>(columns), 0, 0});
}

}  // namespace lucid::kernel
