// SPDX-License-Identifier: MIT
// The page walk as a picture: the address cut into its indices, each level's table around the entry
// taken, arrows from entry to table, and the bits of one entry, which a click flips.
#include <algorithm>

#include "core/abi/swap_entry.h"
#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr float row = 18, tallest_row = 26;
constexpr float table_head = 42;

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

struct Step {
  const mem::WalkStep& taken;
  const std::vector<u64>& entries;  // the aligned eight around it
  bool refused, chosen;
  float row;  // its height
};

/// An entry in as many digits as fit: the bit that forbids execution may become a word.
std::string entry_text(const Canvas& c, u64 entry, float room) {
  if (entry == 0) return "\u2013";
  const std::string all = format("%llx", static_cast<unsigned long long>(entry));
  if (entry >> 63 == 0 || c.width(c.fonts->mono_small, all) <= room) return all;
  return format("%llx NX", static_cast<unsigned long long>(entry & ~(u64{1} << 63)));
}

void draw_entry(Pane& pane, const Rect& line, const Step& step, unsigned index, u64 entry) {
  const Canvas& c = pane.c;
  const bool taken = index == step.taken.index;
  if (taken) c.fill(line, fade(step.refused ? c.theme->danger : c.theme->accent, 0.16f), 3);
  const float text_y = line.y + (line.h - 13) / 2;
  c.text(c.fonts->mono_small, line.x + 4, text_y, c.theme->soft, format("%3u", index));
  constexpr float number = 27;
  c.text_fit(c.fonts->mono_small, line.x + number, text_y, line.w - number,
             entry & 1 ? c.theme->ink : fade(c.theme->soft, 0.6f), entry_text(c, entry, line.w - number));
  const u64 table = step.taken.entry_at.value & ~page_mask;
  const Hit area = spot(pane, line,
                        {format("%s entry %u", table_name(step.taken.level), index),
                         format("0x%016llx", static_cast<unsigned long long>(entry)),
                         taken ? "the entry this address takes" : "a neighbour, for other addresses",
                         physical_thing(Gpa{table + 8 * index}, 8), taken ? "see its bits" : ""});
  if (area.clicked && taken) pane.state.choice = 6 - step.taken.level;
}

void draw_table_frame(Pane& pane, const Rect& box, const Step& step) {
  const Canvas& c = pane.c;
  c.fill(box, c.theme->paper, 7);
  c.frame(box,
          step.refused  ? c.theme->danger
          : step.chosen ? c.theme->accent
                        : c.theme->line,
          7, step.chosen ? 1.5f : 1);
  const bool roomy = c.width(c.fonts->label, table_name(step.taken.level)) <= box.w - 12;
  c.text(c.fonts->label, box.x + 8, box.y + std::min(5.0f, (box.h - 15) / 2), c.theme->ink,
         roomy ? table_name(step.taken.level) : level_name(step.taken.level));
  constexpr float two_lines = 40;
  if (box.h < two_lines) return;
  const u64 table = step.taken.entry_at.value & ~page_mask;
  c.text_fit(c.fonts->mono_small, box.x + 8, box.y + 23, box.w - 12, c.theme->soft,
             format("at %llx", static_cast<unsigned long long>(table)));
  spot(pane, {box.x + 4, box.y + 3, std::min(box.w - 8, 140.0f), 37},
       {table_name(step.taken.level), hexadecimal(table), "where the table is in RAM: 512 entries in one frame",
        physical_thing(Gpa{table}, page_size), ""});
}

/// One table, its entries below its name; returns the middle of the taken entry's row.
float draw_table(Pane& pane, const Rect& box, const Step& step) {
  draw_table_frame(pane, box, step);
  const unsigned first = step.taken.index & ~7u;
  float y = box.y + table_head, middle = box.y + box.h / 2;
  for (unsigned i = 0; i < step.entries.size() && y + step.row <= box.bottom() - 3; ++i, y += step.row) {
    if (first + i == step.taken.index) middle = y + step.row / 2;
    draw_entry(pane, {box.x + 4, y, box.w - 8, step.row - 1}, step, first + i, step.entries[i]);
  }
  return middle;
}

/// The same in a strip, its entries to the right of its name: as many around the taken one as fit.
void draw_strip(Pane& pane, const Rect& box, const Step& step) {
  draw_table_frame(pane, box, step);
  const unsigned all = static_cast<unsigned>(step.entries.size()), taken = step.taken.index & 7u;
  const unsigned shown = std::min(all, std::max(1u, static_cast<unsigned>((box.h - 4) / row)));
  if (shown == 0) return;
  const unsigned first = std::min(taken - std::min(taken, shown / 2), all - shown);
  float y = box.y + (box.h - static_cast<float>(shown) * row) / 2;
  const float x = box.x + 150;
  for (unsigned i = first; i < first + shown; ++i, y += row)
    draw_entry(pane, {x, y, box.right() - x - 4, row - 1}, step, (step.taken.index & ~7u) + i, step.entries[i]);
}

