// SPDX-License-Identifier: MIT
// Oracle: Intel 8254 data sheet 231164-005, "Mode definitions" with their timing diagrams (the
// first CLK pulse after the write loads the count), read-back and latch commands.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/pit.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/device_bench.h"

using namespace lucid;
using namespace lucid::devices;

namespace {

struct Board : test::Bench {
  Pit pit{clock, irqs};
  u64 origin = 0;  // pulse at which the test began
  Board() {
    pit.attach(ports);
    out(0x61, 1);  // gate of channel 2 on
    advance_to(pit_ticks_at(1000));
    origin = 1000;
  }
  void at(u64 pulse) { advance_to(pit_ticks_at(origin + pulse)); }
  void control(unsigned channel, unsigned mode, unsigned access = 3, unsigned bcd = 0) {
    out(0x43, channel << 6 | access << 4 | mode << 1 | bcd);
  }
  void count(unsigned channel, u16 value) { out(0x40 + channel, value & 0xff), out(0x40 + channel, value >> 8); }
  u16 latched(unsigned channel) {
    out(0x43, channel << 6);
    const u8 low = in(0x40 + channel);
    return static_cast<u16>(low | in(0x40 + channel) << 8);
  }
  u8 status(unsigned channel) {
    out(0x43, 0xe0 | 2u << channel);
    return in(0x40 + channel);
  }
  bool out2() { return in(0x61) & 0x20; }
  /// OUT of channel 2 after each of `pulses` pulses from `from` on, as the data sheet draws it.
  std::string wave(u64 from, unsigned pulses) {
    std::string s;
    for (u64 p = from; p < from + pulses; ++p) at(p), s += out2() ? 'H' : 'L';
    return s;
  }
  /// Counts shown after each pulse.
  std::string counts(unsigned channel, u64 from, unsigned pulses) {
    std::string s;
    for (u64 p = from; p < from + pulses; ++p) at(p), s += std::to_string(latched(channel)) + ' ';
    return s;
  }
};

}  // namespace

TEST_CASE("pulse arithmetic is exact and does not drift") {
  CHECK(pit_pulse_at(bus::ticks_per_second) == 1'193'182);
  CHECK(pit_pulse_at(3600 * bus::ticks_per_second) == 3600ull * 1'193'182);
  for (u64 pulse = 0; pulse < 100'000; pulse += 7) {
    const u64 t = pit_ticks_at(pulse);
    CHECK(pit_pulse_at(t) == pulse);
    if (t) CHECK(pit_pulse_at(t - 1) == pulse - 1);
  }
  const u64 year = u64{1} << 51;  // ticks; products exceed 64 bits
  CHECK(pit_pulse_at(pit_ticks_at(pit_pulse_at(year))) == pit_pulse_at(year));
}

TEST_CASE_FIXTURE(Board, "mode 0: OUT rises N + 1 pulses after the write, the count goes on and wraps") {
  control(2, 0);
  CHECK_FALSE(out2());
  count(2, 4);
  CHECK(wave(0, 9) == "LLLLLHHHH");
  CHECK(counts(2, 9, 3) == "65532 65531 65530 ");
}

TEST_CASE_FIXTURE(Board, "mode 0: counts as drawn, 4 3 2 1 0 FFFF") {
  control(2, 0);
  count(2, 4);
  CHECK(counts(2, 1, 6) == "4 3 2 1 0 65535 ");
}

TEST_CASE_FIXTURE(Board, "mode 0: the gate suspends counting, a first byte stops it") {
  control(2, 0);
  count(2, 4);
  at(2);
  out(0x61, 0);
  CHECK(counts(2, 3, 3) == "3 3 3 ");
  out(0x61, 1);
  at(7);
  CHECK_FALSE(out2());
  at(8);
  CHECK(out2());
  at(9);
  out(0x42, 2);
  CHECK_FALSE(out2());
  at(20);
  CHECK_FALSE(out2());
  out(0x42, 0);
  at(22);
  CHECK_FALSE(out2());
  at(23);
  CHECK(out2());
}

