// SPDX-License-Identifier: MIT
// The descriptors of the process shown: what each stands for, how it was opened, where it reads next.
#include "core/inspect/linux_names.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 20;

const char* kind_text(u32 mode) {
  switch (mode & 0170000) {
    case 0140000:
      return "a socket";
    case 0120000:
      return "a symbolic link";
    case 0100000:
      return "a file";
    case 0060000:
      return "a block device";
    case 0040000:
      return "a directory";
    case 0020000:
      return "a character device";
    case 0010000:
      return "a pipe";
    default:
      return "neither file nor device";
  }
}

/// "r", "w", "rw".
const char* access_text(u32 flags) {
  static constexpr const char* texts[] = {"r", "w", "rw", "\u2013"};
  return texts[flags & 3];
}

}  // namespace

void draw_open_files(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& details = pane.p.details;
  c.clip(r);
  const auto* process = pane.p.process(details.pid);
  constexpr const char* title = "OPEN FILES";
  c.heading(r.x, r.y, title);
  const float beside = c.heading_width(title) + 8;
  if (process)
    told(pane, {r.x + beside, r.y - 3, r.w - beside, 18}, format("of %u %s", details.pid, process->name.c_str()),
         "the process shown", process_thing(details.pid));
  r.take_top(24);
  if (details.files.empty())
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   details.valid ? "None: a zombie has let go of them." : details.why_not);
  float y = r.y;
  for (size_t i = pane.scrolled(r, details.files.size(), row); i < details.files.size() && y + row <= r.bottom(); ++i) {
    const inspect::OpenFileView& file = details.files[i];
    const std::string at = (file.mode & 0170000) == 0100000 ? grouped(file.position) : "";
    const float at_width = c.width(c.fonts->mono_small, at);
    c.text_right(c.fonts->mono, r.x + 22, y, c.theme->soft, std::to_string(file.descriptor));
    c.text(c.fonts->mono_small, r.x + 30, y + 2, c.theme->soft, access_text(file.flags));
    c.text_fit(c.fonts->label, r.x + 52, y, r.w - 60 - at_width, c.theme->ink, file.path);
    c.text_right(c.fonts->mono_small, r.right() - 2, y + 3, c.theme->soft, at);
    spot(pane, {r.x, y, 28, row - 1},
         {"descriptor", std::to_string(file.descriptor), "the number by which the program calls it", {}, ""});
    if (!at.empty())
      spot(pane, {r.right() - at_width - 6, y, at_width + 6, row - 1},
           {"position", std::to_string(file.position), "the byte that is read or written next", {}, ""});
    spot(pane, {r.x + 28, y, r.w - 34 - at_width, row - 1},
         {format("fd %d", file.descriptor), file.path,
          format("%s, inode %llu, %s; next byte %llu%s", kind_text(file.mode),
                 static_cast<unsigned long long>(file.inode), inspect::open_flags(file.flags).c_str(),
                 static_cast<unsigned long long>(file.position), file.close_on_exec ? "; closed by exec" : ""),
          address_thing(0, file.address, 8), ""});
    y += row;
  }
  c.unclip();
}

}  // namespace lucid::ui
