// SPDX-License-Identifier: MIT
// Pipes and FIFOs: a ring of bytes between writers and readers; writes of up to 4096 bytes are never torn.
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

class Pipe : public Inode {
 public:
  /// Made by pipe(2), or a FIFO with a name, whose open waits for the other end.
  enum class Kind { anonymous, fifo };
  Pipe(u32 permissions, Kind kind) : Inode(mode::fifo | permissions), kind_(kind) {}
  ~Pipe() override;
  static constexpr u64 first_capacity = 65536, atomic_size = 4096;

  Pipe* as_pipe() override { return this; }
  bool seekable() const override { return false; }
  SysResult read(File& file, u64, IoBuffer& buffer) override;
  SysResult write(File& file, u64, IoBuffer& buffer) override;
  u32 poll(File& file, PollTable& table) override;
  SysResult ioctl(File&, u32 command, u64 argument) override;
  Status opened(File& file) override;
  void closed(File& file) override;

  u64 capacity() const { return page_count_ * page_size; }
  /// Rounded up to a power of two of pages; EBUSY when more than that is in the pipe.
  SysResult set_capacity(u64 wanted);
  bool empty() const { return !used_; }
  u64 room() const { return capacity() - used_; }
  /// The bytes that can be read; 0 at end of file.
  Result<u64> wait_for_data(bool wait);
  /// Copies without taking out, from the byte `skip` on (at most what there is).
  u64 peek(char* to, u64 most, u64 skip = 0) const;
  /// Takes out what has been copied.
  void consume(u64 count);

 private:
  Status make_ring();
  void free_pages();
  void emptied();
  u64 take(IoBuffer& buffer);
  Result<u64> add(IoBuffer& buffer, u64 most);
  Kind kind_;
  u8** pages_ = nullptr;  // page_count_ of them, each made when first used, freed when the pipe runs empty
  u64 pages_held_ = 0;
  u64 page_count_ = first_capacity / page_size;
  u64 head_ = 0, used_ = 0;
  u32 readers_ = 0, pipe_writers_ = 0;
  u64 reader_openings_ = 0, writer_openings_ = 0;
  WaitQueue readable_, writable_, openings_;
};

}  // namespace lucid::kernel
