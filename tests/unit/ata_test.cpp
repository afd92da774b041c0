// SPDX-License-Identifier: MIT
// The disk as a driver sees it, by the protocols of ATA/ATAPI-6; what is on it is checked against a
// plain array of bytes.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/ata.h"

#include <doctest/doctest.h>

#include <random>

#include "core/devices/pic.h"
#include "core/trace/event_log.h"

using namespace lucid;
using namespace lucid::devices;

namespace {

constexpr u16 base = 0x1f0, status_port = 0x1f7, control_port = 0x3f6;
constexpr u64 sectors = 400;

struct Line final : bus::IrqSink {
  bool up = false;
  unsigned rises = 0;
  void set_irq(unsigned line, bool level) override {
    CHECK(line == 14);
    rises += level && !up;
    up = level;
  }
};

struct Rig {
  bus::Clock clock;
  trace::EventLog log;
  u32 pid = 0;
  Recorder recorder{log, clock, pid};
  Line line;
  Ata ata{clock, line, recorder};
  std::vector<u8> model;

  explicit Rig(u64 size = sectors * 512) : model(size) {
    for (size_t i = 0; i < model.size(); ++i) model[i] = static_cast<u8>(i * 7 + i / 512);
    ata.disk().insert(model, size);
  }
  void out(u16 port, u32 value, unsigned size = 1) { ata.write_port(port, value, size); }
  u32 in(u16 port, unsigned size = 1) { return ata.read_port(port, size); }

  void address(u64 sector, unsigned count) {
    out(base + 2, count & 0xff);
    out(base + 3, sector & 0xff);
    out(base + 4, sector >> 8 & 0xff);
    out(base + 5, sector >> 16 & 0xff);
    out(base + 6, 0xe0 | (sector >> 24 & 15));
  }
  /// Lets time pass until the line rises.
  u64 wait() {
    const u64 from = clock.now();
    while (!line.up && clock.next_deadline() != bus::never) {
      clock.skipped += clock.next_deadline() - clock.now();
      clock.fire_due();
    }
    return clock.now() - from;
  }
  std::vector<u8> take(unsigned count) {
    std::vector<u8> bytes;
    for (unsigned i = 0; i < count * 256; ++i) {
      const u32 word = in(base, 2);
      bytes.push_back(static_cast<u8>(word)), bytes.push_back(static_cast<u8>(word >> 8));
    }
    return bytes;
  }
  void give(const std::vector<u8>& bytes) {
    for (size_t i = 0; i < bytes.size(); i += 4)
      out(base, bytes[i] | u32{bytes[i + 1]} << 8 | u32{bytes[i + 2]} << 16 | u32{bytes[i + 3]} << 24, 4);
  }
  std::vector<u8> expected(u64 sector, u64 count) const {
    return {model.begin() + static_cast<std::ptrdiff_t>(sector * 512),
            model.begin() + static_cast<std::ptrdiff_t>((sector + count) * 512)};
  }
};

}  // namespace

TEST_CASE("sectors are read one by one, an interrupt each, after their time") {
  Rig r;
  r.address(5, 3);
  r.out(status_port, 0x20);
  CHECK(r.in(control_port) == 0x80);  // busy
  CHECK(r.wait() == Ata::seek_ticks + Ata::sector_ticks);
  for (unsigned i = 0; i < 3; ++i) {
    if (i > 0) CHECK(r.wait() == Ata::sector_ticks);
    CHECK(r.in(status_port) == 0x58);
    CHECK_FALSE(r.line.up);  // reading the status took the interrupt back
    CHECK(r.take(1) == r.expected(5 + i, 1));
  }
  CHECK(r.in(status_port) == 0x50);
  CHECK(r.line.rises == 3);
}

