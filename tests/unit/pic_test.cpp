// SPDX-License-Identifier: MIT
// Oracle: Intel 8259A data sheet 231468-003, "Interrupt sequence", "ICW/OCW" and "Priority rotation".
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/pic.h"

#include <doctest/doctest.h>

#include "tests/unit/device_bench.h"

using namespace lucid;
using lucid::devices::Pic;

namespace {

constexpr u8 non_specific_eoi = 0x20, specific_eoi = 0x60, rotate_eoi = 0xa0, rotate_specific_eoi = 0xe0,
             set_priority = 0xc0;

struct Board : test::Bench {
  Pic pic{recorder};
  Board() { pic.attach(ports); }

  void initialise(u8 icw4 = 1, u8 icw1 = 0x11) {
    out(0x20, icw1), out(0x21, 0x20), out(0x21, 4);
    if (icw1 & 1) out(0x21, icw4);
    out(0xa0, icw1), out(0xa1, 0x28), out(0xa1, 2);
    if (icw1 & 1) out(0xa1, icw4 & 0xef);
  }
  void pulse(unsigned line) { pic.set_irq(line, false), pic.set_irq(line, true); }
  u8 irr(u16 port = 0x20) { return out(port, 0x0a), in(port); }
  u8 isr(u16 port = 0x20) { return out(port, 0x0b), in(port); }
};

struct Ready : Board {
  Ready() { initialise(); }
};

}  // namespace

TEST_CASE_FIXTURE(Ready, "initialisation clears mask and service; the mask register reads back") {
  CHECK(in(0x21) == 0);
  CHECK(irr() == 0);
  CHECK(isr() == 0);
  out(0x21, 0xa5);
  out(0xa1, 0x5a);
  CHECK(in(0x21) == 0xa5);
  CHECK(in(0xa1) == 0x5a);
}

TEST_CASE_FIXTURE(Board, "without ICW4 the sequence ends after ICW3") {
  initialise(0, 0x10);
  out(0x21, 0xfe);  // already the mask
  CHECK(in(0x21) == 0xfe);
}

TEST_CASE_FIXTURE(Board, "a single controller skips ICW3") {
  out(0x20, 0x13), out(0x21, 0x40), out(0x21, 1), out(0x21, 0x80);
  CHECK(in(0x21) == 0x80);
  pulse(3);
  CHECK(pic.acknowledge() == 0x43);
}

TEST_CASE_FIXTURE(Ready, "every line delivers its vector, the second eight through the cascade") {
  for (unsigned line = 0; line < 16; ++line) {
    if (line == 2) continue;
    pulse(line);
    CHECK(pic.intr());
    CHECK(pic.acknowledge() == 0x20 + line);
    CHECK_FALSE(pic.intr());
    CHECK(isr() == (line < 8 ? 1 << line : 4));
    if (line >= 8) {
      CHECK(isr(0xa0) == 1 << (line - 8));
      out(0xa0, non_specific_eoi);
    }
    out(0x20, non_specific_eoi);
    CHECK(isr() == 0);
    CHECK(isr(0xa0) == 0);
  }
}

TEST_CASE_FIXTURE(Ready, "an edge is delivered once, however long the line stays up") {
  pic.set_irq(4, true);
  CHECK(pic.acknowledge() == 0x24);
  out(0x20, non_specific_eoi);
  CHECK_FALSE(pic.intr());
  pulse(4);
  CHECK(pic.intr());
}

TEST_CASE_FIXTURE(Ready, "higher priority interrupts service of lower, not the other way round") {
  pulse(4);
  CHECK(pic.acknowledge() == 0x24);
  pulse(5);
  CHECK_FALSE(pic.intr());
  CHECK(irr() == 0x20);
  pulse(3);
  CHECK(pic.intr());
  CHECK(pic.acknowledge() == 0x23);
  CHECK(isr() == 0x18);
  out(0x20, non_specific_eoi);  // ends the one of highest priority
  CHECK(isr() == 0x10);
  CHECK_FALSE(pic.intr());
  out(0x20, non_specific_eoi);
  CHECK(pic.intr());
  CHECK(pic.acknowledge() == 0x25);
}

TEST_CASE_FIXTURE(Ready, "simultaneous requests come by priority: 0, 1, cascade, 3 …") {
  for (const unsigned line : {7u, 3u, 15u, 8u, 1u}) pulse(line);
  for (const unsigned expected : {1u, 8u, 15u, 3u, 7u}) {
    CHECK(pic.acknowledge() == 0x20 + expected);
    if (expected >= 8) out(0xa0, non_specific_eoi);
    out(0x20, non_specific_eoi);
  }
  CHECK_FALSE(pic.intr());
}

TEST_CASE_FIXTURE(Ready, "masking holds a request back without forgetting it") {
  out(0x21, 0x10);
  pulse(4);
  CHECK_FALSE(pic.intr());
  CHECK(irr() == 0x10);
  out(0x21, 0);
  CHECK(pic.intr());
  out(0x21, 4);  // masking the cascade holds back all of the second controller
  pulse(9);
  CHECK(pic.acknowledge() == 0x24);
  out(0x20, non_specific_eoi);
  CHECK_FALSE(pic.intr());
}

