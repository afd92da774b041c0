// SPDX-License-Identifier: MIT
// One file: an ELF file's parts and fields beside its bytes, each lighting up the other and the
// memory it is mapped to; other files as bytes. Below, what the byte looked at is, all at once.
#include <algorithm>

#include "ui/mapped_part.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

using inspect::ElfPart;

constexpr float row = 18, about_height = 44;
constexpr unsigned per_row = 16;

bool is_header(const ElfPart& part) {
  return part.kind == ElfPart::Kind::header || part.kind == ElfPart::Kind::program_header ||
         part.kind == ElfPart::Kind::section_header;
}

bool covers(const ElfPart& part, u64 offset) { return offset >= part.offset && offset - part.offset < part.size; }

/// What a byte of the file belongs to.
struct Cover {
  const ElfPart* part = nullptr;  // the smallest
  const inspect::ElfField* field = nullptr;
  const ElfPart *segment = nullptr, *section = nullptr;
};

Cover cover(const inspect::ElfPartsView& elf, u64 offset) {
  Cover best;
  for (const ElfPart& part : elf.parts) {
    if (!covers(part, offset)) continue;
    if (part.kind == ElfPart::Kind::segment && part.name == "LOAD") best.segment = &part;
    if (part.kind == ElfPart::Kind::section) best.section = &part;
    const bool smaller = !best.part || part.size < best.part->size || (part.size == best.part->size && is_header(part));
    if (smaller) best.part = &part;
  }
  if (best.part)
    for (const auto& field : best.part->fields)
      if (offset >= field.offset && offset - field.offset < field.size) best.field = &field;
  return best;
}

// --- the list of parts ---

/// A heading, a part by its header (`body`: what that describes), or a field of an unfolded one.
struct Line {
  const char* heading = nullptr;
  const ElfPart* part = nullptr;
  const ElfPart* body = nullptr;
  const inspect::ElfField* field = nullptr;
};

std::vector<Line> lines_of(const inspect::ElfPartsView& elf, const std::set<u64>& open) {
  std::vector<Line> lines;
  ElfPart::Kind last = ElfPart::Kind::header;
  for (size_t i = 0; i < elf.parts.size(); ++i) {
    const ElfPart& part = elf.parts[i];
    if (!is_header(part)) continue;
    if (part.kind == ElfPart::Kind::program_header && last != part.kind)
      lines.push_back({"SEGMENTS: WHAT EXECVE READS"});
    if (part.kind == ElfPart::Kind::section_header && last != part.kind)
      lines.push_back({"SECTIONS: WHAT LINKERS READ"});
    last = part.kind;
    const bool has_body = part.kind != ElfPart::Kind::header && i + 1 < elf.parts.size();
    lines.push_back({nullptr, &part, has_body ? &elf.parts[i + 1] : nullptr, nullptr});
    if (open.contains(i))
      for (const auto& field : part.fields) lines.push_back({nullptr, &part, nullptr, &field});
  }
  return lines;
}

void show_bytes_from(Pane& pane, u64 offset) { pane.state.top = static_cast<double>(offset / per_row); }

void draw_field(Pane& pane, const Rect& line, const inspect::ElfField& field) {
  const Canvas& c = pane.c;
  const float names = std::min(line.w * 0.5f, 170.0f);
  c.text_fit(c.fonts->label, line.x + 26, line.y, names - 30, c.theme->soft, field.name);
  c.text_fit(c.fonts->mono_small, line.x + names, line.y + 2, line.w - names, c.theme->ink, field.value);
  const Hit area = spot(
      pane, line,
      {field.name, field.value, field.explain, file_thing(pane.p.file, field.offset, field.size), "see its bytes"});
  if (area.clicked) show_bytes_from(pane, field.offset);
}

