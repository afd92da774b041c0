// SPDX-License-Identifier: MIT
// Oracle: QEMU's docs/specs/fw_cfg.rst.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/firmware_config.h"

#include <doctest/doctest.h>

#include "tests/unit/device_bench.h"

using namespace lucid;

namespace {

struct Board : test::Bench {
  devices::FirmwareConfig config{64 << 20};
  Board() { config.attach(ports); }
  u64 item(u16 key) {
    ports.write(0x510, key, 2);
    u64 value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= u64{in(0x511)} << 8 * i;
    return value;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Board, "signature, memory size, one processor; others read as zeros") {
  CHECK(item(0) == 0x554d4551);
  CHECK(item(3) == 64 << 20);
  CHECK(item(5) == 1);
  CHECK(item(15) == 1);
  CHECK(item(0x19) == 0);
  CHECK(item(0xffff) == 0);
}

TEST_CASE_FIXTURE(Board, "behind its end an item reads as zeros; selecting starts again") {
  item(0);
  for (int i = 0; i < 300; ++i) CHECK(in(0x511) == 0);
  CHECK(item(0) == 0x554d4551);
}
