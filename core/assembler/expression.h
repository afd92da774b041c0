// SPDX-License-Identifier: MIT
// Numbers that are computed: constants, labels, the place itself ("$"), and C's operators.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/assembler/token.h"

namespace lucid::assembler {

struct Value {
  u64 number = 0;
  int addresses = 0;    // labels added minus labels subtracted: 1 = a place, 0 = a plain number
  bool settled = true;  // made of numbers only, so no later pass can change it
  bool known = true;    // false: a label that no pass has reached yet
};

/// In postfix order.
struct ExpressionNode {
  enum class Kind : u8 { number, symbol, here, section_start, unary, binary } kind = Kind::number;
  char sign = 0;  // of operators
  u64 number = 0;
  std::string name = {};
  Span where = {};
};

struct Expression {
  std::vector<ExpressionNode> nodes;
  Span where;
  bool empty() const { return nodes.empty(); }
};

/// What a symbol, "$" or "$$" stands for.
struct Surroundings {
  std::function<Result<Value, Complaint>(const ExpressionNode& symbol)> symbol;
  u64 here = 0, section_start = 0;
  bool placed = true;  // false: the places of this pass are guesses
  bool final = true;   // the last pass: what is out of reach is an error
};

Result<Value, Complaint> evaluate(const Expression& expression, const Surroundings& around);

/// Reads tokens one after the other.
class TokenReader {
 public:
  explicit TokenReader(const std::vector<Token>& tokens) : tokens_(tokens) {}
  const Token& peek(size_t ahead = 0) const {
    const size_t i = at_ + ahead;
    return tokens_[i < tokens_.size() ? i : tokens_.size() - 1];
  }
  const Token& take() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool take_if(char sign) { return peek().is(sign) && (take(), true); }
  bool at_end() const { return peek().kind == TokenKind::end; }
  Span last() const { return tokens_[at_ ? at_ - 1 : 0].where; }

 private:
  const std::vector<Token>& tokens_;
  size_t at_ = 0;
};

/// Words that are no symbols (registers) end an expression. `local` is prefixed to ".names".
struct ExpressionScope {
  std::string local;
};

/// The longest expression at the reader; `products_only` stops at + and - outside of parentheses.
Result<Expression, Complaint> parse_expression(TokenReader& reader, const ExpressionScope& scope,
                                               bool products_only = false);

}  // namespace lucid::assembler
