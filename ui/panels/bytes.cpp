// SPDX-License-Identifier: MIT
// Memory in hexadecimal around the chosen address, as bytes, words or text, with what the eight
// bytes under the pointer may mean.
#include <algorithm>
#include <cstring>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 18;
constexpr unsigned per_row = 16;
constexpr const char* widths[] = {"1", "2", "4", "8"};

u64 value_at(const std::vector<u8>& bytes, size_t at, size_t size) {
  u64 value = 0;
  if (at + size <= bytes.size()) std::memcpy(&value, bytes.data() + at, size);
  return value;
}

const inspect::VmaView* vma_of(const Picture& p, u64 address) {
  for (const auto& vma : p.map.vmas)
    if (address >= vma.start.value && address < vma.end.value) return &vma;
  return nullptr;
}

std::string meaning(const Picture& p, size_t at, size_t size) {
  const u64 value = value_at(p.bytes, at, size);
  std::string text = format("%llu unsigned", static_cast<unsigned long long>(value));
  if (size == 4 || size == 8) {
    double number = 0;
    float small = 0;
    if (size == 8) std::memcpy(&number, &value, 8);
    if (size == 4) std::memcpy(&small, &value, 4), number = static_cast<double>(small);
    text += format(", %g as %s", number, size == 8 ? "double" : "float");
  }
  const auto* target = vma_of(p, value);
  if (size == 8 && target) text += std::string("\npoints into ") + vma_text(*target);
  return text;
}

void draw_width_tabs(Pane& pane, const Rect& r) {
  const Canvas& c = pane.c;
  float x = r.right();
  for (int i = 3; i >= 0; --i) {
    x -= 22;
    const bool on = pane.state.choice == i;
    const Hit tab = hit(widths[i], {x, r.y - 2, 20, 20});
    c.text(on ? c.fonts->strong : c.fonts->label, x + 6, r.y, on ? c.theme->ink : c.theme->soft, widths[i]);
    if (on) c.fill({x + 4, r.y + 17, 12, 2}, c.theme->accent, 1);
    if (tab.hovered) tooltip(c, format("%s byte%s a group, least significant byte first", widths[i], i ? "s" : ""));
    if (tab.clicked) pane.state.choice = i;
  }
  c.text_right(c.fonts->label, x - 4, r.y, c.theme->soft, "bytes a group");
}

/// The groups of one row, then its text.
void draw_row(Pane& pane, const Rect& line, size_t from, unsigned columns) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const size_t size = size_t{1} << pane.state.choice;
  c.address(line.x, line.y, p.bytes_at.value + from, c.theme->soft);
  float x = line.x + c.width(c.fonts->mono, "0000000000000000") + 18;
  const float digit = c.width(c.fonts->mono, "0");
  for (unsigned i = 0; i < columns; i += static_cast<unsigned>(size)) {
    const size_t at = from + i;
    const float w = digit * static_cast<float>(2 * size);
    if (at + size <= p.bytes.size()) {
      const u64 value = value_at(p.bytes, at, size);
      const std::string text = format("%0*llx", static_cast<int>(2 * size), static_cast<unsigned long long>(value));
      c.text(c.fonts->mono, x, line.y, value == 0 ? fade(c.theme->soft, 0.55f) : c.theme->ink, text);
      spot(pane, {x - 2, line.y, w + 4, row - 1},
           {"", "0x" + text, meaning(p, at, size), address_thing(p.pid, Gva{p.bytes_at.value + at}, size), ""});
    }
    x += w + (size == 1 ? 7 : 12) + (i % 8 == 8 - size ? 6 : 0);
  }
  x += 10;
  for (unsigned i = 0; i < columns && from + i < p.bytes.size(); ++i) {
    const char byte = static_cast<char>(p.bytes[from + i]);
    const bool printable = byte >= 32 && byte < 127;
    if (x + digit > line.right()) break;
    c.text(c.fonts->mono, x, line.y, printable ? c.theme->ink : fade(c.theme->soft, 0.5f),
           printable ? std::string_view(&byte, 1) : "\u00b7");
    x += digit;
  }
}

}  // namespace

void draw_bytes(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const Rect head = r.take_top(26);
  const auto* vma = vma_of(p, p.bytes_at.value + 128);
  const auto* process = p.process(p.pid);
  c.text_fit(c.fonts->label, head.x, head.y, head.w - 190, c.theme->soft,
             process && p.bytes_at.value >> 63 == 0
                 ? format("%u %s%s%s", p.pid, process->name.c_str(), vma ? " \u2014 " : "", vma ? vma_text(*vma) : "")
                 : "kernel memory");
  draw_width_tabs(pane, head);
  if (p.bytes.empty()) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "No frame is mapped here. Click an address in another panel to look at its bytes.");
    return c.unclip();
  }
  const float needed = c.width(c.fonts->mono, "0000000000000000") + 18 + 16 * (c.width(c.fonts->mono, "00") + 8) + 12 +
                       c.width(c.fonts->mono, "................") + 10;
  const unsigned columns = r.w >= needed ? per_row : per_row / 2;
  const size_t rows = (p.bytes.size() + columns - 1) / columns;
  float y = r.y;
  for (size_t i = pane.scrolled(r, rows, row); i < rows && y + row <= r.bottom(); ++i, y += row)
    draw_row(pane, {r.x, y, r.w, row}, i * columns, columns);
  c.unclip();
}

}  // namespace lucid::ui
