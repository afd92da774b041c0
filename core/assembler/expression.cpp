// SPDX-License-Identifier: MIT
#include "core/assembler/expression.h"

#include "core/assembler/names.h"

namespace lucid::assembler {
namespace {

constexpr unsigned deepest = 64;

/// How tightly an operator binds, as in C; 0 = none.
int binding(const Token& token) {
  if (token.kind != TokenKind::sign) return 0;
  switch (static_cast<char>(token.number)) {
    case '|':
      return 1;
    case '^':
      return 2;
    case '&':
      return 3;
    case '<':
    case '>':
      return 4;
    case '+':
    case '-':
      return 5;
    case '*':
    case '/':
    case '%':
      return 6;
    default:
      return 0;
  }
}

class Parser {
 public:
  Parser(TokenReader& reader, const ExpressionScope& scope) : reader_(reader), scope_(scope) {}

  Result<Expression, Complaint> parse(int weakest) {
    out_.where = reader_.peek().where;
    if (!binary(weakest)) return std::move(problem_);
    out_.where = out_.where.to(reader_.last());
    return std::move(out_);
  }

 private:
  bool fail(Span where, std::string message) {
    problem_ = {where, std::move(message)};
    return false;
  }
  void push(ExpressionNode node) { out_.nodes.push_back(std::move(node)); }

  bool binary(int weakest) {
    if (!unary()) return false;
    for (int strength; (strength = binding(reader_.peek())) != 0 && strength >= weakest;) {
      // [8*rax] and [label + rbx]: a register is no part of an expression.
      if (is_register(reader_.peek(1))) break;
      const Token& sign = reader_.take();
      if (++depth_ > deepest) return fail(sign.where, "the expression is nested too deeply");
      if (!binary(strength + 1)) return false;
      --depth_;
      push({.kind = ExpressionNode::Kind::binary, .sign = static_cast<char>(sign.number), .where = sign.where});
    }
    return true;
  }

  bool unary() {
    const Token& token = reader_.peek();
    if (++depth_ > deepest) return fail(token.where, "the expression is nested too deeply");
    const bool fine = unary_inside(token);
    --depth_;
    return fine;
  }
  bool unary_inside(const Token& token) {
    if (token.is('-') || token.is('~') || token.is('+')) {
      reader_.take();
      if (!unary()) return false;
      push({.kind = ExpressionNode::Kind::unary, .sign = static_cast<char>(token.number), .where = token.where});
      return true;
    }
    if (token.is('(')) {
      reader_.take();
      if (!binary(1)) return false;
      return reader_.take_if(')') || fail(reader_.peek().where, "a ) is missing");
    }
    return operand(token);
  }

  bool operand(const Token& token) {
    using Kind = ExpressionNode::Kind;
    switch (token.kind) {
      case TokenKind::number:
        push({.number = token.number, .where = token.where});
        break;
      case TokenKind::text: {
        if (token.text.empty() || token.text.size() > 8)
          return fail(token.where, "a string used as a number has 1 to 8 characters");
        u64 value = 0;
        for (size_t i = 0; i < token.text.size(); ++i) value |= u64{static_cast<u8>(token.text[i])} << 8 * i;
        push({.number = value, .where = token.where});
        break;
      }
      case TokenKind::word:
        if (is_register(token)) return fail(token.where, "a number or label is expected here, not a register");
        if (token.spelling == "$" || token.spelling == ".") {
          push({.kind = Kind::here, .where = token.where});
        } else if (token.spelling == "$$") {
          push({.kind = Kind::section_start, .where = token.where});
        } else {
          push({.kind = Kind::symbol, .name = full_name(token.spelling), .where = token.where});
        }
        break;
      case TokenKind::real:
        return fail(token.where, "real numbers only stand alone behind dd and dq");
      case TokenKind::end:
        return fail(token.where, "a number or label is missing here");
      case TokenKind::sign:
        return fail(token.where, "a number or label is expected here");
    }
    reader_.take();
    return true;
  }

  std::string full_name(std::string_view name) const {
    return (name[0] == '.' ? scope_.local : "") + std::string(name);
  }

  TokenReader& reader_;
  const ExpressionScope& scope_;
  Expression out_;
  Complaint problem_;
  unsigned depth_ = 0;
};

Value unary_value(char sign, Value a) {
  if (sign == '+') return a;
  a.number = sign == '-' ? u64{0} - a.number : ~a.number;
  a.addresses = -a.addresses;
  return a;
}

Result<Value, Complaint> binary_value(const ExpressionNode& node, const Value& a, const Value& b) {
  Value out{.number = 0, .settled = a.settled && b.settled, .known = a.known && b.known};
  switch (node.sign) {
    case '+':
      out.number = a.number + b.number, out.addresses = a.addresses + b.addresses;
      break;
    case '-':
      out.number = a.number - b.number, out.addresses = a.addresses - b.addresses;
      break;
    case '*':
      out.number = a.number * b.number;
      break;
    case '/':
    case '%': {
      if (b.number == 0 && !b.known) break;
      if (b.number == 0) return Complaint{node.where, "a division by zero"};
      const auto x = static_cast<i64>(a.number), y = static_cast<i64>(b.number);
      if (y == -1)
        out.number = node.sign == '/' ? u64{0} - a.number : 0;
      else
        out.number = static_cast<u64>(node.sign == '/' ? x / y : x % y);
      break;
    }
    case '&':
      out.number = a.number & b.number;
      break;
    case '|':
      out.number = a.number | b.number;
      break;
    case '^':
      out.number = a.number ^ b.number;
      break;
    case '<':
      out.number = b.number < 64 ? a.number << b.number : 0;
      break;
    default:
      out.number = b.number < 64 ? a.number >> b.number : 0;
      break;
  }
  return out;
}

}  // namespace

Result<Expression, Complaint> parse_expression(TokenReader& reader, const ExpressionScope& scope, bool products_only) {
  return Parser(reader, scope).parse(products_only ? 6 : 1);
}

Result<Value, Complaint> evaluate(const Expression& expression, const Surroundings& around) {
  using Kind = ExpressionNode::Kind;
  std::vector<Value> stack;
  for (const ExpressionNode& node : expression.nodes) {
    switch (node.kind) {
      case Kind::number:
        stack.push_back({.number = node.number});
        break;
      case Kind::here:
      case Kind::section_start:
        stack.push_back({.number = node.kind == Kind::here ? around.here : around.section_start,
                         .addresses = 1,
                         .settled = false,
                         .known = around.placed});
        break;
      case Kind::symbol: {
        auto value = around.symbol(node);
        if (!value) return value.error();
        stack.push_back(value.value());
        break;
      }
      case Kind::unary:
        stack.back() = unary_value(node.sign, stack.back());
        break;
      case Kind::binary: {
        const Value right = stack.back();
        stack.pop_back();
        auto value = binary_value(node, stack.back(), right);
        if (!value) return value.error();
        stack.back() = value.value();
        break;
      }
    }
  }
  return stack.back();
}

}  // namespace lucid::assembler
