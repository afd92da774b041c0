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

/// The last 4 KiB of the log, for syslog(2).
const char* log_text();

}  // namespace lucid::kernel