TEST_CASE_FIXTURE(Ready, "a request withdrawn before the acknowledge is spurious IRQ 7 with no service bit") {
  pic.set_irq(4, true);
  CHECK(pic.intr());
  pic.set_irq(4, false);
  CHECK_FALSE(pic.intr());
  CHECK(pic.acknowledge() == 0x27);
  CHECK(isr() == 0);
}

TEST_CASE_FIXTURE(Ready, "a request of the second controller withdrawn in time does not reach the cascade") {
  pic.set_irq(10, true);
  CHECK(irr() == 4);
  out(0xa1, 0xff);
  CHECK(irr() == 0);
  CHECK(pic.acknowledge() == 0x27);
  CHECK(isr(0xa0) == 0);
}

TEST_CASE_FIXTURE(Ready, "specific EOI ends the level it names") {
  pulse(5), pic.acknowledge();
  pulse(1), pic.acknowledge();
  CHECK(isr() == 0x22);
  out(0x20, specific_eoi | 5);
  CHECK(isr() == 2);
}

TEST_CASE_FIXTURE(Ready, "rotation on EOI makes the served level the lowest") {
  pulse(4), pic.acknowledge();
  out(0x20, rotate_eoi);
  pulse(4), pulse(5), pulse(3);
  CHECK(pic.acknowledge() == 0x25);  // after 4 comes 5
  out(0x20, non_specific_eoi);
  CHECK(pic.acknowledge() == 0x23);
  out(0x20, non_specific_eoi);
  CHECK(pic.acknowledge() == 0x24);
}

TEST_CASE_FIXTURE(Ready, "set priority, and specific rotation") {
  out(0x20, set_priority | 3);
  pulse(0), pulse(4);
  CHECK(pic.acknowledge() == 0x24);
  out(0x20, rotate_specific_eoi | 4);
  CHECK(isr() == 0);
  pulse(5);
  CHECK(pic.acknowledge() == 0x25);
}

TEST_CASE_FIXTURE(Board, "automatic EOI leaves nothing in service; with rotation the served level becomes lowest") {
  initialise(3);
  pulse(4);
  CHECK(pic.acknowledge() == 0x24);
  CHECK(isr() == 0);
  out(0x20, 0x80);  // rotate in automatic EOI mode
  pulse(4);
  CHECK(pic.acknowledge() == 0x24);
  pulse(4), pulse(5);
  CHECK(pic.acknowledge() == 0x25);
  out(0x20, 0x00);
  CHECK(pic.acknowledge() == 0x24);
}

TEST_CASE_FIXTURE(Ready, "special mask mode lets lower levels in while a masked level is in service") {
  pulse(4), pic.acknowledge();
  pulse(6);
  CHECK_FALSE(pic.intr());
  out(0x21, 0x10);
  CHECK_FALSE(pic.intr());
  out(0x20, 0x68);
  CHECK(pic.intr());
  CHECK(pic.acknowledge() == 0x26);
  out(0x20, non_specific_eoi);  // does not touch the masked level
  CHECK(isr() == 0x10);
  out(0x20, 0x48);
  out(0x20, non_specific_eoi);
  CHECK(isr() == 0);
}

TEST_CASE_FIXTURE(Ready, "the cascade is held back by its own service, unless specially fully nested") {
  pulse(12), pic.acknowledge();
  pulse(8);
  CHECK_FALSE(pic.intr());
  initialise(0x11);
  pulse(12), pic.acknowledge();
  pulse(8);
  CHECK(pic.intr());
  CHECK(pic.acknowledge() == 0x28);
}

TEST_CASE_FIXTURE(Ready, "poll acknowledges by software") {
  out(0x20, 0x0c);
  CHECK(in(0x20) == 0);
  pulse(6);
  out(0x20, 0x0c);
  CHECK(in(0x20) == 0x86);
  CHECK(isr() == 0x40);
  CHECK_FALSE(pic.intr());
}

TEST_CASE_FIXTURE(Ready, "a level-triggered line asks again until it drops") {
  out(0x4d1, 0xff);
  CHECK(in(0x4d1) == 0xde);
  out(0x4d0, 0xff);
  CHECK(in(0x4d0) == 0xf8);
  pic.set_irq(11, true);
  for (int i = 0; i < 3; ++i) {
    CHECK(pic.acknowledge() == 0x2b);
    CHECK_FALSE(pic.intr());
    out(0xa0, non_specific_eoi), out(0x20, non_specific_eoi);
    CHECK(pic.intr());
  }
  pic.set_irq(11, false);
  CHECK_FALSE(pic.intr());
}

TEST_CASE_FIXTURE(Board, "ICW1.LTIM makes all inputs level-triggered") {
  initialise(1, 0x19);
  pic.set_irq(4, true);
  pic.acknowledge();
  out(0x20, non_specific_eoi);
  CHECK(pic.intr());
}

TEST_CASE_FIXTURE(Ready, "each rise of a line is logged once") {
  pulse(4), pulse(4), pic.set_irq(4, true);
  CHECK(log.count_of(trace::Kind::irq_raised) == 2);
}

TEST_CASE_FIXTURE(Ready, "a copied state continues as the original") {
  pulse(4), pulse(9);
  Pic other{recorder};
  other.set_state(pic.state());
  CHECK(other.intr());
  CHECK(other.acknowledge() == pic.acknowledge());
}
