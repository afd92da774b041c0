// SPDX-License-Identifier: MIT
// The second console, /dev/tty1: the keyboard and the text screen.
#pragma once
#include "core/kernel/drivers/keyboard.h"
#include "core/kernel/drivers/text_screen.h"
#include "core/kernel/drivers/tty.h"

namespace lucid::kernel {

class VirtualConsole : public Tty, public KeyReceiver {
 public:
  VirtualConsole();
  void typed(u8 byte) override { (void)input(byte); }

 protected:
  /// Screen and keyboard are set up when somebody first uses them.
  void attach() override;
  void transmit(const char* bytes, u64 count) override;

 private:
  TextScreen screen_;
  bool attached_ = false;
};

extern VirtualConsole virtual_console;

}  // namespace lucid::kernel
