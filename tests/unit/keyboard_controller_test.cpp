// SPDX-License-Identifier: MIT
// Oracle: the probing sequences of common kernels, with the answers the AT reference gives.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/keyboard_controller.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/devices/system_ports.h"
#include "tests/unit/device_bench.h"

using namespace lucid;

namespace {

struct Board : test::Bench {
  devices::KeyboardController controller{irqs, recorder};
  devices::SystemPorts system;
  Board() { controller.attach(ports), system.attach(ports); }
};

}  // namespace

TEST_CASE_FIXTURE(Board, "nothing to read at first, never busy") { CHECK((in(0x64) & 3) == 0); }

TEST_CASE_FIXTURE(Board, "self test and interface test pass") {
  out(0x64, 0xaa);
  CHECK((in(0x64) & 0x0d) == 0x0d);
  CHECK(in(0x60) == 0x55);
  CHECK((in(0x64) & 1) == 0);
  out(0x64, 0xab);
  CHECK(in(0x60) == 0);
}

TEST_CASE_FIXTURE(Board, "the command byte reads back, enabling and disabling show in it") {
  out(0x64, 0x60), out(0x60, 0x47);
  out(0x64, 0x20);
  CHECK(in(0x60) == 0x47);
  out(0x64, 0xad), out(0x64, 0x20);
  CHECK(in(0x60) == 0x57);
}

TEST_CASE_FIXTURE(Board, "a byte for the absent mouse times out") {
  out(0x64, 0xd4), out(0x60, 0xff);
  CHECK((in(0x64) & 0x41) == 0x41);
  CHECK(in(0x60) == 0xfe);
  CHECK((in(0x64) & 0x41) == 0);
}

TEST_CASE_FIXTURE(Board, "the keyboard answers its commands") {
  const auto ask = [&](std::initializer_list<u8> bytes) {
    for (const u8 byte : bytes) out(0x60, byte);
    std::vector<u8> answers;
    while (in(0x64) & 1) answers.push_back(in(0x60));
    return answers;
  };
  using Bytes = std::vector<u8>;
  out(0x64, 0x60), out(0x60, 0x00);  // no translation
  CHECK(ask({0xff}) == Bytes{0xfa, 0xaa});
  CHECK(ask({0xf2}) == Bytes{0xfa, 0xab, 0x83});
  CHECK(ask({0xee}) == Bytes{0xee});
  CHECK(ask({0xf0, 0}) == Bytes{0xfa, 0xfa, 2});
  CHECK(ask({0xed, 7}) == Bytes{0xfa, 0xfa});
  CHECK(controller.state().keyboard.leds == 7);
  CHECK(ask({0xf3, 0x20}) == Bytes{0xfa, 0xfa});
  CHECK(ask({0xf0, 3}) == Bytes{0xfa, 0xfe});
  CHECK(ask({0x12}) == Bytes{0xfe});
  CHECK(ask({0xfe}) == Bytes{0xfe});
  out(0x64, 0x60), out(0x60, 0x40);  // identification as translation shows it: drivers know both
  CHECK(ask({0xf2}) == Bytes{0xfa, 0xab, 0x41});
}

TEST_CASE_FIXTURE(Board, "keys arrive one by one, each with an edge of IRQ 1") {
  out(0x64, 0x60), out(0x60, 0x41);
  for (const u8 code : {0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8, 0x41, 0xc1}) controller.key(code);
  CHECK(irqs.rises[1] == 1);
  unsigned edges = 1;
  for (const u8 code : {0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8, 0x41, 0xc1}) {
    CHECK(irqs.level[1]);
    CHECK(irqs.rises[1] == edges++);
    CHECK(in(0x60) == code);
  }
  CHECK_FALSE(irqs.level[1]);
  CHECK((in(0x64) & 1) == 0);
}

TEST_CASE_FIXTURE(Board, "without translation the keys speak set 2, with a prefix for releases") {
  out(0x64, 0x60), out(0x60, 0x00);
  controller.key(0x1e), controller.key(0x9e);
  CHECK_FALSE(irqs.level[1]);
  for (const u8 code : {0x1c, 0xf0, 0x1c}) CHECK(in(0x60) == code);
  out(0x60, 0xf0), out(0x60, 1);
  (void)in(0x60), (void)in(0x60);
  controller.key(0x9e);
  CHECK(in(0x60) == 0x9e);
}

TEST_CASE_FIXTURE(Board, "every key of set 1 survives the way through set 2 and translation") {
  out(0x64, 0x60), out(0x60, 0x40);
  for (u8 code = 1; code < 0x54; ++code) {
    controller.key(code), controller.key(code | 0x80);
    CHECK(in(0x60) == code);
    CHECK(in(0x60) == (code | 0x80));
  }
}

TEST_CASE_FIXTURE(Board, "a disabled interface keeps the keys, a disabled keyboard loses them, a full buffer says so") {
  out(0x64, 0x60), out(0x60, 0x51);
  controller.key(0x1e);
  CHECK((in(0x64) & 1) == 0);
  out(0x64, 0xae);
  CHECK(in(0x60) == 0x1e);
  out(0x60, 0xf5);
  (void)in(0x60);
  controller.key(0x1e);
  CHECK((in(0x64) & 1) == 0);
  out(0x60, 0xf4);
  (void)in(0x60);
  for (int i = 0; i < 500; ++i) controller.key(0x1e);
  u8 last = 1;
  unsigned count = 0;
  while (in(0x64) & 1) last = in(0x60), ++count;
  CHECK(count < 200);
  CHECK(last == 0xff);  // set 2's overrun mark, translated
}

TEST_CASE_FIXTURE(Board, "A20 is on whichever way one asks") {
  out(0x64, 0xd1), out(0x60, 0);
  out(0x64, 0xd0);
  CHECK((in(0x60) & 3) == 3);
  out(0x92, 0);
  CHECK((in(0x92) & 2) == 2);
  out(0x80, 0x42);
  CHECK(in(0x80) == 0x42);
}
