// SPDX-License-Identifier: MIT
// The page walk of one address: each table's entry, its flags, and where it ends.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
const char* level_name(u8 level) {
  static constexpr const char* names[] = {"", "PT", "PD", "PDPT", "PML4", "PML5"};
  return level < 6 ? names[level] : "?";
}

namespace {

constexpr u64 address_bits = 0x000ffffffffff000;

std::string flags(u64 entry) {
  namespace pte = mem::pte;
  std::string text;
  const auto add = [&](u64 bit, const char* name) {
    text += (text.empty() ? "" : " ") + std::string(entry & bit ? name : "\u2013");
  };
  add(pte::present, "P");
  add(pte::writable, "W");
  add(pte::user, "US");
  add(pte::accessed, "A");
  add(pte::dirty, "D");
  add(pte::no_execute, "NX");
  return text;
}

void entry_spot(Pane& pane, const Rect& r, const mem::WalkStep& step) {
  spot(pane, r,
       {format("%s [%u] at physical %llx:", level_name(step.level), step.index,
               static_cast<unsigned long long>(step.entry_at.value)),
        format("0x%016llx", static_cast<unsigned long long>(step.entry)),
        "P present, W writable, US user, A accessed, D dirty, NX no execute", physical_thing(step.entry_at, 8), ""});
}

/// The address in an entry.
void leads_to(Pane& pane, const Rect& r, const mem::WalkStep& step) {
  const u64 there = step.entry & address_bits;
  const bool leads = step.entry & mem::pte::present;
  spot(pane, r,
       {"leads to", hexadecimal(there),
        leads ? "the address in the entry: of the next table, or of the frame" : "the entry is not present: no address",
        leads ? physical_thing(Gpa{there}, page_size) : Thing{}, ""});
}

/// One line a table, where there is no room for boxes side by side; of the last ones, when not all fit above the words.
void draw_rows(Pane& pane, Rect r) {
  constexpr float row = 17;
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const mem::WalkResult& result = p.walk.result;
  const bool mapped = result.outcome == mem::WalkResult::Outcome::mapped;
  const float words = c.height_wrapped(c.fonts->label, r.w, p.walk.explanation);
  const auto fit = static_cast<unsigned>(std::max(0.0f, (r.h - words) / row));
  float y = r.y;
  for (unsigned i = result.step_count - std::min<unsigned>(fit, result.step_count); i < result.step_count; ++i) {
    const mem::WalkStep& step = result.steps[i];
    const bool refused = !mapped && i + 1 == result.step_count;
    c.text(c.fonts->label, r.x, y, c.theme->ink, format("%s [%u]", level_name(step.level), step.index));
    c.text(c.fonts->mono_small, r.x + 92, y + 2, c.theme->soft,
           format("%llx", static_cast<unsigned long long>(step.entry & address_bits)));
    c.text_right(c.fonts->mono_small, r.right(), y + 2, refused ? c.theme->danger : c.theme->soft, flags(step.entry));
    leads_to(pane, {r.x + 90, y, 90, row}, step);
    entry_spot(pane, {r.x, y, r.w, row}, step);
    y += row;
  }
  told_wrapped(pane, {r.x, y + 1, r.w, words}, mapped ? c.theme->ink : c.theme->danger, p.walk.explanation,
               "what the walk comes to", mapped ? frame_thing(result.physical.frame_number()) : Thing{});
}

constexpr float least_width_for_boxes = 480;

}  // namespace

