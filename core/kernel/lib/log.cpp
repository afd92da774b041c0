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
char history[log_capacity];
u64 history_length = 0, history_end = 0;

void remember(const char* text, u64 length) {
  if (history_length + length >= sizeof history) {  // the older half goes, up to the end of a line
    u64 drop = history_length / 2;
    while (drop < history_length && history[drop - 1] != '\n') drop++;
    history_length -= drop;
    memmove(history, history + drop, history_length);
  }
  memcpy(history + history_length, text, length);
  history_length += length;
  history_end += length;
}

void write_line(Urgency urgency, const char* f, va_list arguments) {
  constexpr u64 priority_length = 3;
  char whole[320];
  u64 us = microseconds_since_boot();
  u64 n = format(whole, sizeof whole, "<%c>[%5lu.%06lu] ", urgency == Urgency::info ? '6' : '3', us / 1'000'000,
                 us % 1'000'000);
  n += format_va(whole + n, sizeof whole - n - 1, f, arguments);
  whole[n++] = '\n';
  remember(whole, n);
  const char* text = whole + priority_length;
  n -= priority_length;
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

LogText log_text() { return {history, history_length, history_end}; }

}  // namespace lucid::kernel
