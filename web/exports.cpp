// SPDX-License-Identifier: MIT
// The functions that machine.mjs calls. Plain C types only; text goes out through one buffer that
// stays valid until the next call. One machine per WebAssembly instance.
#include <emscripten.h>

#include <string>
#include <utility>

#include "ui/draw.h"
#include "ui/key_pointer.h"
#include "ui/terminal/terminal.h"
#include "ui/theme.h"
#include "web/console_json.h"
#include "web/instance.h"
#include "web/state_json.h"

extern "C" {
extern const unsigned char lucid_font_inter_regular[], lucid_font_inter_semibold[], lucid_font_jetbrains_mono[];
extern const unsigned lucid_font_inter_regular_size, lucid_font_inter_semibold_size, lucid_font_jetbrains_mono_size;
}

namespace {

using namespace lucid;

using web::buffer;
using web::host;
using web::keep;

trace::KindSet kinds_named(const std::string& names) {
  trace::KindSet kinds;
  for (unsigned i = 0; i < static_cast<unsigned>(trace::Kind::count); ++i) {
    const auto kind = static_cast<trace::Kind>(i);
    const std::string name = std::string(" ") + trace::info(kind).json_name + " ";
    if ((" " + names + " ").find(name) != std::string::npos) kinds = kinds.with(kind);
  }
  return kinds;
}

struct Font {
  const unsigned char* data;
  unsigned size;
};

/// The fonts of the panels, for the page's own text: one download serves both.
Font font(u32 which) {
  switch (which) {
    case 0:
      return {lucid_font_inter_regular, lucid_font_inter_regular_size};
    case 1:
      return {lucid_font_inter_semibold, lucid_font_inter_semibold_size};
    default:
      return {lucid_font_jetbrains_mono, lucid_font_jetbrains_mono_size};
  }
}

}  // namespace

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

/// An empty command line is the interactive machine's; see web/boot.h for the rest.
EXPORT const char* lucid_boot(const u8* kernel, u32 kernel_size, const u8* root, u32 root_size, u32 memory_mib,
                              const u8* overlay, u32 overlay_size, const char* command_line) {
  web::Start start;
  start.kernel = {kernel, kernel_size};
  start.root = {root, root_size};
  start.overlay = {overlay, overlay_size};
  start.memory_bytes = u64{memory_mib} << 20;
  if (command_line && *command_line) start.command_line = command_line;
  return keep(host().boot(start));
}
/// Before another machine comes: as if nobody had been here.
EXPORT void lucid_begin_anew() { host().begin_anew(); }
/// Source lines of kernel and programs; false when these bytes are none.
EXPORT bool lucid_set_sources(const u8* pack, u32 size) { return host().set_sources({pack, size}); }
EXPORT bool lucid_open(int width, int height, double pixel_ratio) {
  return host().open_window(width, height, pixel_ratio);
}
EXPORT void lucid_resize(int width, int height, double pixel_ratio) { host().resize(width, height, pixel_ratio); }
EXPORT void lucid_set_page(float story_height, float transport_height, bool dark, bool console_focused) {
  host().set_page(story_height, transport_height, dark, console_focused);
}
EXPORT void lucid_context_lost() { host().context_lost(); }
EXPORT void lucid_context_restored() { host().context_restored(); }

EXPORT double lucid_advance(double budget_ms) { return host().advance(budget_ms); }
EXPORT double lucid_frame() { return host().frame(); }
EXPORT double lucid_frames_drawn() { return static_cast<double>(host().frames_drawn()); }
EXPORT void lucid_run() { host().run(); }
EXPORT void lucid_pause() { host().pause(); }
EXPORT void lucid_step_over() { host().step_over(); }
EXPORT void lucid_step(u32 grain) { host().step(static_cast<session::Grain>(grain)); }
EXPORT bool lucid_step_back(u32 grain) { return host().step_back(static_cast<session::Grain>(grain)); }
EXPORT void lucid_seek(double time) { host().seek(static_cast<u64>(time)); }
EXPORT bool lucid_in_past() { return host().session().in_past(); }
EXPORT double lucid_end_time() { return static_cast<double>(host().session().recording().end.time); }
EXPORT double lucid_jumps() { return static_cast<double>(host().session().jumps()); }
EXPORT void lucid_reset() { host().reset(); }
EXPORT void lucid_set_speed(double instructions_per_second) { host().set_speed(instructions_per_second); }
EXPORT bool lucid_running() { return host().running(); }
EXPORT void lucid_type(const u8* bytes, u32 size) { host().type({bytes, size}); }

