// SPDX-License-Identifier: MIT
// The size of the console's terminal, told from outside while the machine runs. Oracles: what the guest's stty(1) says,
// that an idle machine is woken by an interrupt alone, and that a recording gives the same states again.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/session/recorded_run.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using session::ConsoleSize;
using session::Stop;

namespace {

constexpr u64 history = 64 << 20;
constexpr u64 second = 100'000'000;

std::unique_ptr<session::Session> shell_at_rest() {
  auto s = test::boot({}, session::Connection::tty, history);
  REQUIRE(s->run(test::at_most(test::plenty)) == Stop::idle);
  return s;
}

/// What it prints until it waits again, without the carriage returns.
std::string answer(session::Session& s, const std::string& typed) {
  const u64 before = s.output_size(0);
  if (!typed.empty()) s.submit(session::SerialInput{0, {typed.begin(), typed.end()}});
  REQUIRE(s.run(test::at_most(test::plenty)) == Stop::idle);
  std::string text = s.output(0, before);
  std::erase(text, '\r');
  return text;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A shell that says its size whenever it is told of another one, and does nothing else.
std::unique_ptr<session::Session> listening_shell() {
  auto s = shell_at_rest();
  (void)answer(*s, "trap 'echo now $(stty size)' WINCH\n");
  (void)answer(*s, "while :; do read line; done\n");
  return s;
}

}  // namespace

TEST_CASE("the guest's terminal has the size it was told to have, and 24 rows of 80 columns before that") {
  const auto s = shell_at_rest();
  CHECK(contains(answer(*s, "stty size\n"), "\n24 80\n"));
  CHECK(s->console_size() == ConsoleSize{24, 80});
  s->submit(ConsoleSize{50, 132});
  CHECK(contains(answer(*s, "stty size\n"), "\n50 132\n"));
  CHECK(s->console_size() == ConsoleSize{50, 132});
  REQUIRE(s->console_sizes().size() == 1);
  CHECK(contains(answer(*s, "stty rows 10 cols 20; stty size\n"), "\n10 20\n"));  // it may think otherwise
  s->submit(ConsoleSize{200, 500});
  CHECK(contains(answer(*s, "stty size\n"), "\n200 500\n"));
  s->reset();
  CHECK(s->console_size() == ConsoleSize{24, 80});
}

TEST_CASE("said before the machine has begun, it is there when the terminal is") {
  const auto s = test::boot({}, session::Connection::tty);
  s->submit(ConsoleSize{12, 34});
  REQUIRE(s->run(test::at_most(test::plenty)) == Stop::idle);
  CHECK(contains(answer(*s, "stty size\n"), "\n12 34\n"));
}

TEST_CASE("whoever is in the foreground of an idle machine is told at once, and only when it is another size") {
  const auto s = listening_shell();
  const u64 before = s->time();
  s->submit(ConsoleSize{40, 100});
  CHECK(contains(answer(*s, ""), "now 40 100\n"));
  CHECK(s->time() - before < second / 10);
  s->submit(ConsoleSize{40, 100});
  CHECK(answer(*s, "").empty());
  s->submit(ConsoleSize{41, 100});
  s->submit(ConsoleSize{42, 101});
  CHECK(contains(answer(*s, ""), "now 42 101\n"));
}

TEST_CASE("impossible sizes change nothing; the nearest possible ones are known") {
  const auto s = shell_at_rest();
  const u64 hash = s->state_hash();
  for (const ConsoleSize& size : {ConsoleSize{0, 0}, {1, 80}, {24, 9}, {201, 80}, {24, 501}, {65535, 65535}}) {
    CHECK_FALSE(session::is_valid(size));
    s->submit(size);
    s->run(test::at_most(0));
  }
  CHECK(s->state_hash() == hash);
  CHECK(s->console_sizes().empty());
  CHECK(session::nearest_size(0, 100000) == ConsoleSize{2, 500});
  CHECK(session::nearest_size(100000, 0) == ConsoleSize{200, 10});
}

TEST_CASE("sizes are part of the recording: back, forth, in single steps, from a file") {
  const auto s = listening_shell();
  const u64 asked_at = s->time();
  s->submit(ConsoleSize{30, 90});
  CHECK(contains(answer(*s, ""), "now 30 90\n"));
  const u64 between = s->time();
  s->submit(ConsoleSize{31, 91});
  CHECK(contains(answer(*s, ""), "now 31 91\n"));
  const u64 end = s->time(), hash = s->state_hash();
  const std::string output = s->output(0, 0);
  const auto sizes = s->console_sizes();
  REQUIRE(sizes.size() == 2);
  CHECK(sizes[0].from < sizes[1].from);

  REQUIRE(s->seek_time(between - 1));
  CHECK(s->console_size() == ConsoleSize{30, 90});
  REQUIRE(s->seek_time(asked_at - 1));
  CHECK(s->console_size() == ConsoleSize{24, 80});
  REQUIRE(s->seek_time(end));
  CHECK(s->state_hash() == hash);
  CHECK(s->console_sizes() == sizes);

  REQUIRE(s->seek_time(asked_at - 1));
  for (u64 before = 0; s->time() < end && s->time() != before;) before = s->time(), s->step();
  s->run({~u64{0}, end, {}});
  CHECK(s->state_hash() == hash);

  const auto packed = session::pack(s->recorded_run("test"), {});
  auto run = session::unpack(packed, {});
  REQUIRE(run.ok());
  auto again = session::Session::create(run.value(), history);
  REQUIRE(again.ok());
  again.value()->run({~u64{0}, end, {}});
  CHECK(again.value()->state_hash() == hash);
  CHECK(again.value()->output(0, 0) == output);
  CHECK(again.value()->console_sizes() == sizes);

  for (auto& command : run.value().commands)
    if (auto* size = std::get_if<ConsoleSize>(&command.command)) size->rows = 1000;
  const auto refused = session::unpack(session::pack(run.value(), {}), {});
  REQUIRE_FALSE(refused.ok());
  CHECK(contains(refused.error().message, "size"));

  const auto other = session::Session::create(s->start_point());
  REQUIRE(other.ok());
  CHECK(other.value()->console_size() == ConsoleSize{31, 91});
}
