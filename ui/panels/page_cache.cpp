// SPDX-License-Identifier: MIT
// The page cache: which files have pages in memory, how many of them differ from the disk and are mapped.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 20;

}  // namespace

void draw_page_cache(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& files = pane.p.kernel.cached_files;
  c.clip(r);
  const float columns[] = {r.right() - 190, r.right() - 120, r.right() - 50};
  c.heading(r.x, r.y, "FILES IN THE PAGE CACHE");
  const char* titles[] = {"PAGES", "MAPPED", "DIRTY"};
  for (int i = 0; i < 3; ++i) c.heading(columns[i], r.y, titles[i]);
  r.take_top(24);
  if (files.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   "None: no file that is kept page by page was touched yet. Files of the boot archive lie in memory "
                   "as they are until somebody maps or writes them.");
  float y = r.y;
  for (size_t i = pane.scrolled(r, files.size(), row); i < files.size() && y + row <= r.bottom(); ++i, y += row) {
    const inspect::CachedFileView& file = files[i];
    const std::string name =
        file.path.empty() ? format("inode %llu", static_cast<unsigned long long>(file.inode)) : file.path;
    c.text_fit(c.fonts->label, r.x, y, columns[0] - r.x - 10, c.theme->ink, name);
    const u64 numbers[] = {file.pages, file.mapped, file.dirty};
    for (int n = 0; n < 3; ++n)
      c.text(c.fonts->mono, columns[n], y, numbers[n] ? c.theme->ink : c.theme->soft, grouped(numbers[n]));
    spot(pane, {r.x, y, r.w, row - 1},
         {name,
          format("%llu pages, %llu mapped, %llu dirty", static_cast<unsigned long long>(file.pages),
                 static_cast<unsigned long long>(file.mapped), static_cast<unsigned long long>(file.dirty)),
          "pages of it that are in memory: reading, writing and mapping them needs no disk",
          file.path.empty() ? Thing{} : file_thing(file.path, 0, ~u64{0} >> 1), ""});
  }
  c.unclip();
}

}  // namespace lucid::ui
