// SPDX-License-Identifier: MIT
// GDB's protocol without gdb: framing, answers by the manual, and nonsense.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <random>

#include "core/gdb/registers.h"
#include "core/gdb/server.h"
#include "tests/unit/session_rig.h"

using namespace lucid;
using namespace lucid::gdb;
using namespace lucid::test;

namespace {

constexpr u64 mebibyte = 1 << 20;

struct Rig {
  std::unique_ptr<session::Session> session = boot({"hello"}, session::Connection::raw, 16 * mebibyte, 8 * mebibyte);
  Server server{*session};

  /// The answer to a packet, unframed; runs the machine until it stops.
  std::string ask(const std::string& packet) {
    std::string out = server.receive(framed(packet));
    while (server.running()) out += server.run_slice(1'000'000, ~u64{0});
    const size_t start = out.find('$');
    return start == std::string::npos ? out : out.substr(start + 1, out.rfind('#') - start - 1);
  }
};

}  // namespace

TEST_CASE("packets are put together from pieces, damaged ones are told") {
  using Kind = Incoming::Kind;
  PacketReader reader;
  CHECK(reader.feed("+$m10,").size() == 1);
  const auto rest = reader.feed("4#8e\x03-");  // m10,4: 6d+31+30+2c+34 = 0x12e
  REQUIRE(rest.size() == 3);
  CHECK(rest[0].kind == Kind::damaged);
  CHECK(rest[1].kind == Kind::interrupt);
  CHECK(rest[2].kind == Kind::refused);
  const auto good = reader.feed("$m10,4#2e");
  REQUIRE(good.size() == 1);
  CHECK(good[0].kind == Kind::packet);
  CHECK(good[0].text == "m10,4");
  CHECK(reader.feed("$abc$g#67")[0].text == "g");  // the end of the first was lost
  CHECK(reader.feed("$g#zz")[0].kind == Kind::damaged);
  CHECK(reader.feed(framed("a#b$c}d*e"))[0].text == "a#b$c}d*e");
  CHECK(reader.feed("$" + std::string(1 << 20, 'a') + "#00")[0].kind == Kind::damaged);
}

TEST_CASE("registers: the description lists what g sends") {
  Rig rig;
  const std::string xml = target_description();
  unsigned bits = 0, count = 0;
  for (size_t at = 0; (at = xml.find("bitsize=\"", at)) != std::string::npos; ++count)
    bits += static_cast<unsigned>(std::stoul(xml.substr(at += 9)));
  CHECK(count == register_count());
  CHECK(rig.ask("g").size() == bits / 4);
  std::string pieces, piece;
  for (u64 at = 0; piece[0] != 'l'; at = pieces.size()) {
    char request[64];
    std::snprintf(request, sizeof request, "qXfer:features:read:target.xml:%llx,64",
                  static_cast<unsigned long long>(at));
    piece = rig.ask(request);
    REQUIRE(!piece.empty());
    pieces += piece.substr(1);
  }
  CHECK(pieces == xml);
  CHECK(rig.ask("p0") == std::string(16, '0'));
  CHECK(rig.ask("p10") == "0000100000000000");  // RIP at the entry
  CHECK(rig.ask("P0=8877665544332211") == "OK");
  CHECK(rig.ask("p0") == "8877665544332211");
  CHECK(rig.session->registers().state.gpr[cpu::rax] == 0x1122334455667788);
  std::string all = rig.ask("g");
  all.replace(16, 16, "0100000000000000");  // rbx is the second
  CHECK(rig.ask("G" + all) == "OK");
  CHECK(rig.session->registers().state.gpr[cpu::rbx] == 1);
}

TEST_CASE("memory: read, written, not there") {
  Rig rig;
  CHECK(rig.ask("M300000,4:deadbeef") == "OK");
  CHECK(rig.ask("m300000,4") == "deadbeef");
  CHECK(rig.ask(std::string("X300001,2:\x01\x7f", 12)) == "OK");
  CHECK(rig.ask("m300000,4") == "de017fef");
  CHECK(rig.ask("m7fffffffffff0000,4") == "E14");
  // Not mapped yet at the entry: as the kernel's file has it.
  const auto start = rig.session->resolve("kernel:sys_write");
  REQUIRE(start.ok());
  char request[64];
  std::snprintf(request, sizeof request, "m%llx,1", static_cast<unsigned long long>(start.value().value));
  CHECK(rig.ask(request) == "55");  // push rbp
}

