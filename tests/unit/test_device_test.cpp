// SPDX-License-Identifier: MIT
// Oracle: what kvm-unit-tests expect of QEMU's pc-testdev.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/test_device.h"

#include <doctest/doctest.h>

#include <array>

#include "tests/unit/device_bench.h"

using namespace lucid;

namespace {

struct Board : test::Bench {
  bus::MemoryBus memory;
  devices::TestDevice device;
  Board() { device.attach(ports, memory); }
};

}  // namespace

TEST_CASE_FIXTURE(Board, "one register behind two groups of ports, at every width") {
  ports.write(0xe0, 0x12345678, 4);
  CHECK(ports.read(0xe0, 4) == 0x12345678);
  CHECK(ports.read(0xe2, 2) == 0x1234);
  CHECK(in(0xe9) == 0x56);
  out(0xe3, 0xab), out(0xe8, 0xcd);
  CHECK(ports.read(0xe0, 4) == 0xab3456cd);
}

TEST_CASE_FIXTURE(Board, "its memory keeps what is written, and nothing lies around it") {
  std::array<u8, 4> bytes{1, 2, 3, 4}, read{};
  memory.read({0xff000ffc}, read);
  CHECK(read == std::array<u8, 4>{});
  memory.write({0xff000ffc}, bytes);
  memory.read({0xff000ffc}, read);
  CHECK(read == bytes);
  memory.write({0xff010000}, bytes);
  memory.read({0xff010000}, read);
  CHECK(read == std::array<u8, 4>{0xff, 0xff, 0xff, 0xff});
}
