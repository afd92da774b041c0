// SPDX-License-Identifier: MIT
// The page's pacing against a clock of our own: how fast time passes, and that halted time waits.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "web/pacer.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace {

using namespace lucid;
using web::Pacer;

std::vector<u8> file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A booted shell on a host that executes 20 million instructions a second.
struct Bench {
  double between_frames = 1000;
  std::unique_ptr<session::Session> session;
  Pacer pacer{[this] { return now(); }};

  Bench() {
    const std::vector<u8> kernel = file(LUCID_KERNEL_ELF), root = file(LUCID_ROOT_CPIO);
    session::Config config;
    config.kernel = kernel;
    config.archives = {root};
    config.command_line = "console=ttyS0";
    session = session::Session::create(config).take();
    pacer.start();
    Pacer::Next next;
    for (int i = 0; i < 1000 && !next.idle; ++i) next = frame();
    REQUIRE(next.idle);
  }
  double now() const { return between_frames + (session ? static_cast<double>(session->instruction()) / 20'000 : 0); }
  /// 8 ms pass and a frame is taken, which takes up to 8 ms.
  Pacer::Next frame() {
    between_frames += 8;
    return pacer.advance(*session, 8);
  }
  void type(std::string_view text) {
    session->submit(session::SerialInput{0, {text.begin(), text.end()}});
    pacer.wake();
  }
};

}  // namespace

TEST_CASE("an idle machine stays idle and nothing is executed") {
  Bench bench;
  const u64 before = bench.session->instruction();
  for (int i = 0; i < 10; ++i) CHECK(bench.frame().idle);
  CHECK(bench.session->instruction() == before);
}

TEST_CASE("a command wakes it, however long it slept") {
  Bench bench;
  bench.between_frames += 3'600'000;
  bench.type("echo awake\r");
  Pacer::Next next;
  for (int i = 0; i < 100 && !next.idle; ++i) next = bench.frame();
  CHECK(bench.session->output(0, 0).find("\nawake") != std::string::npos);
}

TEST_CASE("sleep 1 takes a second of the wall clock") {
  Bench bench;
  bench.type("sleep 1\r");
  const double begin = bench.now();
  Pacer::Next next;
  while (!next.idle && bench.now() - begin < 10'000) next = bench.frame();
  CHECK(bench.now() - begin >= 1000);
  CHECK(bench.now() - begin < 1200);
}

TEST_CASE("a chosen speed is kept over a second of frames") {
  for (const double speed : {10.0, 1000.0, 100'000.0}) {
    Bench bench;
    bench.type("spin 60\r");
    for (int i = 0; i < 50; ++i) bench.frame();
    bench.pacer.set_speed(speed);
    bench.pacer.start();
    const u64 before = bench.session->instruction();
    const double begin = bench.now();
    while (bench.now() - begin < 1000) bench.frame();
    const double ran = static_cast<double>(bench.session->instruction() - before);
    CHECK(ran > 0.9 * speed - 2);
    CHECK(ran < 1.1 * speed + 2);
  }
}

TEST_CASE("time lost in a hidden page is not caught up") {
  Bench bench;
  bench.type("spin 60\r");
  bench.frame();
  bench.pacer.set_speed(1000);
  bench.pacer.start();
  bench.between_frames += 60'000;
  const u64 before = bench.session->instruction();
  bench.frame();
  CHECK(bench.session->instruction() - before <= 200);
}
