// SPDX-License-Identifier: MIT
#include "core/inspect/demangle.h"

#include <cstddef>
#include <vector>

namespace lucid::inspect {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }

struct OperatorName {
  const char* code;
  const char* text;
};
constexpr OperatorName operators[] = {
    {"nw", " new"}, {"na", " new[]"}, {"dl", " delete"}, {"da", " delete[]"}, {"ng", "-"},  {"ad", "&"},  {"de", "*"},
    {"co", "~"},    {"pl", "+"},      {"mi", "-"},       {"ml", "*"},         {"dv", "/"},  {"rm", "%"},  {"an", "&"},
    {"or", "|"},    {"eo", "^"},      {"aS", "="},       {"pL", "+="},        {"mI", "-="}, {"aN", "&="}, {"oR", "|="},
    {"eO", "^="},   {"ls", "<<"},     {"rs", ">>"},      {"eq", "=="},        {"ne", "!="}, {"lt", "<"},  {"gt", ">"},
    {"le", "<="},   {"ge", ">="},     {"ss", "<=>"},     {"nt", "!"},         {"aa", "&&"}, {"oo", "||"}, {"pp", "++"},
    {"mm", "--"},   {"pt", "->"},     {"cl", "()"},      {"ix", "[]"},
};

/// A cursor over the mangled name; every step fails rather than run past the end.
class Demangler {
 public:
  explicit Demangler(std::string_view text) : text_(text) {}

  bool name() {
    if (take('N')) return nested();
    if (take('Z')) return local();
    if (take2("St")) parts_.emplace_back("std");
    return component() && template_arguments();
  }

  std::string text() const {
    std::string joined;
    for (const auto& part : parts_) joined += (joined.empty() ? "" : "::") + part;
    return joined;
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(char c) { return peek() == c ? (++at_, true) : false; }
  bool take2(const char* two) { return peek() == two[0] && peek(1) == two[1] ? (at_ += 2, true) : false; }

  bool identifier(std::string_view& out) {
    size_t length = 0;
    while (digit(peek()) && length < text_.size()) length = length * 10 + (text_[at_++] - '0');
    if (length == 0 || length > text_.size() - at_) return false;
    out = text_.substr(at_, length);
    at_ += length;
    return true;
  }

  bool nested() {
    while (peek() == 'r' || peek() == 'V' || peek() == 'K') ++at_;
    if (peek() == 'R' || peek() == 'O') ++at_;
    while (!take('E')) {
      if (take2("St")) {
        parts_.emplace_back("std");
      } else if (peek() == 'I') {
        if (!template_arguments()) return false;
      } else if (!component()) {
        return false;
      }
    }
    return !parts_.empty();
  }

  /// Z <function encoding> E <entity>: an entity inside a function.
  bool local() {
    if (!name()) return false;
    while (at_ < text_.size() && peek() != 'E') {
      if (!skip_one()) return false;
    }
    return take('E') && (take('s') || name());
  }

  bool component() {
    while (take('L')) {  // internal linkage
    }
    if (digit(peek())) {
      std::string_view id;
      if (!identifier(id)) return false;
      parts_.emplace_back(id.starts_with("_GLOBAL__N") ? "(anonymous)" : std::string(id));
      return abi_tags();
    }
    if ((peek() == 'C' || peek() == 'D') && digit(peek(1)) && !parts_.empty()) {
      const bool destructor = peek() == 'D';
      at_ += 2;
      parts_.push_back((destructor ? "~" : "") + parts_.back());
      return abi_tags();
    }
    if (take2("Ul")) {  // lambda: parameters E number _
      while (!take('E')) {
        if (!skip_one()) return false;
      }
      while (digit(peek())) ++at_;
      parts_.emplace_back("(lambda)");
      return take('_');
    }
    if (take2("cv")) {
      parts_.emplace_back("operator (conversion)");
      return skip_one();
    }
    for (const auto& entry : operators) {
      if (!take2(entry.code)) continue;
      parts_.push_back(std::string("operator") + entry.text);
      return abi_tags();
    }
    return false;
  }

  bool abi_tags() {
    std::string_view ignored;
    while (take('B')) {
      if (!identifier(ignored)) return false;
    }
    return true;
  }

  bool template_arguments() {
    if (!take('I')) return true;
    while (!take('E')) {
      if (!skip_one()) return false;
    }
    return true;
  }

  /// One token of a type or template argument; brackets (N I X J F … E) as a whole.
  bool skip_one() {
    if (++steps_ > 4096 || at_ >= text_.size()) return false;
    const char c = peek();
    std::string_view ignored;
    if (digit(c)) return identifier(ignored);
    ++at_;
    if (c == 'L') return skip_literal();
    if (c == 'N' || c == 'I' || c == 'X' || c == 'J' || c == 'F') {
      while (!take('E')) {
        if (!skip_one()) return false;
      }
      return true;
    }
    if (c == 'S' && lower(peek())) return ++at_, true;  // St, Ss, Sa …
    if (c == 'S' || c == 'T') {                         // substitution, template parameter
      while (digit(peek()) || upper(peek())) ++at_;
      return take('_');
    }
    return lower(c) || upper(c);
  }

  /// L <type> <value> E; the value may be digits, which are no identifier's length here.
  bool skip_literal() {
    if (take2("_Z")) {
      while (!take('E')) {
        if (!skip_one()) return false;
      }
      return true;
    }
    if (!skip_one()) return false;
    while (at_ < text_.size() && peek() != 'E') ++at_;
    return take('E');
  }

  std::string_view text_;
  size_t at_ = 0;
  unsigned steps_ = 0;
  std::vector<std::string> parts_;
};

}  // namespace

std::string demangle(std::string_view name) {
  if (!name.starts_with("_Z") || name.size() > 4096) return std::string(name);
  std::string_view rest = name.substr(2);
  const char* prefix = "";
  if (rest.starts_with("TV"))
    prefix = "vtable for ", rest.remove_prefix(2);
  else if (rest.starts_with("TI"))
    prefix = "typeinfo for ", rest.remove_prefix(2);
  else if (rest.starts_with("TS"))
    prefix = "typeinfo name for ", rest.remove_prefix(2);
  else if (rest.starts_with("GV"))
    prefix = "guard variable for ", rest.remove_prefix(2);
  Demangler demangler(rest);
  return demangler.name() ? prefix + demangler.text() : std::string(name);
}

}  // namespace lucid::inspect
