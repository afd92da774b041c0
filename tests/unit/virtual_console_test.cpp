// SPDX-License-Identifier: MIT
// The second console: keys go in by IRQ 1, characters come out in the display's memory. Oracles: the US layout,
// scan code set 1, and what a terminal's line discipline does (termios(3)).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <map>

#include "tests/unit/session_rig.h"

using namespace lucid;
using trace::Kind;

namespace {

const std::string layout =
    "\033"
    "1234567890-=\b\tqwertyuiop[]\n\001asdfghjkl;'`\001\\zxcvbnm,./";
const std::map<char, char> shifted{{'!', '1'}, {'@', '2'}, {'#', '3'}, {'$', '4'},  {'&', '7'}, {'*', '8'},
                                   {'(', '9'}, {')', '0'}, {'_', '-'}, {'+', '='},  {':', ';'}, {'"', '\''},
                                   {'<', ','}, {'>', '.'}, {'?', '/'}, {'|', '\\'}, {'~', '`'}};
constexpr u8 left_shift = 0x2a, control = 0x1d, space = 0x39, up = 0x80;

u8 code_of(char c) { return c == ' ' ? space : static_cast<u8>(layout.find(c) + 1); }

/// The codes of somebody typing a text.
std::vector<u8> keys(const std::string& text) {
  std::vector<u8> codes;
  for (char c : text) {
    const auto other = shifted.find(c);
    const bool shift = other != shifted.end() || (c >= 'A' && c <= 'Z');
    if (shift) codes.push_back(left_shift);
    const u8 code = code_of(other != shifted.end() ? other->second : static_cast<char>(std::tolower(c)));
    codes.push_back(code), codes.push_back(code | up);
    if (shift) codes.push_back(left_shift | up);
  }
  return codes;
}

struct Desk {
  std::unique_ptr<session::Session> session = test::boot({}, session::Connection::tty, 0, 32 << 20, "console=tty1");
  Desk() { pass(); }
  void pass(u64 instructions = test::plenty) { session->run(test::at_most(instructions)); }
  /// The keyboard has room for a line.
  void type(const std::string& text) {
    for (size_t at = 0; at < text.size(); at += 16) {
      session->submit(session::KeyInput{keys(text.substr(at, 16))});
      pass();
    }
  }
  std::string line(unsigned row) const {
    const auto screen = session->screen();
    std::string text;
    for (unsigned x = 0; x < screen.columns; ++x)
      text += static_cast<char>(screen.cells[(row * screen.columns + x) * 2]);
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }
  std::string text() const {
    std::string all;
    for (unsigned y = 0; y < session->screen().rows; ++y) all += line(y) + "\n";
    return all.substr(0, all.find_last_not_of('\n') + 1);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Desk, "a shell on keyboard and screen: typed, echoed, edited, run") {
  const std::string prompt = line(static_cast<unsigned>(session->screen().cursor) / 80);
  REQUIRE(!prompt.empty());
  type("echo 'Hello, (world)!' \"$HOME\" | wc -cx\b\n");
  CHECK(text().find("echo 'Hello, (world)!' \"$HOME\" | wc -c\n18\n") != std::string::npos);
  type("echo -n abc\n");
  const unsigned cursor = static_cast<unsigned>(session->screen().cursor);
  CHECK(line(cursor / 80).rfind("abc", 0) == 0);
}

TEST_CASE_FIXTURE(Desk, "each key is an interrupt, acknowledged, and wakes the reader") {
  u64 irqs = 0, delivered = 0, woken = 0;
  session->set_event_sink([&](const trace::Event& e, const std::string&) {
    irqs += e.kind == Kind::irq_raised && e.args[0] == 1;
    delivered += e.kind == Kind::interrupt_delivered && e.args[0] == 33;
    woken += e.kind == Kind::woken && e.args[1] == static_cast<u64>(abi::WaitReason::tty_read);
  });
  session->submit(session::KeyInput{keys("x\n")});
  pass();
  CHECK(irqs == 4);
  CHECK(delivered >= 1);  // the handler may take several bytes at once
  CHECK(delivered <= 4);
  CHECK(woken == 1);
}

TEST_CASE_FIXTURE(Desk, "Ctrl-C ends the program in the foreground, not the shell") {
  type("spin\n");
  session->submit(session::KeyInput{{control, code_of('c'), static_cast<u8>(code_of('c') | up), control | up}});
  pass();
  type("echo status $?\n");
  CHECK(text().find("status 130") != std::string::npos);
}

TEST_CASE_FIXTURE(Desk, "the screen scrolls and obeys escape sequences") {
  type("seq 1 60\n");
  const unsigned row = static_cast<unsigned>(session->screen().cursor) / 80;
  CHECK(row == 24);
  CHECK(line(row - 1) == "60");
  CHECK(line(0) == "37");
  type("clear; printf '\\033[5;10HX\\033[1;31mY\\033[0m'\n");
  const auto screen = session->screen();
  CHECK(screen.cells[(4 * 80 + 9) * 2] == 'X');
  CHECK(screen.cells[(4 * 80 + 9) * 2 + 1] == 0x07);
  CHECK(screen.cells[(4 * 80 + 10) * 2] == 'Y');
  CHECK(screen.cells[(4 * 80 + 10) * 2 + 1] == 0x0c);  // bright red
}

TEST_CASE("a recorded run with keys replays to the same state") {
  std::vector<u64> hashes;
  for (int i = 0; i < 2; ++i) {
    Desk desk;
    desk.type("echo same\n");
    hashes.push_back(desk.session->state_hash());
  }
  CHECK(hashes[0] == hashes[1]);
}
