// SPDX-License-Identifier: MIT
#include "core/assembler/token.h"

#include <cstdlib>

namespace lucid::assembler {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool starts_word(char c) { return is_letter(c) || c == '_' || c == '.' || c == '$' || c == '?' || c == '@'; }
bool continues_word(char c) { return starts_word(c) || is_digit(c); }

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

class Splitter {
 public:
  explicit Splitter(std::string_view line) : line_(line) {}

  Result<std::vector<Token>, Complaint> split() {
    for (;;) {
      while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\r')) ++at_;
      if (at_ == line_.size() || comment_begins()) break;
      start_ = at_;
      if (!take_token()) return Complaint{here(), std::move(problem_)};
    }
    tokens_.push_back({.where = {static_cast<u32>(at_ + 1), 0}});
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0'; }
  bool comment_begins() const { return peek() == ';' || peek() == '#' || (peek() == '/' && peek(1) == '/'); }
  Span here() const { return {static_cast<u32>(start_ + 1), static_cast<u32>(at_ > start_ ? at_ - start_ : 1)}; }

  Token& add(TokenKind kind) {
    tokens_.push_back({.kind = kind, .where = here(), .spelling = line_.substr(start_, at_ - start_)});
    return tokens_.back();
  }
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool take_token() {
    const char c = peek();
    if (is_digit(c)) return take_number();
    if (starts_word(c)) {
      while (continues_word(peek())) ++at_;
      add(TokenKind::word);
      return true;
    }
    if (c == '"' || c == '\'' || c == '`') return take_text(c);
    ++at_;
    if ((c == '<' || c == '>') && peek() == c) {
      ++at_;
      add(TokenKind::sign).number = static_cast<u64>(c);
      return true;
    }
    if (std::string_view(",:[]()+-*/%&|^~=").find(c) == std::string_view::npos) {
      return fail(c > ' ' && c < 127 ? std::string("\"") + c + "\" has no meaning here"
                                     : "this character has no meaning outside of strings and comments");
    }
    add(TokenKind::sign).number = static_cast<u64>(c);
    return true;
  }

  /// 12, 0x1f, 0b101, 0o17, 1fh, 1_000, 1.5, 2e10.
  bool take_number() {
    while (continues_word(peek()) ||
           ((peek() == '+' || peek() == '-') && (line_[at_ - 1] == 'e' || line_[at_ - 1] == 'E') && is_real())) {
      ++at_;
    }
    std::string digits;
    for (const char c : line_.substr(start_, at_ - start_)) {
      if (c != '_') digits += c;
    }
    if (is_real()) return take_real(digits);
    int base = 10;
    size_t first = 0;
    const char mark = digits.size() > 1 && digits[0] == '0' ? static_cast<char>(digits[1] | 0x20) : '\0';
    const char last = static_cast<char>(digits.back() | 0x20);
    if (mark == 'x') {
      base = 16, first = 2;
    } else if (last == 'h') {
      base = 16, digits.pop_back();
    } else if (mark == 'b') {
      base = 2, first = 2;
    } else if (mark == 'o') {
      base = 8, first = 2;
    }
    u128 value = 0;
    for (size_t i = first; i < digits.size(); ++i) {
      if (digit_value(digits[i]) >= base) {
        return fail(std::string("\"") + digits[i] + "\" is no digit of a number to base " + std::to_string(base) +
                    "; numbers are written 18, 0x12, 12h, 0b10010 or 0o22");
      }
      value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit_value(digits[i]));
      if (value >> 64) return fail("this number has more than 64 bits");
    }
    if (first == digits.size()) return fail("digits are missing behind " + digits);
    add(TokenKind::number).number = static_cast<u64>(value);
    return true;
  }

  bool is_real() const {
    const auto text = line_.substr(start_, at_ - start_);
    if (text.size() > 1 && text[0] == '0' && (text[1] | 0x20) == 'x') return false;
    if (text.find('.') != std::string_view::npos) return true;
    const char last = static_cast<char>(text.back() | 0x20);
    return last != 'h' && text.find_first_of("eE") != std::string_view::npos && is_digit(text[0]);
  }
  bool take_real(const std::string& digits) {
    char* end = nullptr;
    const double value = std::strtod(digits.c_str(), &end);
    if (*end != '\0') return fail("this is no number; real numbers are written 1.5 or 2.5e-3");
    add(TokenKind::real).real = value;
    return true;
  }

  /// Backslashes mean something in "text" and `text`, not in 'text'.
  bool take_text(char quote) {
    std::string text;
    ++at_;
    while (at_ < line_.size() && peek() != quote) {
      if (peek() == '\\' && quote != '\'') {
        ++at_;
        if (!take_escape(text)) return false;
      } else {
        text += line_[at_++];
      }
    }
    if (at_ == line_.size()) return fail(std::string("the closing ") + quote + " is missing");
    ++at_;
    add(TokenKind::text).text = std::move(text);
    return true;
  }
  bool take_escape(std::string& text) {
    const char c = peek();
    static constexpr std::string_view letters = "ntr0abefv\\\"'`", values("\n\t\r\0\a\b\x1b\f\v\\\"'`", 13);
    if (c == 'x' && digit_value(peek(1)) < 16 && digit_value(peek(2)) < 16) {
      text += static_cast<char>(digit_value(peek(1)) * 16 + digit_value(peek(2)));
      at_ += 3;
      return true;
    }
    const size_t found = c == '\0' ? std::string_view::npos : letters.find(c);
    if (found == std::string_view::npos) return fail("\\ is followed by n, t, r, 0, a, b, e, f, v, xHH, a quote or \\");
    text += values[found];
    ++at_;
    return true;
  }

  std::string_view line_;
  size_t at_ = 0, start_ = 0;
  std::vector<Token> tokens_;
  std::string problem_;
};

}  // namespace

Result<std::vector<Token>, Complaint> split_line(std::string_view line) { return Splitter(line).split(); }

}  // namespace lucid::assembler
