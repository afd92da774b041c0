// SPDX-License-Identifier: MIT
// Oracle: National PC16550D data sheet, register tables and "Interrupt control functions".
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/devices/uart.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/unit/device_bench.h"

using namespace lucid;
using lucid::devices::Uart;

namespace {

constexpr u16 base = 0x3f8;
enum : u16 {
  data = base,
  ier = base + 1,
  iir = base + 2,
  fcr = base + 2,
  lcr = base + 3,
  mcr = base + 4,
  lsr = base + 5,
  msr = base + 6,
  scr = base + 7
};

struct Board : test::Bench {
  Uart uart{base, 4, irqs, recorder};
  Board() {
    uart.attach(ports);
    out(mcr, 0x0b);
  }
  void send(std::string_view text) { uart.receive({reinterpret_cast<const u8*>(text.data()), text.size()}); }
  std::string drain() {
    std::string s;
    while (in(lsr)&1) s += static_cast<char>(in(data));
    return s;
  }
  bool irq() const { return irqs.level[4]; }
};

}  // namespace

TEST_CASE_FIXTURE(Board, "state after reset") {
  CHECK(in(ier) == 0);
  CHECK(in(iir) == 1);
  CHECK(in(lcr) == 0);
  CHECK(in(lsr) == 0x60);
  CHECK(in(msr) == 0xb0);
  CHECK_FALSE(irq());
}

TEST_CASE_FIXTURE(Board, "registers keep what they can hold") {
  out(lcr, 0x83);
  out(data, 0x01), out(ier, 0x02);
  CHECK(in(data) == 1);
  CHECK(in(ier) == 2);
  out(lcr, 0x03);
  CHECK(in(ier) == 0);
  out(ier, 0xff);
  CHECK(in(ier) == 0x0f);
  out(mcr, 0xff);
  CHECK(in(mcr) == 0x1f);
  out(scr, 0x5a);
  CHECK(in(scr) == 0x5a);
}

TEST_CASE_FIXTURE(Board, "what is written comes out and is logged") {
  for (const char c : std::string_view{"hi\n"}) out(data, static_cast<u8>(c));
  CHECK(uart.take_output() == "hi\n");
  CHECK(uart.take_output().empty());
  CHECK(log.count_of(trace::Kind::console_output) == 3);
}

TEST_CASE_FIXTURE(Board, "input larger than the FIFO waits on the line and arrives whole and in order") {
  out(fcr, 1);
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>(i * 7);
  send(text);
  send("end");
  CHECK(uart.state().registers.fifo_count == 16);
  CHECK(drain() == text + "end");
  CHECK(in(lsr) == 0x60);
}

TEST_CASE_FIXTURE(Board, "without FIFOs there is one byte at a time, and no overrun from the line") {
  send("abc");
  CHECK(uart.state().registers.fifo_count == 1);
  CHECK(drain() == "abc");
}

TEST_CASE_FIXTURE(Board, "received data interrupt, until the data is read") {
  out(ier, 1);
  CHECK_FALSE(irq());
  send("x");
  CHECK(irq());
  CHECK(in(iir) == 4);
  CHECK(irq());
  in(data);
  CHECK_FALSE(irq());
  CHECK(in(iir) == 1);
}

TEST_CASE_FIXTURE(Board, "FIFO trigger levels; below them the timeout is reported") {
  const u8 levels[4] = {1, 4, 8, 14};
  for (unsigned i = 0; i < 4; ++i) {
    out(fcr, 0), out(fcr, 1 | i << 6), out(ier, 1);
    send(std::string(levels[i], 'a'));
    CHECK(in(iir) == 0xc4);
    in(data);
    CHECK(in(iir) == (levels[i] == 1 ? 0xc1 : 0xcc));
    CHECK(irq() == (levels[i] != 1));
    drain();
    CHECK(in(iir) == 0xc1);
  }
}

TEST_CASE_FIXTURE(Board, "THR-empty: comes on enabling, goes on reading IIR, comes after each byte as an edge") {
  out(ier, 2);
  CHECK(irq());
  CHECK(in(iir) == 2);
  CHECK_FALSE(irq());
  CHECK(in(iir) == 1);
  const unsigned rises = irqs.rises[4];
  out(data, 'a');
  CHECK(irqs.rises[4] == rises + 1);
  out(data, 'b');
  CHECK(irqs.rises[4] == rises + 2);
  out(ier, 0);
  CHECK_FALSE(irq());
  out(ier, 2);
  CHECK(irq());
}

