// SPDX-License-Identifier: MIT
// The ATA disk that is device 0 of the primary channel, by PIO and IRQ 14.
//
// Requests queue. The first one is with the device: each time the device wants to hand over or take a block of
// sectors it interrupts, and the block is moved there and then, while the task that asked sleeps and others run.
// During boot, when nobody can sleep, the status is polled instead.
//
// Source: ATA/ATAPI-6 (T13 1410D), the PIO protocols (9.5, 9.6) and IDENTIFY DEVICE (8.15).
#pragma once
#include "core/kernel/drivers/block_device.h"

namespace lucid::kernel {

constexpr u32 ata_irq = 14;

/// Looks for the disk, once, during boot: null when there is none.
BlockDevice* setup_ata();
void ata_interrupt();

}  // namespace lucid::kernel
