// SPDX-License-Identifier: MIT
// Code around RIP, with symbols, between the source lines it comes from where they are known; a click
// in the margin sets a breakpoint, and arrows beside it show where jumps lead.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 19, header = 26, dots = 18, arrows = 14, margin = dots + arrows;
constexpr int without_source = 1;  // PanelState::choice

/// What the list shows, one line each.
struct Row {
  enum class Kind : u8 { symbol, source, instruction } kind;
  size_t line;  // of Picture::listing()
};

std::vector<Row> rows_of(const Picture& p, bool with_source) {
  std::vector<Row> rows;
  for (size_t i = 0; i < p.listing().size(); ++i) {
    if (!p.listing()[i].symbol.empty()) rows.push_back({Row::Kind::symbol, i});
    if (with_source && p.listing()[i].begins_line) rows.push_back({Row::Kind::source, i});
    rows.push_back({Row::Kind::instruction, i});
  }
  return rows;
}

const inspect::DisassemblyLine* current_line(const Picture& p) {
  for (const auto& line : p.listing())
    if (line.current) return &line;
  return nullptr;
}

bool of_line(const inspect::DisassemblyLine* current, const inspect::DisassemblyLine& line) {
  return current && current->line == line.line && current->file == line.file;
}

/// Words that react, up to `right`, which moves before them.
bool link_before(const Canvas& c, float& right, float y, const char* words, const char* says) {
  const float w = c.width(c.fonts->label, words) + 4, x = right - w;
  right = x - 10;
  return link(c, words, {x, y, w, 20}, x, y + 2, words, says);
}

/// Where execution is, in the source, or where the reader went; the ways back; the switch for source lines.
void draw_header(Pane& pane, Rect r, const inspect::DisassemblyLine* current) {
  const Canvas& c = pane.c;
  const bool with = pane.state.choice != without_source;
  float right = r.right();
  if (link_before(c, right, r.y, with ? "source: on" : "source: off",
                  with ? "Click: instructions only." : "Click: show the source lines, too."))
    pane.state.choice = with ? without_source : 0;
  const float room = right - r.x;
  if (!pane.p.code_elsewhere.empty()) {
    pane.picks.code_at_rip = link_before(c, right, r.y, "to RIP", "Click: list the instruction that is due.");
    pane.picks.code_back = link_before(c, right, r.y, "back", "Click: list what was listed before.");
    c.text_fit(c.fonts->label, r.x, r.y + 2, right - r.x, c.theme->soft, "elsewhere");
    return;
  }
  const std::string place = current && current->line != 0 ? format("%s:%u", current->file.c_str(), current->line)
                                                          : "no source line is known for this place";
  c.text_fit(c.fonts->label, r.x, r.y + 2, room, c.theme->soft, place);
  if (current && current->line != 0)
    spot(pane, {r.x, r.y, room, 20},
         {"line", place, "the source line that the next instruction is part of",
          line_thing(current->file, current->line), ""});
}

void draw_source(Pane& pane, const Rect& r, const inspect::DisassemblyLine& line, bool current) {
  const Canvas& c = pane.c;
  c.fill({r.x + margin - 4, r.y - 1, r.w - margin + 4, row}, fade(c.theme->accent, current ? 0.16f : 0.06f), 3);
  const std::string number = format("%u", line.line);
  const float text_x = r.x + margin + c.width(c.fonts->mono, "00000") + 10;
  c.text_right(c.fonts->mono, text_x - 10, r.y, c.theme->soft, number);
  const std::string text = line.source.empty() ? file_name(line.file) : line.source;
  c.text_fit(c.fonts->mono, text_x, r.y, r.right() - text_x, current ? c.theme->accent : c.theme->soft, text);
  const std::string place = format("%s:%u", line.file.c_str(), line.line);
  const Thing thing = line_thing(line.file, line.line);
  spot(pane, {r.x + margin, r.y, text_x - r.x - margin - 6, row - 1},
       {"line", place, "its number in the source file", thing, ""});
  spot(pane, {text_x - 4, r.y, r.right() - text_x + 4, row - 1},
       {place, line.source, "a line of the source, its instructions below", thing, ""});
}

