// SPDX-License-Identifier: MIT
// Oracle: the host's gmtime, and the MC146818 register table.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/cmos.h"

#include <doctest/doctest.h>

#include <ctime>

#include "tests/unit/device_bench.h"

using namespace lucid;
using lucid::devices::Cmos;

namespace {

struct Board : test::Bench {
  Cmos cmos;
  explicit Board(u64 start = 951'827'696) : cmos(clock, start, 32 << 20) { cmos.attach(ports); }
  u8 reg(u8 index) { return out(0x70, index), in(0x71); }
  void set(u8 index, u8 value) { out(0x70, index), out(0x71, value); }
};

unsigned bcd(int value) { return static_cast<unsigned>(value / 10 << 4 | value % 10); }

}  // namespace

TEST_CASE("dates equal the host's calendar, leap years and centuries included") {
  for (u64 start = 0; start < 5'000'000'000; start += 86'400 * 13 + 3661 * 5 + 7) {
    Board board{start};
    const auto time = static_cast<std::time_t>(start);
    std::tm tm{};
    gmtime_r(&time, &tm);
    CHECK(board.reg(0) == bcd(tm.tm_sec));
    CHECK(board.reg(2) == bcd(tm.tm_min));
    CHECK(board.reg(4) == bcd(tm.tm_hour));
    CHECK(board.reg(6) == bcd(tm.tm_wday + 1));
    CHECK(board.reg(7) == bcd(tm.tm_mday));
    CHECK(board.reg(8) == bcd(tm.tm_mon + 1));
    CHECK(board.reg(9) == bcd(tm.tm_year % 100));
    CHECK(board.reg(0x32) == bcd((tm.tm_year + 1900) / 100));
  }
}

TEST_CASE("time passes with virtual time, and UIP announces the second") {
  Board board{59};
  CHECK(board.reg(0) == 0x59);
  board.advance_to(bus::ticks_per_second - 24'401);
  CHECK((board.reg(0x0a) & 0x80) == 0);
  board.advance_to(bus::ticks_per_second - 1);
  CHECK((board.reg(0x0a) & 0x80) == 0x80);
  CHECK(board.reg(0) == 0x59);
  board.advance_to(bus::ticks_per_second);
  CHECK(board.reg(0) == 0);
  CHECK(board.reg(2) == 1);
}

TEST_CASE("binary and twelve-hour formats") {
  Board board{23 * 3600 + 45 * 60};
  board.set(0x0b, 6);
  CHECK(board.reg(4) == 23);
  CHECK(board.reg(2) == 45);
  board.set(0x0b, 4);
  CHECK(board.reg(4) == (11 | 0x80));
  Board midnight{0};
  midnight.set(0x0b, 0);
  CHECK(midnight.reg(4) == 0x12);
}

TEST_CASE("CMOS RAM remembers, status registers do not take nonsense") {
  Board board;
  board.set(0x40, 0xa5);
  CHECK(board.reg(0x40) == 0xa5);
  board.set(0x0d, 0);
  CHECK(board.reg(0x0d) == 0x80);
  CHECK((board.reg(0x34) | board.reg(0x35) << 8) == (16 << 20) >> 16);
}
