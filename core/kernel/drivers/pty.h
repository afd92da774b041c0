// SPDX-License-Identifier: MIT
// Pseudoterminals (pty(7)): opening /dev/ptmx makes a pair. What the master writes is typed at the
// slave, /dev/pts/N; what the slave prints the master reads.
#pragma once
#include "core/kernel/drivers/tty.h"

namespace lucid::kernel {

class Pty : public Tty {
 public:
  explicit Pty(u32 index);
  ~Pty() override;

  // The master's side.
  SysResult master_read(File& file, IoBuffer& buffer);
  SysResult master_write(File& file, IoBuffer& buffer);
  SysResult master_ioctl(File& file, u32 command, u64 argument);
  u32 master_poll(PollTable& table);
  void master_closed();

  void slave_opened();
  void slave_closed();

  const u32 index;
  bool locked = true;

 protected:
  void transmit(const char* bytes, u64 count) override;
  u64 transmit_room() override { return sizeof printed_ - used_; }
  void input_taken() override { typing_.wake_all(); }
  void discard_output() override;

 private:
  void discard_all();
  bool slave_gone() const { return slave_was_open_ && !slaves_; }
  SysResult open_peer(u32 flags);
  char printed_[4096];
  u64 head_ = 0, used_ = 0;
  u64 used_before_typing_ = 0;  // only the echo of what is just being typed can still be discarded
  u32 slaves_ = 0;
  bool slave_was_open_ = false;
  WaitQueue printing_, typing_;  // the master waits for something to read, for room to write
};

/// /dev/ptmx
class PtmxNode : public Inode {
 public:
  PtmxNode(u32 file_mode, u64 number) : Inode(file_mode) { device = number; }
  Status opened(File& file) override;
};

/// Mounts devpts over /dev/pts.
void mount_pts(Ref<Dentry> dev);

}  // namespace lucid::kernel
