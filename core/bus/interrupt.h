// SPDX-License-Identifier: MIT
// The wires between devices, interrupt controller and processor.
#pragma once
#include "core/base/types.h"

namespace lucid::bus {

/// What a device sees of the interrupt controller: its own input pin (0..15).
class IrqSink {
 public:
  virtual void set_irq(unsigned line, bool level) = 0;

 protected:
  ~IrqSink() = default;
};

/// What the processor sees: INTR, and the INTA cycle that returns the vector.
class InterruptSource {
 public:
  virtual u8 acknowledge() = 0;
  bool intr() const { return intr_; }

 protected:
  ~InterruptSource() = default;
  bool intr_ = false;  // changes only inside port accesses, timers and commands
};

}  // namespace lucid::bus
