// SPDX-License-Identifier: MIT
#include "core/session/expression.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/session/event_names.h"
#include "core/session/token.h"

namespace lucid::session {
namespace {

constexpr size_t longest_text = 4096;
constexpr unsigned deepest = 64;  // brackets in brackets

/// Binary operators, loosest first, as in C.
struct Operator {
  std::string_view text;
  Term term;
  unsigned level;
};
constexpr Operator operators[] = {
    {"||", Term::either, 0},      {"&&", Term::both, 1},   {"|", Term::bit_or, 2},         {"^", Term::bit_xor, 3},
    {"&", Term::bit_and, 4},      {"==", Term::equal, 5},  {"!=", Term::unequal, 5},       {"<", Term::less, 6},
    {"<=", Term::less_equal, 6},  {">", Term::greater, 6}, {">=", Term::greater_equal, 6}, {"<<", Term::shift_left, 7},
    {">>", Term::shift_right, 7}, {"+", Term::add, 8},     {"-", Term::subtract, 8},       {"*", Term::multiply, 9},
    {"/", Term::divide, 9},       {"%", Term::modulo, 9},
};
constexpr unsigned levels = 10;

/// What a moment has besides registers and memory, see Scope in evaluate.h.
constexpr std::string_view variables[] = {"pid", "cpl", "time", "instruction", "result", "address", "size"};

class Parser {
 public:
  Parser(std::string_view text, const Places& places) : text_(text), places_(places) { advance(); }

  Result<Expression, ExpressionError> parse() {
    out_.text = std::string(text_);
    if (text_.size() > longest_text) return ExpressionError{"this is too long (at most 4096 bytes)", 0, 0};
    out_.root = condition();
    if (!error_ && token_.kind != Token::Kind::end)
      fail("expected an operator (&&, ==, +, …), \"if\", \"pid\" or \"process\" here, or the end");
    if (error_) return *error_;
    return std::move(out_);
  }

 private:
  using Index = u32;
  static constexpr Index none = Node::none;

  void advance() { token_ = next_token(text_, next_), next_ = token_.at + token_.text.size(); }
  /// Reads the present token again as a word.
  void as_word() { token_ = next_word(text_, token_.at), next_ = token_.at + token_.text.size(); }

  Index fail(std::string message, const Token& at) {
    if (!error_) error_ = ExpressionError{std::move(message), at.at, at.text.size()};
    return none;
  }
  Index fail(std::string message) { return fail(std::move(message), token_); }
  bool accept(std::string_view text) {
    if (error_ || !token_.is(text)) return false;
    advance();
    return true;
  }
  bool expect(std::string_view text, const char* what) {
    if (accept(text)) return true;
    fail("expected \"" + std::string(text) + "\" " + what);
    return false;
  }

  Index add(Node node, const Token& from) {
    node.at = from.at;
    node.length = token_.at > from.at ? token_.at - from.at : from.text.size();
    while (node.length > 0 && text_.substr(node.at, node.length).ends_with(' ')) --node.length;
    out_.nodes.push_back(std::move(node));
    return static_cast<Index>(out_.nodes.size() - 1);
  }
  Index add(Term term, Index left, Index right, const Token& from) {
    Node node;
    node.term = term, node.left = left, node.right = right;
    return add(std::move(node), from);
  }

  /// An expression, then perhaps "if" another.
  Index condition() {
    const Token from = token_;
    Index left = binary(0);
    while (!error_ && accept("if")) {
      const Index right = binary(0);
      left = add(Term::both, left, right, from);
    }
    return left;
  }

  Index binary(unsigned level) {
    if (level == levels) return qualified();
    const Token from = token_;
    Index left = binary(level + 1);
    while (!error_ && token_.kind == Token::Kind::symbol) {
      const auto found = std::find_if(std::begin(operators), std::end(operators), [&](const Operator& each) {
        return each.level == level && each.text == token_.text;
      });
      if (found == std::end(operators)) break;
      advance();
      const Index right = binary(level + 1);
      left = add(found->term, left, right, from);
    }
    return left;
  }

  /// "pid 3" and "process sh" behind something mean "and".
  Index qualified() {
    const Token from = token_;
    Index left = unary();
    while (!error_ && (token_.is("pid") || token_.is("process"))) {
      const Index right = unary();
      left = add(Term::both, left, right, from);
    }
    return left;
  }

  Index unary() {
    const Token from = token_;
    if (error_) return none;
    if (++depth_ > deepest) return fail("this is nested too deeply");
    Index result = none;
    if (accept("-")) {
      result = add(Term::negate, unary(), none, from);
    } else if (accept("~")) {
      result = add(Term::invert, unary(), none, from);
    } else if (accept("!")) {
      result = add(Term::is_zero, unary(), none, from);
    } else {
      result = primary();
    }
    --depth_;
    return result;
  }

  Index primary() {
    const Token from = token_;
    if (token_.kind == Token::Kind::number) {
      advance();
      Node node;
      node.value = from.value, node.is_signed = from.value >> 63 == 0;
      return add(std::move(node), from);
    }
    if (accept("(")) {
      const Index inner = condition();
      expect(")", "to close the bracket");
      return inner;
    }
    if (token_.is("[")) return memory(from, 8, false, false);
    if (token_.kind == Token::Kind::name) return name();
    if (token_.kind == Token::Kind::bad)
      return fail(from.text.empty() || (from.text[0] >= '0' && from.text[0] <= '9')
                      ? "\"" + std::string(from.text) + "\" is no number of 64 bits: decimal, or 0x and hexadecimal"
                      : "\"" + std::string(from.text) + "\" means nothing here");
    return fail("expected a value here: a number, register, symbol, [address], write(…), syscall NAME or event KIND");
  }

