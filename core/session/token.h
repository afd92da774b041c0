// SPDX-License-Identifier: MIT
// The words of an expression.
#pragma once
#include <string_view>

#include "core/base/types.h"

namespace lucid::session {

struct Token {
  enum class Kind : u8 { number, name, symbol, end, bad } kind = Kind::end;
  std::string_view text;  // symbol: "&&", "..", "(" …; bad: what cannot be read
  u64 value = 0;          // number
  size_t at = 0;

  bool is(std::string_view what) const { return (kind == Kind::symbol || kind == Kind::name) && text == what; }
};

/// Names may hold '.', '::' and "file:symbol"; numbers are decimal, 0x… or 'c'.
Token next_token(std::string_view text, size_t from);
/// A word up to a space or bracket, as names of events, files and processes are: "fault-resolved", "a.out".
Token next_word(std::string_view text, size_t from);

}  // namespace lucid::session
