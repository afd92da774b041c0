// SPDX-License-Identifier: MIT
// What the console's terminal shows after the bytes on standard input: a line of JSON for each row of the
// screen, [[characters, ink, paper, styles], …] in runs, and one for the cursor, [row, column].
// usage: terminal_dump [OFFSET ROWS COLUMNS]... < BYTES        its size from that byte on
#include <cstdio>
#include <iterator>

#include "core/inspect/event_json.h"
#include "ui/terminal/terminal.h"

using namespace lucid;

namespace {

std::string json(const ui::TerminalLine& line) {
  std::string out;
  for (const auto& [text, pen] : ui::runs_of(line))
    out += (out.empty() ? "[" : ",[") + inspect::json_string(text) + ",\"" + ui::name_of(pen.ink) + "\",\"" +
           ui::name_of(pen.paper) + "\"," + std::to_string(pen.style) + "]";
  return "[" + out + "]";
}

}  // namespace

int main(int argc, char** argv) {
  std::string bytes;
  char part[4096];
  for (size_t size; (size = std::fread(part, 1, sizeof part, stdin)) > 0;) bytes.append(part, size);
  ui::Terminal terminal;
  size_t written = 0;
  const auto write_up_to = [&](size_t end) {
    terminal.write(std::string_view(bytes).substr(written, end - written));
    written = end;
  };
  for (int i = 1; i + 2 < argc; i += 3) {
    write_up_to(std::stoul(argv[i]));
    terminal.resize(static_cast<unsigned>(std::stoul(argv[i + 1])), static_cast<unsigned>(std::stoul(argv[i + 2])));
  }
  write_up_to(bytes.size());
  const ui::Screen& screen = terminal.screen();
  for (size_t i = screen.top(); i < screen.lines().size(); ++i) std::puts(json(screen.lines()[i]).c_str());
  std::printf("[%u,%u]\n", screen.row(), screen.column());
}
