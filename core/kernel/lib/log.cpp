// SPDX-License-Identifier: MIT
#include "core/kernel/lib/log.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/drivers/uart.h"
#include "core/kernel/lib/format.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/layout.h"

namespace lucid::kernel {
namespace {

u32 line_number = 0;
bool is_quiet = false;
char history[4096];
u64 history_length = 0;

void remember(const char* text, u64 length) {
  if (history_length + length >= sizeof history) {
    u64 keep = min(history_length, sizeof history / 2);
    memmove(history, history + history_length - keep, keep);
    history_length = keep;
  }
  memcpy(history + history_length, text, length);
  history_length += length;
}

void write_line(Urgency urgency, const char* f, va_list arguments) {
  char text[320];
  u64 us = microseconds_since_boot();
  u64 n = format(text, sizeof text, "[%5lu.%06lu] ", us / 1'000'000, us % 1'000'000);
  n += format_va(text + n, sizeof text - n - 1, f, arguments);
  text[n++] = '\n';
  remember(text, n);
  if (urgency == Urgency::info && is_quiet) return;
  for (u64 i = 0; i < n; i++) {
    if (text[i] == '\n') uart_write(line_number, "\r", 1);
    uart_write(line_number, text + i, 1);
  }
}

}  // namespace

void setup_log(u32 serial_line, bool quiet) { line_number = serial_line, is_quiet = quiet; }

void log(const char* f, ...) {
  va_list arguments;
  va_start(arguments, f);
  write_line(Urgency::info, f, arguments);
  va_end(arguments);
}

void log_always(const char* f, ...) {
  va_list arguments;
  va_start(arguments, f);
  write_line(Urgency::always, f, arguments);
  va_end(arguments);
}

void panic(const char* f, ...) {
  static char text[256];
  va_list arguments;
  va_start(arguments, f);
  u64 length = format_va(text, sizeof text, f, arguments);
  va_end(arguments);
  log_always("Kernel panic - not syncing: %s", text);
  trace(Trace::panicked, image_to_physical(text), length);
  halt_forever();
}

const char* log_text() {
  history[min(history_length, sizeof history - 1)] = 0;
  return history;
}

}  // namespace lucid::kernel
