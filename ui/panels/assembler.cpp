// SPDX-License-Identifier: MIT
// Text to machine code and back: a place for the host's boxes, what stands in them as bytes coloured by field,
// and one instruction field by field, with the bits of ModRM and the like.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 24, part_row = 19, chip_height = 19;

constexpr const char* field_words[] = {  // by inspect::ByteField
    "A prefix changes what the instruction behind it does: its sizes, its segment, how often.",
    "The REX prefix widens operands to 64 bits and lends a fourth bit to the numbers of registers.",
    "The opcode says what is to be done, and often with which kind of operands.",
    "ModRM says which registers take part, or how the address of an operand in memory is made.",
    "SIB makes an address of a base register and an index register times 1, 2, 4 or 8.",
    "The displacement is a number that is added to the address, the least significant byte first.",
    "The immediate is a number the instruction carries with it, the least significant byte first."};

struct Example {
  const char* text;
  const char* explain;
};
constexpr Example examples[] = {
    {"add eax, 512", "five bytes: what to do, and the number"},
    {"mov rax, [rbx + 8*rcx + 16]", "every field there is but a prefix and an immediate"},
    {"mov ecx, 10\nagain:\n  dec ecx\n  jnz again", "a label, and a distance back to it"},
    {"; write a line, and exit\nmov eax, 1\nmov edi, 1\nlea rsi, [text]\nmov edx, length\nsyscall\n\nmov eax, 60\n"
     "xor edi, edi\nsyscall\n\ntext   db \"made of bytes\", 10\nlength equ $ - text",
     "a whole program: press run, and watch the console"}};

std::string hex_text(std::span<const u8> bytes) {
  std::string out;
  for (const u8 byte : bytes) out += (out.empty() ? "" : " ") + format("%02x", byte);
  return out;
}

std::string binary(const inspect::FieldBits& bits) {
  std::string digits;
  for (int bit = bits.high - bits.low; bit >= 0; --bit) digits += (bits.value >> bit & 1) ? '1' : '0';
  return digits;
}

std::string explained(const inspect::InstructionField& field) {
  std::string here;
  for (const auto& bits : field.bits)
    here += format("%s = %s  %s\n", bits.name.c_str(), binary(bits).c_str(), bits.meaning.c_str());
  if (here.empty() && !field.meaning.empty()) here = "Here: " + field.meaning + "\n";
  return here + field_words[static_cast<size_t>(field.kind)];
}

/// A byte in its field's colour; hovering says what the field is and says here. Returns its width.
float draw_byte(Pane& pane, float x, float y, u8 byte, const inspect::InstructionField* field) {
  const Canvas& c = pane.c;
  const std::string digits = format("%02x", byte);
  const float w = c.width(c.fonts->mono, digits) + 7;
  if (!field) {
    c.fill({x, y, w, chip_height}, fade(c.theme->soft, 0.16f), 4);
    c.text(c.fonts->mono, x + 3.5f, y + 1, c.theme->ink, digits);
    spot(pane, {x, y, w, chip_height}, {"data", digits, "A byte the program carries with it.", {}, ""});
    return w;
  }
  c.fill({x, y, w, chip_height}, c.theme->field[static_cast<size_t>(field->kind)], 4);
  c.text(c.fonts->mono, x + 3.5f, y + 1, c.theme->dark ? c.theme->panel : IM_COL32_WHITE, digits);
  spot(pane, {x, y, w, chip_height}, {field->name, digits, explained(*field), {}, ""});
  return w;
}

const inspect::InstructionField* field_at(const inspect::InstructionView& view, size_t at) {
  for (const auto& field : view.fields)
    if (at >= field.offset && at < field.offset + field.size) return &field;
  return nullptr;
}

