// SPDX-License-Identifier: MIT
// The PS/2 keyboard behind the 8042 and IRQ 1, with the US layout: keys become the bytes that a terminal of type
// "linux" sends (console_codes(4)), for one receiver.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

class KeyReceiver {
 public:
  /// With the kernel lock held. Nobody waits for room: what does not fit is lost.
  virtual void typed(u8 byte) = 0;
};

/// False when there is no controller.
bool setup_keyboard(KeyReceiver& receiver);
void keyboard_interrupt();
constexpr u32 keyboard_irq = 1;

}  // namespace lucid::kernel
