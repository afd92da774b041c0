// SPDX-License-Identifier: MIT
// A line of assembly text as words, numbers, strings and signs.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/assembler/diagnostic.h"
#include "core/base/result.h"

namespace lucid::assembler {

enum class TokenKind : u8 { end, word, number, real, text, sign };

/// `spelling` lies in the line that was split.
struct Token {
  TokenKind kind = TokenKind::end;
  Span where = {};
  std::string_view spelling = {};
  u64 number = 0;         // of a number; of a sign its character, '<' and '>' standing for << and >>
  double real = 0;        // of a real number, as in dq 1.5
  std::string text = {};  // of a string: its bytes

  bool is(char sign) const { return kind == TokenKind::sign && number == static_cast<u64>(sign); }
};

/// The tokens of a line up to a comment (";", "#" or "//"), closed by one of kind `end`.
Result<std::vector<Token>, Complaint> split_line(std::string_view line);

}  // namespace lucid::assembler
