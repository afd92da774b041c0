// SPDX-License-Identifier: MIT
#include "core/inspect/syscall_text.h"

#include <algorithm>

#include "core/abi/syscall.h"
#include "core/inspect/bytes.h"
#include "core/inspect/linux_names.h"

namespace lucid::inspect {
namespace {

using abi::ArgKind;
using abi::Syscall;

constexpr abi::SyscallInfo table[] = {
#define SYSCALL(number, name, a, b, c, d, e, f) \
  {number, #name, {ArgKind::a, ArgKind::b, ArgKind::c, ArgKind::d, ArgKind::e, ArgKind::f}},
#include "core/abi/syscall.def"
#undef SYSCALL
};

/// The 64-bit calls that 32-bit ones stand for, and those of their own kind; by the 32-bit number.
struct I386Info {
  u64 number;
  const char* name;
  u64 same_as;  // when the arguments are those of a 64-bit call
  abi::SyscallInfo own;
};
constexpr u64 not_native = ~u64{0};
constexpr I386Info i386_table[] = {
#define SAME(number, name, of) {number, #name, static_cast<u64>(Syscall::of), {}},
#define OWN(number, name, a, b, c, d, e, f) \
  {number,                                  \
   #name,                                   \
   not_native,                              \
   {number, #name, {ArgKind::a, ArgKind::b, ArgKind::c, ArgKind::d, ArgKind::e, ArgKind::f}}},
#include "core/abi/syscall_i386.def"
#undef SAME
#undef OWN
};

const I386Info* find_i386(u64 number) {
  const auto found = std::lower_bound(std::begin(i386_table), std::end(i386_table), number & ~abi::i386_call,
                                      [](const I386Info& entry, u64 wanted) { return entry.number < wanted; });
  return found != std::end(i386_table) && found->number == (number & ~abi::i386_call) ? found : nullptr;
}

const abi::SyscallInfo* find(u64 number) {
  if (number >> 32 == abi::i386_call >> 32) {
    const I386Info* info = find_i386(number);
    if (!info) return nullptr;
    if (info->same_as == not_native) return &info->own;
    number = info->same_as;
  }
  const auto found = std::lower_bound(std::begin(table), std::end(table), number,
                                      [](const abi::SyscallInfo& entry, u64 wanted) { return entry.number < wanted; });
  return found != std::end(table) && found->number == number ? found : nullptr;
}

ArgKind kind_of(u64 number, unsigned index) {
  const auto* info = find(number);
  return info ? info->args[index] : ArgKind::Unknown;
}

bool is(u64 number, Syscall call) {
  const auto* info = find(number);
  return info && (number >> 32 == 0 || find_i386(number)->same_as != not_native) &&
         info->number == static_cast<u64>(call);
}

i32 as_int(u64 value) { return static_cast<i32>(static_cast<u32>(value)); }
std::string int_text(u64 value) { return std::to_string(as_int(value)); }
std::string hex_or_zero(u64 value) { return value == 0 ? "0" : hex(value); }
bool failed(u64 result) { return result > u64{0} - 4096; }

enum : u64 { pr_set_name = 15, pr_get_name = 16 };
constexpr u64 o_creat = 0100, o_tmpfile = 020200000;
enum : u64 { f_dupfd = 0, f_getfd = 1, f_setfd = 2, f_getfl = 3, f_setfl = 4, f_dupfd_cloexec = 1030 };
enum : u64 {
  tcgets = 0x5401,
  tcsets = 0x5402,
  tcsetsf = 0x5404,
  tiocgpgrp = 0x540f,
  tiocspgrp = 0x5410,
  tiocgwinsz = 0x5413,
  tiocswinsz = 0x5414
};

std::string int_at(const MemoryReader& memory, u64 address) {
  i32 value;
  return fetch(memory, address, value) ? "[" + std::to_string(value) + "]" : pointer_text(address);
}

std::string fd_flags(u64 value) { return value == 1 ? "FD_CLOEXEC" : hex_or_zero(value); }

std::string fcntl_argument(u64 command, u64 value) {
  if (command == f_setfd) return fd_flags(value);
  if (command == f_setfl) return open_flags(value);
  if (command == f_dupfd || command == f_dupfd_cloexec) return int_text(value);
  return hex_or_zero(value);
}

}  // namespace

std::string syscall_name(u64 number) {
  if (number >> 32 == abi::i386_call >> 32) {
    const I386Info* info = find_i386(number);
    return info ? info->name : "syscall_" + hex(number & ~abi::i386_call);
  }
  const auto* info = find(number);
  return info ? info->name : "syscall_" + hex(number);
}

unsigned SyscallText::argument_count() const {
  const auto* info = find(number_);
  if (!info) return 6;
  unsigned count = 0;
  while (count < 6 && info->args[count] != ArgKind::None) ++count;
  // Arguments that Linux itself does not look at are not shown.
  if (is(number_, Syscall::open) && !(args_[1] & (o_creat | (o_tmpfile & ~u64{0200000})))) return 2;
  if (is(number_, Syscall::openat) && !(args_[2] & (o_creat | (o_tmpfile & ~u64{0200000})))) return 3;
  if (is(number_, Syscall::fcntl) && (args_[1] == f_getfd || args_[1] == f_getfl)) return 2;
  if (is(number_, Syscall::prctl) && (args_[0] == pr_set_name || args_[0] == pr_get_name)) return 2;
  if (is(number_, Syscall::mremap) && !(args_[3] & 2)) return 4;
  if (is(number_, Syscall::reboot) && args_[2] != 0xa1b2c3d4 && args_[3] == 0) return 3;
  return count;
}

bool SyscallText::known_late(unsigned index) const {
  switch (kind_of(number_, index)) {
    case ArgKind::BufOut:
    case ArgKind::StrOut:
    case ArgKind::StatOut:
    case ArgKind::StatusOut:
    case ArgKind::TimespecOut:
    case ArgKind::PipeFds:
    case ArgKind::SigActionOut:
    case ArgKind::SigSetOut:
    case ArgKind::SigStackOut:
    case ArgKind::RlimitOut:
    case ArgKind::UtsnameOut:
    case ArgKind::DirentsOut:
    case ArgKind::RandomOut:
    case ArgKind::ResidencyOut:
      return true;
    case ArgKind::Hex:
      if (is(number_, Syscall::prctl)) return index == 1 && args_[0] == pr_get_name;
      return is(number_, Syscall::ioctl) && index == 2 &&
             (args_[1] == tcgets || args_[1] == tiocgpgrp || args_[1] == tiocgwinsz);
    case ArgKind::Ptr:
      return is(number_, Syscall::readv) && index == 1;
    default:
      return false;
  }
}

std::string SyscallText::argument(unsigned index, const MemoryReader& memory) const {
  const u64 value = args_[index];
  const u64 following = index < 5 ? args_[index + 1] : 0;
  switch (kind_of(number_, index)) {
    case ArgKind::None:
      return "";
    case ArgKind::Int:
    case ArgKind::Fd:
    case ArgKind::Pid:
      return int_text(value);
    case ArgKind::Uint:
      return std::to_string(static_cast<u32>(value));
    case ArgKind::Offset:
      return std::to_string(static_cast<i64>(value));
    case ArgKind::Size:
      return std::to_string(value);
    case ArgKind::DirFd:
      return as_int(value) == -100 ? "AT_FDCWD" : int_text(value);
    case ArgKind::Path:
      return path_text(memory, value);
    case ArgKind::Argv:
      return argv_text(memory, value);
    case ArgKind::Envp:
      return envp_text(memory, value);
    case ArgKind::BufIn:
      return buffer_text(memory, value, following);
    case ArgKind::Iovec:
      return iovec_text(memory, value, following);
    case ArgKind::PollFds:
      return poll_text(memory, value, following, false);
    case ArgKind::Timespec:
      return timespec_text(memory, value);
    case ArgKind::SigAction:
      return sigaction_text(memory, value);
    case ArgKind::SigStack:
      return sigstack_text(memory, value);
    case ArgKind::SigSet:
      return sigset_text(memory, value);
    case ArgKind::Rlimit:
      return rlimit_text(memory, value);
    case ArgKind::OpenFlags:
      if (is(number_, Syscall::pipe2) || is(number_, Syscall::dup3)) return descriptor_flags(value);
      return open_flags(value);
    case ArgKind::AccessMode:
      return access_mode(value);
    case ArgKind::Mode:
      return octal(value & 07777777);
    case ArgKind::Prot:
      return protection(value);
    case ArgKind::MapFlags:
      return map_flags(value);
    case ArgKind::Whence:
      return value_text(value, whence_names);
    case ArgKind::Signal:
      return signal_name(as_int(value));
    case ArgKind::SigHow:
      return value_text(value, sig_how_names);
    case ArgKind::Ioctl:
      return value_text(value & 0xffffffff, ioctl_names);
    case ArgKind::Fcntl:
      return value_text(value, fcntl_names);
    case ArgKind::CloneFlags:
      return clone_flags(value);
    case ArgKind::WaitOptions:
      return wait_options(value);
    case ArgKind::ArchPrctl:
      return value_text(value, arch_prctl_names);
    case ArgKind::ClockId:
      return value_text(value, clock_names);
    case ArgKind::AtFlags:
      return at_flags(value);
    case ArgKind::Resource:
      return value_text(value, resource_names);
    case ArgKind::RandomFlags:
      return flags_text(value, getrandom_flag_names);
    case ArgKind::Reboot:
      return value_text(value & 0xffffffff, reboot_names);
    case ArgKind::Advice:
      return value_text(value, advice_names);
    case ArgKind::RemapFlags:
      return flags_text(value, remap_flag_names);
    case ArgKind::SyncFlags:
      return flags_text(value, sync_flag_names);
    case ArgKind::Prctl:
      return value_text(value, prctl_names);
    case ArgKind::Hex:
      if (is(number_, Syscall::prctl) && index == 1 && args_[0] == pr_set_name) return path_text(memory, value, 16);
      if (is(number_, Syscall::fcntl)) return fcntl_argument(args_[1], value);
      if (is(number_, Syscall::ioctl) && args_[1] >= tcsets && args_[1] <= tcsetsf) return termios_text(memory, value);
      if (is(number_, Syscall::ioctl) && args_[1] == tiocspgrp) return int_at(memory, value);
      if (is(number_, Syscall::ioctl) && args_[1] == tiocswinsz) return winsize_text(memory, value);
      return hex_or_zero(value);
    case ArgKind::Unknown:
      return hex_or_zero(value);
    default:
      return pointer_text(value);
  }
}

std::string SyscallText::argument_out(unsigned index, const MemoryReader& memory, u64 result) const {
  const u64 value = args_[index];
  if (failed(result)) return pointer_text(value);
  switch (kind_of(number_, index)) {
    case ArgKind::BufOut:
      return buffer_text(memory, value, result);
    case ArgKind::RandomOut:
      return random_text(memory, value, result);
    case ArgKind::ResidencyOut:
      return residency_text(memory, value, (args_[1] + page_mask) / page_size);
    case ArgKind::StrOut:
      return path_text(memory, value);
    case ArgKind::StatOut:
      return stat_text(memory, value);
    case ArgKind::TimespecOut:
      return timespec_text(memory, value);
    case ArgKind::SigActionOut:
      return sigaction_text(memory, value);
    case ArgKind::SigStackOut:
      return sigstack_text(memory, value);
    case ArgKind::SigSetOut:
      return sigset_text(memory, value);
    case ArgKind::RlimitOut:
      return rlimit_text(memory, value);
    case ArgKind::UtsnameOut:
      return utsname_text(memory, value);
    case ArgKind::DirentsOut:
      return dirents_text(memory, value, result);
    case ArgKind::StatusOut: {
      u32 status;
      return result != 0 && fetch(memory, value, status) ? "[" + wait_status(status) + "]" : pointer_text(value);
    }
    case ArgKind::PipeFds: {
      i32 fds[2];
      if (!fetch(memory, value, fds)) return pointer_text(value);
      return "[" + std::to_string(fds[0]) + ", " + std::to_string(fds[1]) + "]";
    }
    case ArgKind::Hex:
      if (is(number_, Syscall::prctl)) return path_text(memory, value, 16);
      if (args_[1] == tcgets) return termios_text(memory, value);
      return args_[1] == tiocgwinsz ? winsize_text(memory, value) : int_at(memory, value);
    case ArgKind::Ptr:
      return iovec_text(memory, value, args_[2]);
    default:
      return pointer_text(value);
  }
}

/// The C library's order of names, as strace has it for x86-64.
std::string SyscallText::clone_text() const {
  std::string text = "child_stack=" + pointer_text(args_[1]) + ", flags=" + clone_flags(args_[0]);
  if (args_[0] & 0x101000) text += ", parent_tid=" + pointer_text(args_[2]);     // PARENT_SETTID, PIDFD
  if (args_[0] & 0x80000) text += ", tls=" + pointer_text(args_[4]);             // SETTLS
  if (args_[0] & 0x1200000) text += ", child_tidptr=" + pointer_text(args_[3]);  // CHILD_SETTID, CHILD_CLEARTID
  return text;
}

std::string SyscallText::begin(const MemoryReader& memory) {
  std::string text = name() + "(";
  if (is(number_, Syscall::clone)) {
    next_ = argument_count();
    return text + clone_text();
  }
  for (; next_ < argument_count() && !known_late(next_); ++next_) text += (next_ ? ", " : "") + argument(next_, memory);
  if (next_ > 0 && next_ < argument_count()) text += ", ";
  return text;
}

std::string SyscallText::remaining(const MemoryReader& memory, u64 result) {
  std::string text;
  for (bool first = true; next_ < argument_count(); ++next_, first = false) {
    if (!first) text += ", ";
    text += known_late(next_) ? argument_out(next_, memory, result) : argument(next_, memory);
  }
  return text + ")";
}

std::string SyscallText::finish(const MemoryReader& memory, u64 result) {
  return remaining(memory, result) + " = " + result_text(memory, result);
}

std::string SyscallText::unfinished(const MemoryReader& memory) { return remaining(memory, ~u64{0}); }

std::string SyscallText::abandon() const { return ") = ?"; }

std::string SyscallText::result_text(const MemoryReader& memory, u64 result) const {
  if (failed(result)) {
    const u64 number = u64{0} - result;
    const char* name = errno_name(number);
    const std::string message = std::string(" (") + errno_message(number) + ")";
    if (number >= 512) return name ? std::string("? ") + name + message : "-" + std::to_string(number);
    return "-1 " + (name ? name + message : std::to_string(number) + message);
  }
  switch (static_cast<Syscall>(number_)) {
    case Syscall::mmap:
    case Syscall::brk:
    case Syscall::mremap:
    case Syscall::shmat:
      return hex_or_zero(result);
    case Syscall::umask:
      return octal(result);
    case Syscall::fcntl:
      if (args_[1] == f_getfl) return hex_or_zero(result) + " (flags " + open_flags(result) + ")";
      if (args_[1] == f_getfd) return hex_or_zero(result) + (result == 1 ? " (flags FD_CLOEXEC)" : "");
      break;
    case Syscall::poll:
    case Syscall::ppoll:
      if (result == 0) return "0 (Timeout)";
      return std::to_string(result) + " (" + poll_text(memory, args_[0], args_[1], true) + ")";
    default:
      break;
  }
  return std::to_string(static_cast<i64>(result));
}

}  // namespace lucid::inspect