TEST_CASE("what is written is read again; READ and WRITE MULTIPLE move blocks") {
  Rig r;
  r.out(base + 2, 8);
  r.out(status_port, 0xc6);
  r.in(status_port);
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    const unsigned count = random() % 20 + 1;
    const u64 sector = random() % (sectors - count);
    const bool multiple = random() % 2, wide = random() % 2;
    if (random() % 2) {
      std::vector<u8> bytes(count * 512);
      for (u8& byte : bytes) byte = static_cast<u8>(random());
      if (wide) r.address(0, 0);
      r.address(sector, count);
      r.out(status_port, multiple ? (wide ? 0x39 : 0xc5) : (wide ? 0x34 : 0x30));
      for (u64 done = 0; done < count;) {
        const u64 block = multiple ? std::min<u64>(8, count - done) : 1;
        REQUIRE((r.in(status_port)&0x89) == 0x08);
        r.give({bytes.begin() + static_cast<std::ptrdiff_t>(done * 512),
                bytes.begin() + static_cast<std::ptrdiff_t>((done + block) * 512)});
        r.wait();
        done += block;
      }
      CHECK(r.in(status_port) == 0x50);
      std::copy(bytes.begin(), bytes.end(), r.model.begin() + static_cast<std::ptrdiff_t>(sector * 512));
    } else {
      if (wide) r.address(0, 0);
      r.address(sector, count);
      r.out(status_port, multiple ? (wide ? 0x29 : 0xc4) : (wide ? 0x24 : 0x20));
      std::vector<u8> got;
      while (got.size() < count * 512) {
        r.wait();
        REQUIRE((r.in(status_port)&0x89) == 0x08);
        const auto left = static_cast<unsigned>(count - got.size() / 512);
        const auto block = r.take(multiple ? std::min(8u, left) : 1);
        got.insert(got.end(), block.begin(), block.end());
      }
      CHECK(got == r.expected(sector, count));
    }
  }
}

TEST_CASE("IDENTIFY tells size and name") {
  Rig r;
  r.address(0, 1);
  r.out(status_port, 0xec);
  r.wait();
  const auto bytes = r.take(1);
  const auto word = [&](unsigned i) { return static_cast<u32>(bytes[2 * i] | bytes[2 * i + 1] << 8); };
  CHECK((word(60) | word(61) << 16) == sectors);
  CHECK(word(100) == sectors);
  CHECK((word(49) & 0x200) != 0);
  std::string name;
  for (unsigned i = 27; i < 33; ++i) name += static_cast<char>(word(i) >> 8), name += static_cast<char>(word(i));
  CHECK(name == "LUCID86 DISK");
}

TEST_CASE("what does not exist is refused, and so is what is unknown") {
  Rig r;
  r.address(sectors - 1, 2);
  r.out(status_port, 0x20);
  CHECK(r.line.up);
  CHECK(r.in(status_port) == 0x51);
  CHECK(r.in(base + 1) == 0x10);
  r.out(status_port, 0xa1);  // IDENTIFY PACKET DEVICE
  CHECK(r.in(status_port) == 0x51);
  CHECK(r.in(base + 1) == 0x04);
  r.out(base + 6, 0xf0);  // device 1 is absent
  CHECK(r.in(status_port) == 0);
  Rig none(0);
  CHECK(none.in(status_port) == 0xff);
}

TEST_CASE("a snapshot in the middle of a transfer goes on as the original did") {
  Rig r;
  r.address(9, 4);
  r.out(status_port, 0x20);
  r.wait();
  r.in(status_port);
  r.take(1);
  const Ata::State state = r.ata.state();
  const auto written = r.ata.disk().written();
  const auto deadlines = r.clock.deadlines();
  const u64 retired = r.clock.retired, skipped = r.clock.skipped;
  const u64 hash = r.ata.disk().hash();
  r.wait(), r.in(status_port);
  const auto first = r.take(1);
  r.address(3, 1), r.wait();
  r.out(control_port, 4), r.out(control_port, 0);  // reset
  r.address(3, 1), r.out(status_port, 0x30), r.give(std::vector<u8>(512, 0xee)), r.wait();
  CHECK(r.ata.disk().hash() != hash);
  r.clock.restore(retired, skipped, deadlines);
  r.ata.set_state(state);
  r.ata.disk().set_written(written);
  CHECK(r.ata.disk().hash() == hash);
  r.line.up = false;
  r.wait(), r.in(status_port);
  CHECK(r.take(1) == first);
  CHECK(first == r.expected(10, 1));
}

TEST_CASE("interrupts can be switched off; a software reset shows the signature") {
  Rig r;
  r.out(control_port, 2);
  r.address(0, 1);
  r.out(status_port, 0x20);
  r.clock.skipped += r.clock.next_deadline() - r.clock.now();
  r.clock.fire_due();
  CHECK_FALSE(r.line.up);
  CHECK(r.in(status_port) == 0x58);
  r.out(control_port, 4);
  CHECK(r.in(control_port) == 0x80);
  r.out(control_port, 0);
  CHECK(r.in(status_port) == 0x50);
  CHECK(r.in(base + 1) == 1);
  CHECK(r.in(base + 2) == 1);
  CHECK(r.in(base + 3) == 1);
  CHECK(r.in(base + 4) == 0);
  CHECK(r.in(base + 5) == 0);
}
