// SPDX-License-Identifier: MIT
// Shared by the parts of the firmware. It runs in real mode from ROM at F000:F000; its few variables are where a PC's
// BIOS has them (segment 0x40). Interrupt services are called with all registers but the documented results kept.
#pragma once

#define ROM_SEGMENT 0xf000
#define ROM_PHYSICAL 0xf0000

// BIOS data area, addresses in segment 0.
#define MEMORY_KIB 0x413 /* below the hole at 640 KiB */
#define VIDEO_MODE 0x449
#define COLUMNS 0x44a
#define CURSOR 0x450 /* column, row */
#define TICKS 0x46c
#define DISK_COUNT 0x475

// Carry in the FLAGS that IRET will load, for a handler that begins with push %bp; mov %sp, %bp.
#define CALLERS_FLAGS 6(%bp)
#define CARRY 1