TEST_CASE_FIXTURE(Board, "mode 1: a rising gate starts a pulse of N, and starts it again") {
  control(2, 1);
  count(2, 3);
  CHECK(wave(0, 4) == "HHHH");
  out(0x61, 0), out(0x61, 1);
  CHECK(wave(4, 5) == "LLLHH");
  at(9);
  out(0x61, 0), out(0x61, 1);
  at(11);
  out(0x61, 0), out(0x61, 1);  // retriggered: N more from here
  CHECK(wave(12, 5) == "LLLHH");
}

TEST_CASE_FIXTURE(Board, "mode 2: low for one pulse in N; counts N … 1") {
  control(2, 2);
  CHECK(out2());
  count(2, 3);
  CHECK(wave(0, 10) == "HHHLHHLHHL");
  CHECK(counts(2, 10, 6) == "3 2 1 3 2 1 ");
}

TEST_CASE_FIXTURE(Board, "mode 2: a new count begins after the cycle in progress; the gate restarts it") {
  control(2, 2);
  count(2, 4);
  at(2);
  count(2, 5);
  CHECK(counts(2, 2, 9) == "3 2 1 5 4 3 2 1 5 ");
  out(0x61, 0);
  CHECK(out2());
  at(15);
  CHECK(out2());
  out(0x61, 1);
  CHECK(counts(2, 16, 6) == "5 4 3 2 1 5 ");
}

TEST_CASE_FIXTURE(Board, "mode 3: even counts give equal halves, counting by two") {
  control(2, 3);
  count(2, 4);
  CHECK(wave(0, 10) == "HHHLLHHLLH");
  CHECK(counts(2, 10, 5) == "2 4 2 4 2 ");
}

TEST_CASE_FIXTURE(Board, "mode 3: odd counts are high for one pulse more") {
  control(2, 3);
  count(2, 5);
  CHECK(wave(1, 10) == "HHHLLHHHLL");
  CHECK(counts(2, 11, 5) == "4 2 0 4 2 ");
}

TEST_CASE_FIXTURE(Board, "mode 4: one low pulse N + 1 after the write, no repetition") {
  control(2, 4);
  count(2, 3);
  CHECK(wave(0, 12) == "HHHHLHHHHHHH");
}

TEST_CASE_FIXTURE(Board, "mode 5: one low pulse N + 1 after a rising gate") {
  control(2, 5);
  count(2, 3);
  CHECK(wave(0, 4) == "HHHH");
  out(0x61, 0), out(0x61, 1);
  CHECK(wave(4, 6) == "HHHLHH");
}

TEST_CASE_FIXTURE(Board, "modes 6 and 7 are 2 and 3; a count of zero is the largest") {
  control(2, 6);
  count(2, 0);
  CHECK((status(2) >> 1 & 7) == 2);
  at(1);
  CHECK(latched(2) == 0);
  at(2);
  CHECK(latched(2) == 0xffff);
  control(2, 7, 3, 1);
  CHECK((status(2) >> 1 & 7) == 3);
}

TEST_CASE_FIXTURE(Board, "BCD counts in decimal, zero is 10000") {
  control(2, 0, 3, 1);
  count(2, 0x1234);
  at(1);
  CHECK(latched(2) == 0x1234);
  at(1 + 235);
  CHECK(latched(2) == 0x0999);
  control(2, 2, 3, 1);
  count(2, 0);
  at(238);
  CHECK(latched(2) == 0x9999);
}

TEST_CASE_FIXTURE(Board, "access by one byte, or by two in turn") {
  control(2, 0, 1);
  out(0x42, 0x34);
  at(1);
  CHECK(in(0x42) == 0x34);
  CHECK(in(0x42) == 0x34);
  control(2, 0, 2);
  out(0x42, 0x12);
  at(2);
  CHECK(in(0x42) == 0x12);
  control(2, 0, 3);
  count(2, 0x5678);
  at(3);
  CHECK(in(0x42) == 0x78);
  CHECK(in(0x42) == 0x56);
  CHECK(in(0x42) == 0x78);
}

