// SPDX-License-Identifier: MIT
#include "ui/views.h"

#include <algorithm>

#include "ui/panels.h"

namespace lucid::ui {
namespace {

constexpr Need walk_and_map = Need::walk | Need::map | Need::frames;

// clang-format off
constexpr Dock code[] = {
    {"registers",   draw_registers,   Need::map | Need::notes, Side::top, 0, 460},
    {"control",     draw_control,     Need::none,   Side::bottom, 108,   0},
    {"disassembly", draw_disassembly, Need::code,   Side::rest,   1,     1}};
constexpr Dock stack[] = {
    {"backtrace",   draw_backtrace,   Need::stack | Need::code, Side::top, 0.34f, 0.34f},
    {"stack",       draw_stack,       Need::stack | Need::map, Side::rest, 1,    1}};
constexpr Dock breakpoints[] = {
    {"breakpoints", draw_breakpoints, Need::none,   Side::rest,   1,     1}};
constexpr Dock assembler[] = {
    {"assembler",   draw_assembler,   Need::none,   Side::rest,   1,     1}};
constexpr Dock frames[] = {
    {"walk",        draw_walk,        walk_and_map, Side::bottom, 140,   126},
    {"memory_map",  draw_memory_map,  Need::map,    Side::left,   0.34f, 0.48f},
    {"frames",      draw_frames,      walk_and_map, Side::rest,   1,     1}};
constexpr Dock process_table[] = {
    {"table",       draw_process_table, Need::none, Side::rest,   1,     0},
    {"tree",        draw_process_tree,  Need::none, Side::rest,   0,     1}};
constexpr Dock walk[] = {
    {"walk_figure", draw_walk_figure, walk_and_map, Side::rest,   1,     1}};
constexpr Dock bytes[] = {
    {"bytes",       draw_bytes,       Need::bytes | Need::map | Need::frames, Side::rest, 1, 1}};
constexpr Dock tlb[] = {
    {"tlb",         draw_tlb,         Need::tlb | Need::map, Side::rest, 1,     1}};
constexpr Dock all_registers[] = {
    {"registers",   draw_all_registers, Need::map,  Side::rest,   1,     1}};
constexpr Dock tables[] = {
    {"gdt",         draw_gdt,         Need::tables, Side::top,    0.44f, 0.4f},
    {"idt",         draw_idt,         Need::tables, Side::rest,   1,     1}};
constexpr Dock spaces[] = {
    {"spaces",      draw_spaces,      Need::spaces | Need::frames, Side::rest, 1, 1}};
constexpr Dock lives[] = {
    {"lives",       draw_lives,       Need::none,   Side::rest,   1,     1}};
constexpr Dock scheduler[] = {
    {"run_queue",   draw_run_queue,   Need::kernel, Side::top,    136,   150},
    {"schedule",    draw_timeline,    Need::none,   Side::rest,   1,     1}};
constexpr Dock details[] = {
    {"areas",       draw_areas,      Need::map,     Side::top,   0.44f, 0.3f},
    {"open_files",  draw_open_files,  Need::details, Side::left,  0.48f, 0.3f},
    {"signals",     draw_signals,     Need::details, Side::top,   0.42f, 0.42f},
    {"limits",      draw_limits,      Need::details, Side::rest,  1,     1}};
constexpr Dock interrupts[] = {
    {"interrupts",  draw_interrupts,  Need::kernel, Side::left,   0.4f,  0.36f},
    {"trap",        draw_trap,        Need::tables | Need::trap | Need::stack, Side::rest, 1, 1}};
constexpr Dock execs[] = {
    {"execs",       draw_execs,       Need::kernel, Side::rest,   1,     1}};
constexpr Dock cache[] = {
    {"reclaim",     draw_reclaim,     Need::kernel, Side::top,    200,   262},
    {"page_cache",  draw_page_cache,  Need::kernel, Side::rest,   1,     1}};
constexpr Dock files[] = {
    {"file_tree",   draw_file_tree,   Need::files,  Side::left,   0.3f,  0.24f},
    {"elf_map",     draw_elf_map,     Need::files | Need::spaces, Side::top, 142, 118},
    {"elf",         draw_elf,         Need::files | Need::map | Need::frames, Side::rest, 1, 1}};
constexpr Dock calls[] = {
    {"calls",       draw_calls,       Need::map,    Side::rest,   1,     1}};
constexpr Dock events[] = {
    {"counters",    draw_counters,    Need::none,   Side::top,    48,    92},
    {"events",      draw_events,      Need::events,   Side::rest,   1,     1}};

constexpr View all[] = {
    {Lens::cpu,       "Code",      code},
    {Lens::cpu,       "Stack",     stack},
    {Lens::cpu,       "Registers", all_registers},
    {Lens::cpu,       "Tables",    tables},
    {Lens::cpu,       "Breakpoints", breakpoints},
    {Lens::cpu,       "Assembler", assembler},
    {Lens::memory,    "Frames",    frames},
    {Lens::memory,    "Spaces",    spaces},
    {Lens::memory,    "Walk",      walk},
    {Lens::memory,    "Bytes",     bytes},
    {Lens::memory,    "TLB",       tlb},
    {Lens::processes, "Table",     process_table},
    {Lens::processes, "Lives",     lives},
    {Lens::processes, "Details",   details},
    {Lens::processes, "Scheduler", scheduler},
    {Lens::kernel,    "Calls",     calls},
    {Lens::kernel,    "Events",    events},
    {Lens::kernel,    "Interrupts", interrupts},
    {Lens::kernel,    "Exec",      execs},
    {Lens::kernel,    "Cache",     cache},
    {Lens::files,     "Files",     files}};
// clang-format on

}  // namespace

std::span<const View> views() { return all; }

Rect take(Rect& place, const Dock& dock, bool narrow) {
  const float wanted = narrow ? dock.narrow : dock.wide;
  const Side side = narrow && (dock.side == Side::left || dock.side == Side::right) ? Side::bottom : dock.side;
  const bool across = side == Side::left || side == Side::right;
  const float whole = across ? place.w : place.h;
  const float size = std::min(wanted <= 1 ? wanted * whole : wanted, whole * 0.66f);
  const float gap = across ? 20 : 12;
  Rect strip = place;
  switch (side) {
    case Side::rest:
      return std::exchange(place, {});
    case Side::top:
      strip.h = size;
      place = {place.x, place.y + size + gap, place.w, place.h - size - gap};
      return strip;
    case Side::bottom:
      place.h -= size + gap;
      strip = {place.x, place.bottom() + gap, place.w, size};
      return strip;
    case Side::left:
      strip.w = size;
      place = {place.x + size + gap, place.y, place.w - size - gap, place.h};
      return strip;
    case Side::right:
      place.w -= size + gap;
      return {place.right() + gap, place.y, size, place.h};
  }
  return {};
}

}  // namespace lucid::ui