void draw_bytes(const Canvas& c, float x, float y, const inspect::DisassemblyLine& line) {
  for (size_t b = 0; b < line.bytes.size(); ++b) {
    if (b == 7) {
      c.text(c.fonts->mono, x, y, c.theme->soft, "\u2026");
      break;
    }
    const auto field = static_cast<unsigned>(b < line.fields.size() ? line.fields[b] : inspect::ByteField::opcode);
    x += c.text(c.fonts->mono, x, y, c.theme->field[field], format("%02x", line.bytes[b])) + 5;
  }
}

std::string bytes_text(const inspect::DisassemblyLine& line) {
  std::string text;
  for (const u8 byte : line.bytes) text += format(text.empty() ? "%02x" : " %02x", byte);
  return text;
}

const StopLine* stop_at(const Picture& p, Gva address) {
  for (const StopLine& each : p.stops) {
    const auto& places = each.breakpoint.places;
    if (!each.breakpoint.memory && std::find(places.begin(), places.end(), address) != places.end()) return &each;
  }
  return nullptr;
}

/// Where a jump or call leads when the instruction itself says it.
std::optional<u64> target_of(const inspect::DisassemblyLine& line) {
  const std::string& text = line.text;
  const bool branches = text.starts_with("j") || text.starts_with("call ") || text.starts_with("loop");
  const size_t blank = text.find(' ');
  if (!branches || blank == std::string::npos || text.compare(blank + 1, 2, "0x") != 0) return std::nullopt;
  return std::strtoull(text.c_str() + blank + 1, nullptr, 16);
}

/// From each jump that is shown to where it leads, outer ones farther left; a triangle when that is not shown.
void draw_branches(Pane& pane, float left,
                   const std::vector<std::pair<const inspect::DisassemblyLine*, float>>& shown) {
  const Canvas& c = pane.c;
  constexpr unsigned lanes = 3;
  unsigned lane = 0;
  for (const auto& [line, y] : shown) {
    const auto target = target_of(*line);
    if (!target) continue;
    const Rect box{left, y, arrows, row - 1};
    const Thing thing = address_thing(pane.p.pid, Gva{*target});
    const float from = y + row / 2 - 2, right = left + arrows - 2;
    const auto there = std::find_if(shown.begin(), shown.end(),
                                    [&](const auto& other) { return other.first->address.value == *target; });
    const ImU32 colour = line->current ? c.theme->accent : fade(c.theme->soft, 0.6f);
    if (there == shown.end()) {
      const float away = *target < line->address.value ? -3.0f : 3.0f, x = left + 5;
      c.list->AddTriangleFilled({x - 3, from - away / 2}, {x + 3, from - away / 2}, {x, from + away}, colour);
    } else {
      const float x = right - 4 - 3 * static_cast<float>(lane++ % lanes), to = there->second + row / 2 - 2;
      c.list->AddLine({right, from}, {x, from}, colour, 1.5f);
      c.list->AddLine({x, from}, {x, to}, colour, 1.5f);
      c.arrow(x, to, right, to, colour);
    }
    if (spot(pane, box,
             {"leads to", hexadecimal(*target), "where this jump or call goes when it is taken", thing,
              "list that code"})
            .clicked)
      pane.picks.code = Gva{*target};
  }
}

std::string margin_text(const StopLine* stop) {
  if (!stop) return "Click: stop here (a breakpoint).";
  const std::string& text = stop->breakpoint.text;
  if (!stop->breakpoint.enabled) return text + "\nClick: stop here again.";
  return text + (stop->plain() ? "\nClick: stop here no more." : "\nClick: stop here no more for now.");
}

