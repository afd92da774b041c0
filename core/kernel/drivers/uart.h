// SPDX-License-Identifier: MIT
// 16550 serial lines, as bare hardware: bytes out at once, bytes in by interrupt to one receiver.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

constexpr u32 uart_count = 2;

/// Who gets what a line receives. All are called with interrupts off.
class UartReceiver {
 public:
  /// False: no room; the line stays quiet until uart_resume().
  virtual bool received(u8 byte) = 0;
  /// How many bytes it would take at once, by the call below: 0 if it wants to see each.
  virtual u64 room() const { return 0; }
  virtual void received(const u8*, u64) {}
  virtual void hung_up() = 0;
  virtual void rung() {}
};

void setup_uart(u32 line);
void uart_write(u32 line, const char* bytes, u64 count);
/// From now on the line's input goes to this receiver, whoever had it before.
void uart_attach(u32 line, UartReceiver* receiver);
void uart_interrupt(u32 line);
/// The receiver has room again.
void uart_resume(u32 line);
bool uart_carrier(u32 line);

}  // namespace lucid::kernel
