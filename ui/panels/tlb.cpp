// SPDX-License-Identifier: MIT
// What the translation look-aside buffer remembers: pages whose walk is spared.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 18;

std::string kinds(const mem::CachedPage& page) {
  return format("%c%c%c", page.read ? 'r' : '-', page.write ? 'w' : '-', page.fetch ? 'x' : '-');
}

}  // namespace

void draw_tlb(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  std::vector<mem::CachedPage> pages = p.tlb;
  std::sort(pages.begin(), pages.end(), [](const auto& a, const auto& b) { return a.page.value < b.page.value; });
  const float words = c.text_wrapped(
      c.fonts->label, r.x, r.y, r.w, c.theme->soft,
      format("%zu translations are remembered. Loading CR3 forgets all but the global ones; INVLPG forgets one.",
             pages.size()));
  spot(pane, {r.x, r.y, r.w, words},
       {"translations", std::to_string(pages.size()), "pages whose walk is spared", {}, ""});
  r.take_top(words + 12);
  const Rect head = r.take_top(20);
  const float frame_x = r.x + c.width(c.fonts->mono, "0000000000000000") + 24;
  const float kind_x = frame_x + 96, who_x = kind_x + 60;
  c.heading(head.x, head.y, "PAGE");
  c.heading(frame_x, head.y, "FRAME");
  c.heading(kind_x, head.y, "USED");
  c.heading(who_x, head.y, "RING");
  float y = r.y;
  for (size_t i = pane.scrolled(r, pages.size(), row); i < pages.size() && y + row <= r.bottom(); ++i, y += row) {
    const mem::CachedPage& page = pages[i];
    c.address(r.x, y, page.page.value, c.theme->ink);
    c.text(c.fonts->mono, frame_x, y, c.theme->ink, hexadecimal(page.frame.frame_number()));
    c.text(c.fonts->mono, kind_x, y, c.theme->ink, kinds(page));
    c.text_fit(c.fonts->label, who_x, y, r.right() - who_x, c.theme->soft,
               std::string(page.user ? "3" : "0") + (page.global ? ", global" : ""));
    spot(pane, {r.x, y, frame_x - r.x - 12, row - 1},
         {"page", hexadecimal(page.page.value), "reached lately; its walk is spared until the TLB forgets it",
          address_thing(page.user ? p.pid : 0, page.page, page_size), "walk the page tables for it"});
    spot(pane, {kind_x, y, r.right() - kind_x, row - 1},
         {"used", kinds(page) + (page.user ? " in ring 3" : " in ring 0") + (page.global ? ", global" : ""),
          "for what it was reached: reading, writing, fetching instructions; a global one outlives a new CR3",
          address_thing(page.user ? p.pid : 0, page.page, page_size), ""});
    spot(pane, {frame_x, y, kind_x - frame_x - 8, row - 1},
         {"frame", hexadecimal(page.frame.frame_number()), "where the page is in RAM",
          frame_thing(page.frame.frame_number()), ""});
  }
  if (pages.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "Nothing: the machine has not run since it started, or since a jump in time.");
  c.unclip();
}

}  // namespace lucid::ui
