// SPDX-License-Identifier: MIT
// An event is a fact that happened: fixed size, no pointers, no text. See event_kinds.def.
#pragma once
#include "core/base/types.h"

namespace lucid::trace {

enum class Category : u8 { Syscall, Fault, Interrupt, Control, Retire, Memory, Console, Boot, Process, Switch, Frame, Disk };

enum class Kind : u16 {
#define EVENT(name, json, category, a0, a1, a2, a3, a4, a5, a6) name,
#include "core/trace/event_kinds.def"
#undef EVENT
  count
};

struct Event {
  u64 instruction = 0;  // instructions retired before it happened
  u64 time = 0;         // virtual clock, in ticks of 10 ns
  Kind kind = Kind::count;
  u8 cpl = 0;  // current privilege level when it happened
  u8 reserved = 0;
  u32 pid = 0;  // process the kernel last announced as running; 0 = kernel or idle
  u64 args[7] = {};

  friend bool operator==(const Event&, const Event&) = default;
};
static_assert(sizeof(Event) == 80);

/// A set of event kinds, for filters and for "stop after an event of one of these".
struct KindSet {
  u64 bits = 0;
  constexpr KindSet with(Kind kind) const { return {bits | u64{1} << static_cast<unsigned>(kind)}; }
  constexpr bool contains(Kind kind) const { return bits >> static_cast<unsigned>(kind) & 1; }
  constexpr bool empty() const { return bits == 0; }
};
static_assert(static_cast<unsigned>(Kind::count) <= 64);

struct KindInfo {
  const char* enumerator;
  const char* json_name;
  Category category;
  const char* arg_names[7];  // "" = unused
};
const KindInfo& info(Kind kind);
const char* category_name(Category category);

}  // namespace lucid::trace
