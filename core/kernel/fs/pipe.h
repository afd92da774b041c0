// SPDX-License-Identifier: MIT
// Pipes: 65536 bytes between writers and readers; writes of up to 4096 bytes are never torn.
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

class Pipe : public Inode {
 public:
  explicit Pipe(u32 permissions) : Inode(mode::fifo | permissions) {}
  ~Pipe() override;
  static constexpr u64 capacity = 65536, atomic_size = 4096;

  bool seekable() const override { return false; }
  SysResult read(File& file, u64, IoBuffer& buffer) override;
  SysResult write(File& file, u64, IoBuffer& buffer) override;
  u32 poll(File& file, PollTable& table) override;
  SysResult ioctl(File&, u32 command, u64 argument) override;
  Status opened(File& file) override;
  void closed(File& file) override;

 private:
  u64 room() const { return capacity - used_; }
  u64 take(IoBuffer& buffer);
  Result<u64> add(IoBuffer& buffer, u64 most);
  u8* pages_[capacity / page_size] = {};  // made when first used, freed when the pipe runs empty
  u64 head_ = 0, used_ = 0;
  u32 readers_ = 0, pipe_writers_ = 0;
  u64 reader_openings_ = 0, writer_openings_ = 0;
  WaitQueue readable_, writable_, openings_;
};

}  // namespace lucid::kernel
