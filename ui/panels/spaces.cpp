// SPDX-License-Identifier: MIT
// Address spaces side by side, a square per page: filled when resident, hatched while a frame is
// shared copy-on-write. Pages on the same frame light up together.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float title_height = 26, label_height = 17, square = 11, pitch = 13;

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

float height_of(const inspect::VmaView&, size_t pages, unsigned columns) {
  return label_height + static_cast<float>((pages + columns - 1) / std::max(columns, 1u)) * pitch + 7;
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
  const auto columns = static_cast<unsigned>(std::max(1.0f, r.w / pitch));
  for (size_t i = space.map.vmas.size(); i-- > 0;) {  // high addresses on top
    const auto& vma = space.map.vmas[i];
    const auto& pages = space.pages[i];
    const float needed = height_of(vma, pages.size(), columns);
    if (needed > r.h) {
      c.text_fit(c.fonts->label, r.x, r.y, r.w, c.theme->soft, format("and %zu more", i + 1));
      return;
    }
    const Rect block = r.take_top(needed);
    const std::string explain = (vma.file.empty() ? "" : vma.file + "\n") + "an area of the address space" +
                                drawn_part(vma, pages.size()) + "; pages never touched at its far end are left out";
    told(pane, {block.x, block.y, block.w, label_height - 1}, area_label(c, vma, pages.size(), block.w), explain,
         address_thing(pid, vma.start, vma.end.value - vma.start.value));
    for (size_t n = 0; n < pages.size(); ++n)
      draw_page(pane,
                {block.x + static_cast<float>(n % columns) * pitch,
                 block.y + label_height + static_cast<float>(n / columns) * pitch, square, square},
                pid, pages[n]);
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