/// Of the text returned last, which may hold NUL bytes.
EXPORT u32 lucid_text_size() { return static_cast<u32>(buffer().size()); }
EXPORT double lucid_output_size(u32 line) { return static_cast<double>(host().session().output_size(line)); }
EXPORT const char* lucid_output(u32 line, double from) {
  return keep(host().session().output(line, static_cast<u64>(from)));
}
EXPORT double lucid_instruction() { return static_cast<double>(host().session().instruction()); }
EXPORT double lucid_time() { return static_cast<double>(host().session().time()); }
EXPORT double lucid_revision() { return static_cast<double>(host().session().revision()); }
EXPORT const char* lucid_state() { return keep(web::state_json(host().session())); }
EXPORT const char* lucid_memory_map(u32 pid) { return keep(web::memory_map_json(host().session(), pid)); }
EXPORT const char* lucid_walk(u32 pid, u32 high, u32 low) {
  return keep(web::walk_json(host().session(), pid, Gva{u64{high} << 32 | low}));
}
EXPORT const char* lucid_state_hash() { return keep(std::to_string(host().session().state_hash())); }
/// Which kinds of events to keep, by their names between blanks ("fork exec exit").
EXPORT void lucid_watch(const char* names) { host().watch(kinds_named(names)); }
EXPORT const char* lucid_take_events() { return keep(host().take_events()); }
/// A key for the panels, by its number in ui::PointerKey.
EXPORT void lucid_point(u32 key) {
  host().app().pointer().press(static_cast<ui::PointerKey>(key));
  host().changed();
}
/// A change of RAM that a panel asks for: "" or "ADDRESS VALUE", hexadecimal. lucid_poke does it.
EXPORT const char* lucid_take_poke_wish() {
  const auto wish = host().take_poke_wish();
  return keep(wish ? ui::format("%llx %llx", static_cast<unsigned long long>(wish->address.value),
                                static_cast<unsigned long long>(wish->value))
                   : std::string());
}
EXPORT void lucid_poke(u32 address_high, u32 address_low, u32 value_high, u32 value_low) {
  host().poke(Gpa{u64{address_high} << 32 | address_low}, u64{value_high} << 32 | value_low);
}
/// Settings that a panel wants the kernel to be asked for, "" = none; lucid_change_settings does it.
EXPORT const char* lucid_take_settings_wish() { return keep(host().take_settings_wish().value_or("")); }
EXPORT void lucid_change_settings(const char* words) { host().change_settings(words); }
/// What stands in the box for breakpoints; false = the panel says what is wrong with it.
EXPORT bool lucid_enter_breakpoint(const char* text) { return host().add_breakpoint(text); }
/// A text for that box, "" = none.
EXPORT const char* lucid_take_draft() { return keep(host().take_draft().value_or("")); }
EXPORT int lucid_take_save_wish() { return host().take_save_wish(); }
EXPORT const char* lucid_events_text(bool perfetto) {
  using Format = session::Session::EventFormat;
  return keep(host().session().events_text(perfetto ? Format::perfetto : Format::json_lines));
}
/// What the console shows, as of now: see web/console_json.h.
EXPORT const char* lucid_console(double since) {
  host().app().read_output(host().session());
  return keep(web::console_json(host().app().terminal(), static_cast<u64>(since)));
}
/// How many rows and columns the page has room for.
EXPORT void lucid_fit_console(u32 rows, u32 columns) { host().fit_console(rows, columns); }
/// What a pasted text sends to the console's line.
EXPORT const char* lucid_pasted(const char* text) { return keep(host().app().terminal().pasted(text)); }
EXPORT bool lucid_take_console_wish() { return host().take_console_wish(); }
EXPORT const char* lucid_take_copied() { return keep(host().app().take_copied()); }
EXPORT void lucid_set_lens(u32 lens) {
  host().app().set_lens(static_cast<ui::Lens>(lens));
  host().changed();
}

EXPORT const u8* lucid_font(u32 which) { return font(which).data; }
EXPORT u32 lucid_font_size(u32 which) { return font(which).size; }

/// By the name of its tab, e.g. "Walk"; false when the lens has none of that name.
EXPORT bool lucid_set_view(u32 lens, const char* name) {
  host().changed();
  return host().app().set_view(static_cast<ui::Lens>(lens), name);
}

/// The places of the DOM parts: narrow, then x, y, w, h of story, transport, console, breakpoint, assembler.
EXPORT const float* lucid_places() {
  static float numbers[21];
  const ui::Layout& layout = host().places();
  numbers[0] = layout.narrow;
  unsigned next = 1;
  for (const ui::Rect* rect :
       {&layout.story, &layout.transport, &layout.console, &layout.breakpoint_box, &layout.source_box}) {
    for (const float value : {rect->x, rect->y, rect->w, rect->h}) numbers[next++] = value;
  }
  return numbers;
}