/// Where the walk ends.
void draw_end(Pane& pane, const Rect& box) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const mem::WalkResult& result = p.walk.result;
  const bool mapped = result.outcome == mem::WalkResult::Outcome::mapped;
  c.frame(box, mapped ? c.theme->ink : c.theme->danger, 7, 1.5f);
  if (!mapped) {
    const bool wrong = result.outcome == mem::WalkResult::Outcome::not_canonical;
    c.text_fit(c.fonts->label, box.x + 8, box.y + 5, box.w - 12, c.theme->danger,
               wrong ? "not canonical" : "page fault");
    return;
  }
  const u64 frame = result.physical.frame_number();
  const u32 references = frame < p.frames.frames.size() ? p.frames.frames[frame].references : 0;
  const std::string owners = format("%u reference%s", references, references == 1 ? "" : "s");
  const std::string allowed =
      format("%s %s%s", result.user ? "user" : "kernel", result.writable ? "rw" : "r-", result.no_execute ? "-" : "x");
  c.text_fit(c.fonts->label, box.x + 8, box.y + 5, box.w - 12, c.theme->ink, "frame");
  if (box.h > 84) {
    c.text_fit(c.fonts->mono, box.x + 8, box.y + 25, box.w - 12, c.theme->ink, hexadecimal(frame));
    c.text_fit(c.fonts->label, box.x + 8, box.y + 46, box.w - 12, c.theme->soft, owners);
    c.text_fit(c.fonts->label, box.x + 8, box.y + 66, box.w - 12, c.theme->soft, allowed);
  } else {
    c.text_fit(c.fonts->mono, box.x + 60, box.y + 5, box.w - 66, c.theme->ink, hexadecimal(frame));
    c.text_fit(c.fonts->label, box.x + 8, box.y + 25, box.w - 12, c.theme->soft, allowed + ", " + owners);
  }
  spot(pane, box, {"frame", hexadecimal(frame), "the RAM where the address is found", frame_thing(frame), ""});
}

void draw_bits(Pane& pane, Rect r, const mem::WalkStep& step) {
  const Canvas& c = pane.c;
  const float words =
      c.text_wrapped(c.fonts->label, r.x, r.y, r.w, c.theme->soft,
                     format("Entry %u of the %s: %016llx. A click flips a bit, and the machine lives with it.",
                            step.index, table_name(step.level), static_cast<unsigned long long>(step.entry)));
  spot(pane, {r.x, r.y, r.w, words},
       {"entry", hexadecimal(step.entry), "the entry whose bits are shown", physical_thing(step.entry_at, 8), ""});
  float x = r.x;
  const float y = r.y + words + 7;
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
  const bool swapped = abi::is_swap_entry(step.entry);
  const u64 number = swapped ? abi::swap_slot(step.entry) : step.entry >> 12 & 0xffffffffff;
  const float room = r.right() - x;
  if (room > 60)
    told(pane, {x + 6, y + 4, room - 6, 20},
         format(swapped ? "slot %llx" : "frame %llx", static_cast<unsigned long long>(number)),
         swapped ? "where its page lies in the swap area" : "the frame it leads to",
         swapped ? Thing{} : frame_thing(number));
}

constexpr float least_width_for_columns = 480;

/// Whose bits are shown: the one clicked, else the last.
const mem::WalkStep* shown_step(const Pane& pane) {
  const mem::WalkResult& result = pane.p.walk.result;
  for (unsigned i = 0; i < result.step_count; ++i)
    if (static_cast<unsigned>(pane.state.choice) == 6u - result.steps[i].level) return &result.steps[i];
  return result.step_count > 0 ? &result.steps[result.step_count - 1] : nullptr;
}

Step step_at(const Picture& p, unsigned i, const mem::WalkStep* shown, float row_height = row) {
  static const std::vector<u64> none;
  const mem::WalkResult& result = p.walk.result;
  const bool refused = result.outcome != mem::WalkResult::Outcome::mapped && i + 1 == result.step_count;
  return {result.steps[i], i < p.walk_tables.size() ? p.walk_tables[i] : none, refused, shown == &result.steps[i],
          row_height};
}

