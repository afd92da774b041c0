// SPDX-License-Identifier: MIT
// The address space of one process, high addresses on top: kernel half, then its VMAs.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

std::string permissions(const inspect::VmaView& vma) {
  return format("%c%c%c%c", vma.flags & abi::vma_read ? 'r' : '-', vma.flags & abi::vma_write ? 'w' : '-',
                vma.flags & abi::vma_exec ? 'x' : '-', vma.flags & abi::vma_shared ? 's' : 'p');
}

}  // namespace

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
      return "vdso";
    case abi::VmaKind::anonymous:
      break;
  }
  return vma.flags & abi::vma_shared ? "shared" : "anonymous";
}

void draw_memory_map(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const auto* process = p.process(p.pid);
  const std::string title =
      process ? format("%u %s \u2014 address space", p.pid, process->name.c_str()) : "Address space";
  told(pane, {r.x, r.y, r.w, 18}, title, "the areas the kernel has given this process, the highest on top",
       process ? process_thing(p.pid) : Thing{});
  float y = r.y + 24;
  if (!p.map.valid) {
    c.text_wrapped(c.fonts->label, r.x, y, r.w, c.theme->soft,
                   p.map.why_not.empty() ? "No process has an address space yet." : p.map.why_not);
    c.unclip();
    return;
  }
  const Rect kernel{r.x, y, r.w - 2, 38};
  c.fill(kernel, fade(c.theme->kernel, 0.2f), 6);
  c.frame(kernel, c.theme->kernel, 6);
  c.text(c.fonts->label, kernel.x + 9, kernel.y + 3, c.theme->ink, "kernel (shared)");
  c.text(c.fonts->mono_small, kernel.x + 9, kernel.y + 21, c.theme->soft, "ring 0 only");
  constexpr u64 upper_half = u64{0xffff8} << 44;
  spot(pane, kernel,
       {"kernel half",
        hexadecimal(upper_half) + " and up, ring 0 only",
        "the same in all processes, and out of reach for programs",
        {},
        ""});
  y = kernel.bottom() + 8;
  const size_t count = p.map.vmas.size();
  const float room = r.bottom() - y;
  const float step = std::clamp(room / static_cast<float>(std::max<size_t>(count, 1)), 24.0f, 48.0f);
  const ImU32 colour = process_colour(c, p, p.pid);
  for (size_t i = 0; i < count; ++i) {
    const auto& vma = p.map.vmas[count - 1 - i];
    if (y + step > r.bottom() + 1 && i + 1 < count) {
      c.text(c.fonts->label, r.x, y, c.theme->soft, format("and %zu more", count - i));
      break;
    }
    const u64 pages = (vma.end.value - vma.start.value) / page_size;
    const Rect box{r.x, y, r.w - 2, step - 6};
    c.fill(box, fade(colour, 0.14f), 6);
    // The filled part is what is resident.
    const float part = pages ? static_cast<float>(vma.resident_pages) / static_cast<float>(pages) : 0;
    if (part > 0) c.fill({box.x, box.bottom() - 3, box.w * std::min(part, 1.0f), 3}, colour, 1);
    if (vma.shared_pages > 0) c.hatch({box.x, box.bottom() - 3, box.w * std::min(part, 1.0f), 3}, c.theme->panel, 6);
    c.frame(box, colour, 6);
    const std::string mode = permissions(vma);
    const float mode_width = c.width(c.fonts->mono_small, mode);
    c.text_fit(c.fonts->label, box.x + 9, step < 46 ? box.y + (box.h - 17) / 2 - 1 : box.y + 3, box.w - mode_width - 26,
               c.theme->ink, vma_text(vma));
    c.text_right(c.fonts->mono_small, box.right() - 8, step < 46 ? box.y + (box.h - 14) / 2 - 1 : box.y + 5,
                 c.theme->soft, mode);
    if (step >= 46) {
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
        spot(pane, box,
             {vma_text(vma), range, explain, address_thing(p.pid, vma.start, vma.end.value - vma.start.value),
              "walk the page tables for it"});
    if (area.clicked) pane.picks.address = vma.kind == abi::VmaKind::stack ? Gva{vma.end.value - page_size} : vma.start;
    y += step;
  }
  c.unclip();
}

}  // namespace lucid::ui
