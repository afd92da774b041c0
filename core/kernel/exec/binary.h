// SPDX-License-Identifier: MIT
// A program on its way to being run: what Linux calls linux_binprm. Formats look at the first 256
// bytes; one of them either rewrites it into another file to run (scripts), or runs it (ELF).
#pragma once
#include "core/kernel/fs/inode.h"
#include "core/kernel/fs/page_cache.h"
#include "core/kernel/mm/address_space.h"

namespace lucid::kernel {

constexpr u64 binary_head_size = 256;  // BINPRM_BUF_SIZE

/// The strings on the new stack, growing down from its top, in frames that the new address space
/// takes over: argv, envp and the file name lie packed, then eight zero bytes.
class ArgumentStrings {
 public:
  Status push(const char* bytes, u64 size);  // size counts the NUL
  Status push_user(u64 address, u64 size);
  /// Drops the lowest string.
  Status drop_first();
  u64 top() const { return position_; }
  void set_limit(u64 lowest) { lowest_ = lowest; }
  /// Puts the frames into the page tables of `space`.
  Status give_to(AddressSpace& space);
  Status peek(u64 address, char& byte);

 private:
  friend struct Offsets;
  Status push_with(u64 size, bool user, u64 from);
  PageMap pages_;  // by distance from the top of the stack
  u64 position_ = user_end - sizeof(u64);
  u64 lowest_ = 0;
};

class Binary {
 public:
  Binary();
  ~Binary();
  Binary(const Binary&) = delete;
  Ref<Dentry> file;
  char head[binary_head_size];
  ArgumentStrings strings;
  u64 argument_count = 0, environment_count = 0;
  u64 path_address = 0;           // of the file name as given to execve: AT_EXECFN
  Ref<SharedString> path;         // as given to execve
  Ref<SharedString> interpreter;  // the path by which `file` was found
  Ref<Dentry> next_file;          // set by a format: run this instead
  bool path_vanishes = false;     // a name such as /dev/fd/3 that the close-on-exec of 3 takes away
  // What a registered format asked for (exec/registered.cpp).
  Ref<Dentry> descriptor_file;        // opened for the interpreter: AT_EXECFD
  bool descriptor_owns = false;       // set-user-ID bits count of that file, not of the interpreter
  bool keeps_first_argument = false;  // AT_FLAGS says so
  // For whoever looks from outside: all there are, for whom, and how often the file was rewritten.
  static Binary* first;
  Binary* next;
  u32 pid;
  u32 depth = 0;

  Status read_head();
  /// Puts strings before argv, the last one first.
  Status push_argument(const char* text);
  Status drop_argument();
  /// Has the file at `path` run instead.
  Status continue_with(const char* path, Ref<Dentry> file);
};

/// Opens a file to be run: EACCES unless it is regular and executable, ETXTBSY if open for writing.
Result<Ref<Dentry>> open_executable(Ref<Dentry> start, const char* path);
Status check_executable(const Dentry& file);
Result<u64> read_file(const Dentry& file, u64 at, void* to, u64 size);

// The formats. ENOEXEC: not mine.
Status load_registered(Binary& binary);
Status load_script(Binary& binary);
Status load_elf(Binary& binary);

/// execve from inside the kernel, for the first program.
Status execute(Ref<Dentry> start, const char* path, const char* const* arguments, const char* const* environment);

}  // namespace lucid::kernel
