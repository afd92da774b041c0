// SPDX-License-Identifier: MIT
// Two cascaded 8259A interrupt controllers: IRQ 0..15 become vectors 32..47.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

constexpr u64 irq_base_vector = 32;

void setup_pic();
void unmask_irq(u32 irq);
/// End of interrupt; false when the interrupt was spurious and must be ignored.
bool acknowledge_irq(u32 irq);

constexpr u32 irq_count = 16, timer_irq = 0;
extern u64 irq_counts[irq_count], spurious_interrupts;
/// Whose line it is, for /proc/interrupts; "" = nobody's.
const char* irq_name(u32 irq);

}  // namespace lucid::kernel
