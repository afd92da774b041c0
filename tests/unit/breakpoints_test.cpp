// SPDX-License-Identifier: MIT
// Breakpoints, watchpoints and searches backwards. The oracle is the same run stepped instruction by
// instruction with every access recorded.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <random>

#include "core/bus/clock.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using namespace lucid::session;
using namespace lucid::test;

namespace {

constexpr u64 mebibyte = 1 << 20;

std::unique_ptr<Session> start(const std::vector<std::string>& argv, u64 history_bytes = 16 * mebibyte) {
  return boot(argv, Connection::raw, history_bytes, 8 * mebibyte);
}

/// What brute force saw of one instruction (or delivery of a fault or interrupt).
struct Step {
  u64 time = 0;              // after it
  u64 rip = 0;               // after it: what is due next
  bool restarted = false;    // RF: a fault came behind its breakpoint
  bool interrupted = false;  // an interrupt comes before what was due
  u32 pid = 0;
  cpu::State cpu;
  struct Access {
    u64 linear, physical, bytes;
    bool write;
  };
  std::vector<Access> accesses;
};

/// Steps `count` instructions with every access logged.
std::vector<Step> brute_force(Session& s, u64 count) {
  std::vector<Step> steps;
  s.set_observed(true);
  std::vector<Step::Access> seen;
  s.set_event_sink([&](const trace::Event& event, const std::string&) {
    if (event.kind == trace::Kind::memory_written || event.kind == trace::Kind::memory_read)
      seen.push_back({event.args[0], event.args[1], event.args[2], event.kind == trace::Kind::memory_written});
    if (event.kind == trace::Kind::exception_raised) {
      // What the instruction read before it faulted does not count: it will be tried again.
      std::erase_if(seen, [](const Step::Access& each) { return !each.write; });
    }
    if (event.kind == trace::Kind::interrupt_delivered && !steps.empty()) steps.back().interrupted = true;
  });
  for (u64 i = 0; i < count && !s.over(); ++i) {
    const u64 before = s.instruction();
    while (s.instruction() == before && !s.over()) s.run({1, ~u64{0}, {}});
    Step step;
    step.cpu = s.registers().state;
    step.time = s.time(), step.rip = step.cpu.rip;
    step.pid = s.current_pid();
    step.restarted = step.cpu.rflags >> 16 & 1;
    step.accesses = std::move(seen);
    seen.clear();
    steps.push_back(std::move(step));
  }
  s.set_observed(false);
  s.set_event_sink({});
  return steps;
}

/// Where a run over the same instructions stops.
std::vector<u64> stops(Session& s, u64 until) {
  std::vector<u64> times;
  while (s.time() < until && !s.over()) {
    const u64 before = s.time();
    const Stop stop = s.run({~u64{0}, until, {}});
    if (stop == Stop::breakpoint)
      times.push_back(s.time());
    else if (s.time() == before)
      break;
  }
  return times;
}

std::vector<u64> touched(const std::vector<Step>& steps, u64 first, u64 bytes, bool reads, bool writes, bool physical) {
  std::vector<u64> times;
  for (const Step& step : steps) {
    for (const auto& access : step.accesses) {
      const u64 at = physical ? access.physical : access.linear;
      if ((access.write ? !writes : !reads) || !(at - first < bytes || first - at < access.bytes)) continue;
      times.push_back(step.time);
      break;
    }
  }
  return times;
}

constexpr u64 accessed_and_dirty = 0x60;

/// The two page table entries, if it is any, that up to eight bytes from there on can meet.
std::array<u64, 2> entries(const Session& s, u64 physical) {
  const u64 first = physical & ~u64{7};
  const auto entry = [&](u64 at) { return s.evaluate("p64[" + std::to_string(at) + "]").value().value_or(0); };
  return {entry(first), entry(first + 8)};
}

}  // namespace

