// SPDX-License-Identifier: MIT
#include "ui/stops.h"

#include <algorithm>

#include "ui/draw.h"
#include "ui/gather.h"

namespace lucid::ui {
namespace {

/// In a program all addresses have many owners: those of processes of the running one's name are meant.
void set_at(Gva address, session::Session& session) {
  const std::string place = hexadecimal(address.value);
  const bool in_program = address.value >> 63 == 0;
  for (const auto& process : session.processes().processes) {
    if (!in_program || process.pid != session.current_pid()) continue;
    if (session.add_breakpoint(place + " process " + process.name).ok()) return;
  }
  (void)session.add_breakpoint(place).ok();
}

/// A click in the margin: sets one, takes away what a click set, switches any other off and on.
void toggle_at(Gva address, session::Session& session) {
  for (auto& each : session.breakpoint_list()) {
    if (each.memory || std::find(each.places.begin(), each.places.end(), address) == each.places.end()) continue;
    const StopLine line{std::move(each), "", false};
    const session::BreakpointView& b = line.breakpoint;
    if (b.enabled && line.plain())
      session.remove_breakpoint(b.id);
    else
      session.enable_breakpoint(b.id, !b.enabled);
    return;
  }
  set_at(address, session);
}

/// "mov [rdi], al in memcpy+0x12 of process 3": the instruction that is due.
std::string instruction_due(const session::Session& session) {
  const Gva rip{session.registers().state.rip};
  const auto code = session.disassembly(rip, 0, 1);
  std::string text = code.empty() ? hexadecimal(rip.value) : code.front().text;
  const inspect::Place place = session.place(rip);
  text += " in " + (place.symbol.empty() ? hexadecimal(rip.value) : short_name(place.text()));
  if (place.line != 0) text += " (" + place.source() + ")";
  if (const u32 pid = session.current_pid(); pid != 0) text += ", process " + std::to_string(pid);
  return text;
}

void find_writer(const FindWriter& wish, session::Session& session, App& app) {
  const u64 asked_at = session.time();
  const auto found = session.last_write(wish.written, session::AccessSide::before);
  if (!found) return app.set_answer({found.error().message, {}, true});
  const std::string what = wish.name.empty() ? "This" : wish.name;
  const std::string ago = duration(asked_at - session.time()) + " earlier";
  app.set_answer({what + " was written " + ago +
                      (found.value().by_command ? ", from outside of the machine."
                                                : ", by what is due now: " + instruction_due(session)),
                  asked_at});
}

void run_back(session::Session& session, App& app) {
  const u64 asked_at = session.time();
  if (!session.run_back()) return app.set_answer({"No breakpoint was true before now.", {}, true});
  app.set_answer({"Back where breakpoints were true: " + hit_text(session), asked_at});
}

}  // namespace

Outcome carry_out(const Intent& intent, session::Session& session, App& app) {
  if (const auto* toggle = std::get_if<ToggleBreakpoint>(&intent)) {
    toggle_at(toggle->address, session);
  } else if (const auto* add = std::get_if<AddBreakpoint>(&intent)) {
    const auto added = session.add_breakpoint(add->text);
    app.set_answer(added ? Answer{"Time stops at: " + add->text} : Answer{added.error().message, {}, true});
  } else if (const auto* enable = std::get_if<EnableBreakpoint>(&intent)) {
    session.enable_breakpoint(enable->id, enable->on);
  } else if (const auto* remove = std::get_if<RemoveBreakpoint>(&intent)) {
    session.remove_breakpoint(remove->id);
  } else if (const auto* writer = std::get_if<FindWriter>(&intent)) {
    find_writer(*writer, session, app);
    return Outcome::travelled;
  } else if (std::holds_alternative<RunBack>(intent)) {
    run_back(session, app);
    return Outcome::travelled;
  } else {
    return Outcome::not_mine;
  }
  return Outcome::changed;
}

bool add_breakpoint(const std::string& text, session::Session& session, App& app) {
  if (!app.shown_program().empty()) session.prefer_program(app.shown_program());
  const auto added = session.add_breakpoint(text);
  if (!added) {
    app.set_mistake({text, added.error()});
    return false;
  }
  if (const u32 before = app.edited_breakpoint(); before != 0) session.remove_breakpoint(before);
  app.set_mistake({});
  return true;
}

}  // namespace lucid::ui
