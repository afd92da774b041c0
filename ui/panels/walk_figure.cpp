// SPDX-License-Identifier: MIT
// The page walk as a picture: the address cut into its indices, each level's table around the entry
// taken, arrows from entry to table, and the bits of one entry, which a click flips.
#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 18;

const char* table_name(u8 level) {
  static constexpr const char* names[] = {"", "page table", "page directory", "directory pointers", "PML4", "PML5"};
  return level < 6 ? names[level] : "?";
}

std::string binary(u64 value, unsigned bits) {
  std::string text;
  for (unsigned i = bits; i-- > 0;) text += value >> i & 1 ? '1' : '0';
  return text;
}

struct EntryBit {
  unsigned at;
  const char* name;
  const char* meaning;
};
// SDM vol. 3, 4.5.4; bit 7 is PS above the lowest level and PAT in it.
constexpr EntryBit entry_bits[] = {{0, "P", "present: the walk may go on here; else #PF"},
                                   {1, "W", "writable; else a write is a #PF"},
                                   {2, "US", "ring 3 may use it; else #PF"},
                                   {3, "PWT", "caches write through"},
                                   {4, "PCD", "not cached"},
                                   {5, "A", "accessed: the processor sets it when it walks through"},
                                   {6, "D", "dirty: the processor sets it when it writes"},
                                   {7, "PS", "this entry maps a large page; in the last table: PAT"},
                                   {8, "G", "global: loading CR3 keeps it in the TLB"},
                                   {63, "NX", "no execute: a fetch is a #PF"}};

/// Which part of the address each level takes, in one line of binary digits.
void draw_address(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const mem::WalkResult& result = pane.p.walk.result;
  const u64 address = pane.p.walk.address.value;
  float x = r.x;
  const unsigned levels = result.step_count ? result.steps[0].level : 4;
  const auto part = [&](const std::string& digits, const std::string& below, bool used, const std::string& explain) {
    const float w = c.width(c.fonts->mono_small, digits);
    if (x + w > r.right()) return;
    c.fill({x - 3, r.y, w + 6, 18}, used ? fade(c.theme->accent, 0.13f) : c.theme->paper, 4);
    c.text(c.fonts->mono_small, x, r.y + 2, used ? c.theme->ink : c.theme->soft, digits);
    c.text_fit(c.fonts->mono_small, x, r.y + 20, w, c.theme->soft, below);
    spot(pane, {x - 3, r.y, w + 6, 36}, {below, "0b" + digits, explain, {}, ""});
    x += w + 12;
  };
  const unsigned top = 12 + 9 * levels;
  part(binary(address >> top, 64 - top).substr(0, 4) + "\u2026", "sign", false,
       "copies of the highest bit used: else the address is not canonical");
  for (unsigned level = levels; level >= 1; --level) {
    const u64 index = address >> (12 + 9 * (level - 1)) & 511;
    const bool used = std::any_of(result.steps.begin(), result.steps.begin() + result.step_count,
                                  [&](const mem::WalkStep& step) { return step.level == level; });
    part(binary(index, 9), format("%llu", static_cast<unsigned long long>(index)), used,
         std::string("nine bits choose one of 512 entries of the ") + table_name(static_cast<u8>(level)));
  }
  part(binary(address & page_mask, 12), format("+0x%llx", static_cast<unsigned long long>(address & page_mask)), true,
       "twelve bits choose the byte within the page");
}

/// One table around the entry taken; returns the middle of that entry's row.
float draw_table(Pane& pane, const Rect& box, const mem::WalkStep& step, const std::vector<u64>& entries, bool refused,
                 bool chosen) {
  const Canvas& c = pane.c;
  c.fill(box, c.theme->paper, 7);
  c.frame(box, refused ? c.theme->danger : chosen ? c.theme->accent : c.theme->line, 7, chosen ? 1.5f : 1);
  c.text_fit(c.fonts->label, box.x + 8, box.y + 5, box.w - 12, c.theme->ink, table_name(step.level));
  const u64 table = step.entry_at.value & ~page_mask;
  c.text_fit(c.fonts->mono_small, box.x + 8, box.y + 23, box.w - 12, c.theme->soft,
             format("at %llx", static_cast<unsigned long long>(table)));
  float y = box.y + 42, middle = box.y + box.h / 2;
  const unsigned first = step.index & ~7u;
  for (unsigned i = 0; i < entries.size() && y + row <= box.bottom() - 4; ++i, y += row) {
    const u64 entry = entries[i];
    const bool taken = first + i == step.index;
    const Rect line{box.x + 4, y, box.w - 8, row - 1};
    if (taken) {
      c.fill(line, refused ? fade(c.theme->danger, 0.16f) : fade(c.theme->accent, 0.16f), 3);
      middle = y + row / 2;
    }
    c.text(c.fonts->mono_small, line.x + 4, y + 2, c.theme->soft, format("%3u", first + i));
    c.text_fit(c.fonts->mono_small, line.x + 30, y + 2, line.w - 32,
               entry & 1 ? c.theme->ink : fade(c.theme->soft, 0.6f),
               entry == 0 ? "\u2013" : format("%llx", static_cast<unsigned long long>(entry)));
    const Hit area = spot(pane, line,
                          {format("%s entry %u", table_name(step.level), first + i),
                           format("0x%016llx", static_cast<unsigned long long>(entry)),
                           taken ? "the entry this address takes" : "a neighbour, for other addresses",
                           physical_thing(Gpa{table + 8 * (first + i)}, 8), taken ? "see its bits" : ""});
    if (area.clicked && taken) pane.state.choice = 6 - step.level;
  }
  return middle;
}

