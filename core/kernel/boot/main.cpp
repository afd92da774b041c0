// SPDX-License-Identifier: MIT
// The kernel's table of contents: what happens between the first instruction in the higher half and
// the first instruction of init.
#include "core/abi/boot_info.h"
#include "core/kernel/arch/cpu.h"
#include "core/kernel/arch/segments.h"
#include "core/kernel/boot/command_line.h"
#include "core/kernel/boot/introspect.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/disks.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/drivers/uart.h"
#include "core/kernel/exec/binary.h"
#include "core/kernel/fs/cpio.h"
#include "core/kernel/fs/devfs.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/procfs.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/proc/fork.h"
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

using abi::BootPhase;
using abi::HvmMemoryMapEntry;
using abi::HvmModule;
using abi::HvmStartInfo;

constexpr u32 ram = 1;  // type in the memory map
struct Archive {
  u64 start = 0, size = 0;
};

void reached(BootPhase phase) { trace(Trace::boot_phase, static_cast<u64>(phase)); }

template <typename T>
const T* at_physical(u64 address) {
  return static_cast<const T*>(physical_to_pointer(address));
}

/// End of the RAM that starts at 1 MiB.
u64 memory_end(const HvmStartInfo& info) {
  auto* map = at_physical<HvmMemoryMapEntry>(info.memory_map);
  constexpr u64 image_start = 0x100000;
  for (u32 i = 0; i < info.memory_map_entries; i++)
    if (map[i].type == ram && map[i].address <= image_start && map[i].address + map[i].size > image_start)
      return min(map[i].address + map[i].size, direct_map_limit) & ~page_mask;
  panic("No memory map from the loader");
}

Archive find_archive(const HvmStartInfo& info, u64 end) {
  if (!info.module_count) return {};
  auto* module = at_physical<HvmModule>(info.module_list);
  if (module->address + module->size > end) panic("The initramfs lies outside of memory");
  return {module->address, module->size};
}

void setup_console() {
  char device[16];
  bool second = option_value("console", device, sizeof device) && device[0] == 't' && device[4] == '1';
  setup_uart(0);
  setup_uart(1);
  setup_log(second ? 1 : 0, option_given("quiet"));
}

void mount_root(const Archive& archive) {
  root_dentry = mount_directory({"rootfs", tmpfs_magic, 2, true}, "rootfs", nullptr, new Directory(0755)).take()->root;
  u64 entries = 0;
  if (archive.size) entries = unpack_archive(static_cast<u8*>(physical_to_pointer(archive.start)), archive.size);
  constexpr const char* standard[] = {"tmp", "proc", "dev"};
  for (const char* name : standard)
    if (!root_dentry->child(name, strlen(name)))
      (void)add_name(root_dentry, name, strlen(name), new Directory(equal(name, "tmp") ? 01777 : 0755));
  mount_proc();
  populate_dev();
  log("initramfs: %lu entries in %lu KiB", entries, archive.size / 1024);
}

void open_console() {
  Result<Ref<Dentry>> console = resolve(root_dentry, "/dev/console", LastLink::follow);
  if (!console.ok()) return;
  Result<Ref<File>> file = File::open(console.value()->inode, console.value(), open_flag::read_write);
  for (i32 fd = 0; fd < 3 && file.ok(); fd++) (void)current->files->put(fd, file.value(), false);
}

const char* const init_environment[] = {"HOME=/", "TERM=linux", nullptr};

/// Only returns if it could not be run.
bool try_init(const char* path) {
  const char* arguments[] = {path, nullptr};
  Status s = execute(root_dentry, path, arguments, init_environment);
  if (s.ok()) {
    log("Run %s as init process", path);
    reached(BootPhase::init_started);
    return true;
  }
  if (s.error() != Errno::NOENT) log_always("Cannot run %s as init (error %d)", path, static_cast<i32>(s.error()));
  return false;
}

/// Process 1, still in the kernel: becomes init, found as Linux finds it.
void kernel_init(u64) {
  open_console();
  char chosen[128];
  if (option_value("rdinit", chosen, sizeof chosen) ? try_init(chosen) : try_init("/init")) return;
  if (option_value("init", chosen, sizeof chosen)) {
    if (try_init(chosen)) return;
    panic("Requested init %s failed.", chosen);
  }
  constexpr const char* places[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
  for (const char* path : places)
    if (try_init(path)) return;
  panic("No working init found.  Try passing init= option to kernel.");
}

}  // namespace

extern "C" void kernel_main(u64 start_info_physical) {
  for (auto** c = constructors_start; c < constructors_end; c++) (*c)();
  setup_scheduler();
  reached(BootPhase::higher_half);
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
  setup_frames(end, archive.start, archive.start + archive.size);
  finish_kernel_tables();
  setup_vdso();
  log("Memory: %lu KiB of %lu KiB free, TSC %lu kHz", free_frames() * 4, end / 1024, tsc_hz() / 1000);
  reached(BootPhase::memory_ready);
  publish_introspection();

  setup_pic();
  unmask_irq(0);
  setup_disks();
  reached(BootPhase::interrupts_on);
  mount_root(archive);
  reached(BootPhase::root_mounted);
  start_init(kernel_init, 0);
  idle_loop();  // from here on interrupts are taken
}

}  // namespace lucid::kernel
