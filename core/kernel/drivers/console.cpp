// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/console.h"

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
}

}  // namespace lucid::kernel
