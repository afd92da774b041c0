// SPDX-License-Identifier: MIT
// The address space of one process, high addresses on top: kernel half, then its VMAs.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {

std::string permissions(const inspect::VmaView& vma) {
  return format("%c%c%c%c", vma.flags & abi::vma_read ? 'r' : '-', vma.flags & abi::vma_write ? 'w' : '-',
                vma.flags & abi::vma_exec ? 'x' : '-', vma.flags & abi::vma_shared ? 's' : 'p');
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

const char* vma_text(const inspect::VmaView& vma) {
  switch (vma.kind) {
    case abi::VmaKind::text:
      return "text";
    case abi::VmaKind::data:
      return "data";
    case abi::VmaKind::bss:
      return "bss";
    case abi::VmaKind::heap:
      return "heap";
    case abi::VmaKind::stack:
      return "stack";
    case abi::VmaKind::file:
      return "file";
    case abi::VmaKind::vdso:
      return vma.flags & abi::vma_exec ? "vdso" : "vvar";
    case abi::VmaKind::anonymous:
      break;
  }
  return vma.flags & abi::vma_shared ? "shared" : "anonymous";
}

std::string area_name(const inspect::VmaView& vma) {
  if (vma.file.empty()) return vma_text(vma);
  if (vma.file.front() == '[') return vma.file.substr(1, vma.file.size() - 2);
  return std::string(vma_text(vma)) + " of " + file_name(vma.file);
}

Thing area_thing(u32 pid, const inspect::VmaView& vma) {
  return address_thing(pid, vma.start, vma.end.value - vma.start.value);
}

namespace {

constexpr float least_step = 21, two_lines = 46, tallest_step = 48;

void draw_kernel_half(Pane& pane, const Rect& box, bool narrow) {
  const Canvas& c = pane.c;
  c.fill(box, fade(c.theme->kernel, 0.2f), 6);
  c.frame(box, c.theme->kernel, 6);
  const char* who = "ring 0 only";
  const bool below = box.h >= 36;
  c.text(c.fonts->label, box.x + 9, below ? box.y + 3 : box.y + (box.h - 17) / 2, c.theme->ink,
         narrow ? "kernel" : "kernel (shared)");
  if (below)
    c.text(c.fonts->mono_small, box.x + 9, box.y + 21, c.theme->soft, who);
  else
    c.text_right(c.fonts->mono_small, box.right() - 8, box.y + (box.h - 14) / 2, c.theme->soft, who);
  constexpr u64 upper_half = u64{0xffff8} << 44;
  spot(pane, box,
       {"kernel half",
        hexadecimal(upper_half) + " and up, ring 0 only",
        "the same in all processes, and out of reach for programs",
        {},
        ""});
}

void draw_area(Pane& pane, const Rect& box, const inspect::VmaView& vma) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const ImU32 colour = process_colour(c, p, p.pid);
  const u64 pages = (vma.end.value - vma.start.value) / page_size;
  c.fill(box, fade(colour, 0.14f), 6);
  // The filled part is what is resident.
  const float part = pages ? static_cast<float>(vma.resident_pages) / static_cast<float>(pages) : 0;
  if (part > 0) c.fill({box.x, box.bottom() - 3, box.w * std::min(part, 1.0f), 3}, colour, 1);
  if (vma.shared_pages > 0) c.hatch({box.x, box.bottom() - 3, box.w * std::min(part, 1.0f), 3}, c.theme->panel, 6);
  c.frame(box, colour, 6);
  const std::string mode = permissions(vma);
  const float mode_width = c.width(c.fonts->mono_small, mode);
  const bool detailed = box.h >= two_lines - 6;
  c.text_fit(c.fonts->label, box.x + 9, detailed ? box.y + 3 : box.y + (box.h - 17) / 2, box.w - mode_width - 26,
             c.theme->ink, vma_text(vma));
  c.text_right(c.fonts->mono_small, box.right() - 8, detailed ? box.y + 5 : box.y + (box.h - 14) / 2, c.theme->soft,
               mode);
  if (detailed) {
    const std::string detail =
        vma.shared_pages > 0
            ? format("%llu/%llu pages, %llu copy on write", static_cast<unsigned long long>(vma.resident_pages),
                     static_cast<unsigned long long>(pages), static_cast<unsigned long long>(vma.shared_pages))
            : format("%llu of %llu pages", static_cast<unsigned long long>(vma.resident_pages),
                     static_cast<unsigned long long>(pages));
    c.text_fit(c.fonts->mono_small, box.x + 9, box.y + 21, box.w - 16, c.theme->soft, detail);
  }
  const std::string range = format("%llx-%llx %s", static_cast<unsigned long long>(vma.start.value),
                                   static_cast<unsigned long long>(vma.end.value), mode.c_str());
  const std::string explain =
      format("%llu pages, %llu resident, %llu in the swap area, %llu waiting for copy on write%s%s",
             static_cast<unsigned long long>(pages), static_cast<unsigned long long>(vma.resident_pages),
             static_cast<unsigned long long>(vma.swapped_pages), static_cast<unsigned long long>(vma.shared_pages),
             vma.file.empty() ? "" : "\n", vma.file.c_str());
  const Hit area =
      spot(pane, box, {vma_text(vma), range, explain, area_thing(p.pid, vma), "walk the page tables for it"});
  if (area.clicked) pane.picks.address = vma.kind == abi::VmaKind::stack ? Gva{vma.end.value - page_size} : vma.start;
}

}  // namespace

void draw_memory_map(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const auto* process = p.process(p.pid);
  const std::string title =
      process ? format("%u %s \u2014 address space", p.pid, process->name.c_str()) : "Address space";
  told(pane, {r.x, r.y, r.w, 18}, title, "the areas the kernel has given this process, the highest on top",
       process ? process_thing(p.pid) : Thing{});
  r.take_top(24);
  if (!p.map.valid) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   p.map.why_not.empty() ? "No process has an address space yet." : p.map.why_not);
    c.unclip();
    return;
  }
  // The kernel's half, then the areas from the highest down; in two columns, or scrolled, when they are many.
  const size_t count = p.map.vmas.size() + 1;
  constexpr float least_for_two_columns = 300, air = 10;
  const size_t columns = static_cast<float>(count) * least_step > r.h && r.w >= least_for_two_columns ? 2 : 1;
  const size_t rows = (count + columns - 1) / columns;
  const float step = std::clamp(r.h / static_cast<float>(rows), least_step, tallest_step);
  const float gap = step < 26 ? 4 : 6;
  const float width = (r.w - 2 - air * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  for (size_t i = 1; i < count && pane.led_elsewhere(); ++i) {
    const auto& vma = p.map.vmas[count - 1 - i];
    if (pane.focus.lights(area_thing(p.pid, vma))) pane.bring_into_sight(r, i / columns, step);
  }
  const size_t first = pane.scrolled(r, rows, step);
  for (size_t i = first * columns; i < count; ++i) {
    const Rect box{r.x + static_cast<float>(i % columns) * (width + air),
                   r.y + static_cast<float>(i / columns - first) * step, width, step - gap};
    if (box.bottom() > r.bottom() + 1) break;
    if (i == 0)
      draw_kernel_half(pane, box, columns > 1);
    else
      draw_area(pane, box, p.map.vmas[count - 1 - i]);
  }
  c.unclip();
}

}  // namespace lucid::ui