/// The bytes and what they say. True when the pointer is on it.
bool draw_line(Pane& pane, const Rect& r, const session::DraftLine& line, bool chosen) {
  const Canvas& c = pane.c;
  const inspect::InstructionView& view = line.instruction;
  if (chosen) c.fill(r, fade(c.theme->accent, 0.10f), 5);
  const bool narrow = r.w < 330;
  float x = r.x + 4;
  if (!narrow)
    x += c.text(c.fonts->mono_small, x, r.y + 4, c.theme->soft,
                format("%llx", static_cast<unsigned long long>(view.address.value))) +
         10;
  const float bytes_end = r.x + r.w * (narrow ? 0.56f : 0.58f);
  const float byte_width = c.width(c.fonts->mono, "00") + 9;
  size_t i = 0;
  for (; i < view.bytes.size() && x + byte_width * (i + 1 < view.bytes.size() ? 1.6f : 1.0f) <= bytes_end; ++i)
    x += draw_byte(pane, x, r.y + 2, view.bytes[i], field_at(view, i)) + 2;
  if (i < line.size) x += c.text(c.fonts->mono, x + 2, r.y + 3, c.theme->soft, "\u2026") + 8;
  const std::string text =
      line.code ? view.text : format("%llu bytes of data", static_cast<unsigned long long>(line.size));
  x = std::max(x + 8, bytes_end + 6);
  c.text_fit(c.fonts->mono, x, r.y + 3, r.right() - x - 4, line.code ? c.theme->ink : c.theme->soft, text);
  const Hit area = spot(
      pane, {x, r.y, r.right() - x, row - 1},
      {hex_text(view.bytes), text, "What the processor makes of these bytes.", {}, line.line ? "go to its line" : ""});
  if (area.clicked && line.line) pane.picks.source_place = assembler::Diagnostic{line.line, {1, 0}, ""};
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  return mouse.x >= r.x && mouse.x < r.right() && mouse.y >= r.y && mouse.y < r.bottom();
}

/// Which of its lines the caret is in; the first unless said.
size_t line_of_caret(const session::Draft& draft) {
  for (size_t i = 0; i < draft.lines.size(); ++i)
    if (draft.line != 0 && draft.lines[i].line == draft.line) return i;
  return 0;
}

std::string line_of_text(std::string_view text, u32 number) {
  for (; number > 1; --number) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return std::string(text.substr(0, text.find('\n')));
}

/// Each with its line, the wrong word underlined.
void draw_errors(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const session::Draft& draft = pane.p.draft;
  for (const auto& error : draft.errors) {
    if (r.h < 44) return;
    const std::string source = line_of_text(draft.text, error.line);
    const size_t at = std::min<size_t>(error.where.column ? error.where.column - 1 : 0, source.size());
    const std::string_view before = std::string_view(source).substr(0, at);
    const std::string_view wrong = std::string_view(source).substr(at, error.where.length);
    const std::string number = draft.typed ? "" : format("%u  ", error.line);
    const Rect whole = r;
    float x = r.x + c.text(c.fonts->mono_small, r.x, r.y + 2, c.theme->soft, number);
    x += c.text(c.fonts->mono, x, r.y, c.theme->soft, before);
    const float width = std::max(c.width(c.fonts->mono, wrong), c.width(c.fonts->mono, "0"));
    c.text(c.fonts->mono, x, r.y, c.theme->danger, wrong);
    c.fill({x, r.y + 17, width, 2}, c.theme->danger);
    c.text(c.fonts->mono, x + c.width(c.fonts->mono, wrong), r.y, c.theme->soft,
           std::string_view(source).substr(std::min(at + wrong.size(), source.size())));
    r.take_top(24);
    r.take_top(c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->danger, error.message) + 12);
    const Hit area = spot(pane, {whole.x, whole.y, whole.w, whole.h - r.h - 8},
                          {format("error %u:%u", error.line, error.where.column),
                           error.message,
                           "The word underlined is what the assembler does not understand.",
                           {},
                           "go there"});
    if (area.clicked) pane.picks.source_place = error;
  }
}

