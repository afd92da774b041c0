// SPDX-License-Identifier: MIT
// A session over the real kernel and root archive. What a program prints and returns is known from
// Linux; for the rest the oracle is the machine itself run in another way: again, in slices, step
// by step, replayed from its commands.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/session/session.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/bus/clock.h"
#include "core/session/overlay.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using namespace lucid::session;
using namespace lucid::test;

namespace {

const std::vector<std::string> busy = {"sh", "-c",
                                       "echo one | cat; cat /etc/motd | cat | cat > /tmp/x; cat /tmp/x; exit 5"};

struct Outcome {
  u64 instruction, time, events, event_hash, state_hash;
  std::string out, err;
  int status;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(const Session& s) {
  return {s.instruction(), s.time(),       s.events().count(), s.events().hash(),
          s.state_hash(),  s.output(0, 0), s.output(1, 0),     s.exit_status()};
}

TEST_CASE("a program prints and ends") {
  auto s = boot({"echo", "hello", "there"});
  CHECK(s->run(at_most(plenty)) == Stop::powered_off);
  CHECK(s->output(0, 0) == "hello there\n");
  CHECK(s->output(1, 0) == "");
  CHECK(s->exit_status() == 0);
  CHECK(s->over());
  CHECK(s->death_reason() == "");
  CHECK(s->run(at_most(1)) == Stop::powered_off);
  CHECK(s->stats().forks >= 1);
  CHECK(s->stats().execs >= 2);
}

TEST_CASE("two runs, a reset run and runs in slices are equal to the bit") {
  auto first = boot(busy);
  REQUIRE(first->run(at_most(plenty)) == Stop::powered_off);
  const Outcome expected = outcome(*first);
  CHECK(expected.status == 5);

  first->reset();
  CHECK(first->instruction() == 0);
  CHECK(!first->over());
  first->run(at_most(plenty));
  CHECK(outcome(*first) == expected);

  for (unsigned seed = 1; seed <= 3; ++seed) {
    auto sliced = boot(busy);
    std::mt19937 random(seed);
    while (!sliced->over()) {
      const u64 size = seed == 1 ? 1 + random() % 1000 : 1 + random() % 100'000;
      const auto stop = sliced->run({size, random() % 4 ? ~u64{0} : sliced->time() + random() % 50'000, {}});
      REQUIRE(stop != Stop::idle);
    }
    CHECK(outcome(*sliced) == expected);
  }
}

TEST_CASE("stepping, observing and decoding change nothing") {
  auto straight = boot(busy), stepped = boot(busy), traced = boot(busy);
  for (auto* s : {straight.get(), stepped.get()}) s->run(at_most(300'000));
  straight->run(at_most(20'000));
  stepped->set_observed(true);
  for (int i = 0; i < 20'000; ++i) {
    const u64 before = stepped->instruction();
    stepped->step();
    REQUIRE(stepped->instruction() == before + 1);
  }
  stepped->set_observed(false);
  CHECK(stepped->state_hash() == straight->state_hash());
  straight->run(at_most(plenty));
  stepped->run(at_most(plenty));
  traced->set_strace(true);
  traced->run(at_most(plenty));
  CHECK(straight->state_hash() == stepped->state_hash());
  CHECK(outcome(*straight) == outcome(*traced));
  CHECK(traced->take_strace().find("execve(\"/bin/sh\", [\"sh\", \"-c\", ") == 0);
}

TEST_CASE("input waits for a command; commands replay from their stamps") {
  auto s = boot({"cat"});
  REQUIRE(s->run(at_most(plenty)) == Stop::idle);
  CHECK(s->halted());
  CHECK(s->wakes_at() == bus::never);
  const std::string text = "some input\n";
  s->submit(SerialInput{0, {text.begin(), text.end()}});
  REQUIRE(s->run(at_most(plenty)) == Stop::idle);
  CHECK(s->output(0, 0) == text);
  s->submit(SerialInput{0, {0, 0xff, '\n', 4, 3}});
  s->run(at_most(1234));
  s->submit(SerialHangUp{0});
  REQUIRE(s->run(at_most(plenty)) == Stop::powered_off);
  CHECK(s->output(0, 0) == text + std::string("\0\xff\n\4\3", 5));
  REQUIRE(s->commands().size() == 3);

  auto again = boot({"cat"});
  for (const auto& stamped : s->commands()) {
    while (again->time() < stamped.time && again->run({~u64{0}, stamped.time, {}}) == Stop::limit) {
    }
    CHECK(again->instruction() == stamped.instruction);
    again->submit(stamped.command);
  }
  again->run(at_most(plenty));
  CHECK(outcome(*again) == outcome(*s));
}

TEST_CASE("time limits stop where they say, sleeping or not") {
  auto s = boot(busy);
  CHECK(s->run({~u64{0}, 123'456, {}}) == Stop::limit);
  CHECK(s->time() == 123'456);
}

TEST_CASE("stopping after an event") {
  auto s = boot(busy);
  RunLimits limits = at_most(plenty);
  limits.stop_kinds = limits.stop_kinds.with(trace::Kind::forked);
  REQUIRE(s->run(limits) == Stop::event);
  CHECK(s->events().at(s->events().count() - 1).kind == trace::Kind::forked);
  CHECK(s->stats().forks == 1);
  REQUIRE(s->run(limits) == Stop::event);
  CHECK(s->stats().forks == 2);
}

TEST_CASE("breakpoints by symbol, places, disassembly and stepping over") {
  auto s = boot({"hello"});
  const auto address = s->resolve("hello:main");
  REQUIRE(address.ok());
  s->set_breakpoint(address.value(), true);
  REQUIRE(s->run(at_most(plenty)) == Stop::breakpoint);
  CHECK(s->registers().state.rip == address.value().value);
  CHECK(s->registers().place.text() == "main");
  CHECK(std::string(s->registers().mode) == "64-bit");
  CHECK(s->registers().state.cpl() == 3);
  REQUIRE(s->resolve("main").ok());
  CHECK(s->resolve("main").value() == address.value());
  CHECK(s->resolve("main+0x4").value().value == address.value().value + 4);
  CHECK(s->resolve("0x1234").value().value == 0x1234);
  CHECK(!s->resolve("no_such_name").ok());
  CHECK(!s->resolve("nofile:main").ok());

  const auto lines = s->disassembly(address.value(), 3, 8);
  REQUIRE(lines.size() >= 9);
  const auto current = std::find_if(lines.begin(), lines.end(), [](const auto& line) { return line.current; });
  REQUIRE(current != lines.end());
  CHECK(current->symbol == "main");
  for (size_t i = 1; i < lines.size(); ++i)
    CHECK(lines[i].address.value == lines[i - 1].address.value + lines[i - 1].bytes.size());

  // Over every call of main: never deeper, until main returns.
  const u64 stack = s->registers().state.gpr[cpu::rsp];
  for (int i = 0; i < 200 && s->registers().place.symbol == "main"; ++i) {
    REQUIRE(s->step_over() == Stop::limit);
    CHECK((s->registers().state.gpr[cpu::rsp] > stack || s->registers().place.symbol == "main"));
  }
  CHECK(s->registers().state.gpr[cpu::rsp] == stack + 8);
  s->set_breakpoint(address.value(), false);
  CHECK(s->breakpoints().empty());
  CHECK(s->run(at_most(plenty)) == Stop::powered_off);
}

TEST_CASE("views of processes and memory") {
  auto s = boot({"sh", "-c", "cat | cat"});
  CHECK(!s->processes().valid);
  CHECK(s->processes().why_not != "");
  CHECK(!s->memory_map(1).valid);
  REQUIRE(s->run(at_most(plenty)) == Stop::idle);

  const auto processes = s->processes();
  REQUIRE(processes.valid);
  unsigned cats = 0, shells = 0;
  std::set<u32> colours;
  for (const auto& process : processes.processes) {
    cats += process.name == "cat";
    shells += process.name == "sh";
    if (process.pid != 0 && process.page_root != 0) {
      CHECK(colours.insert(process.colour).second);
      CHECK(process.resident_frames > 0);
      // The VMAs account for every user page.
      const auto map = s->memory_map(process.pid);
      REQUIRE(map.valid);
      u64 resident = 0, copy_on_write = 0;
      for (const auto& vma : map.vmas) {
        resident += vma.resident_pages;
        copy_on_write += vma.shared_pages;
        u64 present = 0, cow = 0;
        const u64 count = (vma.end.value - vma.start.value) / page_size;
        for (const auto& page : s->pages(process.pid, vma.start, count)) {
          present += page.present;
          cow += page.copy_on_write;
          if (page.present) CHECK(page.references > 0);
          const auto walked = s->walk(process.pid, page.address).result;
          CHECK(page.present == (walked.outcome == mem::WalkResult::Outcome::mapped));
          if (page.present) CHECK(walked.physical.frame_number() == page.frame);
        }
        if (count <= 65536) {
          CHECK(present == vma.resident_pages);
          CHECK(cow == vma.shared_pages);
        }
      }
      CHECK(resident <= process.resident_frames);
      CHECK(resident + 2 >= process.resident_frames);  // a vDSO or the like may have no VMA
      if (process.name == "cat") CHECK(process.program == "/bin/cat");
      CHECK(copy_on_write <= resident);
    }
  }
  CHECK(cats == 2);
  CHECK(shells >= 1);

  const auto frames = s->frames();
  REQUIRE(frames.valid);
  u64 owned = 0, shared = 0;
  for (const auto& frame : frames.frames) {
    owned += frame.owner_count > 0;
    shared += frame.owner_count > 1;
    if (frame.owner_count > 0) CHECK(frame.kind != abi::FrameKind::free);
    if (frame.owner_count > 1) CHECK(frame.second_pid != 0);
  }
  CHECK(owned > 10);
  CHECK(shared > 0);
  CHECK(frames.free_frames > 0);

  const auto walk = s->walk(processes.processes.back().pid, Gva{0xfffaf54834067fe2});
  CHECK(walk.explanation.find("not canonical") != std::string::npos);
  CHECK(s->walk(processes.processes.back().pid, Gva{0}).explanation.find("SIGSEGV") != std::string::npos);
}

/// Asks for everything a panel may ask for.
void look_at_everything(const Session& s) {
  s.registers();
  s.disassembly(Gva{s.registers().state.rip}, 20, 20);
  for (const auto& process : s.processes().processes) {
    for (const auto& vma : s.memory_map(process.pid).vmas) s.pages(process.pid, vma.start, 16);
    s.walk(process.pid, Gva{0x401000});
    s.read_memory(process.pid, Gva{0x400000}, 8192);
  }
  s.frames();
  s.place(Gva{0xffffffff80100000});
  s.symbols("ma", 10);
}

TEST_CASE("a corrupt guest is shown as far as it makes sense, and does no harm") {
  auto s = boot({"sh", "-c", "cat | cat"});
  s->set_strace(true);
  s->run(at_most(plenty));
  std::mt19937_64 random(86);
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 2000; ++i) {
      u64 value = random() >> (random() % 60);
      PokeMemory poke{Gpa{(random() % (32 << 20)) & ~u64{7}}, {}};
      for (int byte = 0; byte < 8; ++byte, value >>= 8) poke.bytes.push_back(static_cast<u8>(value));
      s->submit(poke);
    }
    s->submit(SerialInput{0, {'x', '\n'}});
    s->run(at_most(20'000));
    look_at_everything(*s);
    if (s->over()) {
      if (s->last_stop() != Stop::powered_off) CHECK(s->death_reason() != "");  // a dead sh is a regular end
      s->reset();
      s->run(at_most(300'000 + random() % 200'000));
    }
  }
  s->submit(PokeMemory{Gpa{~u64{0} - 3}, {1, 2, 3, 4, 5, 6, 7, 8}});
  s->run(at_most(1));
}

TEST_CASE("pokes reach memory and registers") {
  auto s = boot({"hello"});
  s->submit(PokeMemory{Gpa{0x7000}, {1, 2, 3}});
  s->submit(PokeRegister{PokeRegister::Which::gpr, cpu::r15, 0x1234});
  s->run(at_most(1));
  CHECK(s->read_physical(Gpa{0x7000}, 3) == std::vector<u8>{1, 2, 3});
  CHECK(s->registers().state.gpr[cpu::r15] == 0x1234);
  CHECK(s->read_physical(Gpa{~u64{0}}, 10).empty());
}

TEST_CASE("bad configurations are refused in words") {
  const auto refused = [](auto change) {
    Config config;
    config.kernel = kernel();
    config.archives = {root()};
    change(config);
    auto created = Session::create(config);
    return created.ok() ? std::string() : created.error().message;
  };
  CHECK(refused([](Config&) {}) == "");
  CHECK(refused([](Config& c) { c.memory_bytes = 0; }) != "");
  CHECK(refused([](Config& c) { c.memory_bytes = 7 << 20; }) != "");
  CHECK(refused([](Config& c) { c.memory_bytes = u64{4} << 30; }) != "");
  CHECK(refused([](Config& c) { c.memory_bytes = (32 << 20) + 1; }) != "");
  CHECK(refused([](Config& c) { c.kernel = {}; }) != "");
  CHECK(refused([](Config& c) { c.kernel = c.kernel.first(c.kernel.size() / 2); }) != "");
  CHECK(refused([](Config& c) { c.kernel = root(); }) != "");
  CHECK(refused([](Config& c) { c.archives[0] = c.archives[0].first(c.archives[0].size() / 2); }) != "");
  CHECK(refused([](Config& c) { c.archives[0] = kernel(); }) != "");
}

}  // namespace
