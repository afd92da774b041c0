// SPDX-License-Identifier: MIT
// Steps by source lines and functions, both ways, in programs and in the kernel.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <algorithm>
#include <cstdlib>
#include <map>

#include "tests/unit/session_rig.h"

using namespace lucid;
using namespace lucid::test;
using session::Grain;
using session::Stop;

namespace {

std::unique_ptr<session::Session> boot_with_lines(const std::vector<std::string>& argv) {
  auto s = boot(argv, session::Connection::raw, 32 << 20);
  REQUIRE(s->set_source_pack(bytes_of(LUCID_SOURCE_PACK)).ok());
  return s;
}

void run_to(session::Session& s, const std::string& place) {
  const auto address = s.resolve(place);
  REQUIRE_MESSAGE(address.ok(), place);
  s.set_breakpoint(address.value(), true);
  REQUIRE(s.run(at_most(plenty)) == Stop::breakpoint);
  s.set_breakpoint(address.value(), false);
}

std::string where(const session::Session& s) {
  const auto place = s.registers().place;
  return place.symbol + " " + place.source();
}

struct Visit {
  u64 time, hash;
  std::string where;
};

std::string function_of(const Visit& visit) { return visit.where.substr(0, visit.where.find(' ')); }

/// With calls as one, what a function did is over once it has returned: stepping back stays in its caller.
/// And where the first visit is not at a function's return, there is nothing to come back to.
bool may_differ(Grain grain, const std::vector<Visit>& visits, size_t i) {
  if (grain == Grain::function_return) return i == 0;
  return grain == Grain::line_over && (function_of(visits[i]) != function_of(visits[i + 1]) || i == 0 ||
                                       function_of(visits[i - 1]) != function_of(visits[i]));
}

/// Steps on up to `count` times without leaving the kernel, back as often, and on again: the same states.
std::vector<Visit> there_and_back(session::Session& s, Grain grain, int count) {
  std::vector<Visit> visits{{s.time(), s.state_hash(), where(s)}};
  for (int i = 0; i < count; ++i) {
    const unsigned ring = s.registers().state.cpl();
    if (s.step_forward(grain) != Stop::limit || s.registers().state.cpl() != ring) break;
    visits.push_back({s.time(), s.state_hash(), where(s)});
    CHECK(visits.back().time > visits[visits.size() - 2].time);
  }
  s.seek_time(visits.back().time);
  for (size_t i = visits.size() - 1; i-- > 0;) {
    CAPTURE(i);
    CAPTURE(visits[i].where);
    CAPTURE(visits[i + 1].where);
    CAPTURE(where(s));
    REQUIRE(s.step_back(grain));
    if (s.time() != visits[i].time && may_differ(grain, visits, i)) s.seek_time(visits[i].time);
    CHECK(s.time() == visits[i].time);
    CHECK(s.state_hash() == visits[i].hash);
    CHECK(where(s) == visits[i].where);
    if (s.time() != visits[i].time) break;
  }
  for (size_t i = 1; i < visits.size(); i += 7) {
    while (s.time() < visits[i].time) REQUIRE(s.step_forward(grain) == Stop::limit);
    CHECK(s.state_hash() == visits[i].hash);
  }
  s.seek_time(visits.back().time);
  return visits;
}

}  // namespace

TEST_CASE("a source line is a place to stop at, and places tell lines") {
  auto s = boot_with_lines({"hello"});
  run_to(*s, "hello:main");
  const auto here = s->registers().place;
  CHECK(here.file == "samples/hello/hello.c");
  CHECK(here.line > 1);
  CHECK(s->source_line(here.file, here.line).find("main") != std::string::npos);
  CHECK(s->source_line(here.file, 100000).empty());
  CHECK(s->source_line("no/such/file.c", 1).empty());
  const auto line = s->resolve("hello.c:" + std::to_string(here.line));
  REQUIRE(line.ok());
  CHECK(line.value().value == s->registers().state.rip);
  CHECK_FALSE(s->resolve("hello.c:100000").ok());
  CHECK_FALSE(s->resolve("nosuch.c:1").ok());
  CHECK_FALSE(s->addresses_of_line("core/kernel/proc/fork.cpp:1").empty());
}

TEST_CASE("line by line through a program") {
  auto s = boot_with_lines({"forkdemo"});
  run_to(*s, "forkdemo:main");
  const auto into = there_and_back(*s, Grain::line, 120);
  CHECK(into.size() == 121);
  std::map<std::string, int> functions;
  for (const auto& visit : into) ++functions[function_of(visit)];
  CHECK(functions.size() >= 3);  // entered some
  for (const auto& visit : into) CHECK(visit.where.back() != ' ');
}

