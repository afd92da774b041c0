// SPDX-License-Identifier: MIT
#include "core/session/token.h"

#include <algorithm>
#include <iterator>

namespace lucid::session {
namespace {

constexpr std::string_view symbols[] = {"&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "..", "+", "-", "*", "/",
                                        "%",  "&",  "|",  "^",  "~",  "!",  "<",  ">",  "(",  ")", "[", "]", ","};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '$' || c == '@';
}
bool continues_name(char c) { return starts_name(c) || is_digit(c); }

int digit_of(char c) {
  return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

Token number(std::string_view text, size_t at) {
  const bool hex = text.substr(at, 2) == "0x" || text.substr(at, 2) == "0X";
  const u64 base = hex ? 16 : 10;
  size_t end = at + (hex ? 2 : 0);
  Token token{Token::Kind::number, {}, 0, at};
  bool good = !hex || (end < text.size() && digit_of(text[end]) < 16);
  // "0x10..0x20" is two numbers; a letter right behind digits is a mistake.
  for (; end < text.size() && continues_name(text[end]) && text[end] != '.'; ++end) {
    const u64 digit = static_cast<u64>(digit_of(text[end]));
    good = good && digit < base && token.value <= (~u64{0} - digit) / base;
    if (good) token.value = token.value * base + digit;
  }
  if (!good) token.kind = Token::Kind::bad;
  token.text = text.substr(at, end - at);
  return token;
}

size_t name_end(std::string_view text, size_t at) {
  while (at < text.size()) {
    if (text.substr(at, 2) == "..") return at;
    const bool colon = text[at] == ':' && at + 1 < text.size() && (continues_name(text[at + 1]) || text[at + 1] == ':');
    if (!continues_name(text[at]) && !colon && !(text[at] == ':' && text[at - 1] == ':')) return at;
    ++at;
  }
  return at;
}

size_t skip_space(std::string_view text, size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

}  // namespace

Token next_token(std::string_view text, size_t from) {
  const size_t at = skip_space(text, from);
  if (at >= text.size()) return {Token::Kind::end, {}, 0, text.size()};
  if (is_digit(text[at])) return number(text, at);
  if (text[at] == '\'' && at + 2 < text.size() && text[at + 2] == '\'')
    return {Token::Kind::number, text.substr(at, 3), static_cast<u8>(text[at + 1]), at};
  for (const std::string_view symbol : symbols) {
    if (text.substr(at, symbol.size()) == symbol) return {Token::Kind::symbol, text.substr(at, symbol.size()), 0, at};
  }
  if (!starts_name(text[at])) return {Token::Kind::bad, text.substr(at, 1), 0, at};
  return {Token::Kind::name, text.substr(at, name_end(text, at) - at), 0, at};
}

Token next_word(std::string_view text, size_t from) {
  const size_t at = skip_space(text, from);
  const size_t end = std::min(text.find_first_of(" \t()[]&|,", at), text.size());
  if (at >= end)
    return {at < text.size() ? Token::Kind::bad : Token::Kind::end, text.substr(at, at < text.size()), 0, at};
  return {Token::Kind::name, text.substr(at, end - at), 0, at};
}

}  // namespace lucid::session
