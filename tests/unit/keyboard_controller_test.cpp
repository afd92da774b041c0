// SPDX-License-Identifier: MIT
// Oracle: the probing sequences of common kernels, with the answers the AT reference gives.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/keyboard_controller.h"

#include <doctest/doctest.h>

#include "core/devices/system_ports.h"
#include "tests/unit/device_bench.h"

using namespace lucid;

namespace {

struct Board : test::Bench {
  devices::KeyboardController controller;
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

TEST_CASE_FIXTURE(Board, "a byte for the absent keyboard times out") {
  out(0x60, 0xff);
  CHECK((in(0x64) & 0x41) == 0x41);
  CHECK(in(0x60) == 0xfe);
  CHECK((in(0x64) & 0x41) == 0);
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
