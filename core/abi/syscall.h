// SPDX-License-Identifier: MIT
// Numbers of the system calls and what their arguments are, for decoders and stubs.
#pragma once
#include <stdint.h>

namespace lucid::abi {

enum class Syscall : uint64_t {
#define SYSCALL(number, name, ...) name = number,
#include "core/abi/syscall.def"
#undef SYSCALL
};

/// In the numbers of events: the call came by INT 0x80 or SYSENTER, its number is one of syscall_i386.def.
constexpr uint64_t i386_call = uint64_t{1} << 32;

/// How an argument is read and shown.
enum class ArgKind : uint8_t {
  None,
  Unknown,      // hexadecimal
  Int, Uint,    // 32 bits
  Offset,       // 64 bits, signed
  Hex, Size,
  Fd, DirFd,    // DirFd: AT_FDCWD by name
  Path,         // NUL-terminated string, read at entry
  Argv, Envp,   // vector of strings, read at entry
  BufIn,        // bytes read at entry; length is the next argument
  BufOut,       // bytes read at exit; length is the result
  StrOut,       // NUL-terminated string read at exit
  Iovec,        // vector of buffers (count is the next argument), read at entry
  Ptr,          // address, shown as such (NULL by name)
  StatOut, StatusOut, TimespecOut, PipeFds,  // read at exit
  Timespec,     // read at entry
  OpenFlags, AccessMode, Mode, Prot, MapFlags, Whence, Signal, SigHow, Ioctl, Fcntl, CloneFlags, WaitOptions,
  ArchPrctl, Pid,
  ClockId, AtFlags, Resource, RandomFlags, Reboot, Advice, RemapFlags, SyncFlags, Prctl,
  SigAction, SigSet, SigStack, Rlimit,  // structures read at entry
  SigActionOut, SigSetOut, SigStackOut, RlimitOut, UtsnameOut, DirentsOut, PollFds,  // read at exit
  RandomOut,     // bytes whose length is the result, in hexadecimal
  ResidencyOut,  // a byte for each page of the length before
};

struct SyscallInfo {
  uint64_t number;
  const char* name;
  ArgKind args[6];
};

}  // namespace lucid::abi