void draw_part(Pane& pane, const Rect& line, const ElfPart& part, const ElfPart* body) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const auto index = static_cast<u64>(&part - p.elf.parts.data());
  const bool open = pane.state.open.contains(index);
  const ElfPart& meant = body ? *body : part;
  const float middle = line.y + row / 2;
  const float x = line.x;
  if (open)
    c.list->AddTriangleFilled({x, middle - 2}, {x + 8, middle - 2}, {x + 4, middle + 3}, c.theme->soft);
  else
    c.list->AddTriangleFilled({x + 2, middle - 4}, {x + 2, middle + 4}, {x + 7, middle}, c.theme->soft);
  c.fill({x + 13, line.y + 3, 9, 9}, elf_colour(c, meant.kind), 2);
  const std::string where = meant.memory_size         ? hexadecimal(meant.address)
                            : meant.kind == part.kind ? ""
                                                      : "not mapped";
  const float where_width = c.width(c.fonts->mono_small, where);
  const std::string name = part.name.empty() ? "(no name)" : part.name;
  c.text_fit(c.fonts->label, x + 27, line.y, line.w - where_width - 36, c.theme->ink,
             meant.access.empty() ? name : name + "  " + meant.access);
  c.text_right(c.fonts->mono_small, line.right(), line.y + 2, c.theme->soft, where);
  const char* kind = meant.kind == ElfPart::Kind::segment   ? "segment"
                     : meant.kind == ElfPart::Kind::section ? "section"
                                                            : "header";
  if (!where.empty())
    spot(pane, {line.right() - where_width - 4, line.y, where_width + 4, line.h},
         {"address", where, "where its first byte goes to in memory",
          meant.memory_size ? address_thing(p.pid, Gva{meant.address}, meant.memory_size) : Thing{}, ""});
  const Hit area = spot(pane, {line.x, line.y, line.w - where_width - 8, line.h},
                        {name,
                         format("%s, %llu bytes at %llx", kind, static_cast<unsigned long long>(meant.size),
                                static_cast<unsigned long long>(meant.offset)),
                         meant.explain, file_thing(p.file, meant.offset, meant.size),
                         open ? "fold its header up" : "see its bytes, and the fields of its header"});
  if (!area.clicked) return;
  show_bytes_from(pane, meant.size ? meant.offset : part.offset);
  if (!pane.state.open.insert(index).second) pane.state.open.erase(index);
}

void draw_parts(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto lines = lines_of(pane.p.elf, pane.state.open);
  float y = r.y;
  for (size_t i = pane.scrolled(r, lines.size(), row); i < lines.size() && y + row <= r.bottom() + 1; ++i, y += row) {
    const Line& each = lines[i];
    const Rect line{r.x, y, r.w, row - 1};
    if (each.heading)
      c.heading(r.x, y + 4, each.heading);
    else if (each.field)
      draw_field(pane, line, *each.field);
    else
      draw_part(pane, line, *each.part, each.body);
  }
}

// --- the bytes ---

float byte_pitch(const Canvas& c) { return c.width(c.fonts->mono_small, "00") + 5; }
float text_begin(const Canvas& c, unsigned columns) {
  return c.width(c.fonts->mono_small, "000000") + 10 + static_cast<float>(columns) * byte_pitch(c) + 8;
}

void draw_byte_row(Pane& pane, const Rect& r, u64 from, unsigned columns) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.text(c.fonts->mono_small, r.x, r.y + 2, c.theme->soft, format("%06llx", static_cast<unsigned long long>(from)));
  spot(pane, {r.x, r.y, c.width(c.fonts->mono_small, "000000"), row - 1},
       {"offset", hexadecimal(from), "how far into the file this row begins", {}, ""});
  float x = r.x + c.width(c.fonts->mono_small, "000000") + 10;
  std::string text;
  for (u64 at = from; at < from + columns && at < p.file_bytes.size(); ++at, x += byte_pitch(c)) {
    const u8 byte = p.file_bytes[at];
    const Cover over = cover(p.elf, at);
    const ImU32 ink = over.part ? elf_colour(c, over.part->kind) : p.elf.parts.empty() ? c.theme->ink : c.theme->soft;
    c.text(c.fonts->mono_small, x, r.y + 2, byte == 0 ? fade(ink, 0.55f) : ink, format("%02x", byte));
    const Thing thing =
        over.field ? file_thing(p.file, over.field->offset, over.field->size) : file_thing(p.file, at, 1);
    const std::string explain = over.field  ? format("%s: %s", over.field->name, over.field->explain)
                                : over.part ? format("in %s, %s", over.part->name.c_str(), over.part->explain)
                                            : "a byte of the file";
    spot(pane, {x - 2, r.y, byte_pitch(c) - 1, row - 1},
         {over.field ? over.field->value : "", format("0x%02x", byte), explain, thing, ""});
    text += byte >= 32 && byte < 127 ? std::string(1, static_cast<char>(byte)) : "\u00b7";
  }
  const float text_x = r.x + text_begin(c, columns);
  c.text_fit(c.fonts->mono_small, text_x, r.y + 2, r.right() - text_x, c.theme->soft, text);
  spot(pane, {text_x, r.y, r.right() - text_x, row - 1}, {"text", text, "the same bytes as characters", {}, ""});
}

void draw_file_bytes(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& bytes = pane.p.file_bytes;
  if (bytes.empty()) return;
  const float letter = c.width(c.fonts->mono_small, "0");
  const unsigned columns = r.w >= text_begin(c, per_row) + letter * per_row ? per_row : per_row / 2;
  double& top = pane.state.top;  // in per_row bytes
  top = std::clamp(top - static_cast<double>(wheel(r)) * 3, 0.0, static_cast<double>((bytes.size() - 1) / per_row));
  float y = r.y;
  for (u64 at = static_cast<u64>(top) * per_row; at < bytes.size() && y + row <= r.bottom() + 1;
       at += columns, y += row)
    draw_byte_row(pane, {r.x, y, r.w, row}, at, columns);
}

