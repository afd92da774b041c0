// SPDX-License-Identifier: MIT
// One file: an ELF file's parts and fields beside its bytes, each lighting up the other and the
// memory it is mapped to; other files as bytes.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

using inspect::ElfPart;

constexpr float row = 18;
constexpr unsigned per_row = 16;

bool is_header(const ElfPart& part) {
  return part.kind == ElfPart::Kind::header || part.kind == ElfPart::Kind::program_header ||
         part.kind == ElfPart::Kind::section_header;
}

const char* kind_text(ElfPart::Kind kind) {
  switch (kind) {
    case ElfPart::Kind::header:
      return "header";
    case ElfPart::Kind::program_header:
      return "program header";
    case ElfPart::Kind::section_header:
      return "section header";
    case ElfPart::Kind::segment:
      return "segment";
    case ElfPart::Kind::section:
      return "section";
  }
  return "";
}

/// The smallest thing that covers a byte of the file.
struct Cover {
  const ElfPart* part = nullptr;
  const inspect::ElfField* field = nullptr;
};

Cover cover(const inspect::ElfPartsView& elf, u64 offset) {
  Cover best;
  u64 least = ~u64{0};
  for (const ElfPart& part : elf.parts) {
    if (offset < part.offset || offset - part.offset >= part.size || part.size > least) continue;
    if (part.size == least && !is_header(part)) continue;
    best = {&part, nullptr};
    least = part.size;
  }
  if (best.part)
    for (const auto& field : best.part->fields)
      if (offset >= field.offset && offset - field.offset < field.size) best.field = &field;
  return best;
}

ImU32 part_colour(const Canvas& c, const ElfPart* part) {
  if (!part) return c.theme->soft;
  switch (part->kind) {
    case ElfPart::Kind::header:
      return c.theme->field[0];
    case ElfPart::Kind::program_header:
      return c.theme->field[3];
    case ElfPart::Kind::section_header:
      return c.theme->field[4];
    case ElfPart::Kind::segment:
      return c.theme->field[5];
    case ElfPart::Kind::section:
      return c.theme->field[6];
  }
  return c.theme->ink;
}

/// A line of the list: a part, or a field of an unfolded one.
struct Line {
  const ElfPart* part;
  const inspect::ElfField* field;
};

std::vector<Line> lines_of(const inspect::ElfPartsView& elf, const std::set<u64>& open) {
  std::vector<Line> lines;
  for (size_t i = 0; i < elf.parts.size(); ++i) {
    const ElfPart& part = elf.parts[i];
    if (part.kind == ElfPart::Kind::segment && part.size == 0) continue;
    lines.push_back({&part, nullptr});
    if (open.contains(i))
      for (const auto& field : part.fields) lines.push_back({&part, &field});
  }
  return lines;
}

void show_bytes_from(Pane& pane, u64 offset) { pane.state.top = static_cast<double>(offset / per_row); }

void draw_parts(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const auto lines = lines_of(p.elf, pane.state.open);
  float y = r.y;
  for (size_t i = pane.scrolled(r, lines.size(), row); i < lines.size() && y + row <= r.bottom(); ++i, y += row) {
    const auto& [part, field] = lines[i];
    const Rect line{r.x, y, r.w, row - 1};
    if (field) {
      c.text_fit(c.fonts->label, r.x + 26, y, r.w * 0.5f - 26, c.theme->soft, field->name);
      c.text_fit(c.fonts->mono_small, r.x + r.w * 0.5f, y + 2, r.w * 0.5f, c.theme->ink, field->value);
      const Hit area = spot(
          pane, line,
          {field->name, field->value, field->explain, file_thing(p.file, field->offset, field->size), "see its bytes"});
      if (area.clicked) show_bytes_from(pane, field->offset);
      continue;
    }
    c.fill({r.x, y + 4, 9, 9}, part_colour(c, part), 2);
    const std::string where = part->memory_size ? hexadecimal(part->address) : "";
    const float where_width = c.width(c.fonts->mono_small, where);
    c.text_fit(c.fonts->label, r.x + 15, y, r.w - where_width - 22, c.theme->ink,
               part->name + (part->access.empty() ? "" : " " + part->access) +
                   (is_header(*part) && part->kind != ElfPart::Kind::header ? ", its header" : ""));
    c.text_right(c.fonts->mono_small, r.right(), y + 2, c.theme->soft, where);
    const Hit area =
        spot(pane, line,
             {part->name,
              format("%s, %llu bytes at %llx", kind_text(part->kind), static_cast<unsigned long long>(part->size),
                     static_cast<unsigned long long>(part->offset)),
              part->explain, file_thing(p.file, part->offset, part->size),
              is_header(*part) ? "see its fields and bytes" : "see its bytes"});
    if (!area.clicked) continue;
    show_bytes_from(pane, part->offset);
    const auto index = static_cast<u64>(part - p.elf.parts.data());
    if (is_header(*part) && !pane.state.open.insert(index).second) pane.state.open.erase(index);
  }
}

