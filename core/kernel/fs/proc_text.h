// SPDX-License-Identifier: MIT
// The texts of /proc, in Linux's formats (proc(5)).
#pragma once
#include "core/kernel/lib/format.h"
#include "core/kernel/lib/string_buffer.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

/// Text that grows.
class Text {
 public:
  [[gnu::format(printf, 2, 3)]] void add(const char* format, ...);
  void add_bytes(const char* bytes, u64 size);
  const char* data() const { return buffer_.data(); }
  u64 size() const { return length_; }

 private:
  bool reserve(u64 size);
  Buffer buffer_;
  u64 length_ = 0;
};

using TaskText = void (*)(Text&, Task&);
using TaskTake = Status (*)(Task&, const char* text);
using SystemText = void (*)(Text&);

struct TaskFile {
  const char* name;
  u32 permissions;
  TaskText write;
  TaskTake take = nullptr;  // what is done with a text that is written to it
};
struct SystemFile {
  const char* name;
  SystemText write;
};
extern const TaskFile task_files[];
extern const SystemFile system_files[];
extern const u64 task_file_count, system_file_count;

}  // namespace lucid::kernel
