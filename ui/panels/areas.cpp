// SPDX-License-Identifier: MIT
// The areas of the process shown, as /proc/PID/maps lists them, and how many of their pages are resident, in the
// swap area, or waiting for copy on write.
#include <algorithm>
#include <iterator>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 19, most_counts = 400, air = 12, least_name = 90;

/// A column on the right for a number of pages.
struct Count {
  const char *title, *name, *explain;
  u64 (*value)(const inspect::VmaView&);
};
constexpr Count counts[] = {
    {"PAGES", "pages", "its size", [](const inspect::VmaView& v) { return (v.end.value - v.start.value) / page_size; }},
    {"RESIDENT", "resident", "pages with a frame behind them",
     [](const inspect::VmaView& v) { return v.resident_pages; }},
    {"SWAP", "swap", "pages that lie in the swap area", [](const inspect::VmaView& v) { return v.swapped_pages; }},
    {"COW", "cow", "resident pages of which a write makes a copy",
     [](const inspect::VmaView& v) { return v.shared_pages; }},
};

std::string range_text(const inspect::VmaView& vma) {
  return format("%llx-%llx", static_cast<unsigned long long>(vma.start.value),
                static_cast<unsigned long long>(vma.end.value));
}

/// What lies left of the counts; the range takes `range_width`, 0 = it is left to the pointer.
void draw_name(Pane& pane, const Rect& r, const inspect::VmaView& vma, float range_width) {
  const Canvas& c = pane.c;
  const std::string range = range_text(vma), mode = permissions(vma), name = area_name(vma);
  float x = r.x;
  if (range_width > 0) {
    c.text(c.fonts->mono_small, x, r.y + 2, c.theme->ink, range);
    x += range_width + air;
  }
  c.text(c.fonts->mono_small, x, r.y + 2, c.theme->soft, mode);
  x += c.width(c.fonts->mono_small, mode) + air;
  c.text_fit(c.fonts->label, x, r.y, r.right() - x, c.theme->ink, name);
  const bool of_file = vma.file.starts_with('/');
  const std::string explain =
      of_file ? format("%s from byte %s on", vma.file.c_str(), grouped(vma.file_offset).c_str()) : "of no file";
  if (spot(pane, r, {name, range + " " + mode, explain, area_thing(pane.p.pid, vma), "walk the page tables for it"})
          .clicked)
    pane.picks.address = vma.start;
}

}  // namespace

void draw_areas(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& map = pane.p.map;
  c.clip(r);
  c.heading(r.x, r.y, "AREAS");
  const float column = std::min(r.w * 0.56f, most_counts) / static_cast<float>(std::size(counts));
  const float names = r.w - column * static_cast<float>(std::size(counts));
  if (map.valid)
    for (size_t i = 0; i < std::size(counts); ++i)
      c.heading(r.x + names + column * static_cast<float>(i + 1) - 2 - c.heading_width(counts[i].title), r.y,
                counts[i].title);
  r.take_top(24);
  if (!map.valid) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   map.why_not.empty() ? "No process has an address space yet." : map.why_not);
    return c.unclip();
  }
  const float modes = c.width(c.fonts->mono_small, "rwxp");
  float ranges = 0;
  for (const auto& vma : map.vmas) ranges = std::max(ranges, c.width(c.fonts->mono_small, range_text(vma)));
  if (ranges + modes + 2 * air + least_name > names) ranges = 0;
  float y = r.y;
  for (size_t i = pane.scrolled(r, map.vmas.size(), row); i < map.vmas.size() && y + row <= r.bottom(); ++i, y += row) {
    const inspect::VmaView& vma = map.vmas[map.vmas.size() - 1 - i];  // high addresses on top, as in the other views
    draw_name(pane, {r.x, y, names - 6, row - 1}, vma, ranges);
    for (size_t n = 0; n < std::size(counts); ++n) {
      const Rect cell{r.x + names + column * static_cast<float>(n), y, column, row - 1};
      const u64 value = counts[n].value(vma);
      c.text_right(c.fonts->mono, cell.right() - 2, y, value ? c.theme->ink : c.theme->soft, grouped(value));
      spot(pane, cell, {counts[n].name, std::to_string(value), counts[n].explain, area_thing(pane.p.pid, vma), ""});
    }
  }
  c.unclip();
}

}  // namespace lucid::ui
