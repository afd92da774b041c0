// SPDX-License-Identifier: MIT
#include "web/console_json.h"

#include "core/inspect/event_json.h"

namespace lucid::web {
namespace {

using inspect::json_string;

std::string line_json(u64 number, const ui::TerminalLine& line) {
  std::string json = "[" + std::to_string(number);
  for (const auto& [text, pen] : ui::runs_of(line))
    json += ",[" + json_string(text) + ",\"" + ui::name_of(pen.ink) + "\",\"" + ui::name_of(pen.paper) + "\"," +
            std::to_string(pen.style) + "]";
  return json + "]";
}

/// Characters before the cursor, as the runs have them.
u64 characters_before(const ui::TerminalLine& line, unsigned column) {
  u64 count = 0;
  for (size_t i = 0; i < column; ++i) {
    const bool there = i < line.cells.size();
    if (!there || line.cells[i].width != 0) count += there && line.cells[i].mark != 0 ? 2 : 1;
  }
  return count;
}

}  // namespace

std::string console_json(const ui::Terminal& terminal, u64 since) {
  const ui::Screen& screen = terminal.screen();
  const u64 row = screen.dropped() + terminal.cursor_line();
  std::string json = "{\"version\":" + std::to_string(screen.version());
  json += ",\"first\":" + std::to_string(screen.dropped()) + ",\"count\":" + std::to_string(screen.lines().size());
  json += ",\"row\":" + (terminal.cursor_visible() ? std::to_string(row) : "-1");
  json += ",\"column\":" +
          std::to_string(characters_before(screen.lines()[terminal.cursor_line()], terminal.cursor_column()));
  json += std::string(",\"whole\":") + (terminal.alternate() ? "true" : "false");
  json += ",\"up\":" + json_string(terminal.cursor_key('A')) + ",\"lines\":[";
  u64 number = screen.dropped();
  bool first = true;
  for (const ui::TerminalLine& line : screen.lines()) {
    if (line.version > since) json += (first ? "" : ",") + line_json(number, line), first = false;
    ++number;
  }
  return json + "]}";
}

}  // namespace lucid::web