TEST_CASE("runs, stops and goes back") {
  Rig rig;
  const auto main = rig.session->resolve("hello:main");
  REQUIRE(main.ok());
  char at[64];
  std::snprintf(at, sizeof at, "0,%llx,1", static_cast<unsigned long long>(main.value().value));
  CHECK(rig.ask("qSupported:swbreak+").find("ReverseContinue+") != std::string::npos);
  CHECK(rig.ask(std::string("Z") + at) == "OK");
  CHECK(rig.ask("c") == "T05swbreak:;thread:1;");
  CHECK(rig.session->registers().state.rip == main.value().value);
  CHECK(rig.ask("?") == "T05swbreak:;thread:1;");
  const u64 time = rig.session->time();
  CHECK(rig.ask("s") == "T05thread:1;");
  CHECK(rig.ask("vCont;s:1") == "T05thread:1;");
  CHECK(rig.ask("bs") == "T05thread:1;");
  CHECK(rig.ask("bc") == "T05swbreak:;thread:1;");
  CHECK(rig.session->time() == time);
  CHECK(rig.ask("P0=" + rig.ask("p0")) == "OK");   // what it is
  CHECK(rig.ask("P3=1122334455667788") == "E02");  // in the past
  CHECK(rig.ask("bc") == "T05replaylog:begin;thread:1;");
  CHECK(rig.session->instruction() == 0);
  CHECK(rig.ask(std::string("z") + at) == "OK");
  CHECK(rig.ask("c") == "T05replaylog:end;thread:1;");
  CHECK(rig.ask("c") == "W00");
}

TEST_CASE("nonsense gets an error or nothing, and the machine is as it was") {
  Rig rig;
  rig.session->run(at_most(1000));
  const u64 hash = rig.session->state_hash();
  for (const char* packet : {"",
                             "m",
                             "m,",
                             "m1",
                             "m1,2,3",
                             "mzz,1",
                             "m11112222333344445,1",
                             "M1,2:0",
                             "M1,2:zz",
                             "X1,5:ab",
                             "p",
                             "pzz",
                             "pffffffff",
                             "P",
                             "P0",
                             "P0=",
                             "P0=12",
                             "G0",
                             "Gzz",
                             "Z",
                             "Z0",
                             "Z0,",
                             "Z9,1,1",
                             "Z0,zz,1",
                             "Z2,1,0",
                             "z0,1",
                             "qXfer:features:read:",
                             "qXfer:features:read:target.xml:zz,1",
                             "qXfer:features:read:other.xml:0,10",
                             "qRcmd,",
                             "qRcmd,1",
                             "qRcmd,zz",
                             "vCont",
                             "vCont;",
                             "v",
                             "q",
                             "Q",
                             "b",
                             "bx",
                             "!",
                             "R00",
                             "c1234",
                             "s1234",
                             "qRcmd,6d656d",
                             "qRcmd,62726561"}) {
    CAPTURE(packet);
    rig.ask(packet);
    CHECK(rig.session->instruction() == 1000);
  }
  std::mt19937 random(3);
  const std::string letters = "mMXpPgGzZqQvHT?0123456789abcdef,:;=+-";
  for (int i = 0; i < 20000; ++i) {
    std::string packet;
    for (unsigned n = random() % 20; n > 0; --n) packet += letters[random() % letters.size()];
    if (packet.find_first_of("PGMXbcs") == 0) continue;  // would change or run the machine
    rig.ask(packet);
  }
  CHECK(rig.session->state_hash() == hash);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (unsigned n = random() % 64; n > 0; --n) bytes += static_cast<char>("$#+-\x03}abgm0"[random() % 12]);
    rig.server.receive(bytes);
  }
  CHECK(rig.ask("qC") == "QC1");
}