/// Something to begin with.
void draw_examples(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  r.take_top(c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                            "Write instructions, and see the bytes they are; or write bytes, and see what they say. "
                            "For example:") +
             10);
  for (const Example& each : examples) {
    if (r.h < 40) return;
    const std::string_view first = std::string_view(each.text).substr(0, std::string_view(each.text).find('\n'));
    const bool more = first.size() < std::string_view(each.text).size();
    const Hit area = hit(each.text, {r.x, r.y, r.w, 38});
    c.text_fit(c.fonts->mono, r.x, r.y, r.w, area.hovered ? c.theme->ink : c.theme->accent,
               std::string(first) + (more ? " \u2026" : ""));
    c.text_fit(c.fonts->label, r.x, r.y + 19, r.w, c.theme->soft, each.explain);
    if (area.hovered) tooltip(c, "Click: write this into the box.");
    if (area.clicked) pane.picks.source = each.text;
    r.take_top(46);
  }
}

/// Whether the way back leads to the same.
void draw_way_back(Pane& pane, const Rect& r) {
  const Canvas& c = pane.c;
  const session::Draft& draft = pane.p.draft;
  const std::string size = format("%llu bytes", static_cast<unsigned long long>(draft.size));
  const char* back = draft.typed ? (draft.same_again ? "their text assembles to the same bytes"
                                                     : "the assembler writes this text with other bytes")
                                 : (draft.same_again ? "back to text and to bytes again: the same"
                                                     : "back to text and to bytes again: other bytes");
  c.list->AddCircleFilled({r.x + 9, r.y + 9}, 4, draft.same_again ? c.theme->process[2] : c.theme->process[4]);
  const std::string text = (draft.typed ? "" : size + " \u00b7 ") + back;
  c.text_fit(c.fonts->label, r.x + 20, r.y, r.w - 20, c.theme->soft, text);
  spot(pane, r,
       {"round trip",
        draft.same_again ? "same" : "other",
        "Many instructions have several encodings that do the same; the assembler takes the shortest.",
        {},
        ""});
}

/// The rows of the fields: name, bytes, what they say; below them their bits.
void draw_fields(Pane& pane, Rect r, const inspect::InstructionView& view) {
  const Canvas& c = pane.c;
  float bytes = 0;
  for (const auto& field : view.fields)
    bytes = std::max(bytes, c.width(c.fonts->mono, hex_text(std::span(view.bytes).subspan(field.offset, field.size))));
  const float names = 100, meanings = names + std::min(std::max(bytes, 60.0f) + 18, r.w * 0.34f);
  struct Part {
    const inspect::InstructionField* field;
    const inspect::FieldBits* bits;
  };
  std::vector<Part> parts;
  for (const auto& field : view.fields) {
    parts.push_back({&field, nullptr});
    for (const auto& bits : field.bits) parts.push_back({&field, &bits});
  }
  const auto fits = static_cast<size_t>(std::max(1.0f, (r.h + 2) / part_row));
  if (parts.size() > fits)
    c.text_right(c.fonts->label, r.right(), r.y - 26, c.theme->soft,
                 format("%zu of %zu lines: scroll", fits, parts.size()));
  float y = r.y;
  for (size_t i = pane.scrolled(r, parts.size(), part_row); i < parts.size() && y + part_row <= r.bottom() + 2;
       ++i, y += part_row) {
    const auto& [field, bits] = parts[i];
    const Rect line{r.x, y, r.w, part_row - 1};
    if (bits) {
      c.text_fit(c.fonts->label, r.x + 26, y, names - 28, c.theme->soft, bits->name);
      c.text(c.fonts->mono, r.x + names, y, c.theme->ink, binary(*bits));
      c.text_fit(c.fonts->label, r.x + meanings, y, r.w - meanings, c.theme->soft, bits->meaning);
      spot(pane, line, {field->name + "." + bits->name, binary(*bits), bits->meaning, {}, ""});
      continue;
    }
    const std::string digits = hex_text(std::span(view.bytes).subspan(field->offset, field->size));
    c.swatch(r.x, y, c.theme->field[static_cast<size_t>(field->kind)]);
    c.text_fit(c.fonts->strong, r.x + 16, y, names - 18, c.theme->ink, field->name);
    c.text_fit(c.fonts->mono, r.x + names, y, meanings - names - 6, c.theme->ink, digits);
    c.text_fit(c.fonts->label, r.x + meanings, y, r.w - meanings, c.theme->ink, field->meaning);
    spot(pane, line, {"the " + field->name, digits, explained(*field), {}, ""});
  }
}

