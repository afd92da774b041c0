// SPDX-License-Identifier: MIT
// The node of a block device below /dev: reads and writes of any position and length. Nothing is kept in
// memory: each call goes to the device, and a write that has returned is on it.
#pragma once
#include "core/kernel/drivers/block_device.h"
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

class BlockNode : public Inode {
 public:
  BlockNode(u32 file_mode, u64 number, BlockDevice& driver) : Inode(file_mode), driver_(driver) { device = number; }
  u64 size() const override { return driver_.sectors() * sector_size; }
  u64 stored_bytes() const override { return 0; }
  SysResult read(File&, u64 at, IoBuffer& buffer) override;
  SysResult write(File&, u64 at, IoBuffer& buffer) override;
  Status truncate(u64) override { return {}; }  // O_TRUNC means nothing here
  SysResult ioctl(File&, u32 command, u64 argument) override;
  BlockDevice* as_block_device() override { return &driver_; }

 private:
  BlockDevice& driver_;
};

}  // namespace lucid::kernel
