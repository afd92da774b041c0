// SPDX-License-Identifier: MIT
// Reads the kernel's own tables (core/abi/introspect.h) out of the stopped guest. Lists may be cut
// off or circular in a corrupt guest: every walk is bounded and stops at an element seen before.
#pragma once
#include <string>
#include <vector>

#include "core/abi/introspect.h"
#include "core/base/result.h"
#include "core/inspect/guest.h"

namespace lucid::inspect {

struct Task {
  Gva address;
  Gva parent;
  u32 pid = 0, state = 0, wait_reason = 0, exit_status = 0, slice_left = 0, pgid = 0, sid = 0;
  std::string name;
  u64 page_root = 0, cpu_ticks = 0;
  Gva vma_head, trapframe;
};

struct Vma {
  Gva start, end;
  u32 flags = 0;
  u32 kind = 0;
  std::string file;
  u64 file_offset = 0;
};

struct Frame {
  u32 references = 0;
  u8 kind = 0;
};

class KernelTables {
 public:
  /// The error says why there is nothing to see yet, in one sentence.
  static Result<KernelTables> open(const Guest& guest);

  std::vector<Task> tasks() const;
  /// The task with this pid; false when there is none.
  bool find(u32 pid, Task& out) const;
  std::vector<Vma> vmas(const Task& task) const;
  u32 current_pid() const;  // 0 = idle
  std::vector<u32> run_queue() const;
  u64 ticks() const;
  u32 hz() const { return header_.hz; }
  u64 frame_count() const;
  /// All frames; shorter than frame_count() when the table is not readable to its end.
  std::vector<Frame> frames() const;
  Frame frame(u64 number) const;

  // For the readers of one subject (process_details.h, kernel_state.h).
  const abi::IntrospectHeader& header() const { return header_; }
  const GuestMemory& memory() const { return memory_; }
  /// Zero where nothing is mapped.
  template <typename T>
  T field(Gva base, u32 offset) const {
    T value{};
    if (!memory_.get(base + offset, value)) value = T{};
    return value;
  }

 private:
  KernelTables(const Guest& guest, const abi::IntrospectHeader& header);
  bool read_task(Gva address, Task& out) const;

  const mem::PhysicalMemory* ram_;
  GuestMemory memory_;
  abi::IntrospectHeader header_;
};

}  // namespace lucid::inspect
