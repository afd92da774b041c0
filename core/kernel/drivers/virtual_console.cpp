// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/virtual_console.h"

#include "core/kernel/lib/log.h"

namespace lucid::kernel {
namespace {

constexpr u64 first_virtual_console = 4 << 8 | 1;

constexpr Termios virtual_console_termios() {
  constexpr u32 b38400_cs8_cread = 0xbf;
  Termios t = first_termios;
  t.input |= in_flag::utf8;
  t.control = b38400_cs8_cread;
  return t;
}

}  // namespace

VirtualConsole virtual_console;

VirtualConsole::VirtualConsole() : Tty(first_virtual_console, virtual_console_termios()) {
  retain();  // it is nobody's to delete
  set_first_window({TextScreen::rows, TextScreen::columns, 0, 0});
}

void VirtualConsole::attach() {
  if (attached_) return;
  attached_ = true;
  screen_.start();
  if (!setup_keyboard(*this)) log("No keyboard controller: /dev/tty1 is a screen only");
}

void VirtualConsole::transmit(const char* bytes, u64 count) {
  attach();
  screen_.write(bytes, count);
}

}  // namespace lucid::kernel
