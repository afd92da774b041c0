// SPDX-License-Identifier: MIT
// What page and window do about wishes for breakpoints, and about questions to the past: the session
// is told, and the panels what came of it.
#pragma once
#include "core/session/session.h"
#include "ui/app.h"

namespace lucid::ui {

enum class Outcome : u8 {
  not_mine,   // the intent is about something else
  changed,    // breakpoints
  travelled,  // now may be another moment: the host lets no time pass
};
Outcome carry_out(const Intent& intent, session::Session& session, App& app);

/// What the reader wrote in the box; in place of the breakpoint that is being edited, if one is. False =
/// the panel shows what is wrong with it.
bool add_breakpoint(const std::string& text, session::Session& session, App& app);

}  // namespace lucid::ui
