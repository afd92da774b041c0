// SPDX-License-Identifier: MIT
// The console's terminal for the page, which lays it out as text (web/console.mjs).
#pragma once
#include <string>

#include "ui/terminal/terminal.h"

namespace lucid::web {

/// {"version","first","count","row","column","cursor","whole","up","lines"}: lines are numbered, and stay so; the
/// first that is left, how many; the cursor's line, or -1 when it is hidden, and the characters before it; whether a
/// program has the whole screen; what the key Up sends; and all lines that changed after the version `since`: [number,
/// [text, ink, paper, style], …].
std::string console_json(const ui::Terminal& terminal, u64 since);

}  // namespace lucid::web
