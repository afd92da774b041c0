// SPDX-License-Identifier: MIT
// RAM as squares, coloured by who owns the frame; two owners hatch. With more frames than squares
// fit, a square stands for several and shows the most telling of them.
#include <algorithm>

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
    case abi::FrameKind::kernel_stack:
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
    case abi::FrameKind::kernel_stack:
      return "kernel stack";
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
  const Rect square{x, y + 3, 10, 10};
  c.fill(square, colour, 2);
  if (hatched) c.hatch(square, c.theme->process[1], 4);
  return x + 15 + c.text(c.fonts->label, x + 15, y, c.theme->soft, label) + 14;
}

void draw_square(const Canvas& c, const Picture& p, const inspect::FrameView& frame, const Rect& square) {
  const float rounding = square.w > 8 ? 2 : 0;
  c.fill(square, colour_of(c, p, frame), rounding);
  if (frame.owner_count < 2) return;
  const ImU32 second = process_colour(c, p, frame.second_pid);
  if (square.w > 8) c.hatch(square, second, std::max(6.0f, square.w * 0.5f));
  // Two triangles read better than stripes at this size.
  else
    c.list->AddTriangleFilled({square.right(), square.y}, {square.right(), square.bottom()},
                              {square.x, square.bottom()}, second);
}

/// RAM in order: sections drawn as squares, and long ones with nothing to tell, told in words.
struct Section {
  u64 first = 0, count = 0;
  bool folded = false;
};

constexpr u64 least_folded = 96;  // frames
constexpr float fold_height = 20;

bool dull(const inspect::FrameView& f) {
  return f.owner_count == 0 && (f.kind == abi::FrameKind::free || f.kind == abi::FrameKind::reserved);
}

std::vector<Section> fold(const std::vector<inspect::FrameView>& frames) {
  std::vector<Section> result;
  for (u64 i = 0; i < frames.size();) {
    u64 end = i;
    while (end < frames.size() && dull(frames[end]) && frames[end].kind == frames[i].kind) ++end;
    const bool folded = end - i >= least_folded;
    const u64 count = folded ? end - i : std::max<u64>(end - i, 1);
    if (!folded && !result.empty() && !result.back().folded)
      result.back().count += count;
    else
      result.push_back({i, count, folded});
    i += count;
  }
  return result;
}

std::string size_text(u64 frames) {
  if (frames >= 256) return format("%.1f MiB", static_cast<double>(frames) / 256);
  return format("%llu KiB", static_cast<unsigned long long>(frames * 4));
}

/// How squares of a size fill the width: the height that all sections need.
float height_needed(const std::vector<Section>& sections, float width, float cell, u64 per_square) {
  const auto columns = static_cast<u64>(width / cell);
  if (columns == 0) return 1e9f;
  float height = 0;
  for (const Section& s : sections) {
    const u64 squares = (s.count + per_square - 1) / per_square;
    height += s.folded ? fold_height : static_cast<float>((squares + columns - 1) / columns) * cell + 2;
  }
  return height;
}

}  // namespace

void draw_frames(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const auto& frames = p.frames.frames;
  if (!p.frames.valid || frames.empty()) {
    c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                   p.frames.why_not.empty() ? "The kernel has not counted its frames yet." : p.frames.why_not);
    return c.unclip();
  }
  Rect grid = r;
  const Rect title = grid.take_top(24);
  const Rect footer = grid.take_bottom(24);
  const std::vector<Section> sections = fold(frames);
  u64 per_square = 1;
  float cell = 26;
  while (height_needed(sections, grid.w, cell, per_square) > grid.h) {
    cell -= 0.5f;
    if (cell < 6.5f && per_square < frames.size()) cell = 12, per_square *= 2;
    if (per_square >= frames.size()) break;
  }
  const u64 columns = std::max<u64>(static_cast<u64>(grid.w / cell), 1);
  const std::string scale = per_square == 1
                                ? "one square = one 4 KiB frame"
                                : format("one square = %llu KiB", static_cast<unsigned long long>(per_square * 4));
  told(pane, title,
       format("RAM, %s \u00b7 %s of %s free", scale.c_str(), size_text(p.frames.free_frames).c_str(),
              size_text(frames.size()).c_str()),
       "all of the machine's memory, in order of physical address");
  const float gap = cell > 9 ? 1.5f : 1;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const u64 walked =
      p.walk.result.outcome == mem::WalkResult::Outcome::mapped ? p.walk.result.physical.frame_number() : ~u64{0};
  const Hit pointed = hit("grid", grid);  // as a whole: there may be thousands of squares
  float y = grid.y;
  for (const Section& s : sections) {
    if (s.folded) {
      const char* what = frames[s.first].kind == abi::FrameKind::free ? "free" : "reserved: BIOS and device memory";
      c.list->AddLine({grid.x, y + fold_height / 2}, {grid.right() - 2, y + fold_height / 2}, c.theme->line);
      const std::string text = size_text(s.count) + " " + what;
      const float w = c.width(c.fonts->label, text) + 16;
      const float x = grid.x + (grid.w - w) / 2;
      c.fill({x, y, w, fold_height}, c.theme->panel);
      c.text(c.fonts->label, x + 8, y + 1, c.theme->soft, text);
      spot(pane, {x, y, w, fold_height},
           {what, text,
            format("frames 0x%llx to 0x%llx, alike and with no owner", static_cast<unsigned long long>(s.first),
                   static_cast<unsigned long long>(s.first + s.count - 1)),
            physical_thing(Gpa{s.first * page_size}, s.count * page_size), ""});
      y += fold_height;
      continue;
    }
    const u64 squares = (s.count + per_square - 1) / per_square;
    for (u64 i = 0; i < squares; ++i) {
      const u64 first = s.first + i * per_square, end = std::min(s.first + s.count, first + per_square);
      u64 shown = first;
      for (u64 f = first + 1; f < end; ++f)
        if (weight(frames[f]) > weight(frames[shown])) shown = f;
      const Rect square{grid.x + static_cast<float>(i % columns) * cell, y + static_cast<float>(i / columns) * cell,
                        cell - gap, cell - gap};
      draw_square(c, p, frames[shown], square);
      const Thing thing = physical_thing(Gpa{first * page_size}, (end - first) * page_size);
      const bool hovered = pointed.hovered && square.holds(mouse.x, mouse.y);
      if (pane.fields || hovered || pane.focus.lights(thing))
        spot(pane, square, {"frame", hexadecimal(shown), explain(p, shown, per_square), thing, "see what maps it"},
             {hovered, hovered && pointed.clicked, false});
      if (walked >= first && walked < end)
        c.frame({square.x - 1, square.y - 1, square.w + 2, square.h + 2}, c.theme->ink, 3, 2);
    }
    y += static_cast<float>((squares + columns - 1) / columns) * cell + 2;
  }
  float x = footer.x;
  x = legend(c, x, footer.y + 4, c.theme->kernel, "kernel", false);
  x = legend(c, x, footer.y + 4, c.theme->page_table, "page tables", false);
  x = legend(c, x, footer.y + 4, c.theme->file, "files", false);
  legend(c, x, footer.y + 4, c.theme->process[0], "shared", true);
  c.unclip();
}

}  // namespace lucid::ui
