// SPDX-License-Identifier: MIT
// The stopped machine as text: what --dump prints and GDB's monitor shows.
#pragma once
#include <string>
#include <string_view>

#include "core/session/session.h"

namespace lucid::session {

/// "regs", "stack [WORDS]", "disasm [LINES]", "maps", "processes", "events [COUNT]", "mem ADDRESS [BYTES]",
/// "walk ADDRESS", "print EXPR", "where"; ADDRESS is an expression (expression.h). Lines, each with its
/// newline. The error points into `what`.
Result<std::string, ExpressionError> dump(const Session& session, std::string_view what);

/// One line: instruction, time, process and place.
std::string where_text(const Session& session);

}  // namespace lucid::session
