// SPDX-License-Identifier: MIT
// What a PC's firmware leaves behind for kernels that a BIOS-based loader starts (Multiboot): real-mode
// interrupt vectors that lead to handlers in ROM, interrupt controllers and timer as the BIOS
// programmed them. There are no BIOS services: a software interrupt returns at once.
//
//   0x000 …  256 vectors     0x413  KiB of memory below the hole     0x46c  timer ticks (18.2 Hz)
//   0xf0000  the handlers
#pragma once
#include "core/bus/port_bus.h"
#include "core/mem/physical_memory.h"

namespace lucid::machine {

void put_firmware_data(mem::PhysicalMemory& ram);
/// IRQ 0..7 at vectors 8.., IRQ 8..15 at 0x70..; only timer and cascade unmasked.
void program_devices_as_firmware(bus::PortBus& ports);

}  // namespace lucid::machine
