// SPDX-License-Identifier: MIT
// Address spaces side by side, a square per page: filled when resident, hatched while a frame is
// shared copy-on-write. Pages on the same frame light up together.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float title_height = 26, label_height = 17, square = 11, pitch = 13, below = 7;

}  // namespace

std::string page_text(const inspect::PageView& page) {
  if (page.swap_slot != 0)
    return format("in slot %u of the swap area: the next touch is a page fault that reads it back", page.swap_slot);
  if (!page.present) return "no frame yet: the first touch is a page fault";
  return format("frame 0x%llx, %u owner%s%s%s", static_cast<unsigned long long>(page.frame), page.references,
                page.references == 1 ? "" : "s", page.copy_on_write ? ", a write makes a copy" : "",
                page.dirty      ? ", written"
                : page.accessed ? ", read"
                                : "");
}

namespace {

void draw_page(Pane& pane, const Rect& box, u32 pid, const inspect::PageView& page) {
  const Canvas& c = pane.c;
  const ImU32 own = process_colour(c, pane.p, pid);
  if (!page.present) {
    c.frame(box, fade(own, page.swap_slot ? 0.8f : 0.35f), 2);
    if (page.swap_slot) c.fill(box.inset(3.5f), own, 1);
  } else {
    c.fill(box, fade(own, page.writable || page.copy_on_write ? 0.9f : 0.55f), 2);
    if (page.copy_on_write) c.hatch(box, c.theme->panel, 4);
  }
  const Thing thing =
      page.present ? page_thing(pid, page.address, page.frame) : address_thing(pid, page.address, page_size);
  spot(pane, box, {"page", hexadecimal(page.address.value), page_text(page), thing, "walk the page tables for it"});
}

/// ", 64 of 200 pages" when not all are drawn.
std::string drawn_part(const inspect::VmaView& vma, u64 drawn) {
  const u64 all = (vma.end.value - vma.start.value) / page_size;
  if (all <= drawn) return "";
  return format(", %llu of %llu pages", static_cast<unsigned long long>(drawn), static_cast<unsigned long long>(all));
}

/// What it is, its file's name, how much of it is drawn: as much of that as there is room for.
std::string area_label(const Canvas& c, const inspect::VmaView& vma, u64 drawn, float room) {
  const std::string part = drawn_part(vma, drawn);
  for (const std::string& text : {area_name(vma) + part, area_name(vma)})
    if (c.width(c.fonts->label, text) <= room) return text;
  return vma_text(vma) + part;
}

/// Its pages, as many as there is room for: of a stack the last ones. Gives the height used, 0 = too little room.
float draw_area(Pane& pane, const Rect& r, u32 pid, const inspect::VmaView& vma,
                const std::vector<inspect::PageView>& pages) {
  const auto columns = static_cast<size_t>(std::max(1.0f, r.w / pitch));
  const auto rows_fit = static_cast<size_t>(std::max(0.0f, (r.h - label_height - below) / pitch));
  const size_t shown = std::min(pages.size(), columns * rows_fit);
  constexpr size_t least_rows = 3;
  if (shown < std::min(pages.size(), columns * least_rows) || r.h < label_height) return 0;
  const size_t first = vma.flags & abi::vma_grows_down ? pages.size() - shown : 0;
  const std::string explain = (vma.file.empty() ? "" : vma.file + "\n") + "an area of the address space" +
                              drawn_part(vma, shown) + "; pages never touched at its far end are left out";
  told(pane, {r.x, r.y, r.w, label_height - 1}, area_label(pane.c, vma, shown, r.w), explain, area_thing(pid, vma));
  for (size_t n = 0; n < shown; ++n)
    draw_page(pane,
              {r.x + static_cast<float>(n % columns) * pitch,
               r.y + label_height + static_cast<float>(n / columns) * pitch, square, square},
              pid, pages[first + n]);
  return label_height + static_cast<float>((shown + columns - 1) / columns) * pitch + below;
}

/// Says how many areas are not shown; true when they are wanted.
bool draw_rest(Pane& pane, const Rect& r, const std::string& words, u32 pid) {
  const Canvas& c = pane.c;
  const Rect place{r.x, r.y, c.width(c.fonts->label, words), r.h};
  return link(c, format("%s of %u", words.c_str(), pid).c_str(), place, r.x, r.y, words, "Click: show them.");
}

void draw_space(Pane& pane, Rect r, const Space& space) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const u32 pid = space.map.pid;
  const auto* process = p.process(pid);
  const Rect title = r.take_top(title_height);
  const ImU32 own = process_colour(c, p, pid);
  c.swatch(title.x, title.y, own);
  c.text_fit(c.fonts->strong, title.x + 16, title.y, title.w - 16, c.theme->ink,
             format("%u %s", pid, process ? process->name.c_str() : ""));
  if (spot(pane, {title.x, title.y - 2, title.w, 20},
           {"process", format("%u %s", pid, process ? process->name.c_str() : ""), "whose address space this is",
            process_thing(pid), "show this process"})
          .clicked)
    pane.picks.process = pid;
  size_t& first = pane.state.passed[pid];
  if (first > 0 && draw_rest(pane, r.take_top(label_height + 3), format("%zu above", first), pid)) first = 0;
  const size_t count = space.map.vmas.size();
  for (size_t n = first; n < count; ++n) {  // high addresses on top
    const size_t i = count - 1 - n;
    const bool last = i == 0;
    const Rect place{r.x, r.y, r.w, r.h - (last ? 0 : label_height + 3)};
    const float used = draw_area(pane, place, pid, space.map.vmas[i], space.pages[i]);
    if (used == 0) {
      if (draw_rest(pane, r.take_top(label_height), format("and %zu more", i + 1), pid)) first = n;
      return;
    }
    r.take_top(used);
  }
}

}  // namespace

void draw_spaces(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& spaces = pane.p.spaces;
  c.clip(r);
  const float words = c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                                     "A square is a page of 4 KiB: filled when a frame is behind it, hatched while the "
                                     "frame is shared copy-on-write, a dot while it lies in the swap area.");
  r.take_top(words + 12);
  if (spaces.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "No process has an address space yet: the first is init's. Let time pass.");
  constexpr float least = 118, gap = 22;
  const auto fits = std::max<size_t>(1, static_cast<size_t>((r.w + gap) / (least + gap)));
  const size_t first = pane.scrolled({r.x, r.y, r.w, r.h}, spaces.size() > fits ? spaces.size() - fits + 1 : 1, r.h);
  const size_t shown = std::min(fits, spaces.size());
  const float w =
      (r.w - gap * static_cast<float>(shown > 0 ? shown - 1 : 0)) / static_cast<float>(std::max<size_t>(shown, 1));
  // The newest are the most telling, unless the reader has chosen one.
  const size_t last = spaces.size() - shown;
  size_t start = last - std::min(first, last);
  for (size_t i = 0; i < last && first == 0 && !pane.p.following; ++i)
    if (spaces[i].map.pid == pane.p.pid) start = i;
  for (size_t i = 0; i < shown; ++i)
    draw_space(pane, {r.x + static_cast<float>(i) * (w + gap), r.y, w, r.h}, spaces[start + i]);
  c.unclip();
}

}  // namespace lucid::ui
