// SPDX-License-Identifier: MIT
// One file as a strip: what its parts are, which of them execve maps, and whose pages hold them now. Small parts are
// drawn larger than they are, or a header of 64 bytes would not be seen.
#include <algorithm>
#include <cmath>
#include <set>

#include "ui/mapped_part.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

using inspect::ElfPart;

constexpr float row = 24, bar = 18, label_width = 66, least_width = 3;

bool is_load(const ElfPart& part) { return part.kind == ElfPart::Kind::segment && part.name == "LOAD"; }

/// A stretch of the file.
struct Block {
  u64 offset = 0, size = 0;
  const char* kind = "";
  std::string name;
  const char* explain = "";
  ElfPart::Kind part = ElfPart::Kind::section;
};

/// The tables as wholes, and the sections' contents.
std::vector<Block> blocks_of(const inspect::ElfPartsView& elf) {
  Block programs{0, 0, "table", "program headers", "the list of segments", ElfPart::Kind::program_header};
  Block sections{0, 0, "table", "section headers", "the list of sections", ElfPart::Kind::section_header};
  std::vector<Block> blocks;
  for (const ElfPart& part : elf.parts) {
    if (part.kind == ElfPart::Kind::header || (part.kind == ElfPart::Kind::section && part.size != 0))
      blocks.push_back({part.offset, part.size, part.kind == ElfPart::Kind::header ? "header" : "section", part.name,
                        part.explain, part.kind});
    Block* table = part.kind == ElfPart::Kind::program_header   ? &programs
                   : part.kind == ElfPart::Kind::section_header ? &sections
                                                                : nullptr;
    if (table && table->size == 0) table->offset = part.offset;
    if (table) table->size = part.offset + part.size - table->offset;
  }
  for (const Block& table : {programs, sections})
    if (table.size != 0) blocks.push_back(table);
  return blocks;
}

/// Where the offsets of a file are in a strip.
class Scale {
 public:
  Scale(const inspect::ElfPartsView& elf, u64 size, float x, float w) {
    std::set<u64> bounds;
    const auto add = [&](u64 offset) { bounds.insert(std::min(offset, size)); };
    add(0), add(size);
    for (const Block& block : blocks_of(elf)) add(block.offset), add(block.offset + block.size);
    for (const ElfPart& part : elf.parts)
      if (is_load(part)) add(part.offset), add(part.offset + part.size);
    bounds_.assign(bounds.begin(), bounds.end());
    double whole = 0;
    for (size_t i = 1; i < bounds_.size(); ++i) whole += weight(i);
    const float spare = std::max(0.0f, w - least_width * static_cast<float>(bounds_.size() - 1));
    xs_.push_back(x);
    for (size_t i = 1; i < bounds_.size(); ++i)
      xs_.push_back(xs_.back() + least_width + spare * static_cast<float>(whole > 0 ? weight(i) / whole : 0));
  }
  float at(u64 offset) const {
    const auto above = std::upper_bound(bounds_.begin(), bounds_.end(), offset);
    if (above == bounds_.end()) return xs_.back();
    if (above == bounds_.begin()) return xs_.front();
    const auto i = static_cast<size_t>(above - bounds_.begin());
    const double part = static_cast<double>(offset - bounds_[i - 1]) / static_cast<double>(bounds_[i] - bounds_[i - 1]);
    return xs_[i - 1] + (xs_[i] - xs_[i - 1]) * static_cast<float>(part);
  }
  Rect stretch(u64 from, u64 to, float y) const {
    const float x = at(from);
    return {x, y, std::max(at(to) - x - 1, 2.0f), bar};
  }

 private:
  double weight(size_t i) const { return std::sqrt(static_cast<double>(bounds_[i] - bounds_[i - 1])); }
  std::vector<u64> bounds_;
  std::vector<float> xs_;
};

void label(Pane& pane, const Rect& box, ImU32 colour, std::string_view text) {
  if (pane.c.width(pane.c.fonts->mono_small, text) + 8 <= box.w)
    pane.c.text(pane.c.fonts->mono_small, box.x + 4, box.y + 2, colour, text);
}

void draw_file_row(Pane& pane, const Scale& scale, float y) {
  const Canvas& c = pane.c;
  for (const Block& block : blocks_of(pane.p.elf)) {
    const Rect box = scale.stretch(block.offset, block.offset + block.size, y);
    const ImU32 colour = elf_colour(c, block.part);
    c.fill(box, fade(colour, 0.22f), 3);
    c.fill({box.x, box.y, std::min(3.0f, box.w), box.h}, colour, 1);
    label(pane, box, c.theme->ink, block.name);
    spot(pane, box,
         {block.name, format("%s, %llu bytes", block.kind, static_cast<unsigned long long>(block.size)), block.explain,
          file_thing(pane.p.file, block.offset, block.size), "see its bytes"});
  }
}