TEST_CASE_FIXTURE(Board,
                  "priorities: line status, data, THR empty, modem; reading IIR clears THR empty only when reported") {
  out(ier, 0x0f);
  in(iir);
  out(mcr, 0x1b);  // loopback: overrun can be made, modem inputs change
  out(data, 'a'), out(data, 'b');
  CHECK(in(iir) == 6);
  CHECK(in(lsr) == 0x63);
  CHECK(in(iir) == 4);
  CHECK(in(data) == 'b');  // without FIFOs the new byte replaced the old one
  CHECK(in(iir) == 2);
  out(mcr, 0x1a);
  CHECK(in(iir) == 0);
  CHECK((in(msr)&0x0f) != 0);
  CHECK(in(iir) == 1);
}

TEST_CASE_FIXTURE(Board, "OUT2 gates the interrupt line") {
  out(ier, 2);
  CHECK(irq());
  out(mcr, 3);
  CHECK_FALSE(irq());
  CHECK(in(iir) == 2);
}

TEST_CASE_FIXTURE(Board, "loopback: data and modem control come back, nothing reaches the line") {
  out(mcr, 0x10);
  CHECK((in(msr)&0xf0) == 0);
  const u8 expected[4] = {0x20, 0x10, 0x40, 0x80};  // DTR→DSR, RTS→CTS, OUT1→RI, OUT2→DCD
  for (unsigned i = 0; i < 4; ++i) {
    out(mcr, 0x10 | 1 << i);
    CHECK((in(msr)&0xf0) == expected[i]);
  }
  out(data, 'q');
  CHECK(in(lsr) == 0x61);
  CHECK(in(data) == 'q');
  CHECK(uart.take_output().empty());
  send("later");
  CHECK(in(lsr) == 0x60);
  out(mcr, 0x0b);
  CHECK(drain() == "later");
}

TEST_CASE_FIXTURE(Board, "loopback overrun with FIFOs keeps the sixteen oldest") {
  out(fcr, 1), out(mcr, 0x10);
  for (int i = 0; i < 20; ++i) out(data, 'a' + i);
  CHECK((in(lsr)&2) == 2);
  CHECK((in(lsr)&2) == 0);
  CHECK(drain() == "abcdefghijklmnop");
}

TEST_CASE_FIXTURE(Board, "RI reports its trailing edge only") {
  out(mcr, 0x10), in(msr);
  out(mcr, 0x14);
  CHECK((in(msr)&4) == 0);
  out(mcr, 0x10);
  CHECK((in(msr)&4) == 4);
  CHECK((in(msr)&4) == 0);
}

TEST_CASE_FIXTURE(Board, "a pulse on RI is a modem status interrupt, below all others, until MSR is read") {
  out(fcr, 1), out(ier, 8);
  uart.ring();
  CHECK(irq());
  CHECK(in(iir) == 0xc0);
  CHECK(in(iir) == 0xc0);  // reading it does not end it
  out(ier, 9);
  send("x");
  CHECK(in(iir) == 0xc4);  // received data comes first
  CHECK(in(data) == 'x');
  CHECK(in(iir) == 0xc0);
  CHECK(in(msr) == 0xb4);  // TERI, and RI is down again
  CHECK(in(msr) == 0xb0);
  CHECK(in(iir) == 0xc1);
  CHECK_FALSE(irq());

  out(ier, 0);  // who did not ask is not interrupted, and sees it later
  uart.ring();
  CHECK_FALSE(irq());
  out(ier, 8);
  CHECK(irq());
  CHECK((in(msr)&4) == 4);
  out(mcr, 0x1b), in(msr);  // in loopback the pin is cut off
  uart.ring();
  CHECK((in(msr)&4) == 0);
}

TEST_CASE_FIXTURE(Board, "hang-up drops DCD after the last byte, with its delta and interrupt") {
  out(fcr, 1), out(ier, 8);
  in(msr);
  send(std::string(20, 'z'));
  uart.hang_up();
  CHECK((in(msr)&0x80) == 0x80);  // four bytes still on the line
  for (int i = 0; i < 4; ++i) in(data);
  CHECK(irq());
  CHECK(in(iir) == 0xc0);
  CHECK(in(msr) == 0x38);
  CHECK_FALSE(irq());
  CHECK(drain() == std::string(16, 'z'));
  send("too late");
  CHECK(in(lsr) == 0x60);
  uart.hang_up();
  CHECK(in(msr) == 0x30);
}

TEST_CASE_FIXTURE(Board, "clearing the receive FIFO drops its bytes, not those on the line") {
  out(fcr, 1);
  send(std::string(16, 'a') + "b");
  out(fcr, 3);
  CHECK(drain() == "b");
}

TEST_CASE_FIXTURE(Board, "a copied state continues as the original") {
  out(fcr, 1), out(ier, 1);
  send("0123456789abcdefXYZ");
  Uart other{base, 4, irqs, recorder};
  other.set_state(uart.state());
  for (int i = 0; i < 19; ++i) CHECK(other.read_port(data, 1) == in(data));
}
