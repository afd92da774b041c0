// SPDX-License-Identifier: MIT
#include "tests/fuzz/properties.h"

#include <algorithm>
#include <vector>

namespace lucid::fuzz {
namespace {

using machine::Machine;
using machine::MachineStop;

Ending ending_of(const Machine& m, MachineStop stop, bool hashed) {
  return {stop, m.clock().retired, hashed ? m.state_hash() : 0, m.log().hash()};
}

/// Runs in pieces of `piece` instructions; `between` is called in between.
template <typename Between>
Ending run_in_pieces(Machine& m, u64 limit, u64 piece, Between between) {
  for (;;) {
    const MachineStop stop = m.run(std::min(limit, m.clock().retired + piece));
    if (stop != MachineStop::limit || m.clock().retired >= limit) return ending_of(m, stop, true);
    between();
  }
}

Ending run_with_breakpoints(Machine& m, Random& random, u64 limit) {
  std::vector<Gva> places;
  for (unsigned i = 0; i < 200; ++i) places.push_back({random_code_place(random)});
  m.cpu().set_breakpoints(places);
  MachineStop stop;
  do stop = m.run(limit);
  while (stop == MachineStop::breakpoint);
  m.cpu().set_breakpoints({});
  return ending_of(m, stop, true);
}

Ending run_observed(Machine& m, u64 limit) {
  m.cpu().set_observed(true);
  const MachineStop stop = m.run(limit);
  m.cpu().set_observed(false);
  return ending_of(m, stop, true);
}

std::string difference(const char* way, const Ending& expected, const Ending& got, bool log_too = true) {
  if (got.stop != expected.stop) return std::string(way) + ": another stop";
  if (got.retired != expected.retired) return std::string(way) + ": another count of instructions";
  if (got.state_hash != expected.state_hash) return std::string(way) + ": another state";
  if (log_too && got.log_hash != expected.log_hash) return std::string(way) + ": other events";
  return "";
}

}  // namespace

Bench::Bench() : first_starts_(starts_of(first_)), second_starts_(starts_of(second_)) {}

Bench::Starts Bench::starts_of(Machine& machine) {
  const auto plain = machine.snapshot();
  start_timer(machine);
  return {plain, machine.snapshot()};
}

void Bench::prepare(Machine& machine, const Starts& starts, const Case& c) {
  Random random(c.seed);
  machine.restore(*starts[random.below(2)]);
  build_world(random, c.kind, machine);
}

Ending Bench::run(const Case& c, bool hashed) {
  prepare(first_, first_starts_, c);
  const MachineStop stop = first_.run(c.instructions);
  return ending_of(first_, stop, hashed);
}

std::string Bench::check(const Case& c) {
  const Ending expected = run(c, true);
  Random random(c.seed ^ 0x5bd1e995);
  std::string wrong = difference("again", expected, run(c, true));
  if (!wrong.empty()) return wrong;

  prepare(second_, second_starts_, c);
  wrong = difference("stepped", expected, run_in_pieces(second_, c.instructions, 1, [] {}));
  if (!wrong.empty()) return wrong;

  prepare(second_, second_starts_, c);
  const u64 piece = 1 + random.below(40);
  const auto forget = [&] { second_.cpu().memory_changed(); };
  wrong = difference("without cached blocks", expected, run_in_pieces(second_, c.instructions, piece, forget));
  if (!wrong.empty()) return wrong;

  prepare(second_, second_starts_, c);
  wrong = difference("with breakpoints", expected, run_with_breakpoints(second_, random, c.instructions));
  if (!wrong.empty()) return wrong;

  prepare(second_, second_starts_, c);
  wrong = difference("observed", expected, run_observed(second_, c.instructions), false);
  if (!wrong.empty()) return wrong;

  prepare(first_, first_starts_, c);
  MachineStop stop = first_.run(random.below(c.instructions));
  if (stop != MachineStop::limit) return "";
  const auto middle = first_.snapshot();
  stop = first_.run(c.instructions);
  wrong = difference("after a snapshot", expected, ending_of(first_, stop, true));
  if (!wrong.empty()) return wrong;
  for (Machine* m : {&first_, &second_}) {
    m->restore(*middle);
    stop = m->run(c.instructions);
    wrong = difference(m == &first_ ? "restored" : "restored elsewhere", expected, ending_of(*m, stop, true));
    if (!wrong.empty()) return wrong;
  }
  return "";
}

}  // namespace lucid::fuzz
