// SPDX-License-Identifier: MIT
// Random walks through recorded runs. The oracle is the same run made straight, without recording.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <map>
#include <random>

#include "core/bus/clock.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using namespace lucid::session;
using namespace lucid::test;

namespace {

constexpr u64 mebibyte = 1 << 20;

/// Of little memory, because all of it is hashed at every look.
std::unique_ptr<Session> start(const std::vector<std::string>& argv, Connection connection = Connection::raw,
                               u64 history_bytes = 16 * mebibyte) {
  return boot(argv, connection, history_bytes, 8 * mebibyte);
}
std::unique_ptr<Session> start_unrecorded(const std::vector<std::string>& argv, Connection connection) {
  return start(argv, connection, 0);
}

struct Sight {
  u64 instruction, time, state, events, event_hash;
  std::string out;
  friend bool operator==(const Sight&, const Sight&) = default;
};
Sight look(const Session& s) {
  return {s.instruction(), s.time(), s.state_hash(), s.events().count(), s.events().hash(), s.output(0, 0)};
}

/// A program, what is typed, and when.
struct Play {
  std::vector<std::string> argv;
  Connection connection = Connection::raw;
  std::vector<std::pair<u64, std::string>> typed = {};  // at instruction (or when idle before that)
};

void act(Session& s, const Play& play) {
  for (const auto& [at, text] : play.typed) {
    s.run({at - std::min(at, s.instruction()), ~u64{0}, {}});
    s.submit(SerialInput{0, {text.begin(), text.end()}});
  }
  s.run(at_most(plenty));
}

/// What a straight run shows at chosen times.
std::map<u64, Sight> straight(const Session& acted, const Play& play, const std::vector<u64>& times) {
  auto s = start_unrecorded(play.argv, play.connection);
  std::map<u64, Sight> sights;
  auto command = acted.commands().begin();
  for (const u64 time : times) {
    for (; command != acted.commands().end() && command->time < time; ++command) {
      s->run({~u64{0}, command->time, {}});
      s->submit(command->command);
    }
    s->run({~u64{0}, time, {}});
    if (s->time() == time) sights[time] = look(*s);
  }
  return sights;
}

const std::vector<Play> plays = {
    {{"sh", "-c", "echo one | cat; cat /etc/motd | cat | cat > /tmp/x; cat /tmp/x; exit 5"}},
    {{"forkdemo"}},
    {{"cowdemo"}},
    {{"sh", "-c", "seq 1 2000 | sort -r | tail -n 3; sleep 1; ps"}},
    {{},
     Connection::tty,
     {{400'000, "echo hi\n"}, {900'000, "ls | wc\nsleep 1 &\n"}, {950'000, "ps\n"}, {2'000'000, "exit 3\n"}}},
};

}  // namespace

TEST_CASE("any walk through a recorded run sees what the straight run saw") {
  for (size_t i = 0; i < plays.size(); ++i) {
    CAPTURE(i);
    auto s = start(plays[i].argv, plays[i].connection);
    act(*s, plays[i]);
    const Sight end = look(*s);
    const Moment last = s->recording().end;
    CHECK(s->recording().keyframes >= 1);
    std::mt19937_64 random(i + 1);
    std::vector<u64> times;
    for (int k = 0; k < 40; ++k) times.push_back(random() % (last.time + 1));
    std::sort(times.begin(), times.end());
    const auto sights = straight(*s, plays[i], times);
    REQUIRE(sights.size() > 30);

    for (int k = 0; k < 120; ++k) {
      const auto& [time, sight] = *std::next(sights.begin(), static_cast<long>(random() % sights.size()));
      switch (random() % 4) {
        case 0:  // nearby, then on by running
          REQUIRE(s->seek_time(time - std::min<u64>(time, random() % 5000)));
          while (s->time() < time) s->run({~u64{0}, time, {}});
          break;
        case 1:  // back and forth by steps
          REQUIRE(s->seek_time(time));
          for (u64 steps = random() % 20, done = 0; done < steps; ++done) s->step_back(Grain::instruction);
          while (s->time() < time) s->run({1, time, {}});
          break;
        default:
          REQUIRE(s->seek_time(time));
      }
      CHECK(s->in_past());
      CHECK(look(*s) == sight);
    }
    REQUIRE(s->seek_time(last.time));
    CHECK(look(*s) == end);
    CHECK(s->recording().end == last);
  }
}

TEST_CASE("steps back undo steps forward, at every grain") {
  for (const auto grain : {Grain::system_call, Grain::fault, Grain::interrupt, Grain::context_switch, Grain::process,
                           Grain::instruction}) {
    CAPTURE(static_cast<int>(grain));
    auto s = start({"forkdemo"});
    std::vector<Sight> stops;
    s->run(at_most(200'000));
    while (stops.size() < 300) {
      const Stop stop = s->step_forward(grain);
      if (s->over()) break;
      REQUIRE(stop == (grain == Grain::instruction ? Stop::limit : Stop::event));
      stops.push_back(look(*s));
    }
    REQUIRE(stops.size() >= 3);
    s->run(at_most(plenty));
    REQUIRE(s->seek_time(stops.back().time + 1));
    for (auto stop = stops.rbegin(); stop != stops.rend(); ++stop) {
      REQUIRE(s->step_back(grain));
      REQUIRE(look(*s) == *stop);
    }
    for (size_t i = 1; i < stops.size(); ++i) {
      s->step_forward(grain);
      REQUIRE(look(*s) == stops[i]);
    }
  }
}

TEST_CASE("there is nothing before the beginning, and without recording no way back") {
  auto s = start({"echo"});
  CHECK_FALSE(s->step_back(Grain::instruction));
  s->run(at_most(50));
  CHECK_FALSE(s->step_back(Grain::system_call));
  CHECK(s->instruction() == 50);
  CHECK(s->step_back(Grain::instruction));
  CHECK(s->instruction() == 49);
  CHECK(s->seek_instruction(0));
  CHECK(s->instruction() == 0);
  auto plain = start_unrecorded({"echo"}, Connection::raw);
  plain->run(at_most(50));
  CHECK_FALSE(plain->recording().on);
  CHECK_FALSE(plain->seek_time(10));
  CHECK_FALSE(plain->step_back(Grain::instruction));
  CHECK(plain->instruction() == 50);
}

TEST_CASE("a command in the past starts another future") {
  auto s = start({"cat"});
  const auto type = [&](const std::string& text) { s->submit(SerialInput{0, {text.begin(), text.end()}}); };
  s->run(at_most(plenty));
  const u64 before = s->time();
  type("one\n");
  s->run(at_most(plenty));
  type("two\n");
  s->run(at_most(plenty));
  CHECK(s->output(0, 0) == "one\ntwo\n");
  REQUIRE(s->seek_time(before));
  CHECK(s->in_past());
  CHECK(s->output(0, 0) == "");
  CHECK(s->commands().size() == 2);
  s->run(at_most(plenty));
  CHECK(s->output(0, 0) == "one\ntwo\n");
  CHECK_FALSE(s->in_past());
  REQUIRE(s->seek_time(before));
  type("three\n");
  s->run(at_most(plenty));
  CHECK(s->output(0, 0) == "three\n");
  CHECK(s->commands().size() == 1);
  CHECK_FALSE(s->in_past());
  CHECK(s->record().size() == s->events_before_now());
}

TEST_CASE("a run keeps to its budget, and all of it can still be reached") {
  constexpr u64 budget = 16 * mebibyte;
  auto s = start({"primes", "20000"}, Connection::raw, budget);
  auto plain = start_unrecorded({"primes", "20000"}, Connection::raw);
  plain->run(at_most(40'000'000));
  const u64 hash = plain->state_hash();
  u64 most = 0;
  for (int i = 0; i < 400 && !s->over(); ++i) {
    s->run(at_most(300'000));
    most = std::max(most, s->recording().bytes);
  }
  CHECK(s->recording().keyframes > 5);
  CHECK(most <= budget);
  const u64 end = s->recording().end.instruction;
  REQUIRE(end > 40'000'000);
  REQUIRE(s->seek_instruction(40'000'000));
  CHECK(s->instruction() == 40'000'000);
  CHECK(s->state_hash() == hash);
}

TEST_CASE("what a past system call said is what strace said when it happened") {
  const std::vector<std::string> argv = {"sh", "-c", "echo one | cat; ls /bin | wc; cat /nowhere; exit 5"};
  auto s = start(argv);
  s->set_strace(true);
  s->run(at_most(plenty));
  const std::string traced = s->take_strace();
  const Sight before = look(*s);
  const u64 jumps = s->jumps();
  std::vector<u64> calls;  // of the shell's children: strace leaves out what init does
  s->record().read(0, s->record().size(), [&](u64 number, const trace::Event& event) {
    if (event.kind == trace::Kind::syscall_entered && event.pid > 4) calls.push_back(number);
  });
  REQUIRE(calls.size() > 30);
  size_t found = 0;
  for (size_t i = 0; i < calls.size(); i += 3) {
    const std::string text = s->call_text(calls[i]);
    CAPTURE(text);
    // A call that was interrupted by others' lines is cut in two by strace: its beginning is there.
    const bool whole = traced.find(text) != std::string::npos;
    const bool cut = traced.find(text.substr(0, text.find(' '))) != std::string::npos;
    CHECK((whole || cut));
    found += whole;
  }
  CHECK(found > calls.size() / 3 * 3 / 4);
  CHECK(look(*s) == before);
  CHECK(s->jumps() == jumps);
}