TEST_CASE_FIXTURE(Board, "a latched count stays until read, and a second latch does not replace it") {
  control(2, 0);
  count(2, 100);
  at(11);
  out(0x43, 0x80);
  at(21);
  out(0x43, 0x80);
  at(31);
  CHECK(in(0x42) == 90);
  CHECK(in(0x42) == 0);
  CHECK(latched(2) == 70);
}

TEST_CASE_FIXTURE(Board, "read-back: status first, then count, of every channel named") {
  control(0, 2);
  count(0, 10);
  control(2, 0);
  CHECK((status(2) & 0xff) == 0x70);  // OUT low, null count, two bytes, mode 0
  count(2, 50);
  CHECK((status(2) & 0x40) == 0x40);
  at(11);
  out(0x43, 0xc0 | 2 | 8);
  CHECK(in(0x40) == 0xb4);  // OUT high, count loaded, two bytes, mode 2
  CHECK(in(0x40) == 10);
  CHECK(in(0x40) == 0);
  CHECK(in(0x42) == 0x30);
  CHECK(in(0x42) == 40);
  CHECK(in(0x42) == 0);
}

TEST_CASE_FIXTURE(Board, "channel 0 raises IRQ 0 once a period, with no drift over an hour") {
  control(0, 2);
  count(0, 11932);
  const u64 first = pit_ticks_at(origin + 1 + 11932);
  advance_to(first - 1);
  const unsigned before = irqs.rises[0];
  advance_to(first);
  CHECK(irqs.rises[0] == before + 1);
  advance_to(first + 3600 * bus::ticks_per_second);
  CHECK(irqs.rises[0] == before + 1 + 3600ull * 1'193'182 / 11932);
}

TEST_CASE_FIXTURE(Board, "mode 3 on channel 0 gives the same rate of edges") {
  control(0, 3);
  count(0, 1193);
  const unsigned before = irqs.rises[0];
  at(1 + 1193 * 100);
  CHECK(irqs.rises[0] == before + 100);
}

TEST_CASE_FIXTURE(Board, "a control word for mode 0 without a count stops channel 0 for good") {
  control(0, 2);
  count(0, 1000);
  at(5000);
  CHECK(clock.next_deadline() != bus::never);
  control(0, 0);
  CHECK(clock.next_deadline() == bus::never);
  CHECK_FALSE(irqs.level[0]);
}

TEST_CASE_FIXTURE(Board, "mode 0 on channel 0 is a one-shot") {
  control(0, 0);
  count(0, 100);
  const unsigned before = irqs.rises[0];
  at(100);
  CHECK(irqs.rises[0] == before);
  at(101);
  CHECK(irqs.rises[0] == before + 1);
  CHECK(clock.next_deadline() == bus::never);
}

TEST_CASE_FIXTURE(Board, "port 0x61 reads gate, speaker and output back") {
  out(0x61, 3);
  CHECK((in(0x61) & 3) == 3);
  out(0x61, 0);
  CHECK((in(0x61) & 3) == 0);
  const u8 refresh = in(0x61) & 0x10;
  at(18);
  CHECK((in(0x61) & 0x10) != refresh);
}

TEST_CASE("laziness: looking often and looking once see the same") {
  Board often, once;
  for (Board* b : {&often, &once}) b->control(2, 3), b->count(2, 777), b->at(5), b->count(2, 331);
  for (u64 p = 6; p < 5000; ++p) often.at(p), often.out2(), often.latched(2);
  often.at(5000), once.at(5000);
  CHECK(often.latched(2) == once.latched(2));
  CHECK(often.out2() == once.out2());
}