TEST_CASE("expressions: values as in C") {
  auto s = start({"true"}, 0);
  const auto value = [&](const char* text) {
    const auto result = s->evaluate(text);
    REQUIRE_MESSAGE(result.ok(), text);
    return result.value();
  };
  s->submit(PokeRegister{PokeRegister::Which::gpr, cpu::rax, ~u64{0}});
  s->submit(PokeRegister{PokeRegister::Which::gpr, cpu::rcx, 0x123456789abcdef0});
  s->run(at_most(0));
  CHECK(value("1 + 2 * 3 == 7") == 1);
  CHECK(value("(1 + 2) * 3") == 9);
  CHECK(value("10 - 4 - 3") == 3);
  CHECK(value("7 / 2 * 2 + 7 % 2") == 7);
  CHECK(value("-7 / 2") == u64(-3));
  CHECK(value("1 << 4 | 1") == 17);
  CHECK(value("0xff & ~0xf ^ 1") == 0xf1);
  CHECK(value("6 & 3 == 2") == 0);  // C's precedence
  CHECK(value("rax < 0") == 1);
  CHECK(value("rax < 0xffffffffffffffff") == 0);
  CHECK(value("0xffffffff80000000 > 5") == 1);
  CHECK(value("eax") == ~u64{0});
  CHECK(value("rcx") == 0x123456789abcdef0);
  CHECK(value("cx") == u64(i64(i16(0xdef0))));
  CHECK(value("ch & 0xff") == 0xde);
  CHECK(value("'A'") == 65);
  CHECK(value("!rax || !0") == 1);
  CHECK(value("1 / 0") == std::nullopt);
  CHECK(value("p8[0xffffffffff]") == std::nullopt);
  s->submit(PokeMemory{Gpa{0x300000}, {0xfe, 0xff, 0x34, 0x12}});
  s->run(at_most(0));
  CHECK(value("p16[0x300000]") == 0xfffe);
  CHECK(value("i16[0x300000]") == u64(-2));
  CHECK(value("u32[0x2fffff + 1]") == 0x1234fffe);
}

TEST_CASE("expressions: errors point at the token") {
  auto s = start({"true"}, 0);
  const auto error = [&](const std::string& text) {
    const auto result = s->add_breakpoint(text);
    REQUIRE_MESSAGE(!result.ok(), text);
    return std::pair(result.error().at, result.error().length);
  };
  using P = std::pair<size_t, size_t>;
  CHECK(error("") == P{0, 0});
  CHECK(error("rip == && 1") == P{7, 2});
  CHECK(error("rip == 1 )") == P{9, 1});
  CHECK(error("(rip == 1") == P{9, 0});
  CHECK(error("nosuchname") == P{0, 10});
  CHECK(error("rax == 12abc") == P{7, 5});
  CHECK(error("rax == 0x") == P{7, 2});
  CHECK(error("rax == 18446744073709551616") == P{7, 20});
  CHECK(error("rax == \x01") == P{7, 1});
  CHECK(error("syscall nosuch") == P{8, 6});
  CHECK(error("event nosuch pid 3") == P{6, 6});
  CHECK(error("write(5..5)") == P{0, 11});
  CHECK(error("write(5, 0)") == P{9, 1});
  CHECK(error("write(5") == P{7, 0});
  CHECK(error("write(u64[0xffffffffffff]..9)").first == 0);
  CHECK(error("hello:nosuch") == P{0, 12});
  error(std::string(5000, '1'));
  error(std::string(500, '('));
  error(std::string(4000, '!'));
  std::mt19937 random(1);
  const std::string letters = "rax ()[]<>=!&|+-*/%^~.,0x19'event syscall write pid if\\\"\xff";
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (unsigned n = random() % 24; n > 0; --n) text += letters[random() % letters.size()];
    const auto result = s->add_breakpoint(text);
    if (result.ok()) {
      CHECK(s->remove_breakpoint(result.value()));
    } else {
      CHECK(result.error().at <= text.size());
      CHECK(result.error().at + result.error().length <= text.size());
      CHECK(!result.error().message.empty());
    }
  }
}