void draw_details(Pane& pane, Rect r, const session::DraftLine& line) {
  const Canvas& c = pane.c;
  c.fill({r.x, r.y, r.w, 1}, c.theme->line);
  r.take_top(10);
  const inspect::InstructionView& view = line.instruction;
  const std::string title = line.code ? view.text : "data";
  c.text_fit(c.fonts->mono, r.x, r.y, r.w, c.theme->ink, title);
  // Behind its text where there is room, else below it.
  float width = 0;
  for (size_t i = 0; i < view.bytes.size(); ++i) width += c.width(c.fonts->mono, "00") + 9;
  float x = r.x + c.width(c.fonts->mono, title) + 18;
  if (x + width > r.right()) x = r.x, r.take_top(22);
  for (size_t i = 0; i < view.bytes.size() && x + 24 < r.right(); ++i)
    x += draw_byte(pane, x, r.y - 1, view.bytes[i], field_at(view, i)) + 2;
  r.take_top(26);
  if (line.code && view.fields.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "These bytes are no instruction: a processor that came here would raise #UD.");
  else
    draw_fields(pane, r, view);
}

}  // namespace

void draw_assembler(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const session::Draft& draft = pane.p.draft;
  const bool narrow = r.w < 430;
  Rect upper = r;
  if (!narrow) upper = r.take_top(std::clamp(r.h * 0.5f, 200.0f, 420.0f));
  Rect box = narrow ? r.take_top(std::clamp(r.h * 0.5f, 176.0f, 230.0f)) : upper;
  Rect list = r;
  if (narrow) {
    r.take_top(12);
    list = r;
  } else {
    box.w = std::min(upper.w * 0.46f, 420.0f);
    list = {box.right() + 18, upper.y, upper.right() - box.right() - 18, upper.h};
  }
  pane.picks.source_box = box;
  c.clip(list);
  if (!draft.errors.empty()) {
    draw_errors(pane, list);
    return c.unclip();
  }
  if (draft.lines.empty()) {
    draw_examples(pane, list);
    return c.unclip();
  }
  Rect details = r;
  if (narrow) {
    const float wanted = row * static_cast<float>(draft.lines.size()) + 26;
    list = r.take_top(std::min(wanted, r.h * 0.5f));
    details = r;
    details.take_top(8);
  } else {
    details.take_top(10);
  }
  draw_way_back(pane, list.take_top(26));
  size_t chosen = line_of_caret(draft);
  const float fits = std::max(1.0f, list.h / row);
  const double most = std::max(0.0, static_cast<double>(draft.lines.size()) - static_cast<double>(fits) + 1);
  pane.state.top = std::clamp(pane.state.top - static_cast<double>(wheel(list)) * 3, 0.0, most);
  float y = list.y;
  const size_t of_caret = chosen;
  for (auto i = static_cast<size_t>(pane.state.top); i < draft.lines.size() && y + row <= list.bottom() + 2;
       ++i, y += row)
    if (draw_line(pane, {list.x, y, list.w, row - 1}, draft.lines[i], i == of_caret)) chosen = i;
  c.unclip();
  c.clip(details);
  draw_details(pane, details, draft.lines[chosen]);
  c.unclip();
}

}  // namespace lucid::ui
