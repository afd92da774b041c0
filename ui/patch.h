// SPDX-License-Identifier: MIT
// What page and window do when the reader wants bytes over the code that is due.
#pragma once
#include <span>

#include "core/session/session.h"
#include "ui/app.h"

namespace lucid::ui {

/// Bytes over the code at `at`, as commands of this moment: going back undoes it, going on again repeats it. In the
/// past that begins another future: ask first. The panels say what came of it; false = nothing was written.
bool patch_code(session::Session& session, Gva at, std::span<const u8> bytes, App& app);

}  // namespace lucid::ui