TEST_CASE("stops are where brute force finds them, and change nothing") {
  constexpr u64 count = 400'000;
  auto stepped = start({"forkdemo"}, 0);
  stepped->run(at_most(300'000));
  const u64 begin = stepped->time();
  const auto steps = brute_force(*stepped, count);
  const u64 end = stepped->time();
  auto straight = start({"forkdemo"}, 0);
  straight->run({~u64{0}, end, {}});
  const u64 hash = straight->state_hash();
  CHECK(stepped->state_hash() == hash);

  std::mt19937_64 random(7);
  for (int round = 0; round < 24; ++round) {
    auto s = start({"forkdemo"}, 0);
    s->run({~u64{0}, begin, {}});
    const Step& chosen = steps[random() % steps.size()];
    std::vector<u64> expected;
    std::string text;
    if (round % 3 == 0) {
      text = "rip == " + std::to_string(chosen.rip);
      if (round % 2) text += " && rcx & 1";
      for (const Step& step : steps) {
        if (step.rip == chosen.rip && !step.restarted && !step.interrupted &&
            !(round % 2 && !(step.cpu.gpr[cpu::rcx] & 1)) && step.time < end)
          expected.push_back(step.time);
      }
    } else {
      const auto with_access = [&] {
        for (;;) {
          const Step& step = steps[random() % steps.size()];
          if (!step.accesses.empty()) return step.accesses[random() % step.accesses.size()];
        }
      }();
      const bool physical = round % 3 == 2;
      const unsigned kind = random() % 3;
      const u64 at = physical ? with_access.physical : with_access.linear, bytes = 1 + random() % 16;
      text = std::string(kind == 0   ? "read"
                         : kind == 1 ? "write"
                                     : "access") +
             (physical ? "(phys " : "(") + std::to_string(at) + ", " + std::to_string(bytes) + ")";
      expected = touched(steps, at, bytes, kind != 1, kind != 0, physical);
    }
    CAPTURE(text);
    const auto id = s->add_breakpoint(text);
    REQUIRE(id.ok());
    CHECK(stops(*s, end) == expected);
    CHECK(s->breakpoint_list()[0].hits == expected.size());
    REQUIRE(s->time() == end);
    CHECK(s->state_hash() == hash);
    CHECK(s->events().hash() == straight->events().hash());
  }
}

TEST_CASE("system calls, events and processes") {
  auto s = start({"sh", "-c", "echo hello | cat"}, 0);
  REQUIRE(s->add_breakpoint("syscall execve process sh").ok());
  REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
  CHECK(s->last_hit().event.args[0] == 59);
  s->clear_breakpoints();
  REQUIRE(s->add_breakpoint("syscall write return && result == 6").ok());
  REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
  CHECK(s->registers().state.gpr[cpu::rax] == 6);
  CHECK(s->registers().state.cpl() == 3);
  s->clear_breakpoints();
  const auto id = s->add_breakpoint("event exit && status == 0");
  REQUIRE(id.ok());
  REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
  CHECK(s->last_hit().event.kind == trace::Kind::exited);
  CHECK(s->enable_breakpoint(id.value(), false));
  CHECK(s->run(at_most(plenty)) == Stop::powered_off);
  CHECK(!s->remove_breakpoint(99));
  s->reset();
  CHECK(s->breakpoint_list().size() == 1);
  CHECK(s->breakpoint_list()[0].hits == 1);
}

TEST_CASE("a place in a program is not one in others") {
  auto s = start({"sh", "-c", "hello; echo; hello"}, 0);
  REQUIRE(s->add_breakpoint("hello:main").ok());
  std::vector<u32> pids;
  while (s->run(at_most(plenty)) == Stop::breakpoint) {
    CHECK(s->registers().place.text() == "main");
    pids.push_back(s->processes().current_pid);
  }
  CHECK(pids.size() == 2);
  CHECK(pids[0] != pids[1]);
}

TEST_CASE("conditions without a place are found at the instruction that makes them true") {
  auto s = start({"true"}, 0);
  s->run(at_most(100'000));
  auto copy = start({"true"}, 0);
  copy->run(at_most(100'000));
  const auto steps = brute_force(*copy, 20'000);
  REQUIRE(s->add_breakpoint("rbx > 0x1000 && rsi == 0").ok());
  std::vector<u64> expected;
  bool was = false;
  for (const Step& step : steps) {
    const bool is = i64(step.cpu.gpr[cpu::rbx]) > 0x1000 && step.cpu.gpr[cpu::rsi] == 0;
    if (is && !was && &step != &steps[0]) expected.push_back(step.time);
    was = is;
  }
  CHECK(stops(*s, steps.back().time) == expected);
}

TEST_CASE("run_back goes through the stops of the run forward, last one first") {
  for (const char* text : {"sys_write", "syscall write return", "event switch || event page-fault",
                           "write(rsp - 64, 8)", "hello:main", "rbx == 0 && cpl == 3", "access(phys 0x200000, 4096)"}) {
    CAPTURE(text);
    auto s = start({"sh", "-c", "hello; echo a | cat"});
    s->run(at_most(650'000));
    const u64 begin = s->time();
    REQUIRE(s->add_breakpoint(text).ok());
    std::vector<u64> times;
    while (times.size() < 40 && s->instruction() < 900'000 &&
           s->run(at_most(900'000 - s->instruction())) == Stop::breakpoint)
      times.push_back(s->time());
    s->run(at_most(5000));
    std::vector<u64> back;
    while (back.size() < times.size() && s->run_back()) back.push_back(s->time());
    if (!back.empty() && back[0] > times.back()) continue;  // it stopped again in the last stretch
    std::reverse(back.begin(), back.end());
    CHECK(back == times);
    if (times.empty()) continue;
    // And forward again from there.
    const u64 first = s->time();
    CHECK(first >= begin);
    for (size_t i = 1; i < std::min<size_t>(times.size(), 5); ++i) {
      REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
      CHECK(s->time() == times[i]);
    }
  }
}

TEST_CASE("the last write is the one brute force saw last") {
  constexpr u64 count = 300'000;
  auto recorded = start({"forkdemo"});
  recorded->run(at_most(300'000));
  const u64 begin = recorded->time();
  auto stepped = start({"forkdemo"}, 0);
  stepped->run({~u64{0}, begin, {}});
  const auto steps = brute_force(*stepped, count);
  recorded->run({~u64{0}, steps.back().time, {}});
  REQUIRE(recorded->time() == steps.back().time);
  CHECK(recorded->state_hash() == stepped->state_hash());

  std::mt19937_64 random(101);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    const size_t at = steps.size() / 2 + random() % (steps.size() / 2);
    REQUIRE(recorded->seek_time(steps[at].time));
    REQUIRE(recorded->time() == steps[at].time);
    const auto side = random() % 2 ? AccessSide::before : AccessSide::after;
    u64 expected = 0, watched = 0;
    Result<LastWrite> found = Error{""};
    if (round % 2 == 0) {
      const Step::Access* access = nullptr;
      while (access == nullptr) {
        const Step& step = steps[random() % (at + 1)];
        if (!step.accesses.empty()) access = &step.accesses[random() % step.accesses.size()];
      }
      watched = access->physical;
      const u64 bytes = 1 + random() % 8;
      for (size_t i = 0; i <= at; ++i) {
        for (const auto& each : steps[i].accesses) {
          const bool meets = each.physical - access->physical < bytes || access->physical - each.physical < each.bytes;
          if (each.write && meets) expected = steps[i].time;
        }
      }
      found = recorded->last_write(WrittenRam{Gpa{access->physical}, bytes}, side);
    } else {
      const u8 reg = static_cast<u8>(random() % 16);
      const Step& now = steps[at];
      const Step* last = nullptr;
      for (size_t i = 0; i <= at; ++i) {
        const Step& step = steps[i];
        if (step.cpu.cpl() != now.cpu.cpl() || step.cpu.cr3 != now.cpu.cr3 || step.pid != now.pid) continue;
        if (last != nullptr && last->cpu.gpr[reg] != step.cpu.gpr[reg]) expected = step.time;
        last = &step;
      }
      found = recorded->last_write(WrittenRegister{{RegisterName::Kind::gpr, reg, 0, 64}}, side);
    }
    if (expected == 0) {  // before brute force began to look
      if (found.ok()) CHECK(found.value().after.time <= begin + 1);
      continue;
    }
    REQUIRE_MESSAGE(found.ok(), found.error().message);
    const auto& [before, after, by_command] = found.value();
    if (round % 2 == 0 && after.time > expected) {
      // A page walk set an A or D bit, which no instruction's accesses tell: nothing else may have changed.
      const auto entries_at = [&](u64 time) {
        REQUIRE(recorded->seek_time(time));
        return entries(*recorded, watched);
      };
      const auto was = entries_at(before.time), is = entries_at(after.time);
      CHECK(((was[0] | is[0]) != was[0] || (was[1] | is[1]) != was[1]));
      CHECK((((was[0] ^ is[0]) | (was[1] ^ is[1])) & ~accessed_and_dirty) == 0);
      CHECK(entries_at(steps[at].time) == is);
      continue;
    }
    CHECK(after.time == expected);
    CHECK(before.instruction + 1 == after.instruction);
    CHECK(recorded->time() == (side == AccessSide::after ? expected : before.time));
  }
}

TEST_CASE("last writes: page table entries, pokes, and what was never written") {
  auto s = start({"cowdemo"});
  REQUIRE(s->add_breakpoint("event cow process cowdemo").ok());
  REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
  const Gva address{s->last_hit().event.args[1]};
  const u64 entry = s->walk(0, address).result.steps[3].entry;
  const auto written = s->last_write(WrittenEntry{0, address}, AccessSide::after);
  REQUIRE(written.ok());
  CHECK(s->walk(0, address).result.steps[3].entry == entry);
  REQUIRE(s->seek_time(written.value().before.time));
  CHECK(s->walk(0, address).result.steps[3].entry != entry);

  auto plain = start({"true"});
  plain->run(at_most(1000));
  plain->submit(PokeMemory{Gpa{0x500000}, {1, 2, 3}});
  plain->run(at_most(1000));
  const auto poked = plain->last_write(WrittenRam{Gpa{0x500001}, 1});
  REQUIRE(poked.ok());
  CHECK(poked.value().by_command);
  CHECK(plain->instruction() == 1000);
  plain->run(at_most(1000));
  const u64 here = plain->time();
  CHECK(!plain->last_write(WrittenRam{Gpa{0x500100}, 1}).ok());
  CHECK(plain->time() == here);
  CHECK(!plain->last_write(WrittenRam{Gpa{1u << 30}, 1}).ok());
  auto unrecorded = start({"true"}, 0);
  CHECK(!unrecorded->last_write(WrittenRam{Gpa{0}, 1}).ok());
  CHECK(!unrecorded->run_back());
}
