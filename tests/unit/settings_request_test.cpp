// SPDX-License-Identifier: MIT
// Settings of the scheduler, asked for from outside while the machine runs. Oracles: what the kernel says in its tables
// and events, and that a recording gives the same states again.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "tests/unit/session_rig.h"

using namespace lucid;
using trace::Kind;

TEST_CASE("settings are asked for from outside: the kernel takes them over at its next tick, and says so") {
  const auto session = test::boot({"turns", "1", "0", "0"}, session::Connection::raw, 64 << 20);
  std::vector<u64> chosen;  // instructions at which a policy was
  session->set_event_sink([&](const trace::Event& e, const std::string&) {
    if (e.kind == Kind::policy_chosen) chosen.push_back(e.time);
  });
  session->run({~u64{0}, 20'000'000, {}});
  REQUIRE(chosen.empty());
  CHECK(session->kernel_state().policy == "rr");
  CHECK(session->kernel_state().numbers.latency == 60'000'000);
  const u64 asked_at = session->time();
  session->submit(session::ChangeSettings{"sched=latency"});
  session->submit(session::ChangeSettings{"sched=fair sched_latency_ns=40000000"});
  session->submit(session::ChangeSettings{"hz=200"});
  session->step();
  CHECK(session->kernel_state().policy == "rr");  // not yet
  CHECK(session->kernel_state().asked == "sched=fair sched_latency_ns=40000000 hz=200");
  session->run({~u64{0}, asked_at + 2'000'000, {}});
  CHECK(session->kernel_state().policy == "fair");
  CHECK(session->kernel_state().numbers.latency == 40'000'000);
  CHECK(session->processes().hz == 200);
  CHECK(session->kernel_state().asked.empty());
  REQUIRE(chosen.size() == 1);
  CHECK(chosen[0] - asked_at <= 1'010'000);  // a tick of 100 Hz, and what the kernel needs

  SUBCASE("nonsense is refused in the log and changes nothing") {
    for (const char* words : {"sched=best", "hz=0", "sched_latency_ns=-1", "colour=blue", "preempt=maybe"})
      session->submit(session::ChangeSettings{words});
    session->run({~u64{0}, session->time() + 2'000'000, {}});
    CHECK(session->kernel_state().asked.empty());
    CHECK(session->kernel_state().policy == "fair");
    CHECK(session->processes().hz == 200);
    for (const char* words : {"", " ", "=", "fair", "sched=", "=fair", "a=\x01", "sched=\xc3\xa4"})
      session->submit(session::ChangeSettings{words});
    session->submit(session::ChangeSettings{"x=" + std::string(600, 'x')});
    session->step();
    CHECK(session->kernel_state().asked.empty());
  }
  SUBCASE("it is part of the recording: back and forth gives the same states") {
    const u64 later = session->time();
    const u64 hash = session->state_hash();
    REQUIRE(session->seek_time(asked_at - 1000));
    CHECK(session->kernel_state().policy == "rr");
    REQUIRE(session->seek_time(later));
    CHECK(session->kernel_state().policy == "fair");
    CHECK(session->state_hash() == hash);
    const auto packed = session::pack(session->recorded_run("test"), {});
    auto run = session::unpack(packed, {});
    REQUIRE(run.ok());
    auto again = session::Session::create(run.value(), 64 << 20);
    REQUIRE(again.ok());
    again.value()->run({~u64{0}, later, {}});
    CHECK(again.value()->state_hash() == hash);
  }
  SUBCASE("asked in the past it begins another future") {
    REQUIRE(session->seek_time(asked_at - 1000));
    session->submit(session::ChangeSettings{"sched=eevdf"});
    session->run({~u64{0}, asked_at + 2'000'000, {}});
    CHECK(session->kernel_state().policy == "eevdf");
    CHECK(session->processes().hz == 100);
  }
}

TEST_CASE("settings asked for while the machine is idle are taken over when something wakes it") {
  const auto session = test::boot({}, session::Connection::tty);
  while (session->run(test::at_most(test::plenty)) != session::Stop::idle) REQUIRE(!session->over());
  session->submit(session::ChangeSettings{"sched=coop"});
  session->run(test::at_most(1'000'000));
  CHECK(session->kernel_state().asked == "sched=coop");
  session->submit(session::SerialInput{0, {'x'}});
  session->run(test::at_most(1'000'000));
  CHECK(session->kernel_state().policy == "coop");
}

TEST_CASE("no kernel of ours, no settings") {
  const auto session = test::boot({"hello"});
  session->submit(session::ChangeSettings{"sched=fair"});  // before the kernel has begun
  REQUIRE(session->run(test::at_most(test::plenty)) == session::Stop::powered_off);
  CHECK(session->kernel_state().policy == "rr");
}