void draw_instruction_row(Pane& pane, const Rect& r, const inspect::DisassemblyLine& line) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const float address_x = r.x + margin, y = r.y;
  const float bytes_x = address_x + c.width(c.fonts->mono, "0000000000000000") + 16;
  const bool roomy = r.w > 560;
  const float text_x = roomy ? bytes_x + c.width(c.fonts->mono, "00 00 00 00 00 00 00 \u2026") + 12 : bytes_x;
  if (line.current) c.fill({r.x, y - 1, r.w, row}, c.theme->changed, 4);
  const StopLine* stop = stop_at(p, line.address);
  const bool stops = stop && stop->breakpoint.enabled;
  const ImVec2 dot{r.x + 8, y + row / 2 - 1};
  if (stops) c.list->AddCircleFilled(dot, 4.5f, c.theme->danger);
  if (stops && !stop->plain()) c.fill({dot.x - 2.5f, dot.y - 1, 5, 2}, c.theme->panel);
  if (line.current && !stops)
    c.list->AddTriangleFilled({r.x + 5, y + 4}, {r.x + 5, y + 13}, {r.x + 11, y + 8.5f}, c.theme->accent);
  c.address(address_x, y, line.address.value, c.theme->ink);
  if (roomy) draw_bytes(c, bytes_x, y, line);
  c.text_fit(c.fonts->mono, text_x, y, r.right() - text_x, c.theme->ink, line.text);
  const Hit area =
      hit(format("margin%llx", static_cast<unsigned long long>(line.address.value)).c_str(), {r.x, y, dots, row});
  if ((area.hovered || stop) && !stops) c.list->AddCircle(dot, 4.5f, c.theme->danger);
  if (area.hovered) tooltip(c, margin_text(stop));
  if (area.clicked) pane.picks.breakpoint = line.address;
  const Thing thing = address_thing(p.pid, line.address, line.bytes.size());
  spot(pane, {address_x, y, bytes_x - address_x - 8, row - 1},
       {"address", hexadecimal(line.address.value), "where the instruction lies", thing, ""});
  if (roomy)
    spot(pane, {bytes_x, y, text_x - bytes_x - 6, row - 1},
         {"bytes", bytes_text(line), "the instruction as it is in memory, coloured by field", thing, ""});
  const auto target = target_of(line);
  const Rect text{text_x, y, r.right() - text_x, row - 1};
  if (spot(pane, text,
           {"instruction", line.text, "what these bytes tell the processor to do",
            target ? address_thing(p.pid, Gva{*target}) : thing, target ? "list the code where it leads" : ""})
          .clicked &&
      target)
    pane.picks.code = Gva{*target};
}

}  // namespace

void draw_disassembly(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const auto* current = current_line(p);
  draw_header(pane, r.take_top(header), current);
  const std::vector<Row> rows = rows_of(p, pane.state.choice != without_source);
  // Keep RIP, or where the reader went, in sight when the list is taller than its place.
  size_t at = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].kind == Row::Kind::instruction && p.listing()[rows[i].line].address == p.code_at) at = i;
  const auto fits = static_cast<size_t>(r.h / row);
  size_t first = at > fits / 2 ? at - fits / 2 : 0;
  first = std::min(first, rows.size() > fits ? rows.size() - fits : 0);
  float y = r.y;
  std::vector<std::pair<const inspect::DisassemblyLine*, float>> shown;  // instructions, and where they are drawn
  for (size_t i = first; i < rows.size() && y + row <= r.bottom(); ++i, y += row) {
    const inspect::DisassemblyLine& line = p.listing()[rows[i].line];
    const Rect place{r.x, y, r.w, row};
    if (rows[i].kind == Row::Kind::instruction) shown.emplace_back(&line, y);
    if (rows[i].kind == Row::Kind::symbol)
      c.text_fit(c.fonts->strong, r.x + margin, y, r.w - margin, c.theme->soft, line.symbol);
    else if (rows[i].kind == Row::Kind::source)
      draw_source(pane, place, line, of_line(current, line));
    else
      draw_instruction_row(pane, place, line);
  }
  draw_branches(pane, r.x + dots, shown);
  if (p.listing().empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "The code cannot be read: no frame is mapped there, so fetching it is a page fault.");
  c.unclip();
}

}  // namespace lucid::ui
