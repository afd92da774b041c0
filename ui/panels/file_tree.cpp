// SPDX-License-Identifier: MIT
// The files the machine was started with, folder by folder; a click shows one.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 20;
constexpr u32 type_mask = 0170000, directory = 0040000;

/// Folders are closed by their position's hash in PanelState::open when the reader closed them.
u64 key(const std::string& path) { return std::hash<std::string>{}(path); }

bool inside_closed(const std::set<u64>& closed, const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
    if (closed.contains(key(path.substr(0, slash)))) return true;
  return false;
}

std::string size_text(u64 size) {
  return size < 10000 ? format("%llu", static_cast<unsigned long long>(size))
                      : format("%llu K", static_cast<unsigned long long>(size / 1024));
}

}  // namespace

void draw_file_tree(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  c.heading(r.x, r.y, "FILES");
  r.take_top(24);
  std::vector<const inspect::FileView*> shown;
  for (const auto& file : p.files)
    if (file.path != "/" && !inside_closed(pane.state.open, file.path)) shown.push_back(&file);
  float y = r.y;
  for (size_t i = pane.scrolled(r, shown.size(), row); i < shown.size() && y + row <= r.bottom(); ++i, y += row) {
    const inspect::FileView& file = *shown[i];
    const bool folder = (file.mode & type_mask) == directory;
    const auto depth = static_cast<float>(std::count(file.path.begin(), file.path.end(), '/') - 1);
    const std::string name = file_name(file.path);
    const float x = r.x + 14 * depth;
    const Rect line{r.x, y, r.w, row - 1};
    if (file.path == p.file) c.fill(line, fade(c.theme->accent, 0.12f), 4);
    const std::string size = folder || !file.target.empty() ? "" : size_text(file.size);
    const float size_width = c.width(c.fonts->mono_small, size);
    if (folder) {
      const bool closed = pane.state.open.contains(key(file.path));
      const float middle = y + row / 2 - 1;
      if (closed)
        c.list->AddTriangleFilled({x + 2, middle - 4}, {x + 2, middle + 4}, {x + 7, middle}, c.theme->soft);
      else
        c.list->AddTriangleFilled({x, middle - 2}, {x + 8, middle - 2}, {x + 4, middle + 3}, c.theme->soft);
    }
    c.text_fit(folder ? c.fonts->strong : c.fonts->label, x + 12, y, r.right() - x - size_width - 18, c.theme->ink,
               file.target.empty() ? name : name + " \u2192 " + file.target);
    c.text_right(c.fonts->mono_small, r.right(), y + 3, c.theme->soft, size);
    const std::string about = format("%s, mode %o",
                                     folder                 ? "a folder"
                                     : !file.target.empty() ? "a symbolic link"
                                                            : (grouped(file.size) + " bytes").c_str(),
                                     file.mode & 07777);
    const Hit area = spot(pane, line,
                          {file.path, size.empty() ? file.path : std::to_string(file.size), about,
                           folder ? Thing{} : file_thing(file.path, 0, file.size),
                           folder ? "open or close the folder" : "show what is in it"});
    // It lights up with its bytes; all of them at once would tell nothing.
    if (area.hovered) pane.picks.hovered = {};
    if (!area.clicked) continue;
    pane.picks.selected = Thing{};
    if (!folder)
      pane.picks.file = file.path;
    else if (!pane.state.open.insert(key(file.path)).second)
      pane.state.open.erase(key(file.path));
  }
  c.unclip();
}

}  // namespace lucid::ui
