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
/// How a group of bytes is read.
enum class Reading : u8 { hexadecimal, decimal, real, address };
struct Type {
  const char* name;
  unsigned size;
  Reading reading;
  unsigned digits;  // it takes at most
  const char* explain;
};
constexpr Type types[] = {{"1", 1, Reading::hexadecimal, 2, "bytes in hexadecimal"},
                          {"2", 2, Reading::hexadecimal, 4, "two bytes a group, the least significant one first"},
                          {"4", 4, Reading::hexadecimal, 8, "four bytes a group, the least significant one first"},
                          {"8", 8, Reading::hexadecimal, 16, "eight bytes a group, the least significant one first"},
                          {"i32", 4, Reading::decimal, 11, "signed integers of four bytes (int)"},
                          {"i64", 8, Reading::decimal, 20, "signed integers of eight bytes (long)"},
                          {"f32", 4, Reading::real, 11, "numbers of four bytes in IEEE 754 (float)"},
                          {"f64", 8, Reading::real, 20, "numbers of eight bytes in IEEE 754 (double)"},
                          {"ptr", 8, Reading::address, 16, "addresses, with the area they point into"}};

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

double real_of(u64 value, size_t size) {
  double number = 0;
  float small = 0;
  if (size == 8) std::memcpy(&number, &value, 8);
  if (size == 4) std::memcpy(&small, &value, 4), number = static_cast<double>(small);
  return number;
}

std::string text_of(const Type& type, u64 value) {
  switch (type.reading) {
    case Reading::decimal:
      return std::to_string(type.size == 4 ? static_cast<i32>(value) : static_cast<i64>(value));
    case Reading::real:
      return format("%.*g", type.size == 4 ? 6 : 12, real_of(value, type.size));
    default:
      return format("%0*llx", static_cast<int>(2 * type.size), static_cast<unsigned long long>(value));
  }
}

std::string meaning(const Picture& p, size_t at, size_t size) {
  const u64 value = value_at(p.bytes, at, size);
  std::string text = format("%llu unsigned", static_cast<unsigned long long>(value));
  if (size == 4 || size == 8) {
    text += format(", %g as %s", real_of(value, size), size == 8 ? "double" : "float");
  }
  const auto* target = vma_of(p, value);
  if (size == 8 && target) text += std::string("\npoints into ") + vma_text(*target);
  return text;
}

const Type& type_of(const Pane& pane) {
  return types[std::clamp<size_t>(static_cast<size_t>(pane.state.choice), 0, std::size(types) - 1)];
}

void draw_type_tabs(Pane& pane, const Rect& r) {
  const Canvas& c = pane.c;
  float x = r.x;
  for (size_t i = 0; i < std::size(types); ++i) {
    const bool on = &types[i] == &type_of(pane);
    const float w = c.width(c.fonts->strong, types[i].name) + 16;
    const Hit tab = spot(pane, {x, r.y - 2, w, 22},
                         {on ? "shown as" : "show as", types[i].name, types[i].explain, {}, on ? "" : "read them so"});
    c.text(on ? c.fonts->strong : c.fonts->label, x + 8, r.y, on ? c.theme->ink : c.theme->soft, types[i].name);
    if (on) c.fill({x + 6, r.y + 18, w - 12, 2}, c.theme->accent, 1);
    if (tab.clicked) pane.state.choice = static_cast<int>(i);
    x += w + 2;
  }
}

/// The area an address points into, "" = none.
std::string target_of(const Picture& p, u64 value) {
  const auto* vma = vma_of(p, value);
  return vma ? vma_text(*vma) : value >> 47 == 0x1ffff ? "kernel" : "";
}

float gap_after(const Type& type, unsigned from) {
  return (type.size == 1 ? 7.0f : 12.0f) + (from % 8 == 8 - type.size ? 6.0f : 0.0f);
}

constexpr float target_width = 66;  // of where a pointer leads

float columns_width(const Canvas& c, const Type& type, unsigned columns) {
  float w = c.width(c.fonts->mono, "0000000000000000") + 18;
  for (unsigned i = 0; i < columns; i += type.size)
    w += c.width(c.fonts->mono, "0") * static_cast<float>(type.digits) + gap_after(type, i) +
         (type.reading == Reading::address ? target_width : 0);
  return w;
}

