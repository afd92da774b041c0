// SPDX-License-Identifier: MIT
// What the loader leaves in memory for the kernel: the PVH start-of-day structures of the Xen
// "x86/HVM direct boot ABI" (hvm_start_info version 1), which QEMU's -kernel also provides.
// At entry: 32-bit protected mode, paging off, EBX = physical address of HvmStartInfo,
// CR0.PE set, flat 4 GiB segments, interrupts off.
#pragma once
#include <stdint.h>

namespace lucid::abi {

constexpr uint32_t hvm_start_magic = 0x336ec578;
constexpr uint32_t pvh_note_type = 18;  // XEN_ELFNOTE_PHYS32_ENTRY, name "Xen"

struct HvmStartInfo {
  uint32_t magic;
  uint32_t version;  // 1: the memory map fields are valid
  uint32_t flags;
  uint32_t module_count;
  uint64_t module_list;  // physical address of HvmModule[module_count]
  uint64_t command_line;  // physical address of a NUL-terminated string, or 0
  uint64_t rsdp;
  uint64_t memory_map;  // physical address of HvmMemoryMapEntry[memory_map_entries]
  uint32_t memory_map_entries;
  uint32_t reserved;
};
static_assert(sizeof(HvmStartInfo) == 56);

struct HvmModule {
  uint64_t address;
  uint64_t size;
  uint64_t command_line;
  uint64_t reserved;
};
static_assert(sizeof(HvmModule) == 32);

struct HvmMemoryMapEntry {
  uint64_t address;
  uint64_t size;
  uint32_t type;  // 1 = RAM, 2 = reserved (E820 types)
  uint32_t reserved;
};
static_assert(sizeof(HvmMemoryMapEntry) == 24);

// ---- The board's own ports (see also QEMU's "isa-debug-exit" and its default serial ports) ----

/// A byte or dword written here ends the run; the host reports (value << 1 | 1) under QEMU and
/// `value` under lucid86. The kernel writes the exit status that init handed to reboot(2).
constexpr uint16_t exit_port = 0xf4;
/// 16550 UARTs: COM1 carries the console (or raw standard input and output), COM2 raw standard
/// error and the kernel log when the command line says console=ttyS1.
constexpr uint16_t uart_ports[2] = {0x3f8, 0x2f8};
constexpr uint8_t uart_irqs[2] = {4, 3};

/// 32 bits: rows << 16 | columns of the terminal on COM1, 0 or (where there is no such port) all ones when nobody
/// knows. A change is told by an interrupt of COM1 with TERI in its modem status.
constexpr uint16_t console_size_port = 0x0d8c;
constexpr uint16_t least_console_rows = 2, most_console_rows = 200, least_console_columns = 10,
                   most_console_columns = 500;

/// CPUID leaf 0x15 (SDM vol. 2, CPUID) gives the TSC rate on our CPU: crystal (ECX) Hz × EBX/EAX.
/// The kernel uses it when offered and calibrates the TSC against the PIT otherwise (QEMU).
constexpr uint64_t lucid_tsc_hz = 100'000'000;  // one retired instruction = one tick = 10 ns

}  // namespace lucid::abi
