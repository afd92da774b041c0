// SPDX-License-Identifier: MIT
// What is wrong in an assembly text, and where.
#pragma once
#include <string>

#include "core/base/types.h"

namespace lucid::assembler {

/// Part of a line, in bytes; columns count from 1.
struct Span {
  u32 column = 1, length = 0;
  constexpr u32 end() const { return column + length; }
  constexpr Span to(Span last) const { return {column, last.end() - column}; }
};

/// One clear line: what is wrong with the token and what would be right.
struct Diagnostic {
  u32 line = 0;  // from 1
  Span where;
  std::string message;
  /// "3:9: message"
  std::string text() const { return std::to_string(line) + ":" + std::to_string(where.column) + ": " + message; }
};

/// The same before the line is known.
struct Complaint {
  Span where;
  std::string message;
};

}  // namespace lucid::assembler
