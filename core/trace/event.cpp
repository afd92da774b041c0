// SPDX-License-Identifier: MIT
#include "core/trace/event.h"

namespace lucid::trace {

const KindInfo& info(Kind kind) {
  static constexpr KindInfo table[] = {
#define EVENT(name, json, category, a0, a1, a2, a3, a4, a5, a6) \
  {#name, json, Category::category, {a0, a1, a2, a3, a4, a5, a6}},
#include "core/trace/event_kinds.def"
#undef EVENT
      {"?", "?", Category::Control, {"", "", "", "", "", "", ""}}};
  const auto index = static_cast<unsigned>(kind);
  constexpr auto count = static_cast<unsigned>(Kind::count);
  return table[index < count ? index : count];
}

const char* category_name(Category category) {
  switch (category) {
    case Category::Syscall:
      return "syscall";
    case Category::Fault:
      return "fault";
    case Category::Interrupt:
      return "interrupt";
    case Category::Control:
      return "control";
    case Category::Retire:
      return "retire";
    case Category::Memory:
      return "memory";
    case Category::Console:
      return "console";
    case Category::Boot:
      return "boot";
    case Category::Process:
      return "process";
    case Category::Switch:
      return "switch";
    case Category::Frame:
      return "frame";
    case Category::Disk:
      return "disk";
  }
  return "?";
}

}  // namespace lucid::trace
