// SPDX-License-Identifier: MIT
// The kernel's log, on the serial line that the command line names.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

/// Sees to a line that always appears, whatever `quiet` says.
enum class Urgency { info, always };

void setup_log(u32 serial_line, bool quiet);
[[gnu::format(printf, 1, 2)]] void log(const char* format, ...);
[[gnu::format(printf, 1, 2)]] void log_always(const char* format, ...);
/// The end: prints, announces and stops the machine.
[[noreturn, gnu::format(printf, 1, 2)]] void panic(const char* format, ...);

/// The last of the log, for syslog(2): whole lines, each with its priority ("<6>[    0.000000] ...").
struct LogText {
  const char* text;
  u64 length;
  u64 end;  // bytes ever logged; the text's last one is number end - 1
};
LogText log_text();
constexpr u64 log_capacity = 16384;

}  // namespace lucid::kernel
