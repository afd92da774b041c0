// SPDX-License-Identifier: MIT
#include "core/assembler/hex_bytes.h"

#include "core/assembler/assembler.h"
#include "core/base/hex.h"

namespace lucid::assembler {
namespace {

bool is_gap(char c) { return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == 'h' || c == ';'; }

}  // namespace

Result<std::vector<u8>, Diagnostic> parse_hex_bytes(std::string_view text) {
  std::vector<u8> out;
  u32 line = 1;
  size_t line_start = 0;
  for (size_t at = 0; at < text.size();) {
    const Span where{static_cast<u32>(at - line_start + 1), 1};
    if (text[at] == '\n') {
      ++line;
      line_start = ++at;
    } else if (is_gap(text[at])) {
      ++at;
    } else if (at + 1 < text.size() && (text[at] == '0' || text[at] == '\\') && (text[at + 1] | 0x20) == 'x') {
      at += 2;
    } else if (hex_digit(text[at]) < 0) {
      return Diagnostic{line, where, "bytes are written as two hexadecimal digits each: 05 00 02 00 00"};
    } else if (at + 1 == text.size() || hex_digit(text[at + 1]) < 0) {
      return Diagnostic{line, where, "the second digit of this byte is missing: write 0" + std::string(1, text[at])};
    } else if (out.size() == most_text) {
      return Diagnostic{line, where, "there are more than " + std::to_string(most_text) + " bytes"};
    } else {
      out.push_back(static_cast<u8>(hex_digit(text[at]) * 16 + hex_digit(text[at + 1])));
      at += 2;
    }
  }
  return out;
}

}  // namespace lucid::assembler
