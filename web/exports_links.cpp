// SPDX-License-Identifier: MIT
// The exported functions behind links and embeds: a run as bytes, going to a moment in slices,
// breakpoints by expression, marks by name, recorded events by number.
#include <emscripten.h>

#include <cstdlib>
#include <optional>

#include "ui/draw.h"
#include "ui/pane.h"
#include "web/instance.h"
#include "web/state_json.h"

namespace {

using namespace lucid;
using web::host;
using web::keep;

constexpr u64 most_events_at_once = 1000;

/// A whole number, decimal or "0x…", and nothing but that.
std::optional<u64> whole_number(const std::string& text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return {};
  char* end = nullptr;
  const u64 number = std::strtoull(text.c_str(), &end, 0);
  if (*end != '\0') return {};
  return number;
}

/// "pid 3", "address 3 0x401000", "frame 0x1f3", "line samples/hello/hello.c:12"; nothing else is a thing.
ui::Thing thing_named(const std::string& name) {
  const auto space = name.find(' ');
  if (space == std::string::npos) return {};
  const std::string kind = name.substr(0, space);
  const std::string rest = name.substr(space + 1);
  const auto last = rest.find_last_of(kind == "line" ? ":" : " ");
  const auto number = whole_number(last == std::string::npos ? rest : rest.substr(last + 1));
  if (!number) return {};
  if (last == std::string::npos) {
    if (kind == "pid") return ui::process_thing(static_cast<u32>(*number));
    if (kind == "frame") return ui::frame_thing(*number);
    return {};
  }
  if (kind == "line") return ui::line_thing(rest.substr(0, last), static_cast<u32>(*number));
  const auto pid = whole_number(rest.substr(0, last));
  if (kind != "address" || !pid) return {};
  return ui::address_thing(static_cast<u32>(*pid), Gva{*number});
}

}  // namespace

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

/// As lucid_boot, at the beginning of a run that lucid_packed_run gave.
EXPORT const char* lucid_boot_recorded(const u8* kernel, u32 kernel_size, const u8* root, u32 root_size,
                                       const u8* packed, u32 packed_size) {
  return keep(host().boot_recorded({kernel, kernel_size}, {root, root_size}, {packed, packed_size}));
}
/// Where that run ended: its time, and the hash of its state then.
EXPORT double lucid_recorded_time() { return static_cast<double>(host().recorded_end().time); }
EXPORT const char* lucid_recorded_hash() { return keep(std::to_string(host().recorded_end().state_hash)); }
/// The run up to now: bytes, as many as lucid_text_size() says.
EXPORT const char* lucid_packed_run(const u8* kernel, u32 kernel_size, const u8* root, u32 root_size) {
  const std::vector<u8> packed = host().packed_run({kernel, kernel_size}, {root, root_size});
  return keep({packed.begin(), packed.end()});
}
/// Commands given so far: 0 = the run is the boot's alone.
EXPORT u32 lucid_command_count() { return static_cast<u32>(host().session().commands().size()); }
/// Toward an instruction or a time, whichever comes first; negative = not asked for. See Host::Toward.
EXPORT int lucid_toward(double instruction, double time, double budget_ms) {
  const auto limit = [](double number) { return number < 0 ? ~u64{0} : static_cast<u64>(number); };
  return static_cast<int>(host().toward(limit(instruction), limit(time), budget_ms));
}
/// "" or what is wrong with the expression.
EXPORT const char* lucid_add_breakpoint(const char* expression) {
  const auto added = host().session().add_breakpoint(expression);
  return keep(added ? std::string() : added.error().message);
}
/// The breakpoints' expressions, a line each.
EXPORT const char* lucid_breakpoints() {
  std::string lines;
  for (const auto& each : host().session().breakpoint_list()) lines += each.text + "\n";
  return keep(lines);
}
/// False, and nothing is lit, when the name means nothing (thing_named). "" puts the light out.
EXPORT bool lucid_highlight(const char* name) {
  const ui::Thing thing = thing_named(name);
  host().app().select(thing);
  host().changed();
  return bool(thing) || *name == '\0';
}
/// "LENS VIEW": the number of the lens and the name of its tab.
EXPORT const char* lucid_view() {
  return keep(std::to_string(static_cast<unsigned>(host().app().lens())) + " " + host().app().view_name());
}
/// Draws now, so that the canvas can be copied before the browser shows it.
EXPORT void lucid_draw() {
  host().draw_anew();
  host().frame();
}
/// All that the panels show, drawn now, for tests: a line "PANEL|KIND PID VALUE SIZE|X Y W H|LIT|NAME|SHOWN" each; KIND
/// is ui::Thing::Kind.
EXPORT const char* lucid_drawn() {
  host().app().list_fields(true);
  lucid_draw();
  host().app().list_fields(false);
  std::string text;
  for (const ui::Field& f : host().app().fields()) {
    const ui::Thing& t = f.thing;
    const ui::Rect& r = f.place;
    text +=
        f.panel +
        ui::format("|%d %u %llu %llu|%d %d %d %d|%d|", static_cast<int>(t.kind), t.pid,
                   static_cast<unsigned long long>(t.value), static_cast<unsigned long long>(t.size),
                   static_cast<int>(r.x), static_cast<int>(r.y), static_cast<int>(r.w), static_cast<int>(r.h), f.lit) +
        f.name + "|" + f.value + "\n";
  }
  return keep(std::move(text));
}
EXPORT double lucid_event_count() { return static_cast<double>(host().session().events_before_now()); }
/// The first that is still held.
EXPORT double lucid_event_first() { return static_cast<double>(host().session().record().first()); }
/// Events of the record from a number on, up to now, as a JSON array; at most `most_events_at_once`.
EXPORT const char* lucid_events_from(double from) {
  const session::Session& session = host().session();
  const u64 begin = static_cast<u64>(from);
  std::string json = "[";
  session.record().read(begin, std::min(session.events_before_now(), begin + most_events_at_once),
                        [&](u64, const trace::Event& event) {
                          if (json.size() > 1) json += ',';
                          json += web::event_json(event, "");
                        });
  return keep(json + "]");
}
