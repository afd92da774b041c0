// SPDX-License-Identifier: MIT
#include "core/kernel/fs/devfs.h"

#include "core/kernel/boot/command_line.h"
#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/console.h"
#include "core/kernel/drivers/disks.h"
#include "core/kernel/drivers/pty.h"
#include "core/kernel/drivers/random.h"
#include "core/kernel/drivers/serial_device.h"
#include "core/kernel/drivers/virtual_console.h"
#include "core/kernel/fs/block_node.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/tmpfs.h"

namespace lucid::kernel {
namespace {

class DeviceNode : public Inode {
 public:
  DeviceNode(u32 file_mode, u64 number) : Inode(file_mode) { device = number; }
};

class NoDevice : public DeviceNode {
 public:
  using DeviceNode::DeviceNode;
  Status opened(File&) override { return Errno::NXIO; }
};

class NullDevice : public DeviceNode {
 public:
  using DeviceNode::DeviceNode;
  SysResult read(File&, u64, IoBuffer&) override { return 0; }
  SysResult write(File&, u64, IoBuffer& buffer) override { return buffer.left(); }
};

class ZeroDevice : public NullDevice {
 public:
  using NullDevice::NullDevice;
  SysResult read(File&, u64, IoBuffer& buffer) override {
    u64 size = buffer.left(), done = buffer.put_zeros(size);
    return done || !size ? SysResult(done) : Errno::FAULT;
  }
};

class FullDevice : public ZeroDevice {
 public:
  using ZeroDevice::ZeroDevice;
  SysResult write(File&, u64, IoBuffer& buffer) override { return buffer.left() ? SysResult(Errno::NOSPC) : 0; }
};

class RandomDevice : public NullDevice {
 public:
  using NullDevice::NullDevice;
  SysResult read(File&, u64, IoBuffer& buffer) override {
    u64 total = 0;
    while (buffer.left()) {
      u64 word = random_u64(), wanted = min<u64>(buffer.left(), sizeof word), done = buffer.put(&word, wanted);
      total += done;
      if (done < wanted) break;
    }
    return total || !buffer.left() ? SysResult(total) : Errno::FAULT;
  }
};

struct Node {
  const char* name;
  u32 permissions;
  u64 device;
};
constexpr Node nodes[] = {
    {"null", 0666, device_number(1, 3)},    {"zero", 0666, device_number(1, 5)},
    {"full", 0666, device_number(1, 7)},    {"random", 0666, device_number(1, 8)},
    {"urandom", 0666, device_number(1, 9)}, {"tty", 0666, device_number(5, 0)},
    {"console", 0600, device_number(5, 1)}, {"ttyS0", 0660, device_number(4, 64)},
    {"ptmx", 0666, device_number(5, 2)},    {"tty0", 0620, device_number(4, 0)},
    {"tty1", 0620, device_number(4, 1)},    {"uart0", 0660, device_number(240, 0)},
    {"uart1", 0660, device_number(240, 1)},
};
constexpr const char* links[][2] = {{"fd", "/proc/self/fd"},
                                    {"stdin", "/proc/self/fd/0"},
                                    {"stdout", "/proc/self/fd/1"},
                                    {"stderr", "/proc/self/fd/2"}};

/// /dev/console: the terminal on COM1, or with console=tty0 or tty1 as the last of its kind keyboard and screen.
Tty& system_console() {
  char name[16];
  bool screen = last_option_value("console", name, sizeof name) && (equal(name, "tty0") || equal(name, "tty1"));
  if (screen) return virtual_console;
  return console_tty;
}

}  // namespace

Result<Ref<Inode>> make_device(u32 file_mode, u64 device) {
  Inode* made;
  BlockDevice* disk = (file_mode & mode::type) == mode::block ? find_disk(device) : nullptr;
  if (disk) {
    made = new BlockNode(file_mode, device, *disk);
  } else if ((file_mode & mode::type) != mode::character) {
    made = new NoDevice(file_mode, device);
  } else {
    switch (device) {
      case device_number(1, 3):
        made = new NullDevice(file_mode, device);
        break;
      case device_number(1, 5):
        made = new ZeroDevice(file_mode, device);
        break;
      case device_number(1, 7):
        made = new FullDevice(file_mode, device);
        break;
      case device_number(1, 8):
      case device_number(1, 9):
        made = new RandomDevice(file_mode, device);
        break;
      case device_number(4, 64):
        made = new TtyNode(file_mode, device, &console_tty);
        break;
      case device_number(5, 1):
        made = new TtyNode(file_mode, device, &system_console());
        break;
      case device_number(4, 0):
      case device_number(4, 1):
        made = new TtyNode(file_mode, device, &virtual_console);
        break;
      case device_number(5, 0):
        made = new ControllingTtyNode(file_mode, device);
        break;
      case device_number(5, 2):
        made = new PtmxNode(file_mode, device);
        break;
      case device_number(240, 0):
        made = new SerialNode(file_mode, device, 0);
        break;
      case device_number(240, 1):
        made = new SerialNode(file_mode, device, 1);
        break;
      default:
        made = new NoDevice(file_mode, device);
    }
  }
  if (!made) return Errno::NOMEM;
  return Ref<Inode>(made);
}

INIT_CODE void populate_dev() {
  Dentry* dev = root_dentry->child("dev", 3);
  if (!dev) dev = add_name(root_dentry, "dev", 3, new Directory(0755)).take().get();
  for (const Node& n : nodes) {
    if (dev->child(n.name, strlen(n.name))) continue;
    Result<Ref<Inode>> made = make_device(mode::character | n.permissions, n.device);
    if (made.ok()) (void)add_name(dev, n.name, strlen(n.name), made.value());
  }
  for (u64 minor = 0; minor < disk_minors; minor++) {
    const u64 number = device_number(disk_major, minor);
    const BlockDevice* disk = find_disk(number);
    if (!disk || dev->child(disk->name(), strlen(disk->name()))) continue;
    Result<Ref<Inode>> made = make_device(mode::block | 0660, number);
    if (made.ok()) (void)add_name(dev, disk->name(), strlen(disk->name()), made.value());
  }
  mount_pts(Ref<Dentry>(dev));
  // Where libraries keep shared memory and named semaphores (shm_overview(7)).
  Dentry* shm = dev->child("shm", 3);
  if (!shm) shm = add_name(dev, "shm", 3, new Directory(01777)).take().get();
  (void)mount_filesystem("tmpfs", "tmpfs", Ref<Dentry>(shm), false);
  for (const auto& l : links)
    if (!dev->child(l[0], strlen(l[0])))
      (void)add_name(dev, l[0], strlen(l[0]), new SymbolicLink(SharedString::make(l[1])));
}

}  // namespace lucid::kernel
