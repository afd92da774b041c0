// SPDX-License-Identifier: MIT
// The console's terminal against ECMA-48 and what the "linux" terminal does.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "ui/terminal/terminal.h"

#include <doctest/doctest.h>

using lucid::ui::Screen;
using lucid::ui::Terminal;

namespace {

std::string shown(std::string_view bytes) {
  Terminal terminal;
  terminal.write(bytes);
  std::string text = terminal.text();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("carriage return and line feed move, and only move") {
  CHECK(shown("one\r\ntwo") == "one\ntwo");
  CHECK(shown("one\rtw") == "twe");
  CHECK(shown("a\nb") == "a\n b");
}

TEST_CASE("backspace moves left and stops at the margin") {
  CHECK(shown("ab\b \bc") == "ac");
  CHECK(shown("\b\bx") == "x");
}

TEST_CASE("tabs stop every eight columns") { CHECK(shown("a\tb") == "a       b"); }

TEST_CASE("a full line wraps at the eightieth column") {
  Terminal terminal;
  terminal.write(std::string(85, 'x'));
  CHECK(terminal.cursor_line() == 1);
  CHECK(terminal.cursor_column() == 5);
  CHECK(shown(std::string(85, 'x')) == std::string(85, 'x'));  // for copying it is one line
}

TEST_CASE("erase in line") {
  CHECK(shown("hello\r\x1b[K") == "");
  CHECK(shown("hello\x1b[3D\x1b[K") == "he");
  CHECK(shown("hello\x1b[2K") == "");
}

TEST_CASE("the cursor can be placed") {
  CHECK(shown("\x1b[2;3Hx") == "\n  x");
  CHECK(shown("abc\x1b[1;1Hx") == "xbc");
}

TEST_CASE("clearing the screen keeps what scrolled away; the cursor stays where it is") {
  Terminal terminal;
  terminal.write("old\x1b[2J\x1b[Hnew");
  CHECK(terminal.text().find("old") != std::string::npos);
  CHECK(terminal.cursor_column() == 3);
  CHECK(terminal.screen().lines().size() - terminal.cursor_line() == Screen::rows);
}

TEST_CASE("colours are kept per cell and reset") {
  using Kind = lucid::ui::TerminalColour::Kind;
  Terminal terminal;
  terminal.write("\x1b[31mr\x1b[0mn\x1b[92mg\x1b[38;5;200mi\x1b[48:2::1:2:3md");
  const auto& cells = terminal.screen().lines().front().cells;
  CHECK(cells[0].pen.ink.value == 1);
  CHECK(cells[1].pen == lucid::ui::Pen{});
  CHECK(cells[2].pen.ink.value == 10);
  CHECK(cells[3].pen.ink.value == 200);
  CHECK(cells[4].pen.paper == lucid::ui::TerminalColour{Kind::direct, 0x010203});
}

TEST_CASE("programs that ask are answered, once, and not without end") {
  Terminal terminal;
  terminal.write("\x1b[5;7H\x1b[6n\x1b[c");
  CHECK(terminal.take_answers() == "\x1b[5;7R\x1b[?1;2c");
  CHECK(terminal.take_answers().empty());
  for (int i = 0; i < 100000; ++i) terminal.write("\x1b[6n");
  CHECK(terminal.take_answers().size() <= 4096);
}

TEST_CASE("pasted text is text: lines end with CR, no escapes, brackets for those who asked") {
  Terminal terminal;
  CHECK(terminal.pasted("a\nb\r\nc\x1b[A") == "a\rb\rc[A");
  terminal.write("\x1b[?2004h");
  CHECK(terminal.pasted("x") == "\x1b[200~x\x1b[201~");
}

TEST_CASE("cursor keys are what the program asked for") {
  Terminal terminal;
  CHECK(terminal.cursor_key('A') == "\x1b[A");
  terminal.write("\x1b[?1h");
  CHECK(terminal.cursor_key('A') == "\x1bOA");
}

TEST_CASE("UTF-8 is one cell a character; broken UTF-8 is marked") {
  CHECK(shown("\xc3\xa9!") == "\xc3\xa9!");
  CHECK(shown("\xe2\x82\xac") == "\xe2\x82\xac");
  CHECK(shown("\x80") == "\xef\xbf\xbd");
}

TEST_CASE("unknown sequences are swallowed, endless ones do no harm") {
  CHECK(shown("a\x1b[?25hb") == "ab");
  CHECK(shown("a\x1b[" + std::string(10000, '1') + "mb") == "ab");
  CHECK(shown("a\x1b[9999999999Ab") == "ab");
}

TEST_CASE("scrollback is bounded") {
  Terminal terminal;
  for (int i = 0; i < 10000; ++i) terminal.write("line\r\n");
  CHECK(terminal.screen().lines().size() <= Screen::most_lines);
  CHECK(terminal.cursor_line() < terminal.screen().lines().size());
}

TEST_CASE("lines keep their numbers when older ones are dropped, and versions tell which changed") {
  Terminal terminal;
  for (int i = 0; i < 3000; ++i) terminal.write(std::to_string(i) + "\r\n");
  const Screen& screen = terminal.screen();
  CHECK(lucid::ui::text_of(screen.lines().front()) == std::to_string(screen.dropped()));
  const auto version = screen.version();
  terminal.write("x");
  size_t changed = 0;
  for (const auto& line : screen.lines()) changed += line.version > version;
  CHECK(changed == 1);
}
