// SPDX-License-Identifier: MIT
// What the frames of RAM are used for, where the clock hand stands that takes pages away, and the swap area.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

struct Use {
  abi::FrameKind kind;
  const char* name;
  const char* explain;
};
constexpr Use uses[] = {{abi::FrameKind::kernel_image, "kernel", "its code and data"},
                        {abi::FrameKind::kernel_data, "kernel heap", "tasks, files, names, buffers"},
                        {abi::FrameKind::kernel_stack, "kernel stacks", "one for each task"},
                        {abi::FrameKind::page_table, "page tables", "of all address spaces"},
                        {abi::FrameKind::anonymous, "programs", "memory without a file behind it"},
                        {abi::FrameKind::file, "page cache", "pages of files, and the boot archive"},
                        {abi::FrameKind::zero, "zero page", "shared by all untouched memory"},
                        {abi::FrameKind::free, "free", "for whoever asks next"}};

ImU32 use_colour(const Canvas& c, abi::FrameKind kind) {
  switch (kind) {
    case abi::FrameKind::page_table:
      return c.theme->page_table;
    case abi::FrameKind::anonymous:
      return c.theme->accent;
    case abi::FrameKind::file:
      return c.theme->file;
    case abi::FrameKind::free:
      return c.theme->free;
    case abi::FrameKind::kernel_stack:
      return fade(c.theme->kernel, 0.75f);
    case abi::FrameKind::kernel_data:
      return fade(c.theme->kernel, 0.5f);
    default:
      return c.theme->kernel;
  }
}

std::string kib(u64 frames) { return grouped(frames * 4) + " KiB"; }

/// A bar of parts; returns its height with what is below it.
void draw_uses(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& k = pane.p.kernel;
  u64 all = 0;
  for (const Use& use : uses) all += k.frames_by_kind[static_cast<u8>(use.kind)];
  float x = r.x;
  const Rect bar = r.take_top(14);
  for (const Use& use : uses) {
    const u64 count = k.frames_by_kind[static_cast<u8>(use.kind)];
    const float w = all ? bar.w * static_cast<float>(count) / static_cast<float>(all) : 0;
    if (w < 0.5f) continue;
    c.fill({x, bar.y, w, bar.h}, use_colour(c, use.kind));
    x += w;
  }
  c.frame(bar, c.theme->line);
  r.take_top(6);
  const unsigned columns = r.w > 480 ? 4 : 2;
  const float w = r.w / static_cast<float>(columns);
  for (size_t i = 0; i < std::size(uses); ++i) {
    const Rect cell{r.x + w * static_cast<float>(i % columns), r.y + 20 * static_cast<float>(i / columns), w - 22, 18};
    const std::string value = kib(k.frames_by_kind[static_cast<u8>(uses[i].kind)]);
    const float value_w = c.width(c.fonts->mono_small, value);
    c.fill({cell.x, cell.y + 3, 9, 9}, use_colour(c, uses[i].kind), 2);
    c.text_fit(c.fonts->label, cell.x + 15, cell.y, cell.w - value_w - 22, c.theme->ink, uses[i].name);
    c.text_right(c.fonts->mono_small, cell.right(), cell.y + 2, c.theme->soft, value);
    spot(pane, cell, {uses[i].name, value, uses[i].explain, {}, ""});
  }
}

/// RAM from left to right, the hand above it.
void draw_clock(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& k = pane.p.kernel;
  u64 all = 0;
  for (const u64 count : k.frames_by_kind) all += count;
  const float at = all ? static_cast<float>(k.clock_hand) / static_cast<float>(all) : 0;
  const Rect line{r.x, r.y + 9, r.w, 5};
  c.fill(line, c.theme->free, 2);
  const float x = line.x + line.w * std::min(at, 1.0f);
  c.fill({line.x, line.y, x - line.x, line.h}, fade(c.theme->accent, 0.35f), 2);
  c.list->AddTriangleFilled({x - 5, r.y}, {x + 5, r.y}, {x, r.y + 8}, c.theme->accent);
  spot(pane, {r.x, r.y, r.w, 18},
       {"clock hand", format("frame 0x%llx", static_cast<unsigned long long>(k.clock_hand)),
        "goes round all frames when memory is short: a page not accessed since it passed last is taken away",
        frame_thing(k.clock_hand), ""});
}

}  // namespace

void draw_reclaim(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const auto& k = pane.p.kernel;
  c.clip(r);
  if (!k.valid) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft, k.why_not);
    return c.unclip();
  }
  r.take_top(c.heading(r.x, r.y, "FRAMES IN USE"));
  draw_uses(pane, r.take_top(r.w > 480 ? 66 : 106));
  r.take_top(c.heading(r.x, r.y, "RECLAIM AND SWAP"));
  draw_clock(pane, r.take_top(22));
  const struct {
    const char* name;
    std::string value;
    const char* explain;
  } fields[] = {
      {"low mark", k.low_watermark == ~u64{0} ? "not asked yet" : kib(k.low_watermark),
       "with less than this free, whoever needs memory first takes pages away"},
      {"looked at", grouped(k.reclaim.scanned), "frames the hand has passed"},
      {"dropped", grouped(k.reclaim.dropped), "pages of files that can be read again"},
      {"swapped out", grouped(k.reclaim.swapped_out), "pages that went to the swap area"},
      {"swap used", k.swap_slots ? grouped(k.swap_used) + " of " + grouped(k.swap_slots) : "none",
       "slots of the swap area, a page each; none: there is no swap area"},
      {"cached", grouped(k.swap_cached), "slots whose bytes are in memory as well"},
      {"killed", grouped(k.reclaim.killed), "processes ended because nothing could be taken away"},
  };
  const unsigned columns = r.w > 480 ? 4 : 2;
  const float w = r.w / static_cast<float>(columns);
  for (size_t i = 0; i < std::size(fields); ++i) {
    const Rect cell{r.x + w * static_cast<float>(i % columns), r.y + 20 * static_cast<float>(i / columns), w - 8, 18};
    if (cell.bottom() > r.bottom() + 1) break;
    field(pane, cell, 78, {fields[i].name, fields[i].value, fields[i].explain, {}, ""});
  }
  c.unclip();
}

}  // namespace lucid::ui