void draw_across(Pane& pane, Rect r, const mem::WalkStep* shown) {
  const Canvas& c = pane.c;
  const mem::WalkResult& result = pane.p.walk.result;
  const bool mapped = result.outcome == mem::WalkResult::Outcome::mapped;
  r.w -= 1;
  const float row_height = std::clamp((r.h - table_head - 6) / 8, row, tallest_row);
  const bool five_levels = result.step_count > 4;
  const float gap = five_levels ? 15 : 22;
  const float end = std::min(five_levels ? 96.0f : 120.0f, r.w / 4);  // the frame needs less than a table
  const float steps = static_cast<float>(std::max<unsigned>(result.step_count, 1));
  const float w = (r.w - end - gap * steps) / steps;
  float at = r.x, from_y = r.y + 20;
  const auto arrow = [&](ImU32 colour) { c.arrow(at - gap + 2, from_y, at - 3, r.y + 14, colour); };
  for (unsigned i = 0; i < result.step_count; ++i, at += w + gap) {
    if (i > 0) arrow(c.theme->accent);
    from_y = draw_table(pane, {at, r.y, w, r.h}, step_at(pane.p, i, shown, row_height));
  }
  if (result.step_count > 0) arrow(mapped ? c.theme->accent : c.theme->danger);
  draw_end(pane, {r.right() - end, r.y, end, r.h});
}

void draw_downwards(Pane& pane, Rect r, const mem::WalkStep* shown) {
  const Canvas& c = pane.c;
  const mem::WalkResult& result = pane.p.walk.result;
  r = {r.x, r.y, r.w - 1, r.h - 6};
  const bool mapped = result.outcome == mem::WalkResult::Outcome::mapped;
  constexpr float gap = 12, lowest = 22;
  const float end = mapped ? 46 : 26;
  // Where not all fit, the last ones: they decide.
  const auto room = static_cast<unsigned>(std::max(0.0f, (r.h - end) / (lowest + gap)));
  const unsigned shown_steps = std::min<unsigned>(room, result.step_count);
  const float steps = static_cast<float>(std::max(shown_steps, 1u));
  const float h = std::min((r.h - end - gap * steps) / steps, table_head + row * 8);
  float at = r.y;
  const float x = r.x + 40;
  for (unsigned i = result.step_count - shown_steps; i < result.step_count; ++i, at += h + gap) {
    if (at > r.y) c.arrow(x, at - gap + 1, x, at - 2, c.theme->accent);
    draw_strip(pane, {r.x, at, r.w, h}, step_at(pane.p, i, shown));
  }
  if (shown_steps > 0) c.arrow(x, at - gap + 1, x, at - 2, mapped ? c.theme->accent : c.theme->danger);
  draw_end(pane, {r.x, at, r.w, end});
}

}  // namespace

void draw_walk_figure(Pane& pane, Rect r) {
  const Canvas& c = pane.c;
  const Picture& p = pane.p;
  const mem::WalkResult& result = p.walk.result;
  c.clip(r);
  const Rect title = r.take_top(24);
  const auto* process = p.process(p.pid);
  const std::string who = process ? format("%u %s looks up", p.pid, process->name.c_str()) : "Looking up";
  const float x = title.x +
                  told(pane, {title.x, title.y, title.w, 18}, who, "in whose address space the walk goes",
                       process ? process_thing(p.pid) : Thing{}) +
                  8;
  const float digits = c.address(x, title.y, p.walk.address.value, c.theme->ink);
  spot(pane, {x, title.y, digits, 18},
       {"address", hexadecimal(p.walk.address.value), "the address that is looked up",
        address_thing(p.pid, p.walk.address), ""});
  draw_address(pane, r.take_top(46));
  const bool down = r.w < least_width_for_columns;
  const float words_height = c.height_wrapped(c.fonts->label, r.w, p.walk.explanation) + 4;
  constexpr float least_for_bits = 220;
  const float bits_height = result.step_count == 0 || r.h < least_for_bits ? 0 : down ? 76 : 58;
  // What is below follows at once, so that it is one picture also where there is much room.
  const float most = down ? r.h : table_head + 8 * tallest_row + 6;
  const Rect tables = r.take_top(std::min(r.h - words_height - bits_height - 6, most));
  r.take_top(6);
  const Rect bits = r.take_top(bits_height), words = r.take_top(words_height);
  const mem::WalkStep* shown = shown_step(pane);
  if (down)
    draw_downwards(pane, tables, shown);
  else
    draw_across(pane, tables, shown);
  if (shown && !bits.empty()) draw_bits(pane, bits, *shown);
  told_wrapped(pane, words, c.theme->ink, p.walk.explanation, "what the walk comes to");
  c.unclip();
}

}  // namespace lucid::ui