void draw_walk(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  c.clip(r);
  const auto& walk = p.walk;
  float x = r.x + c.text(c.fonts->label, r.x, r.y, c.theme->soft, "Page walk of") + 8;
  const float digits = c.address(x, r.y, walk.address.value, c.theme->ink);
  spot(pane, {x, r.y - 1, digits, 20},
       {"address", hexadecimal(walk.address.value), "the address that is looked up", address_thing(p.pid, walk.address),
        ""});
  x += digits + 12;
  for (const auto& [label, value] :
       {std::pair{"rip", p.registers.state.rip}, std::pair{"rsp", p.registers.state.gpr[cpu::rsp]},
        std::pair{"cr2", p.registers.state.cr2}}) {
    const float w = c.width(c.fonts->label, label) + 12;
    if (x + w > r.right()) break;
    const Hit area = spot(pane, {x, r.y - 3, w, 22},
                          {label, hexadecimal(value), "an address that a register holds", {}, "look this one up"});
    c.text(c.fonts->label, x + 6, r.y, area.hovered ? c.theme->ink : c.theme->accent, label);
    if (area.clicked) pane.picks.address = Gva{value};
    x += w;
  }
  if (r.w < least_width_for_boxes) {
    r.take_top(24);
    draw_rows(pane, r);
    return c.unclip();
  }
  const auto& result = walk.result;
  const bool mapped = result.outcome == mem::WalkResult::Outcome::mapped;
  Rect boxes = r;
  boxes.take_top(26);
  const float words_height = c.height_wrapped(c.fonts->label, r.w, walk.explanation);
  const Rect words = boxes.take_bottom(words_height + 6);
  const float count = static_cast<float>(result.step_count) + 1;
  const float arrow = 20;
  const float w = (boxes.w - 1 - arrow * (count - 1)) / count;
  float at = boxes.x;
  const float h = std::min(boxes.h - 4, 74.0f);
  // Three lines in a box.
  const auto line = [&](int i) { return boxes.y + h * (0.07f + 0.3f * static_cast<float>(i)); };
  for (unsigned i = 0; i < result.step_count; ++i) {
    const mem::WalkStep& step = result.steps[i];
    const bool last_refused = !mapped && i + 1 == result.step_count;
    const Rect box{at, boxes.y, w, h};
    c.fill(box, c.theme->paper, 6);
    c.frame(box, last_refused ? c.theme->danger : c.theme->line, 6);
    c.text_fit(c.fonts->label, box.x + 8, line(0), w - 12, c.theme->ink,
               format("%s [%u]", level_name(step.level), step.index));
    c.text_fit(c.fonts->mono_small, box.x + 8, line(1) + 1, w - 12, c.theme->soft,
               format("%llx", static_cast<unsigned long long>(step.entry & address_bits)));
    c.text_fit(c.fonts->mono_small, box.x + 8, line(2) + 1, w - 12, last_refused ? c.theme->danger : c.theme->soft,
               flags(step.entry));
    leads_to(pane, {box.x + 6, line(1), w - 12, 18}, step);
    entry_spot(pane, box, step);
    at += w;
    c.arrow(at + 3, box.y + h / 2, at + arrow - 3, box.y + h / 2, c.theme->accent);
    at += arrow;
  }
  const Rect box{at, boxes.y, w, h};
  if (mapped) {
    c.fill(box, c.theme->panel, 6);
    c.frame(box, c.theme->ink, 6, 1.5f);
    c.text_fit(c.fonts->label, box.x + 8, line(0), w - 12, c.theme->ink,
               format("frame 0x%llx", static_cast<unsigned long long>(result.physical.frame_number())));
    const u64 frame = result.physical.frame_number();
    if (frame < p.frames.frames.size())
      c.text_fit(c.fonts->label, box.x + 8, line(1), w - 12, c.theme->soft,
                 format("%u reference%s", p.frames.frames[frame].references,
                        p.frames.frames[frame].references == 1 ? "" : "s"));
    spot(pane, box,
         {"frame", format("0x%llx", static_cast<unsigned long long>(frame)),
          "the 4 KiB of RAM where the address is found", frame_thing(frame), ""});
    const std::string allowed = std::string(result.user ? "user " : "kernel ") + (result.writable ? "rw" : "r-") +
                                (result.no_execute ? "-" : "x");
    c.text_fit(c.fonts->label, box.x + 8, line(2), w - 12, c.theme->soft, allowed);
  } else {
    c.frame(box, c.theme->danger, 6);
    c.text_fit(c.fonts->label, box.x + 8, line(0), w - 12, c.theme->danger,
               result.outcome == mem::WalkResult::Outcome::not_canonical ? "not canonical" : "no frame");
  }
  told_wrapped(pane, {words.x, words.y + 4, words.w, words_height}, c.theme->soft, walk.explanation,
               "what the walk comes to");
  c.unclip();
}

}  // namespace lucid::ui