void draw_segment_row(Pane& pane, const Scale& scale, float y) {
  const Canvas& c = pane.c;
  for (const ElfPart& part : pane.p.elf.parts) {
    if (!is_load(part) || part.size == 0) continue;
    const Rect box = scale.stretch(part.offset, part.offset + part.size, y);
    c.fill(box, fade(elf_colour(c, part.kind), 0.22f), 3);
    c.frame(box, elf_colour(c, part.kind), 3);
    label(pane, box, c.theme->ink, part.access);
    spot(pane, box,
         {"LOAD " + part.access, "to " + hexadecimal(part.address), part.explain,
          file_thing(pane.p.file, part.offset, part.size), "see its bytes"});
  }
}

bool maps(const Space& space, const std::string& file) {
  return std::any_of(space.map.vmas.begin(), space.map.vmas.end(), [&](const auto& vma) { return vma.file == file; });
}

/// A page of the process, filled when it has a frame.
void draw_page_row(Pane& pane, const Scale& scale, float y, const Space& space) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const ImU32 own = process_colour(c, p, space.map.pid);
  for (size_t i = 0; i < space.map.vmas.size(); ++i) {
    const auto& vma = space.map.vmas[i];
    if (vma.file != p.file) continue;
    const FileRange meant = mapped_part(p, vma);
    for (const auto& page : space.pages[i]) {
      const u64 offset = vma.file_offset + (page.address.value - vma.start.value);
      const u64 begin = std::max(offset, meant.from), end = std::min(offset + page_size, meant.to);
      if (begin >= end) continue;
      const Rect box = scale.stretch(begin, end, y);
      if (page.present)
        c.fill(box, fade(own, 0.85f), 3);
      else
        c.frame(box, fade(own, 0.6f), 3);
      if (page.copy_on_write) c.hatch(box, c.theme->panel, 4);
      const Thing thing = page.present ? page_thing(space.map.pid, page.address, page.frame)
                                       : address_thing(space.map.pid, page.address, page_size);
      spot(pane, box, {"page", hexadecimal(page.address.value), page_text(page), thing, "see its bytes"});
    }
  }
}

void row_label(Pane& pane, float x, float y, std::string_view text, ImU32 colour) {
  pane.c.text_fit(pane.c.fonts->label, x, y, label_width - 6, colour, text);
}

/// Which processes to show: the chosen one first.
std::vector<const Space*> who_maps(const Picture& p) {
  std::vector<const Space*> who;
  for (const bool chosen : {true, false})
    for (const Space& space : p.spaces)
      if ((space.map.pid == p.pid) == chosen && maps(space, p.file)) who.push_back(&space);
  return who;
}

}  // namespace

ImU32 elf_colour(const Canvas& c, ElfPart::Kind kind) {
  constexpr unsigned by_kind[] = {0, 3, 4, 5, 6};  // of Theme::field
  return c.theme->field[by_kind[static_cast<size_t>(kind)]];
}

void draw_elf_map(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const Rect title = r.take_top(21);
  if (p.file.empty()) {
    c.text_fit(c.fonts->strong, title.x, title.y, title.w, c.theme->ink, "No file is chosen: click one in the list.");
    return c.unclip();
  }
  c.text_fit(c.fonts->strong, title.x, title.y, title.w, c.theme->ink, p.file);
  const std::string size = grouped(p.file_size) + " bytes";
  c.text_right(c.fonts->mono_small, title.right(), title.y + 2, c.theme->soft, size);
  spot(pane, {title.x, title.y, title.w, 18}, {p.file, size, "the file shown here, and its size", {}, ""});
  std::string kind = p.elf.kind;
  if (p.file_size > p.file_bytes.size() && !p.file_bytes.empty()) kind += "; the first MiB of it is shown";
  r.take_top(told_wrapped(pane, r, c.theme->soft, kind, "what kind of file it is") + 8);
  for (const std::string& problem : p.elf.problems) {
    if (r.h < 34) break;
    const float lines = c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->danger, problem);
    spot(pane, {r.x, r.y, r.w, lines}, {"problem", problem, "what is wrong with the file", {}, ""});
    r.take_top(lines + 4);
  }
  if (p.file_size == 0) return c.unclip();
  const Scale scale(p.elf, p.file_size, r.x + label_width, r.w - label_width);
  float y = r.y;
  const auto fits = [&] { return y + bar <= r.bottom() + 1; };
  if (!p.elf.parts.empty() && fits()) {
    row_label(pane, r.x, y, "file", c.theme->soft);
    draw_file_row(pane, scale, y);
    y += row;
  }
  if (!p.elf.parts.empty() && fits()) {
    row_label(pane, r.x, y, "segments", c.theme->soft);
    draw_segment_row(pane, scale, y);
    y += row;
  }
  const auto who = who_maps(p);
  if (who.empty() && fits())
    c.text_fit(c.fonts->label, r.x, y, r.w, c.theme->soft, "No process has any of it mapped now.");
  for (const Space* space : who) {
    if (!fits()) break;
    const auto* process = p.process(space->map.pid);
    told(pane, {r.x, y, label_width - 6, 18}, format("%u %s", space->map.pid, process ? process->name.c_str() : ""),
         "a process that has it mapped: a square for each of its pages", process_thing(space->map.pid));
    draw_page_row(pane, scale, y, *space);
    y += row;
  }
  c.unclip();
}

}  // namespace lucid::ui
