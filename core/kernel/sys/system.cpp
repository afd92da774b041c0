// SPDX-License-Identifier: MIT
// The machine as a whole: uname, sysinfo, reboot, random numbers, the log; and what is refused cleanly.
#include "core/abi/boot_info.h"
#include "core/kernel/arch/cpu.h"
#include "core/kernel/arch/io.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/random.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/fs/io_buffer.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"
#include "core/kernel/sys/uts.h"

namespace lucid::kernel {

UtsName uts_name;

namespace {

[[noreturn]] void power_off(u64 status) {
  trace(Trace::powered_off, status & 0xff);
  out8({abi::exit_port}, static_cast<u8>(status));
  halt_forever();
}

SysResult set_name(char* to, u64 name, u64 size) {
  if (size >= uts_name_size) return Errno::INVAL;
  char text[uts_name_size] = {};
  TRY(copy_in(text, name, size));
  memcpy(to, text, uts_name_size);
  return 0;
}

}  // namespace

extern "C" SysResult sys_uname(UserPtr<UtsName> to) { return write_user(to, uts_name); }

extern "C" SysResult sys_sethostname(u64 name, u64 size) {
  if (current->credentials.effective_uid) return Errno::PERM;
  return set_name(uts_name.node, name, size);
}
extern "C" SysResult sys_setdomainname(u64 name, u64 size) {
  if (current->credentials.effective_uid) return Errno::PERM;
  return set_name(uts_name.domain, name, size);
}

extern "C" SysResult sys_sysinfo(u64 to) {
  struct {
    i64 uptime;
    u64 loads[3], total, free, shared, buffers, total_swap, free_swap;
    u16 processes, pad;
    u32 pad2;
    u64 total_high, free_high;
    u32 unit, pad3;
  } info{};
  info.uptime = static_cast<i64>(nanoseconds_since_boot() / 1'000'000'000);
  info.total = frame_count * page_size, info.free = free_frames() * page_size;
  info.processes = static_cast<u16>(task_count());
  info.unit = 1;
  return copy_out(to, &info, sizeof info);
}

/// The fourth argument is the exit status for the host.
extern "C" SysResult sys_reboot(u32 magic1, u32 magic2, u32 command, u64 argument) {
  constexpr u32 first = 0xfee1dead, second[] = {672274793, 85072278, 369367448, 537993216};
  constexpr u32 restart = 0x1234567, halt = 0xcdef0123, off = 0x4321fedc, cad_on = 0x89abcdef, cad_off = 0;
  if (current->credentials.effective_uid) return Errno::PERM;
  bool known = false;
  for (u32 s : second) known |= s == magic2;
  if (magic1 != first || !known) return Errno::INVAL;
  switch (command) {
    case off:
      power_off(argument);
    case restart:
    case halt:
      power_off(0);
    case cad_on:
    case cad_off:
      return 0;
    default:
      return Errno::INVAL;
  }
}

extern "C" SysResult sys_getrandom(u64 address, u64 size, u32 flags) {
  if (flags & ~7u) return Errno::INVAL;
  IoBuffer buffer = IoBuffer::user(address, min<u64>(size, 0x7fffffff));
  u64 total = 0;
  while (buffer.left()) {
    u64 word = random_u64(), wanted = min<u64>(buffer.left(), sizeof word), done = buffer.put(&word, wanted);
    total += done;
    if (done < wanted) return total ? SysResult(total) : Errno::FAULT;
  }
  return total;
}

namespace {

u64 log_cleared_at = 0, log_read_to = 0;  // in bytes ever logged

/// What was logged after byte `from`, as far as it is still there.
LogText log_since(u64 from) {
  LogText log = log_text();
  u64 start = log.end - log.length, skipped = from > start ? min(from - start, log.length) : 0;
  return {log.text + skipped, log.length - skipped, log.end};
}

/// The last whole lines that fit.
SysResult copy_log(u64 address, u64 size) {
  LogText log = log_since(log_cleared_at);
  u64 skip = log.length > size ? log.length - size : 0;
  while (skip && skip < log.length && log.text[skip - 1] != '\n') skip++;
  TRY(copy_out(address, log.text + skip, log.length - skip));
  return log.length - skip;
}

}  // namespace

extern "C" SysResult sys_syslog(u32 action, u64 address, i32 size) {
  enum : u32 {
    close,
    open,
    read,
    read_all,
    read_clear,
    clear,
    console_off,
    console_on,
    console_level,
    unread,
    buffer_size
  };
  if (action > buffer_size) return Errno::INVAL;
  if (action != read_all && action != buffer_size && current->credentials.effective_uid) return Errno::PERM;
  bool reads = action == read || action == read_all || action == read_clear;
  if (reads && (!address || size < 0)) return Errno::INVAL;
  u64 room = static_cast<u64>(size);
  switch (action) {
    case read: {  // each byte once, without waiting for more
      LogText log = log_since(log_read_to);
      u64 length = min(room, log.length);
      TRY(copy_out(address, log.text, length));
      log_read_to = log.end - log.length + length;
      return length;
    }
    case read_all:
      return copy_log(address, room);
    case read_clear: {
      SysResult copied = copy_log(address, room);
      if (copied.raw() >= 0) log_cleared_at = log_text().end;
      return copied;
    }
    case clear:
      log_cleared_at = log_text().end;
      return 0;
    case console_level:
      return size < 1 || size > 8 ? SysResult(Errno::INVAL) : 0;
    case unread:
      return log_since(log_read_to).length;
    case buffer_size:
      return log_capacity;
    default:
      return 0;
  }
}

extern "C" SysResult sys_membarrier(u32 command) { return command == 0 ? SysResult(0) : Errno::INVAL; }

}  // namespace lucid::kernel
