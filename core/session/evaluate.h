// SPDX-License-Identifier: MIT
// What an expression says about one moment of a run.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "core/cpu/cpu.h"
#include "core/session/expression.h"

namespace lucid::session {

/// A moment. What is not there makes the comparisons that need it false.
struct Scope {
  const cpu::State* cpu = nullptr;
  u32 pid = 0;
  u64 time = 0, instruction = 0;
  std::function<bool(Gva, void*, u64)> read;  // of the present address space
  std::function<bool(Gpa, void*, u64)> read_physical;
  std::function<std::string()> process_name;
  /// Where it is in the present address space; nothing when its program is not there.
  std::function<std::optional<u64>(const Location&)> address_of;
  bool arrived = false;                     // the instruction due now is looked at for places
  const trace::Event* event = nullptr;      // that was just logged
  std::optional<u64> returned_from;         // the system call that it ends
  std::span<const cpu::WatchHit> accesses;  // that the last instruction made
};

struct Value {
  u64 bits = 0;
  bool is_signed = false;
};

/// Nothing when it needs what the scope lacks, memory that is not there, or divides by zero.
std::optional<Value> value_of(const Expression& expression, u32 node, const Scope& scope);
/// Is it true of this moment? What depends on nothing is a place: true where it is about to execute.
bool holds(const Expression& expression, const Scope& scope);

/// Depends on nothing but where programs are loaded.
bool is_constant(const Expression& expression, u32 node);
/// "rip == PLACE" or PLACE alone: the node of the place.
std::optional<u32> place_node(const Expression& expression, u32 node);
/// The location of a constant node, with what is added to it.
Location place_of(const Expression& expression, u32 node);

}  // namespace lucid::session
