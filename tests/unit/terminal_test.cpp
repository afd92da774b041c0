// SPDX-License-Identifier: MIT
// The console's terminal against ECMA-48 and what the "linux" terminal does.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "ui/terminal.h"

#include <doctest/doctest.h>

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
  const std::string text = shown(std::string(85, 'x'));
  CHECK(text == std::string(80, 'x') + "\nxxxxx");
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

TEST_CASE("clearing the screen keeps what scrolled away and starts at the top") {
  Terminal terminal;
  terminal.write("old\x1b[2J\x1b[Hnew");
  CHECK(terminal.text().find("old") != std::string::npos);
  CHECK(terminal.cursor_column() == 3);
  CHECK(terminal.lines().size() - terminal.cursor_line() == Terminal::screen_rows);
}

TEST_CASE("colours are kept per cell and reset") {
  Terminal terminal;
  terminal.write("\x1b[31mr\x1b[0mn\x1b[92mg");
  const auto& cells = terminal.lines().front();
  REQUIRE(cells.size() == 3);
  CHECK(cells[0].colour == 1);
  CHECK(cells[1].colour == 0xff);
  CHECK(cells[2].colour == 10);
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
  CHECK(terminal.lines().size() <= Terminal::scrollback);
  CHECK(terminal.cursor_line() < terminal.lines().size());
}