void draw_bits(Pane& pane, Rect r, const mem::WalkStep& step) {
  const Canvas& c = pane.c;
  c.text_fit(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
             format("Entry %u of the %s: %016llx. A click flips a bit, and the machine lives with it.", step.index,
                    table_name(step.level), static_cast<unsigned long long>(step.entry)));
  float x = r.x;
  const float y = r.y + 24;
  for (const EntryBit& bit : entry_bits) {
    const bool on = step.entry >> bit.at & 1;
    const float w = c.width(c.fonts->mono, bit.name) + 16;
    if (x + w > r.right()) break;
    const Rect box{x, y, w, 24};
    c.fill(box, on ? fade(c.theme->accent, 0.2f) : c.theme->paper, 5);
    c.frame(box, on ? c.theme->accent : c.theme->line, 5);
    c.text(c.fonts->mono, x + 8, y + 4, on ? c.theme->ink : c.theme->soft, bit.name);
    if (spot(pane, box, {bit.name, on ? "1" : "0", bit.meaning, {}, "flip it"}).clicked)
      pane.picks.flip = EntryFlip{step.entry_at, step.entry ^ u64{1} << bit.at};
    x += w + 6;
  }
  const u64 frame = step.entry >> 12 & 0xffffffffff;
  const float room = r.right() - x;
  if (room > 60)
    c.text_fit(c.fonts->mono, x + 6, y + 4, room - 6, c.theme->soft,
               format("frame %llx", static_cast<unsigned long long>(frame)));
}

}  // namespace

void draw_walk_figure(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const mem::WalkResult& result = p.walk.result;
  c.clip(r);
  const Rect title = r.take_top(24);
  const auto* process = p.process(p.pid);
  const float x = title.x +
                  c.text(c.fonts->label, title.x, title.y, c.theme->soft,
                         process ? format("%u %s looks up", p.pid, process->name.c_str()) : "Looking up") +
                  8;
  c.address(x, title.y, p.walk.address.value, c.theme->ink);
  draw_address(pane, r.take_top(46));
  const Rect words = r.take_bottom(40);
  const Rect bits = result.step_count > 0 ? r.take_bottom(56) : Rect{};
  const bool mapped = result.outcome == mem::WalkResult::Outcome::mapped;
  const float count = static_cast<float>(result.step_count) + 1;
  const float gap = 22, w = (r.w - gap * (count - 1)) / count;
  float at = r.x, from_y = r.y + 20;
  const unsigned wanted = static_cast<unsigned>(pane.state.choice);
  const mem::WalkStep* shown = nullptr;
  for (unsigned i = 0; i < result.step_count; ++i) {
    const mem::WalkStep& step = result.steps[i];
    const bool chosen = wanted == 6u - step.level || (i + 1 == result.step_count && !shown);
    if (chosen) shown = &step;
    at += i == 0 ? 0 : w + gap;
  }
  at = r.x;
  for (unsigned i = 0; i < result.step_count; ++i, at += w + gap) {
    const mem::WalkStep& step = result.steps[i];
    const std::vector<u64> none;
    const auto& entries = i < p.walk_tables.size() ? p.walk_tables[i] : none;
    if (i > 0) c.arrow(at - gap + 2, from_y, at - 3, r.y + 14, c.theme->accent);
    from_y =
        draw_table(pane, {at, r.y, w, r.h - 6}, step, entries, !mapped && i + 1 == result.step_count, shown == &step);
  }
  const Rect box{at, r.y, std::max(0.0f, r.right() - at), r.h - 6};
  if (result.step_count > 0)
    c.arrow(at - gap + 2, from_y, at - 3, r.y + 14, mapped ? c.theme->accent : c.theme->danger);
  c.frame(box, mapped ? c.theme->ink : c.theme->danger, 7, 1.5f);
  c.text_fit(c.fonts->label, box.x + 8, box.y + 5, box.w - 12, mapped ? c.theme->ink : c.theme->danger,
             mapped                                                      ? "frame"
             : result.outcome == mem::WalkResult::Outcome::not_canonical ? "not canonical"
                                                                         : "page fault");
  if (mapped) {
    const u64 frame = result.physical.frame_number();
    c.text_fit(c.fonts->mono, box.x + 8, box.y + 25, box.w - 12, c.theme->ink, hexadecimal(frame));
    if (frame < p.frames.frames.size())
      c.text_fit(c.fonts->label, box.x + 8, box.y + 46, box.w - 12, c.theme->soft,
                 format("%u reference%s", p.frames.frames[frame].references,
                        p.frames.frames[frame].references == 1 ? "" : "s"));
    c.text_fit(c.fonts->label, box.x + 8, box.y + 66, box.w - 12, c.theme->soft,
               format("%s %s%s", result.user ? "user" : "kernel", result.writable ? "rw" : "r-",
                      result.no_execute ? "-" : "x"));
    spot(pane, box, {"frame", hexadecimal(frame), "the RAM where the address is found", frame_thing(frame), ""});
  }
  if (shown) draw_bits(pane, bits, *shown);
  c.text_wrapped(c.fonts->label, words.x, words.y + 4, words.w, c.theme->ink, p.walk.explanation);
  c.unclip();
}

}  // namespace lucid::ui
