// SPDX-License-Identifier: MIT
// Process 1 on its way from the kernel to its program: the root file system, the end of booting, and the search
// for a program to be init. Messages are in Linux's words (init/main.c).
#include "core/kernel/boot/init.h"

#include "core/kernel/boot/command_line.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/boot/phase.h"
#include "core/kernel/drivers/disks.h"
#include "core/kernel/exec/binary.h"
#include "core/kernel/fs/cpio.h"
#include "core/kernel/fs/devfs.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/procfs.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/kswapd.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {
namespace {

INIT_DATA Archive archive{};

/// The archive of the disk that root= names: the ground on which the loader's archive is laid.
INIT_CODE void unpack_disk() {
  char name[32];
  if (!option_value("root", name, sizeof name)) return;
  BlockDevice* device = find_disk(name);
  if (!device) panic("VFS: Cannot open root device \"%s\": there is no such disk", name);
  DiskArchive on_disk(*device);
  const u64 entries = unpack_archive(on_disk);
  if (!entries) panic("VFS: Unable to mount root fs on %s: there is no cpio archive (newc) on it", name);
  log("VFS: Mounted root (cpio) on %s: %lu entries", device->name(), entries);
}

INIT_CODE void mount_root() {
  root_dentry = mount_directory({"rootfs", tmpfs_magic, 2, true}, "rootfs", nullptr, new Directory(0755)).take()->root;
  unpack_disk();
  MemoryArchive loaded(static_cast<u8*>(physical_to_pointer(archive.start)), archive.size);
  const u64 entries = unpack_archive(loaded);
  constexpr const char* standard[] = {"tmp", "proc", "dev"};
  for (const char* name : standard)
    if (!root_dentry->child(name, strlen(name)))
      (void)add_name(root_dentry, name, strlen(name), new Directory(equal(name, "tmp") ? 01777 : 0755));
  mount_proc();
  populate_dev();
  log("initramfs: %lu entries in %lu KiB", entries, archive.size / 1024);
}

INIT_CODE void open_console() {
  Result<Ref<Dentry>> console = resolve(root_dentry, "/dev/console", LastLink::follow);
  if (!console.ok()) {
    log_always("Warning: unable to open an initial console.");
    return;
  }
  Result<Ref<File>> file = File::open(console.value()->inode, console.value(), open_flag::read_write);
  for (i32 fd = 0; fd < 3 && file.ok(); fd++) (void)current->files->put(fd, file.value(), false);
}

/// What of process 1's work is code that goes away.
INIT_CODE void kernel_init_freeable() {
  start_kswapd();
  mount_root();
  reached(BootPhase::root_mounted);
  current->files = new FileTable;
  current->fs = new FsContext;
  current->fs->root = current->fs->working_directory = root_dentry;
  open_console();
}

const char* const init_environment[] = {"HOME=/", "TERM=linux", nullptr};

Status run_init_process(const char* path) {
  const char* arguments[] = {path, nullptr};
  Status s = execute(root_dentry, path, arguments, init_environment);
  if (!s.ok()) return s;
  log("Run %s as init process", path);
  reached(BootPhase::init_started);
  return s;
}

bool try_to_run_init_process(const char* path) {
  Status s = run_init_process(path);
  if (!s.ok() && s.error() != Errno::NOENT)
    log_always("Starting init: %s exists but couldn't execute it (error -%d)", path, static_cast<i32>(s.error()));
  return s.ok();
}

}  // namespace

INIT_CODE void set_boot_archive(const Archive& found) { archive = found; }

void kernel_init(u64) {
  reached(BootPhase::kernel_init);
  kernel_init_freeable();
  free_init_memory();
  char chosen[128];
  if (!option_value("rdinit", chosen, sizeof chosen)) copy_string(chosen, "/init", sizeof chosen);
  if (resolve(root_dentry, chosen, LastLink::follow).ok()) {
    Status s = run_init_process(chosen);
    if (s.ok()) return;
    log_always("Failed to execute %s (error -%d)", chosen, static_cast<i32>(s.error()));
  }
  if (option_value("init", chosen, sizeof chosen)) {
    Status s = run_init_process(chosen);
    if (s.ok()) return;
    panic("Requested init %s failed (error -%d).", chosen, static_cast<i32>(s.error()));
  }
  constexpr const char* places[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
  for (const char* path : places)
    if (try_to_run_init_process(path)) return;
  panic(
      "No working init found.  Try passing init= option to kernel. "
      "See Linux Documentation/admin-guide/init.rst for guidance.");
}

}  // namespace lucid::kernel