TEST_CASE("no line is missed or made up: what single steps see of the program") {
  auto s = boot_with_lines({"hello"});
  run_to(*s, "hello:main");
  const u64 start = s->time();
  std::vector<u64> lines;
  while (lines.size() < 60 && s->step_forward(Grain::line) == Stop::limit) lines.push_back(s->time());
  const u64 end = s->time();
  s->seek_time(start);
  // A line begins where the line, or the function, is another than at the instruction before.
  std::vector<u64> changes, entries;
  auto before = s->registers();
  while (s->time() < end) {
    REQUIRE(s->step() == Stop::limit);
    const auto now = s->registers();
    if (now.state.cpl() != 3) continue;  // the kernel's work passes as one
    const bool other = now.place.source() != before.place.source() || now.place.symbol != before.place.symbol;
    if (other) changes.push_back(s->time());
    if (now.place.offset == 0 && now.place.symbol != before.place.symbol) entries.push_back(s->time());
    before = now;
  }
  CHECK(lines.size() == 60);
  for (const u64 time : lines) CHECK(std::binary_search(changes.begin(), changes.end(), time));
  for (const u64 time : entries) CHECK(std::binary_search(lines.begin(), lines.end(), time));
  CHECK(entries.size() > 3);
}

TEST_CASE("calls as one") {
  auto s = boot_with_lines({"cowdemo"});
  run_to(*s, "cowdemo:main");
  const auto over = there_and_back(*s, Grain::line_over, 25);
  CHECK(over.size() > 8);
  for (size_t i = 0; i + 1 < over.size(); ++i) {
    CAPTURE(over[i].where);
    if (i < 8) CHECK(over[i].where.starts_with("main"));
  }
}

TEST_CASE("in the kernel, with what interrupts it") {
  for (const char* place : {"kernel:sys_fork", "kernel:sys_write", "kernel:schedule"}) {
    for (const Grain grain : {Grain::line, Grain::line_over, Grain::function_return}) {
      auto s = boot_with_lines({"forkdemo"});
      CAPTURE(place);
      CAPTURE(static_cast<int>(grain));
      run_to(*s, place);
      CHECK(s->registers().state.cpl() == 0);
      CHECK(there_and_back(*s, grain, grain == Grain::line ? 80 : 20).size() > 4);
    }
  }
}

TEST_CASE("out of a function, and back to its call") {
  auto s = boot_with_lines({"forkdemo"});
  run_to(*s, "forkdemo:main");
  int tried = 0;
  for (int i = 0; i < 200 && tried < 8; ++i) {
    const auto before = s->registers();
    const u64 before_time = s->time();
    REQUIRE(s->step_forward(Grain::line) == Stop::limit);
    const auto inside = s->registers();
    // Entered: the return address is on top of the stack.
    if (inside.place.offset != 0 || inside.state.gpr[cpu::rsp] >= before.state.gpr[cpu::rsp]) continue;
    ++tried;
    const u64 time = s->time(), stack = inside.state.gpr[cpu::rsp];
    u64 behind = 0;
    const auto word = s->read_memory(0, Gva{stack}, 8);
    REQUIRE(word.size() == 8);
    std::memcpy(&behind, word.data(), 8);
    REQUIRE(s->step_forward(Grain::out) == Stop::limit);
    CHECK(s->registers().state.rip == behind);
    CHECK(s->registers().state.gpr[cpu::rsp] == stack + 8);
    // Just returned: back to the call that did, and from inside of the function as well.
    REQUIRE(s->step_back(Grain::out));
    const auto call = s->registers();
    CHECK(call.state.rip < behind);
    CHECK(call.state.rip + 8 > behind);
    CHECK(call.state.gpr[cpu::rsp] == stack + 8);
    CHECK(s->time() >= before_time);
    CHECK(s->time() < time);
    REQUIRE(s->step() == Stop::limit);
    CHECK(s->time() == time);
    REQUIRE(s->step_back(Grain::out));
    CHECK(s->registers().state.rip == call.state.rip);
    s->seek_time(time);
  }
  CHECK(tried == 8);
}

TEST_CASE("at the ends of time and of a task") {
  auto s = boot_with_lines({"hello"});
  CHECK_FALSE(s->step_back(Grain::line));
  run_to(*s, "hello:main");
  int steps = 0;
  Stop stop = Stop::limit;
  while (stop == Stop::limit && ++steps < 2000) stop = s->step_forward(Grain::line_over);
  CHECK(stop != Stop::limit);
  CHECK(steps < 100);
  while (!s->over() && steps++ < 3000) s->run(at_most(1'000'000));
  CHECK(s->over());
  CHECK(s->exit_status() == 0);
}
