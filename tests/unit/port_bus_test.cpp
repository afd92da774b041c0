// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/bus/port_bus.h"

#include <doctest/doctest.h>

#include <tuple>
#include <vector>

using namespace lucid;
using namespace lucid::bus;

namespace {

struct Device final : PortDevice {
  std::vector<std::tuple<u16, u32, unsigned>> writes;
  u32 read_port(u16 port, unsigned size) override { return port * 0x01010101u + size; }
  void write_port(u16 port, u32 value, unsigned size) override { writes.emplace_back(port, value, size); }
};

}  // namespace

TEST_CASE("ports without a device read all ones of the access size and swallow writes") {
  PortBus bus;
  CHECK(bus.read(0x1234, 1) == 0xff);
  CHECK(bus.read(0x1234, 2) == 0xffff);
  CHECK(bus.read(0x1234, 4) == 0xffffffff);
  bus.write(0x1234, 1, 4);
}

TEST_CASE("a wide access to byte-wide ports is split from the low byte up") {
  PortBus bus;
  Device device;
  bus.map(0x20, 0x21, device);
  bus.write(0x20, 0xaabbccdd, 4);
  CHECK(device.writes == std::vector<std::tuple<u16, u32, unsigned>>{{0x20, 0xdd, 1}, {0x21, 0xcc, 1}});
  CHECK(bus.read(0x20, 4) == 0xffff2221);
}

TEST_CASE("a device mapped wide sees the whole access") {
  PortBus bus;
  Device device;
  bus.map(0xf4, 0xf7, device, PortWidth::wide);
  bus.write(0xf4, 0x12345678, 4);
  CHECK(device.writes == std::vector<std::tuple<u16, u32, unsigned>>{{0xf4, 0x12345678, 4}});
}

TEST_CASE("an access at the last port wraps around instead of leaving the port space") {
  PortBus bus;
  Device device;
  bus.map(0, 0, device);
  bus.write(0xffff, 0x0102, 2);
  CHECK(device.writes == std::vector<std::tuple<u16, u32, unsigned>>{{0, 1, 1}});
}
