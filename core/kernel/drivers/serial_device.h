// SPDX-License-Identifier: MIT
// /dev/uart0 and /dev/uart1: the bytes of a serial line as they are; end of file once the other side
// has hung up and all has been read. Not terminals.
#pragma once
#include "core/kernel/drivers/uart.h"
#include "core/kernel/fs/inode.h"

namespace lucid::kernel {

class SerialNode : public Inode {
 public:
  SerialNode(u32 file_mode, u64 number, u32 line) : Inode(file_mode), line_(line) { device = number; }
  bool seekable() const override { return false; }
  SysResult read(File& file, u64, IoBuffer& buffer) override;
  SysResult write(File&, u64, IoBuffer& buffer) override;
  u32 poll(File& file, PollTable& table) override;
  bool pollable() const override { return true; }
  Status opened(File& file) override;

 private:
  u32 line_;
};

/// Sends all of a user buffer out of a line.
SysResult send_to_uart(u32 line, IoBuffer& buffer);

}  // namespace lucid::kernel
