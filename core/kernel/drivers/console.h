// SPDX-License-Identifier: MIT
// The terminal on COM1.
#pragma once
#include "core/kernel/drivers/tty.h"
#include "core/kernel/drivers/uart.h"

namespace lucid::kernel {

class ConsoleTty : public Tty, public UartReceiver {
 public:
  ConsoleTty();
  bool received(u8 byte) override { return input(byte); }
  void hung_up() override { end_input(); }
  void rung() override;

 protected:
  void attach() override;
  void transmit(const char* bytes, u64 count) override { uart_write(line, bytes, count); }
  void input_taken() override { uart_resume(line); }

 private:
  static constexpr u32 line = 0;
  bool attached_ = false;
};

extern ConsoleTty console_tty;

}  // namespace lucid::kernel
