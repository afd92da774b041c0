// SPDX-License-Identifier: MIT
// The kernel's table of contents: what happens between the first instruction in the higher half and the first task.
// What comes then, as task 1, is in boot/init.cpp. The names of the stages are Linux's.
#include "core/abi/boot_info.h"
#include "core/kernel/arch/protection.h"
#include "core/kernel/arch/segments.h"
#include "core/kernel/boot/command_line.h"
#include "core/kernel/boot/init.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/boot/introspect.h"
#include "core/kernel/boot/phase.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/disks.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/drivers/uart.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/kernel_map.h"
#include "core/kernel/mm/page_table.h"
#include "core/kernel/proc/fork.h"
#include "core/kernel/proc/kthread.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sched/settings.h"
#include "core/kernel/trap/idt.h"
#include "core/kernel/vdso/vdso.h"

extern "C" {
extern void (*constructors_start[])();
extern void (*constructors_end[])();
}

namespace lucid::kernel {
namespace {

using abi::HvmMemoryMapEntry;
using abi::HvmModule;
using abi::HvmStartInfo;

constexpr u32 ram = 1;  // type in the memory map

template <typename T>
const T* at_physical(u64 address) {
  return static_cast<const T*>(physical_to_pointer(address));
}

/// End of the RAM that starts at 1 MiB.
INIT_CODE u64 memory_end(const HvmStartInfo& info) {
  auto* map = at_physical<HvmMemoryMapEntry>(info.memory_map);
  for (u32 i = 0; i < info.memory_map_entries; i++)
    if (map[i].type == ram && map[i].address <= image_start && map[i].address + map[i].size > image_start)
      return min(map[i].address + map[i].size, direct_map_limit) & ~page_mask;
  panic("No memory map from the loader");
}

INIT_CODE Archive find_archive(const HvmStartInfo& info, u64 end) {
  if (!info.module_count) return {};
  auto* module = at_physical<HvmModule>(info.module_list);
  if (module->address + module->size > end) panic("The initramfs lies outside of memory");
  return {module->address, module->size};
}

INIT_CODE void setup_console() {
  char device[16];
  bool second = option_value("console", device, sizeof device) && device[0] == 't' && device[4] == '1';
  setup_uart(0);
  setup_uart(1);
  setup_log(second ? 1 : 0, option_given("quiet"));
}

Task& first_task(const char* name, void (*function)(u64)) {
  Result<Task*> made = make_kernel_task(name, function, 0);
  if (!made.ok()) panic("No memory for %s", name);
  make_ready(*made.value());
  return *made.value();
}

/// The last thing that the boot processor's own thread, task 0, does before it is the idle task. Not INIT_CODE:
/// it lies below the idle loop for ever.
[[noreturn, gnu::noinline]] void rest_init() {
  reached(BootPhase::rest_init);
  first_task("swapper/0", kernel_init);  // must be the first: init is process 1
  first_task("kthreadd", kthreadd);
  idle_loop();  // from here on interrupts are taken
}

}  // namespace

extern "C" INIT_CODE void start_kernel(u64 start_info_physical) {
  for (auto** c = constructors_start; c < constructors_end; c++) (*c)();
  setup_scheduler();
  reached(BootPhase::higher_half);
  reached(BootPhase::start_kernel);
  const HvmStartInfo& info = *at_physical<HvmStartInfo>(start_info_physical);
  if (info.magic == abi::hvm_start_magic && info.command_line) set_command_line(at_physical<char>(info.command_line));
  setup_console();
  if (info.magic != abi::hvm_start_magic) panic("Not started through the PVH boot protocol");
  setup_segments();
  setup_interrupt_table();
  setup_syscall_entry();
  setup_clock();
  log("lucid86 kernel; command line: %s", command_line());
  setup_sched_settings();

  u64 end = memory_end(info);
  Archive archive = find_archive(info, end);
  set_paging_levels();
  setup_frames(end, archive.start, archive.start + archive.size);
  setup_protection();
  finish_kernel_tables(end);
  setup_vdso();
  log("Memory: %lu KiB of %lu KiB free, TSC %lu kHz", free_frames() * 4, end / 1024, tsc_hz() / 1000);
  reached(BootPhase::memory_ready);
  publish_introspection();

  setup_pic();
  unmask_irq(0);
  setup_disks();
  reached(BootPhase::interrupts_on);
  set_boot_archive(archive);
  rest_init();
}

}  // namespace lucid::kernel
