// SPDX-License-Identifier: MIT
#include "core/inspect/event_json.h"

#include <algorithm>
#include <cstring>

#include "core/abi/introspect.h"
#include "core/abi/tracepoint.h"
#include "core/inspect/bytes.h"
#include "core/inspect/linux_names.h"
#include "core/inspect/syscall_text.h"

namespace lucid::inspect {
namespace {

using trace::Event;
using trace::Kind;

/// Arguments that are addresses, register contents or bit patterns.
bool shown_in_hex(Kind kind, std::string_view name) {
  static constexpr std::string_view names[] = {
      "a1",       "a2",      "a3",      "a4",    "a5",    "a6",      "rax",      "rip",      "rsp",
      "cr2",      "old",     "new",     "bytes", "stack", "address", "entry",    "value",    "header",
      "physical", "handler", "message", "index", "flags", "port",    "comm_low", "comm_high"};
  if (kind == Kind::instruction_retired) return true;
  if (kind == Kind::exit_requested) return false;
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

const char* exception_name(u64 vector) {
  static constexpr const char* names[] = {"divide error",
                                          "debug",
                                          "NMI",
                                          "breakpoint",
                                          "overflow",
                                          "bound range exceeded",
                                          "invalid opcode",
                                          "device not available",
                                          "double fault",
                                          "coprocessor segment overrun",
                                          "invalid TSS",
                                          "segment not present",
                                          "stack-segment fault",
                                          "general protection",
                                          "page fault",
                                          "",
                                          "x87 floating-point error",
                                          "alignment check",
                                          "machine check",
                                          "SIMD floating-point error"};
  return vector < std::size(names) ? names[vector] : "";
}

template <size_t n>
const char* pick(const char* const (&names)[n], u64 index) {
  return index < n ? names[index] : "";
}

const char* outcome_name(u64 outcome) {
  static constexpr const char* names[] = {
      "",         "demand-zero", "file-page",    "cow-copied", "cow-reused", "stack-grown",
      "spurious", "signalled",   "kernel-fixup", "swapped-in"};
  return pick(names, outcome);
}

const char* switch_reason(u64 reason) {
  static constexpr const char* names[] = {"",       "blocked",    "preempted", "yielded",
                                          "exited", "idle-ended", "outranked", "lent"};
  return pick(names, reason);
}

const char* wait_reason(u64 reason) {
  static constexpr const char* names[] = {"none",    "child", "pipe-read", "pipe-write", "tty-read", "sleep",
                                          "stopped", "other", "poll",      "futex",      "disk",     "signal"};
  return pick(names, reason);
}

const char* boot_phase(u64 phase) {
  static constexpr const char* names[] = {"",
                                          "entered",
                                          "paging-on",
                                          "higher-half",
                                          "memory-ready",
                                          "interrupts-on",
                                          "root-mounted",
                                          "init-started",
                                          "start-kernel",
                                          "rest-init",
                                          "kernel-init",
                                          "init-memory-freed",
                                          "",
                                          "",
                                          "",
                                          "",
                                          "firmware",
                                          "boot-sector",
                                          "loader",
                                          "protected-mode"};
  return pick(names, phase);
}

const char* frame_kind(u64 kind) {
  static constexpr const char* names[abi::frame_kinds] = {
      "free", "kernel-image", "kernel-data", "page-table", "anonymous", "file", "reserved", "zero", "kernel-stack"};
  return pick(names, kind);
}

/// A word for the code in the event, "" when there is none.
std::string name_of(const Event& event) {
  const u64* a = event.args;
  switch (event.kind) {
    case Kind::syscall_entered:
      return syscall_name(a[0]);
    case Kind::syscall_unknown:
      return syscall_name(a[1]);
    case Kind::exception_raised:
      return exception_name(a[0]);
    case Kind::boot_phase:
      return boot_phase(a[0]);
    case Kind::exec_failed:
      return errno_name(a[1]) ? errno_name(a[1]) : "";
    case Kind::execed: {
      char name[16];
      std::memcpy(name, &a[1], sizeof name);  // comm_low, comm_high
      return std::string(name, strnlen(name, sizeof name));
    }
    case Kind::switched:
      return switch_reason(a[2]);
    case Kind::fault_resolved:
      return outcome_name(a[2]);
    case Kind::blocked:
    case Kind::woken:
      return wait_reason(a[1]);
    case Kind::signal_sent:
      return signal_name(a[2]);
    case Kind::signal_delivered:
      return signal_name(a[1]);
    case Kind::frame_allocated:
      return frame_kind(a[1]);
    default:
      return "";
  }
}

/// Length of the UTF-8 sequence at the front, 0 when there is none.
size_t utf8_length(std::string_view text) {
  const u8 lead = static_cast<u8>(text[0]);
  const size_t length = lead < 0x80                   ? 1
                        : lead >= 0xc2 && lead < 0xe0 ? 2
                        : (lead & 0xf0) == 0xe0       ? 3
                        : lead >= 0xf0 && lead < 0xf5 ? 4
                                                      : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<u8>(text[i]) & 0xc0) != 0x80) return 0;
  }
  const u8 second = length > 1 ? static_cast<u8>(text[1]) : 0;
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second >= 0xa0, too_high = lead == 0xf4 && second >= 0x90;
  return overlong || surrogate || too_high ? 0 : length;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const u8 c = static_cast<u8>(text[0]);
    const size_t length = utf8_length(text);
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += {'\\', static_cast<char>(c)};
    } else if (c < ' ' || c == 127) {
      static constexpr char digits[] = "0123456789abcdef";
      out += {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out + "\"";
}

std::string event_json(const Event& event, std::string_view text) {
  const trace::KindInfo& kind = trace::info(event.kind);
  // "pid" is whom the event is about; the process that ran meanwhile may be another.
  u64 subject = event.pid;
  for (unsigned i = 0; i < 7; ++i) {
    if (std::string_view(kind.arg_names[i]) == "pid") subject = event.args[i];
  }
  std::string line = "{\"instruction\":" + std::to_string(event.instruction) +
                     ",\"time\":" + std::to_string(event.time) + ",\"pid\":" + std::to_string(subject) +
                     ",\"cpl\":" + std::to_string(event.cpl) + ",\"event\":\"" + kind.json_name + "\",\"category\":\"" +
                     trace::category_name(kind.category) + "\"";
  if (subject != event.pid) line += ",\"running\":" + std::to_string(event.pid);
  for (unsigned i = 0; i < 7; ++i) {
    const std::string_view name = kind.arg_names[i];
    if (name.empty() || name == "pid") continue;
    line += ",\"" + std::string(name) + "\":";
    line += shown_in_hex(event.kind, name) ? "\"" + hex(event.args[i]) + "\"" : std::to_string(event.args[i]);
  }
  if (const std::string name = name_of(event); !name.empty()) line += ",\"name\":" + json_string(name);
  if (!text.empty()) line += ",\"text\":" + json_string(text);
  return line + "}";
}

}  // namespace lucid::inspect