  Index memory(const Token& from, u8 bytes, bool is_signed, bool physical) {
    Node node;
    node.term = Term::memory, node.bytes = bytes, node.is_signed = is_signed, node.physical = physical;
    expect("[", "and an address");
    node.left = condition();
    expect("]", "behind the address");
    return add(std::move(node), from);
  }

  /// u8 … u64, i8 … i64, p8 … p64 before "[".
  std::optional<Index> sized_memory(const Token& from) {
    const std::string_view t = from.text, size = t.substr(1);
    const u8 bytes = size == "8" ? 1 : size == "16" ? 2 : size == "32" ? 4 : size == "64" ? 8 : 0;
    if (bytes == 0 || (t[0] != 'u' && t[0] != 'i' && t[0] != 'p')) return std::nullopt;
    if (!next_token(text_, next_).is("[")) return std::nullopt;
    advance();
    return memory(from, bytes, t[0] == 'i', t[0] == 'p');
  }

  Index name() {
    const Token from = token_;
    if (const auto memory = sized_memory(from)) return *memory;
    const bool call = next_token(text_, next_).is("(");
    if (call && (from.is("read") || from.is("write") || from.is("access"))) return touches(from);
    advance();
    if (from.is("syscall")) return syscall(from);
    if (from.is("event")) return event(from);
    if (from.is("process")) return process(from);
    if (from.is("pid") && token_.kind == Token::Kind::number) {
      const Index left = variable(from);
      return add(Term::equal, left, primary(), from);
    }
    Node node;
    if (const auto reg = find_register(from.text)) {
      node.term = Term::register_value, node.reg = *reg, node.is_signed = reg->is_signed();
      node.name = std::string(from.text);
      return add(std::move(node), from);
    }
    const bool known = std::find(std::begin(variables), std::end(variables), from.text) != std::end(variables);
    // Arguments of events have common names: without an event before it, a symbol is meant.
    if (known || (of_event_ && is_event_argument(from.text))) return variable(from);
    auto place = places_(from.text);
    if (!place && is_event_argument(from.text)) return variable(from);
    if (!place) return fail(place.error().message, from);
    node.term = Term::place, node.location = place.take();
    return add(std::move(node), from);
  }

  Index variable(const Token& from) {
    Node node;
    node.term = Term::variable, node.name = std::string(from.text), node.is_signed = from.text == "result";
    return add(std::move(node), from);
  }

  Index touches(const Token& from) {
    Node node;
    node.term = Term::touches;
    node.reads = !from.is("write"), node.writes = !from.is("read");
    advance();
    advance();  // "("
    node.physical = accept("phys");
    node.left = binary(0);
    if (accept("..")) {
      node.right = binary(0);
    } else if (accept(",")) {
      const Token size = token_;
      if (size.kind != Token::Kind::number || size.value == 0) return fail("expected a number of bytes, 1 or more");
      node.value = size.value;
      advance();
    } else if (!error_) {
      const Node& first = out_.node(node.left);
      node.value = first.term == Term::place && first.location.size != 0 ? first.location.size : 8;
    }
    if (!error_ && !token_.is(")"))
      return fail("expected \")\", or \"..\" and where the range ends, or \",\" and its size in bytes");
    advance();
    return add(std::move(node), from);
  }

  /// The next word, which must name something.
  Token word(const char* what) {
    as_word();
    const Token read = token_;
    if (read.kind != Token::Kind::name) fail(std::string("expected ") + what);
    advance();
    return read;
  }

  Index syscall(const Token& from) {
    of_event_ = true;
    Node node;
    node.term = Term::happens;
    node.kinds = trace::KindSet{}.with(trace::Kind::syscall_entered);
    const Token read = word("the name of a system call, or \"any\"");
    if (error_) return none;
    const Token number = next_token(read.text, 0);
    const auto known = number.kind == Token::Kind::number ? number.value : find_syscall(read.text);
    if (!known && !read.is("any"))
      return fail("there is no system call \"" + std::string(read.text) + "\"; names are as in Linux: openat, write …",
                  read);
    if (known) node.arg = 0, node.arg_value = *known;
    if (accept("return")) {
      node.kinds = trace::KindSet{}.with(trace::Kind::returned_to_user);
      node.of_syscall = true;
    } else {
      accept("entry");
    }
    return add(std::move(node), from);
  }

  Index event(const Token& from) {
    of_event_ = true;
    const Token read = word("a kind of event");
    if (error_) return none;
    const auto known = find_event(read.text);
    if (!known) return fail("there is no event \"" + std::string(read.text) + "\"; there are " + event_names(), read);
    Node node;
    node.term = Term::happens, node.kinds = known->kinds, node.arg = known->arg, node.arg_value = known->value;
    return add(std::move(node), from);
  }

  Index process(const Token& from) {
    const Token read = word("the name of a process, as ps shows it");
    Node node;
    node.term = Term::process, node.name = std::string(read.text);
    return error_ ? none : add(std::move(node), from);
  }

  std::string_view text_;
  const Places& places_;
  Token token_;
  size_t next_ = 0;
  unsigned depth_ = 0;
  bool of_event_ = false;  // an event was named
  Expression out_;
  std::optional<ExpressionError> error_;
};

}  // namespace

std::string ExpressionError::shown(std::string_view text) const {
  return message + "\n  " + std::string(text) + "\n  " + std::string(std::min(at, text.size()), ' ') +
         std::string(std::max<size_t>(length, 1), '^');
}

Result<Expression, ExpressionError> parse_expression(std::string_view text, const Places& places) {
  return Parser(text, places).parse();
}

}  // namespace lucid::session
