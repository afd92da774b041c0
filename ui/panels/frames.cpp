// SPDX-License-Identifier: MIT
// RAM as squares, coloured by who owns the frame; two owners hatch. With more frames than squares
// fit, a square stands for several and shows the most telling of them.
#include <algorithm>
#include <cmath>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

/// Which of several frames a square shows: user frames before tables before the kernel.
int weight(const inspect::FrameView& f) {
  if (f.owner_count > 1) return 6;
  if (f.owner_count == 1) return 5;
  switch (f.kind) {
    case abi::FrameKind::page_table:
      return 4;
    case abi::FrameKind::anonymous:
      return 4;
    case abi::FrameKind::kernel_image:
      return 3;
    case abi::FrameKind::kernel_data:
      return 3;
    case abi::FrameKind::file:
      return 2;
    case abi::FrameKind::zero:
      return 2;
    case abi::FrameKind::reserved:
      return 1;
    case abi::FrameKind::free:
      return 0;
  }
  return 0;
}

ImU32 colour_of(const Canvas& c, const Picture& p, const inspect::FrameView& f) {
  if (f.owner_count > 0) return process_colour(c, p, f.owner_pid);
  switch (f.kind) {
    case abi::FrameKind::free:
      return c.theme->free;
    case abi::FrameKind::page_table:
      return c.theme->page_table;
    case abi::FrameKind::file:
      return c.theme->file;
    case abi::FrameKind::reserved:
      return fade(c.theme->soft, 0.35f);
    default:
      return c.theme->kernel;
  }
}

const char* kind_text(abi::FrameKind kind) {
  switch (kind) {
    case abi::FrameKind::free:
      return "free";
    case abi::FrameKind::kernel_image:
      return "kernel image";
    case abi::FrameKind::kernel_data:
      return "kernel data";
    case abi::FrameKind::page_table:
      return "page table";
    case abi::FrameKind::anonymous:
      return "process memory";
    case abi::FrameKind::file:
      return "file";
    case abi::FrameKind::reserved:
      return "reserved";
    case abi::FrameKind::zero:
      return "the shared page of zeros";
  }
  return "";
}

std::string explain(const Picture& p, u64 number, u64 per_square) {
  const auto& f = p.frames.frames[number];
  std::string text = format("frame 0x%llx \u00b7 %s \u00b7 %u reference%s", static_cast<unsigned long long>(number),
                            kind_text(f.kind), f.references, f.references == 1 ? "" : "s");
  const auto owner = [&](u32 pid) {
    const auto* process = p.process(pid);
    return format("%u %s", pid, process ? process->name.c_str() : "");
  };
  if (f.owner_count == 1) text += "\nmapped by " + owner(f.owner_pid);
  if (f.owner_count == 2) text += "\nshared by " + owner(f.owner_pid) + " and " + owner(f.second_pid);
  if (f.owner_count > 2)
    text += format("\nshared by %s, %s and %u more", owner(f.owner_pid).c_str(), owner(f.second_pid).c_str(),
                   f.owner_count - 2u);
  if (per_square > 1)
    text += format("\n(one square is %llu frames; this is its most telling one)",
                   static_cast<unsigned long long>(per_square));
  return text;
}

float legend(const Canvas& c, float x, float y, ImU32 colour, const char* label, bool hatched) {
  const Rect square{x, y + 4, 10, 10};
  c.fill(square, colour, 2);
  if (hatched) c.hatch(square, c.theme->process[1], 4);
  return x + 15 + c.text(c.fonts->label, x + 15, y, c.theme->soft, label) + 14;
}

}  // namespace

void draw_frames(const Canvas& c, Rect r, const Picture& p, Picks&) {
  c.clip(r);
  const u64 count = p.frames.frames.size();
  if (!p.frames.valid || count == 0) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   p.frames.why_not.empty() ? "The kernel has not counted its frames yet." : p.frames.why_not);
    c.unclip();
    return;
  }
  Rect grid = r;
  const Rect title = grid.take_top(24);
  const Rect footer = grid.take_bottom(24);
  u64 per_square = 1;
  const auto cell_for = [&](u64 per) {
    const double squares = std::ceil(static_cast<double>(count) / static_cast<double>(per));
    return static_cast<float>(
        std::floor(std::sqrt(static_cast<double>(grid.w) * static_cast<double>(grid.h) / squares) * 2) / 2);
  };
  while (cell_for(per_square) < 6.5f) per_square *= 2;
  float cell = cell_for(per_square);
  const u64 squares = (count + per_square - 1) / per_square;
  const auto fits = [&](float size) {
    const u64 columns = static_cast<u64>(grid.w / size);
    return columns > 0 && static_cast<float>((squares + columns - 1) / columns) * size <= grid.h;
  };
  while (cell > 3 && !fits(cell)) cell -= 0.5f;
  const u64 columns = std::max<u64>(static_cast<u64>(grid.w / cell), 1);
  const std::string scale = per_square == 1
                                ? "one square = one 4 KiB frame"
                                : format("one square = %llu KiB", static_cast<unsigned long long>(per_square * 4));
  c.text_fit(c.fonts->label, title.x, title.y, title.w, c.theme->soft,
             format("RAM, %s \u00b7 %llu of %llu MiB free", scale.c_str(),
                    static_cast<unsigned long long>(p.frames.free_frames / 256),
                    static_cast<unsigned long long>(count / 256)));
  const float gap = cell > 9 ? 1.5f : 1;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  u64 hovered = ~u64{0};
  for (u64 s = 0; s < squares; ++s) {
    u64 shown = s * per_square;
    for (u64 f = shown + 1; f < std::min(count, (s + 1) * per_square); ++f)
      if (weight(p.frames.frames[f]) > weight(p.frames.frames[shown])) shown = f;
    const auto& frame = p.frames.frames[shown];
    const Rect square{grid.x + static_cast<float>(s % columns) * cell, grid.y + static_cast<float>(s / columns) * cell,
                      cell - gap, cell - gap};
    c.fill(square, colour_of(c, p, frame), cell > 9 ? 2 : 0);
    if (frame.owner_count > 1 && cell >= 5) {
      // Two triangles read better than stripes at this size.
      c.list->AddTriangleFilled({square.right(), square.y}, {square.right(), square.bottom()},
                                {square.x, square.bottom()}, process_colour(c, p, frame.second_pid));
    }
    if (mouse.x >= square.x && mouse.x < square.x + cell && mouse.y >= square.y && mouse.y < square.y + cell)
      hovered = shown;
  }
  if (p.walk.result.outcome == mem::WalkResult::Outcome::mapped) {
    const u64 s = p.walk.result.physical.frame_number() / per_square;
    if (s < squares)
      c.frame({grid.x + static_cast<float>(s % columns) * cell - 2, grid.y + static_cast<float>(s / columns) * cell - 2,
               cell + 3, cell + 3},
              c.theme->ink, 3, 1.5f);
  }
  float x = footer.x;
  x = legend(c, x, footer.y + 4, c.theme->kernel, "kernel", false);
  x = legend(c, x, footer.y + 4, c.theme->page_table, "page tables", false);
  x = legend(c, x, footer.y + 4, c.theme->file, "files", false);
  legend(c, x, footer.y + 4, c.theme->process[0], "shared, copy on write", true);
  if (hit("frames", grid).hovered && hovered < count) tooltip(c, explain(p, hovered, per_square));
  c.unclip();
}

}  // namespace lucid::ui