/// The groups of one row, then its text.
void draw_row(Pane& pane, const Rect& line, size_t from, unsigned columns) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const Type& type = type_of(pane);
  c.address(line.x, line.y, p.bytes_at.value + from, c.theme->soft);
  spot(pane, {line.x, line.y, c.width(c.fonts->mono, "0000000000000000"), row - 1},
       {"address", hexadecimal(p.bytes_at.value + from), "of the first byte of this row",
        address_thing(p.pid, Gva{p.bytes_at.value + from}, columns), ""});
  float x = line.x + c.width(c.fonts->mono, "0000000000000000") + 18;
  const float digit = c.width(c.fonts->mono, "0");
  for (unsigned i = 0; i < columns; i += type.size) {
    const size_t at = from + i;
    const float w = digit * static_cast<float>(type.digits);
    if (at + type.size <= p.bytes.size()) {
      const u64 value = value_at(p.bytes, at, type.size);
      const std::string text = text_of(type, value);
      const ImU32 ink = value == 0 ? fade(c.theme->soft, 0.55f) : c.theme->ink;
      if (type.reading == Reading::decimal || type.reading == Reading::real)
        c.text_right(c.fonts->mono, x + w, line.y, ink, text);
      else
        c.text(c.fonts->mono, x, line.y, ink, text);
      if (type.reading == Reading::address)
        c.text_fit(c.fonts->label, x + w + 6, line.y, target_width - 8, c.theme->soft, target_of(p, value));
      const Thing thing = type.reading == Reading::address && !target_of(p, value).empty()
                              ? address_thing(p.pid, Gva{value})
                              : address_thing(p.pid, Gva{p.bytes_at.value + at}, type.size);
      spot(pane, {x - 2, line.y, w + 4, row - 1},
           {format("[%s]", hexadecimal(p.bytes_at.value + at).c_str()),
            type.reading == Reading::hexadecimal ? "0x" + text : text, meaning(p, at, type.size), thing, ""});
    }
    x += w + gap_after(type, i) + (type.reading == Reading::address ? target_width : 0);
  }
  x += 10;
  const float text_x = x;
  std::string text;
  for (unsigned i = 0; i < columns && from + i < p.bytes.size(); ++i) {
    const char byte = static_cast<char>(p.bytes[from + i]);
    const bool printable = byte >= 32 && byte < 127;
    if (x + digit > line.right()) break;
    c.text(c.fonts->mono, x, line.y, printable ? c.theme->ink : fade(c.theme->soft, 0.5f),
           printable ? std::string_view(&byte, 1) : "\u00b7");
    text += printable ? std::string(1, byte) : "\u00b7";
    x += digit;
  }
  spot(pane, {text_x, line.y, x - text_x, row - 1}, {"text", text, "the same bytes as characters", {}, ""});
}

}  // namespace

void draw_bytes(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const Rect head = r.take_top(26);
  const auto* vma = vma_of(p, p.bytes_at.value + Picture::bytes_before);
  const auto* process = p.process(p.pid);
  const bool of_process = process && p.bytes_at.value >> 63 == 0;
  told(pane, head,
       of_process ? format("%u %s%s%s", p.pid, process->name.c_str(), vma ? " \u2014 " : "", vma ? vma_text(*vma) : "")
       : p.bytes_at.value >> 63 ? "kernel memory"
                                : "memory",
       "whose memory this is", of_process ? process_thing(p.pid) : Thing{});
  draw_type_tabs(pane, r.take_top(28));
  if (p.bytes.empty()) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "No frame is mapped here. Click an address in another panel to look at its bytes.");
    return c.unclip();
  }
  const float text = c.width(c.fonts->mono, "................") + 10;
  const unsigned columns = r.w >= columns_width(c, type_of(pane), per_row) + text ? per_row : per_row / 2;
  const size_t rows = (p.bytes.size() + columns - 1) / columns;
  for (size_t i = 0; i < p.bytes.size() && pane.led_elsewhere(); ++i)
    if (pane.focus.lights(address_thing(p.pid, p.bytes_at + i))) pane.bring_into_sight(r, i / columns, row);
  float y = r.y;
  for (size_t i = pane.scrolled(r, rows, row); i < rows && y + row <= r.bottom(); ++i, y += row)
    draw_row(pane, {r.x, y, r.w, row}, i * columns, columns);
  c.unclip();
}

}  // namespace lucid::ui
