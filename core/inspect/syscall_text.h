// SPDX-License-Identifier: MIT
// A system call as strace writes it, in two parts: what can be read when it is entered and what
// when it returns. The kinds of arguments come from core/abi/syscall.def.
#pragma once
#include <array>
#include <string>

#include "core/base/types.h"
#include "core/inspect/guest_text.h"

namespace lucid::inspect {

/// The name of a system call, "syscall_0x1c7" when there is none such.
std::string syscall_name(u64 number);

class SyscallText {
 public:
  SyscallText(u64 number, const std::array<u64, 6>& args) : number_(number), args_(args) {}

  /// "openat(AT_FDCWD, \"/etc/motd\", O_RDONLY" or "read(0, ": up to the first argument that is
  /// known only when the call returns.
  std::string begin(const MemoryReader& memory);
  /// The rest: "\"abc\", 10) = 3". `result` is RAX.
  std::string finish(const MemoryReader& memory, u64 result);
  /// The same for a call that has not returned: what is known only then as a pointer, and no result.
  std::string unfinished(const MemoryReader& memory);
  /// For a call that does not return: ") = ?".
  std::string abandon() const;

  u64 number() const { return number_; }
  std::string name() const { return syscall_name(number_); }

 private:
  std::string clone_text() const;
  unsigned argument_count() const;
  std::string argument(unsigned index, const MemoryReader& memory) const;
  std::string argument_out(unsigned index, const MemoryReader& memory, u64 result) const;
  bool known_late(unsigned index) const;
  std::string remaining(const MemoryReader& memory, u64 result);
  std::string result_text(const MemoryReader& memory, u64 result) const;

  u64 number_;
  std::array<u64, 6> args_;
  unsigned next_ = 0;  // first argument not printed yet
};

}  // namespace lucid::inspect
