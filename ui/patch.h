// SPDX-License-Identifier: MIT
// What page and window do when the reader changes the machine from outside: bytes over the code that is due, a bit of a
// page table, the kernel's settings. All are commands of this moment: going back undoes them, going on again repeats
// them. In the past they begin another future: ask first.
#pragma once
#include <span>

#include "core/session/session.h"
#include "ui/app.h"

namespace lucid::ui {

/// Bytes over the code at `at`; the panels say what came of it. False = nothing was written.
bool patch_code(session::Session& session, Gva at, std::span<const u8> bytes, App& app);
/// Gives the machine the commands of this very moment, before time goes on.
void apply_now(session::Session& session);
/// What the panels show by themselves.
void change(session::Session& session, session::Command command);

}  // namespace lucid::ui
