// SPDX-License-Identifier: MIT
// Scheduling policies, judged by the events of the machine. Oracles: the policies' own formulas, Linux's
// table of weights, and the interrupts that the processor delivered.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <algorithm>
#include <cmath>
#include <map>

#include "tests/unit/session_rig.h"

using namespace lucid;
using abi::SwitchReason;
using trace::Kind;

namespace {

/// One turn of a process on the processor.
struct Turn {
  u64 pid, slice_ticks;
  double ms;
  SwitchReason ended_by;
};

/// A run of samples/turns, as the switch events tell it.
struct Run {
  std::vector<u64> spinners;  // pids, as they were forked
  std::vector<Turn> turns;    // of the spinners
  std::string output;

  Run(const std::string& kernel_options, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "turns");
    const auto session = test::boot(arguments, session::Connection::raw, 0, 32 << 20, kernel_options);
    u64 parent = 0;
    Turn now{};
    u64 since = 0;
    session->set_event_sink([&](const trace::Event& e, const std::string&) {
      if (e.kind == Kind::execed && e.args[1] == 0x736e727574) parent = e.args[0];  // "turns"
      if (e.kind == Kind::forked && parent && e.args[0] == parent) spinners.push_back(e.args[1]);
      if (e.kind != Kind::switched) return;
      now.ms = static_cast<double>(e.time - since) / 1e5;
      now.ended_by = static_cast<SwitchReason>(e.args[2]);
      if (is_spinner(now.pid)) turns.push_back(now);
      now = {e.args[1], e.args[3], 0, {}};
      since = e.time;
    });
    REQUIRE(session->run(test::at_most(1'000'000'000)) == session::Stop::powered_off);
    CHECK(session->exit_status() == 0);
    output = session->output(0, 0);
  }

  bool is_spinner(u64 pid) const { return std::find(spinners.begin(), spinners.end(), pid) != spinners.end(); }
  /// Those that ended by the clock while all spinners were there: not the first ones, nor the last.
  std::vector<Turn> full_turns() const {
    std::vector<Turn> full;
    size_t first = 0, last = turns.size();
    std::map<u64, bool> seen;
    for (size_t i = 0; i < turns.size() && seen.size() < spinners.size(); ++i) seen[turns[i].pid] = true, first = i + 1;
    while (last > 0 && turns[last - 1].ended_by == SwitchReason::exited) --last;
    for (size_t i = 0; i < turns.size(); ++i)
      if (turns[i].ended_by == SwitchReason::exited) {
        last = i;
        break;
      }
    for (size_t i = first; i < last; ++i)
      if (turns[i].ended_by == SwitchReason::preempted) full.push_back(turns[i]);
    return full;
  }
  double share(size_t spinner) const {
    double mine = 0, all = 0;
    for (const Turn& t : turns) all += t.ms, mine += t.pid == spinners[spinner] ? t.ms : 0;
    return mine / all;
  }
};

/// Slices end on a tick, the first at or after the time that the policy grants.
u64 ticks_for(double ms, double hz) { return static_cast<u64>(std::ceil(ms * hz / 1000 - 1e-9)); }

void check_lengths(const Run& run, double granted_ms, double hz) {
  const u64 ticks = ticks_for(granted_ms, hz);
  const auto turns = run.full_turns();
  REQUIRE(turns.size() > 10);
  for (const Turn& t : turns) {
    CHECK(t.slice_ticks == ticks);
    CHECK(t.ms == doctest::Approx(static_cast<double>(ticks) * 1000 / hz).epsilon(0.02));
  }
}

/// The text of a guest's shell commands on standard output.
std::string shell(const std::string& commands, const std::string& kernel_options = "") {
  const auto session = test::boot({"sh", "-c", commands}, session::Connection::raw, 0, 32 << 20, kernel_options);
  REQUIRE(session->run(test::at_most(300'000'000)) == session::Stop::powered_off);
  return session->output(0, 0);
}

}  // namespace

TEST_CASE("fixed-slice round robin: every slice has the set length, everyone in turn") {
  const Run run("sched=rr", {"1"});
  check_lengths(run, 10, 100);
  const auto turns = run.full_turns();
  for (size_t i = 3; i < turns.size(); ++i) CHECK(turns[i].pid == turns[i - 3].pid);
  check_lengths(Run("sched=rr hz=1000 sched_slice_ns=4000000", {"1", "0", "19"}), 4, 1000);
}

TEST_CASE("target latency: a slice is latency / N, but not less than the minimum granularity") {
  const std::string article = "sched=latency hz=4000 sched_latency_ns=6000000 sched_min_granularity_ns=750000";
  check_lengths(Run(article, {"1", "0", "0"}), 3, 4000);
  check_lengths(Run(article, {"1", "0", "0", "0"}), 2, 4000);
  check_lengths(Run(article, {"1", "0", "0", "0", "0"}), 1.5, 4000);
  check_lengths(Run(article, {"1", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"}), 0.75, 4000);
}

TEST_CASE("fair: slices and shares follow the weights of the nice levels") {
  // Weights: nice 0 1024, nice 5 335 (Linux's sched_prio_to_weight). Slice: latency x weight / sum.
  const Run run("sched=fair hz=1000 sched_latency_ns=24000000 sched_min_granularity_ns=1000000", {"3", "0", "5"});
  for (const Turn& t : run.full_turns())
    CHECK(t.slice_ticks ==
          (t.pid == run.spinners[0] ? ticks_for(24. * 1024 / 1359, 1000) : ticks_for(24. * 335 / 1359, 1000)));
  CHECK(run.share(0) == doctest::Approx(1024. / 1359).epsilon(0.02));
  const Run levels("sched=fair hz=1000 sched_latency_ns=6000000 sched_min_granularity_ns=750000",
                   {"3", "0", "1", "-5", "10"});
  const double sum = 1024 + 820 + 3121 + 110;
  CHECK(levels.share(0) == doctest::Approx(1024 / sum).epsilon(0.05));
  CHECK(levels.share(1) == doctest::Approx(820 / sum).epsilon(0.05));
  CHECK(levels.share(2) == doctest::Approx(3121 / sum).epsilon(0.05));
  CHECK(levels.share(3) == doctest::Approx(110 / sum).epsilon(0.2));
}

TEST_CASE("eevdf: requests of one length, as often as the weight says") {
  const Run run("sched=eevdf hz=1000 sched_base_slice_ns=3000000", {"3", "0", "5", "-3"});
  for (const Turn& t : run.full_turns()) {  // several requests in a row, if it is still the first in line
    CHECK(t.slice_ticks == 3);
    CHECK(std::fabs(t.ms - 3 * std::round(t.ms / 3)) < 0.1);
  }
  const double sum = 1024 + 335 + 1991;
  CHECK(run.share(0) == doctest::Approx(1024 / sum).epsilon(0.03));
  CHECK(run.share(1) == doctest::Approx(335 / sum).epsilon(0.06));
  CHECK(run.share(2) == doctest::Approx(1991 / sum).epsilon(0.03));
}

TEST_CASE("cooperative: nobody runs before the other yields, blocks or exits") {
  const Run selfish("sched=coop", {"1", "0", "0"});
  for (const Turn& t : selfish.turns)
    CHECK((t.ended_by == SwitchReason::exited || t.ended_by == SwitchReason::blocked));
  CHECK(selfish.turns.front().ms > 950);  // the first one keeps the processor for the whole second
  const Run polite("sched=coop", {"-y", "1", "0", "0"});
  CHECK(polite.share(0) == doctest::Approx(0.5).epsilon(0.02));
  for (const Turn& t : polite.turns) CHECK(t.ended_by != SwitchReason::preempted);
}

TEST_CASE("a task that slept takes the processor from one that did not, if the policy is fair") {
  for (const bool fair : {false, true}) {
    const auto session = test::boot({"sh", "-c", "turns 1 0 & sleep 0.3; sleep 0.3"}, session::Connection::raw, 0,
                                    32 << 20, fair ? "sched=fair" : "sched=rr");
    u64 outranked = 0;
    session->set_event_sink([&](const trace::Event& e, const std::string&) {
      outranked += e.kind == Kind::switched && e.args[2] == static_cast<u64>(SwitchReason::outranked);
    });
    CHECK(session->run(test::at_most(300'000'000)) == session::Stop::powered_off);
    CHECK((outranked > 0) == fair);
  }
}

TEST_CASE("policy and parameters are chosen while the system runs; nonsense is refused and changes nothing") {
  CHECK(shell("cd /proc/sys/kernel; cat sched; echo fair > sched; cat sched; echo eevdf > sched; cat sched; echo coop "
              "> sched;"
              "cat sched; echo latency > sched; cat sched; cat sched_available") ==
        "rr\nfair\neevdf\ncoop\nlatency\nrr latency fair eevdf coop\n");
  CHECK(shell("cd /proc/sys/kernel; echo 8000000 > sched_latency_ns; cat sched_latency_ns; echo 250 > hz; cat hz") ==
        "8000000\n250\n");
  const std::string kept =
      "cd /proc/sys/kernel; for f in sched_latency_ns hz sched; do"
      " for v in 1 -5 x 99999999999999999999 '' '7 7'; do echo \"$v\" > $f; done; cat $f; done";
  CHECK(shell(kept) == "60000000\n100\nrr\n");
  CHECK(shell("cat /proc/sys/kernel/sched /proc/sys/kernel/hz", "sched=best hz=5") == "rr\n100\n");
}

TEST_CASE("a slice that ends in the kernel: at the door out, or with full preemption on the spot") {
  for (const bool full : {false, true}) {
    const auto session =
        test::boot({"sh", "-c", "turns 1 0 & yes | head -n 30000 | wc -l; wait"}, session::Connection::raw, 0, 32 << 20,
                   full ? "preempt=full hz=2000 sched_slice_ns=500000" : "hz=2000 sched_slice_ns=500000");
    u64 inside = 0;
    session->set_event_sink(
        [&](const trace::Event& e, const std::string&) { inside += e.kind == Kind::switched && e.args[4] == 1; });
    CHECK(session->run(test::at_most(500'000'000)) == session::Stop::powered_off);
    CHECK(session->output(0, 0).find("30000\n") != std::string::npos);
    if (full) {
      CHECK(inside > 5);
    } else {
      CHECK(inside == 0);
    }
  }
}

TEST_CASE("/proc/interrupts counts what the processor delivered") {
  const auto session = test::boot({"sh", "-c", "sleep 0.5; cat /proc/interrupts"});
  u64 timer = 0, uart = 0;
  bool printing = false;
  session->set_event_sink([&](const trace::Event& e, const std::string&) {
    printing |= e.kind == Kind::console_output && e.args[0] == 0;
    if (e.kind != Kind::interrupt_delivered || printing) return;
    timer += e.args[0] == 32, uart += e.args[0] == 36;
  });
  REQUIRE(session->run(test::at_most(test::plenty)) == session::Stop::powered_off);
  const std::string text = session->output(0, 0);
  char expected[128];
  std::snprintf(expected, sizeof expected, "\n  0: %10llu    XT-PIC      timer\n",
                static_cast<unsigned long long>(timer));
  CHECK(timer >= 50);
  CHECK(text.find(expected) != std::string::npos);
  CHECK(text.rfind("           CPU0       \n", 0) == 0);
}

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
