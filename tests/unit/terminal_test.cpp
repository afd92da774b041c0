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
  CHECK(terminal.screen().lines().size() - terminal.cursor_line() == terminal.screen().rows());
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

namespace {

/// The rows of the screen, each with its newline but the blank ones at the end; '|' is the cursor.
std::string rows(const Terminal& terminal) {
  const Screen& screen = terminal.screen();
  std::string out;
  for (size_t i = screen.top(); i < screen.lines().size(); ++i) {
    std::string row = lucid::ui::text_of(screen.lines()[i]);
    CHECK(screen.lines()[i].cells.size() == screen.columns());
    if (i == terminal.cursor_line()) {
      row.resize(std::max<size_t>(row.size(), terminal.cursor_column()), ' ');
      row.insert(terminal.cursor_column(), "|");
    }
    out += row + '\n';
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

}  // namespace

TEST_CASE("another size: a full screen keeps its bottom, lines leave at the top and come back") {
  Terminal terminal;
  terminal.resize(4, 20);
  terminal.write("1\r\n2\r\n3\r\n4\r\n5");
  CHECK(rows(terminal) == "2\n3\n4\n5|\n");
  terminal.resize(2, 20);
  CHECK(rows(terminal) == "4\n5|\n");
  terminal.resize(5, 20);
  CHECK(rows(terminal) == "1\n2\n3\n4\n5|\n");
  terminal.resize(7, 20);
  CHECK(rows(terminal) == "1\n2\n3\n4\n5|\n");
  terminal.write("\r\n6");
  CHECK(rows(terminal) == "1\n2\n3\n4\n5\n6|\n");
  terminal.write("\x1b[18t");
  CHECK(terminal.take_answers() == "\x1b[8;7;20t");
}

TEST_CASE("another size: a screen with room keeps its top, and what was cleared away stays away") {
  Terminal terminal;
  terminal.resize(4, 20);
  terminal.write("old\r\nolder\x1b[2J\x1b[Hnew");
  CHECK(rows(terminal) == "new|\n");
  terminal.resize(10, 30);
  CHECK(rows(terminal) == "new|\n");
  terminal.resize(3, 12);
  CHECK(rows(terminal) == "new|\n");
  terminal.write("\x1b[3;5H");
  terminal.resize(2, 12);  // the cursor stays in sight
  CHECK(rows(terminal) == "\n    |\n");
}

TEST_CASE("another size: wrapped lines are wrapped anew, with their colours, and the cursor stays in the text") {
  Terminal terminal;
  terminal.resize(4, 20);
  terminal.write("first\r\n0123456789abcde\x1b[31mfghijKLMNO\x1b[0m\r\nlast");
  CHECK(rows(terminal) == "first\n0123456789abcdefghij\nKLMNO\nlast|\n");
  terminal.write("\x1b[3;2H");
  terminal.resize(4, 10);
  CHECK(rows(terminal) == "0123456789\nabcdefghij\nK|LMNO\nlast\n");
  CHECK(terminal.screen().lines()[terminal.screen().top() + 1].cells[4].pen == lucid::ui::Pen{});
  CHECK(terminal.screen().lines()[terminal.screen().top() + 1].cells[5].pen.ink.value == 1);
  terminal.resize(6, 40);
  CHECK(rows(terminal) == "first\n0123456789abcdefghijK|LMNO\nlast\n");
  CHECK(terminal.text().find("0123456789abcdefghijKLMNO\n") != std::string::npos);
}

TEST_CASE("another size: blanks at a wrap are kept, wide characters whole, and a wrap that is due stays due") {
  Terminal terminal;
  terminal.resize(3, 10);
  terminal.write("12345678  ab\r\n\r\n\r\n\r\n\r\n");
  terminal.resize(9, 20);
  CHECK(rows(terminal) == "12345678  ab\n\n\n\n\n|\n");
  terminal.write(
      "\x1b[2J\x1b[H123456789012\xe4\xb8\xad"
      "5\r\n");
  terminal.resize(9, 13);
  CHECK(rows(terminal) ==
        "123456789012 \n\xe4\xb8\xad"
        "5\n|\n");
  terminal.write("\x1b[2J\x1b[H1234567890123");
  CHECK(terminal.screen().wrap_due());
  terminal.resize(9, 14);
  terminal.write("4");
  terminal.resize(9, 10);
  CHECK(rows(terminal) == "1234567890\n1234|\n");
}

TEST_CASE("another size: a program with the whole screen draws again; what it covers moves by itself") {
  Terminal terminal;
  terminal.resize(3, 20);
  terminal.write("1\r\n2\r\n3\r\n4\r\n$ vi");
  terminal.write("\x1b[?1049h\x1b[H\x1b[2;3rtext\x1b[3;1Hstatus");
  terminal.resize(5, 30);  // the margins are gone, too
  CHECK(rows(terminal) == "text\n\nstatus|\n");
  terminal.write("\x1b[5;30Hx\x1b[H\x1b[M");
  CHECK(rows(terminal) == "|\nstatus\n\n                             x\n");
  terminal.resize(2, 10);
  terminal.resize(5, 20);
  terminal.write("\x1b[?1049l");
  CHECK(rows(terminal) == "1\n2\n3\n4\n$ vi|\n");
  terminal.resize(3, 20);
  CHECK(rows(terminal) == "3\n4\n$ vi|\n");
}

TEST_CASE("another size: a reset of the terminal keeps it, tabs and margins reach to its edges, lines are new ones") {
  Terminal terminal;
  terminal.write("x\r\ny");
  const auto version = terminal.screen().version();
  const auto number = terminal.screen().dropped();
  terminal.resize(30, 100);
  CHECK(terminal.screen().dropped() >= number + 24);
  for (const auto& line : terminal.screen().lines()) CHECK(line.version > version);
  terminal.write(
      "\x1b"
      "c\x1b[30;1H\t\t\t\t\t\t\t\t\t\t\t\t\t\t");
  CHECK(terminal.screen().row() == 29);
  CHECK(terminal.cursor_column() == 99);
  for (int i = 0; i < 3000; ++i) terminal.write(std::string(90, 'x') + "\r\n");
  terminal.resize(200, 10);
  CHECK(terminal.screen().lines().size() <= Screen::most_lines);
  terminal.resize(2, 500);
  CHECK(rows(terminal) == std::string(90, 'x') + "\n|\n");
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