void draw_file_bytes(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const float digit = c.width(c.fonts->mono_small, "0");
  const unsigned columns = r.w > digit * (8 + 16 * 3 + 17) + 10 ? per_row : per_row / 2;
  const double rows = static_cast<double>((p.file_bytes.size() + columns - 1) / columns);
  double& top = pane.state.top;  // the first row, of per_row bytes
  top = std::clamp(top - static_cast<double>(wheel(r)) * 3, 0.0, std::max(0.0, rows - 1));
  float y = r.y;
  for (u64 at = static_cast<u64>(top) * per_row; at < p.file_bytes.size() && y + row <= r.bottom();
       at += columns, y += row) {
    float x =
        r.x +
        c.text(c.fonts->mono_small, r.x, y + 2, c.theme->soft, format("%06llx", static_cast<unsigned long long>(at))) +
        10;
    std::string text;
    for (unsigned i = 0; i < columns && at + i < p.file_bytes.size(); ++i) {
      const u8 byte = p.file_bytes[at + i];
      const Cover over = cover(p.elf, at + i);
      c.text(c.fonts->mono_small, x, y + 2, over.part ? part_colour(c, over.part) : c.theme->ink, format("%02x", byte));
      const Thing thing =
          over.field ? file_thing(p.file, over.field->offset, over.field->size) : file_thing(p.file, at + i, 1);
      const std::string explain = over.field  ? format("%s: %s", over.field->name, over.field->explain)
                                  : over.part ? format("in %s, %s", over.part->name.c_str(), over.part->explain)
                                              : "";
      spot(pane, {x - 1, y, digit * 2 + 2, row - 1},
           {"", over.field ? over.field->value : format("0x%02x", byte), explain, thing, ""});
      x += digit * 2 + 5;
      text += byte >= 32 && byte < 127 ? std::string(1, static_cast<char>(byte)) : "\u00b7";
    }
    const float text_x = r.x + digit * 6 + 10 + static_cast<float>(columns) * (digit * 2 + 5) + 8;
    c.text_fit(c.fonts->mono_small, text_x, y + 2, r.right() - text_x, c.theme->soft, text);
  }
}

}  // namespace

void draw_elf(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const Rect title = r.take_top(24);
  c.text_fit(c.fonts->strong, title.x, title.y, title.w, c.theme->ink, p.file.empty() ? "No file is chosen" : p.file);
  if (p.elf.parts.empty()) {
    draw_file_bytes(pane, r);
    return c.unclip();
  }
  const bool side_by_side = r.w > 420;
  Rect list = side_by_side ? Rect{r.x, r.y, std::min(250.0f, r.w * 0.44f), r.h} : r.take_top(r.h * 0.5f);
  draw_parts(pane, list);
  draw_file_bytes(pane, side_by_side ? Rect{list.right() + 16, r.y, r.right() - list.right() - 16, r.h}
                                     : Rect{r.x, r.y + 8, r.w, r.h - 8});
  c.unclip();
}

}  // namespace lucid::ui
