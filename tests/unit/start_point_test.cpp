// SPDX-License-Identifier: MIT
// A session that begins where another one was: the same state, the same future, the same past. Oracle: the session that
// ran all the way by itself.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/session/disk_image.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using trace::Kind;

namespace {

void run_to_program(session::Session& session) {
  session::RunLimits limits = test::at_most(test::plenty);
  limits.stop_kinds = limits.stop_kinds.with(Kind::execed);
  REQUIRE(session.run(limits) == session::Stop::event);  // init
  REQUIRE(session.run(limits) == session::Stop::event);  // the program
}

std::unique_ptr<session::Session> begun_at(const std::shared_ptr<const session::StartPoint>& point) {
  auto made = session::Session::create(point);
  REQUIRE(made.ok());
  return made.take();
}

void check_same(const session::Session& a, const session::Session& b) {
  CHECK(a.instruction() == b.instruction());
  CHECK(a.time() == b.time());
  CHECK(a.state_hash() == b.state_hash());
  CHECK(a.events().count() == b.events().count());
  CHECK(a.events().hash() == b.events().hash());
  CHECK(a.output(0, 0) == b.output(0, 0));
  CHECK(a.output(1, 0) == b.output(1, 0));
}

}  // namespace

TEST_CASE("a session begun at a point of another one has its state, and the same future") {
  for (const u64 history : {u64{0}, u64{64} << 20}) {
    const auto first = test::boot({"cowdemo"}, session::Connection::raw, history);
    run_to_program(*first);
    const auto point = first->start_point();
    const auto second = begun_at(point), third = begun_at(point);
    check_same(*first, *second);
    CHECK(second->current_pid() == first->current_pid());
    CHECK(second->processes().processes.size() == first->processes().processes.size());
    CHECK(second->place(Gva{second->registers().state.rip}).text() ==
          first->place(Gva{first->registers().state.rip}).text());
    REQUIRE(first->run(test::at_most(test::plenty)) == session::Stop::powered_off);
    REQUIRE(second->run(test::at_most(test::plenty)) == session::Stop::powered_off);
    check_same(*first, *second);
    CHECK(second->stats().instructions == first->stats().instructions);
    // Instruction by instruction it is the same run as well; the point is as it was.
    for (unsigned i = 0; i < 5000; ++i) third->step();
    const auto fourth = begun_at(point);
    fourth->run(test::at_most(5000));
    check_same(*third, *fourth);
    CHECK(first->exit_status() == second->exit_status());
  }
}

TEST_CASE("the point outlives the session it is of") {
  std::shared_ptr<const session::StartPoint> point;
  u64 hash = 0;
  {
    const auto first = test::boot({"seq", "3"}, session::Connection::raw, 64 << 20);
    run_to_program(*first);
    point = first->start_point();
    hash = first->state_hash();
  }
  const auto second = begun_at(point);
  CHECK(second->state_hash() == hash);
  CHECK(second->resolve("main").ok());
  CHECK(!second->disassembly(Gva{second->registers().state.rip}, 0, 4).empty());
  CHECK(second->run(test::at_most(test::plenty)) == session::Stop::powered_off);
  CHECK(second->output(0, 0) == "1\n2\n3\n");
}

TEST_CASE("the past comes along: seeks, commands, the record and a recording of it all") {
  const auto first = test::boot({"cat"}, session::Connection::raw, 64 << 20);
  run_to_program(*first);
  first->submit(session::SerialInput{0, {'o', 'n', 'e', '\n'}});
  first->run(test::at_most(2'000'000));
  const auto point = first->start_point();
  const auto second = begun_at(point);
  for (const auto& session : {first.get(), second.get()}) {
    session->submit(session::SerialInput{0, {'t', 'w', 'o', '\n'}});
    session->submit(session::SerialHangUp{0});
    REQUIRE(session->run(test::at_most(test::plenty)) == session::Stop::powered_off);
    CHECK(session->output(0, 0) == "one\ntwo\n");
  }
  check_same(*first, *second);
  CHECK(second->record().size() == first->record().size());
  const u64 end = first->time();
  for (const u64 time : {u64{0}, end / 3, end / 2, end - 1, u64{1000}}) {
    REQUIRE(first->seek_time(time));
    REQUIRE(second->seek_time(time));
    CHECK(first->state_hash() == second->state_hash());
  }
  REQUIRE(second->seek_time(end));
  auto run = session::unpack(session::pack(second->recorded_run("test"), {}), {});
  REQUIRE(run.ok());
  CHECK(run.value().commands.size() == 3);
  auto again = session::Session::create(run.value());
  REQUIRE(again.ok());
  again.value()->run(test::at_most(test::plenty));
  CHECK(again.value()->state_hash() == second->state_hash());
}

TEST_CASE("a point in the past has no future of its own") {
  const auto first = test::boot({"hello"}, session::Connection::raw, 64 << 20);
  run_to_program(*first);
  const u64 middle = first->time();
  REQUIRE(first->run(test::at_most(test::plenty)) == session::Stop::powered_off);
  const u64 hash = first->state_hash();
  REQUIRE(first->seek_time(middle));
  const auto second = begun_at(first->start_point());
  CHECK(!second->in_past());
  CHECK(second->recording().end.time == middle);
  CHECK(first->in_past());
  CHECK(first->recording().end.time > middle);
  REQUIRE(second->run(test::at_most(test::plenty)) == session::Stop::powered_off);
  CHECK(second->state_hash() == hash);
}

TEST_CASE("the disk is as it was, and stays its session's own") {
  const auto overlay =
      session::program_overlay({"hoard", "-q", "12", "100"}, session::default_environment(), session::Connection::raw);
  session::DiskPlan plan;
  plan.root = {test::root()};
  plan.swap_bytes = 16 << 20;
  const auto disk = session::make_disk(plan);
  session::Config config;
  config.kernel = test::kernel();
  config.archives = {overlay};
  config.command_line = session::command_line_for(session::Connection::raw) + " root=/dev/hda1";
  config.memory_bytes = 8 << 20;
  config.disk = disk.bytes;
  config.disk_bytes = disk.size;
  auto made = session::Session::create(config);
  REQUIRE(made.ok());
  const auto first = made.take();
  session::RunLimits limits = test::at_most(100'000'000);
  limits.stop_kinds = limits.stop_kinds.with(Kind::disk_written);
  for (unsigned i = 0; i < 500; ++i) REQUIRE(first->run(limits) == session::Stop::event);
  const auto second = begun_at(first->start_point());
  const auto before = second->disk_contents();
  CHECK(before == first->disk_contents());
  REQUIRE(first->run(test::at_most(400'000'000)) == session::Stop::powered_off);
  CHECK(second->disk_contents() == before);
  REQUIRE(second->run(test::at_most(400'000'000)) == session::Stop::powered_off);
  check_same(*first, *second);
  CHECK(first->disk_contents() == second->disk_contents());
  CHECK(second->output(0, 0).find("\n0 pages wrong\n") != std::string::npos);
}

TEST_CASE("a run that is over can be begun at, too; a reset goes back to the entry point") {
  const auto first = test::boot({"true"}, session::Connection::raw, 64 << 20);
  REQUIRE(first->run(test::at_most(test::plenty)) == session::Stop::powered_off);
  const auto second = begun_at(first->start_point());
  CHECK(second->over());
  CHECK(second->run(test::at_most(10)) == session::Stop::powered_off);
  second->reset();
  CHECK(second->instruction() == 0);
  CHECK(second->run(test::at_most(test::plenty)) == session::Stop::powered_off);
  check_same(*first, *second);
}