// --- what is looked at ---

/// Where a byte of the file is in the memory of the process shown.
std::string mapped_text(const Picture& p, u64 offset) {
  const auto* process = p.process(p.pid);
  const std::string who = format("%u %s", p.pid, process ? process->name.c_str() : "");
  for (const Space& space : p.spaces) {
    if (space.map.pid != p.pid) continue;
    for (size_t i = 0; i < space.map.vmas.size(); ++i) {
      const auto& vma = space.map.vmas[i];
      if (vma.file != p.file || !mapped_part(p, vma).holds(offset)) continue;
      const u64 address = vma.start.value + (offset - vma.file_offset);
      std::string text = "at " + hexadecimal(address) + " of " + who;
      for (const auto& page : space.pages[i]) {
        if (page.address.value != (address & ~page_mask)) continue;
        text += page.present ? ", in frame " + hexadecimal(page.frame) : ", not in memory yet: its first touch faults";
      }
      return text;
    }
  }
  return "not mapped by " + who;
}

std::string belongs_text(const Cover& over, u64 offset) {
  std::string text = "byte " + hexadecimal(offset);
  if (over.part && is_header(*over.part))
    text += over.part->kind == ElfPart::Kind::header ? ", ELF header" : ", header of " + over.part->name;
  if (over.field) text += std::string(": ") + over.field->name + " = " + over.field->value;
  if (over.section) text += ", section " + over.section->name;
  if (over.segment) text += ", segment LOAD " + over.segment->access;
  return text;
}

void draw_about(Pane& pane, const Rect& r, u64 offset) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.fill({r.x, r.y + 2, r.w, 1}, c.theme->line);
  const Cover over = cover(p.elf, offset);
  c.text_fit(c.fonts->label, r.x, r.y + 7, r.w, c.theme->ink, belongs_text(over, offset));
  c.text_fit(c.fonts->label, r.x, r.y + 25, r.w, c.theme->soft, mapped_text(p, offset));
  spot(pane, {r.x, r.y + 6, r.w, about_height - 8},
       {"looked at", belongs_text(over, offset), mapped_text(p, offset), {}, ""});
}

/// Where there is room for one of them only.
constexpr int show_bytes = 0, show_parts = 1;
void draw_tabs(Pane& pane, const Rect& r) {
  const Canvas& c = pane.c;
  float x = r.x;
  for (const auto& [choice, name] : {std::pair{show_bytes, "bytes"}, std::pair{show_parts, "parts and fields"}}) {
    const bool on = pane.state.choice == choice;
    const float w = c.width(on ? c.fonts->strong : c.fonts->label, name);
    if (hit(name, {x - 4, r.y - 3, w + 8, 24}).clicked) pane.state.choice = choice;
    c.text(on ? c.fonts->strong : c.fonts->label, x, r.y, on ? c.theme->ink : c.theme->soft, name);
    if (on) c.fill({x, r.y + 18, w, 2}, c.theme->accent, 1);
    x += w + 20;
  }
}

/// What the reader looks at elsewhere comes into sight here.
void follow(Pane& pane, u64 offset) {
  if (pane.led_elsewhere() && pane.follow()) show_bytes_from(pane, offset), pane.state.choice = show_bytes;
}

}  // namespace

void draw_elf(Pane& pane, Rect r) {
  const Picture& p = pane.p;
  const auto offset = pane.focus.offset_in(p.file);
  if (offset && *offset < p.file_bytes.size()) follow(pane, *offset);
  pane.c.clip(r);
  if (!p.file_bytes.empty()) draw_about(pane, r.take_bottom(about_height), offset.value_or(0));
  constexpr float least_for_both = 260;
  if (p.elf.parts.empty()) {
    draw_file_bytes(pane, r);
  } else if (r.w > 520) {
    const Rect list{r.x, r.y, std::min(300.0f, r.w * 0.42f), r.h};
    draw_parts(pane, list);
    draw_file_bytes(pane, {list.right() + 18, r.y, r.right() - list.right() - 18, r.h});
  } else if (r.h >= least_for_both || r.w > 400) {
    draw_parts(pane, r.take_top(r.h * 0.5f));
    draw_file_bytes(pane, {r.x, r.y + 6, r.w, r.h - 6});
  } else {
    draw_tabs(pane, r.take_top(24));
    pane.state.choice == show_parts ? draw_parts(pane, r) : draw_file_bytes(pane, r);
  }
  pane.c.unclip();
}

}  // namespace lucid::ui
