// SPDX-License-Identifier: MIT
// Operands: eax, dword ptr [rbx + 4*rcx - 8], fs:[0x28], [rel label], short loop, 0x33:0x1000.
#include <optional>
#include <utility>

#include "core/assembler/parser.h"

namespace lucid::assembler {
namespace {

bool is_segment(ZydisRegister reg) { return ZydisRegisterGetClass(reg) == ZYDIS_REGCLASS_SEGMENT; }

ZydisRegister register_of(const Token& token) {
  return token.kind == TokenKind::word ? find_register(token.spelling) : ZYDIS_REGISTER_NONE;
}

/// Adds `more` to `sum` (or subtracts it).
void accumulate(Expression& sum, Expression more, char sign) {
  const Span where = more.where;
  const bool first = sum.empty();
  if (first) sum.where = where;
  for (auto& node : more.nodes) sum.nodes.push_back(std::move(node));
  using Kind = ExpressionNode::Kind;
  if (!first) sum.nodes.push_back({.kind = Kind::binary, .sign = sign, .where = where});
  if (first && sign == '-') sum.nodes.push_back({.kind = Kind::unary, .sign = '-', .where = where});
}

class OperandParser {
 public:
  OperandParser(TokenReader& reader, const ExpressionScope& scope) : reader_(reader), scope_(scope) {}

  Result<Operand, Complaint> parse() {
    const Span first = reader_.peek().where;
    if (!whole()) return std::move(problem_);
    out_.where = first.to(reader_.last());
    return std::move(out_);
  }

 private:
  bool fail(Span where, std::string message) {
    problem_ = {where, std::move(message)};
    return false;
  }
  bool is_word(const Token& token, std::string_view word) const {
    return token.kind == TokenKind::word && lower_case(token.spelling) == word;
  }
  bool take_word(std::string_view word) { return is_word(reader_.peek(), word) && (reader_.take(), true); }

  std::optional<Expression> expression(bool products_only = false) {
    auto parsed = parse_expression(reader_, scope_, products_only);
    if (parsed) return parsed.take();
    problem_ = parsed.error();
    return std::nullopt;
  }

  bool whole() {
    size_words();
    if (reader_.at_end() || reader_.peek().is(',')) return fail(reader_.peek().where, "an operand is missing here");
    const ZydisRegister reg = register_of(reader_.peek());
    if (reg != ZYDIS_REGISTER_NONE && is_segment(reg) && reader_.peek(1).is(':')) {
      out_.segment = reg;
      reader_.take(), reader_.take();
      if (!reader_.peek().is('[')) return bare_address();
    }
    if (reader_.peek().is('[')) return memory();
    if (reg != ZYDIS_REGISTER_NONE && out_.segment == ZYDIS_REGISTER_NONE) return take_register(reg);
    return number();
  }

  void size_words() {
    for (;;) {
      const Token& token = reader_.peek();
      if (token.kind != TokenKind::word) return;
      if (const u16 size = find_size(token.spelling)) {
        out_.size = size;
        reader_.take();
        take_word("ptr");
      } else if (take_word("far")) {
        out_.far = true;
        take_word("ptr");
      } else if (take_word("short")) {
        out_.distance = 1;
      } else if (take_word("near")) {
        out_.distance = 2;
        take_word("ptr");
      } else if (!take_word("offset") && !take_word("strict")) {
        return;
      }
    }
  }

  bool take_register(ZydisRegister reg) {
    const Token& token = reader_.take();
    out_.kind = Operand::Kind::reg;
    out_.reg = reg;
    if (lower_case(token.spelling) == "st" && reader_.take_if('(')) {
      const Token& number = reader_.take();
      if (number.kind != TokenKind::number || number.number > 7 || !reader_.take_if(')'))
        return fail(token.where, "the FPU's registers are st(0) to st(7)");
      out_.reg = static_cast<ZydisRegister>(ZYDIS_REGISTER_ST0 + number.number);
    }
    return true;
  }

  /// fs:0x28
  bool bare_address() {
    auto value = expression();
    if (!value) return false;
    out_.kind = Operand::Kind::memory;
    out_.value = std::move(*value);
    return true;
  }

  /// A number, a label, table[rbx] or selector:offset.
  bool number() {
    auto value = expression();
    if (!value) return false;
    out_.value = std::move(*value);
    if (reader_.peek().is('[')) return memory();
    if (!reader_.take_if(':')) return true;
    out_.selector = std::exchange(out_.value, {});
    auto offset = expression();
    if (!offset) return false;
    out_.kind = Operand::Kind::pointer;
    out_.value = std::move(*offset);
    return true;
  }

  bool memory() {
    const Token& bracket = reader_.take();
    out_.kind = Operand::Kind::memory;
    if (take_word("rel")) {
      out_.reference = Reference::relative;
    } else if (take_word("abs")) {
      out_.reference = Reference::absolute;
    }
    if (is_segment(register_of(reader_.peek())) && reader_.peek(1).is(':')) {
      out_.segment = register_of(reader_.take());
      reader_.take();
    }
    char sign = '+';
    do {
      if (!term(sign)) return false;
      const Token& next = reader_.peek();
      if (next.is(']')) break;
      if (!next.is('+') && !next.is('-')) return fail(next.where, "+, - or ] is expected here");
      sign = static_cast<char>(reader_.take().number);
    } while (true);
    reader_.take();
    if (out_.index == ZYDIS_REGISTER_ESP || out_.index == ZYDIS_REGISTER_RSP) {
      if (out_.scale != 1) return fail(bracket.where.to(reader_.last()), "the stack pointer cannot be scaled");
      std::swap(out_.base, out_.index);
    }
    return true;
  }

  bool term(char sign) {
    while (reader_.peek().is('+')) reader_.take();
    const ZydisRegister reg = register_of(reader_.peek());
    if (reg != ZYDIS_REGISTER_NONE) {
      const Token& token = reader_.take();
      if (!reader_.take_if('*')) return add_register(token.where, reg, sign, 0);
      return scaled(token.where, reg, sign);
    }
    const bool scale_first = reader_.peek().kind == TokenKind::number && reader_.peek(1).is('*') &&
                             register_of(reader_.peek(2)) != ZYDIS_REGISTER_NONE;
    if (scale_first) {
      const Token& number = reader_.take();
      reader_.take();
      const Token& token = reader_.take();
      return add_register(number.where.to(token.where), register_of(token), sign, number.number);
    }
    auto value = expression(true);
    if (!value) return false;
    // Further operators than + and -: the registers come first, so the rest is one expression.
    accumulate(out_.value, std::move(*value), sign);
    return true;
  }

  bool scaled(Span where, ZydisRegister reg, char sign) {
    const Token& number = reader_.take();
    if (number.kind != TokenKind::number) return fail(number.where, "a scale is 1, 2, 4 or 8");
    return add_register(where.to(number.where), reg, sign, number.number);
  }

  /// Scale 0: none was written, so the register is the base if there is none yet.
  bool add_register(Span where, ZydisRegister reg, char sign, u64 scale) {
    if (sign == '-') return fail(where, "a register can only be added to an address");
    const auto kind = ZydisRegisterGetClass(reg);
    const bool general = kind == ZYDIS_REGCLASS_GPR16 || kind == ZYDIS_REGCLASS_GPR32 || kind == ZYDIS_REGCLASS_GPR64;
    if (!general && reg != ZYDIS_REGISTER_RIP)
      return fail(where, "an address is made of 64-bit or 32-bit (in 16-bit code: 16-bit) registers");
    if (scale > 8 || (scale & (scale - 1)) != 0) return fail(where, "a scale is 1, 2, 4 or 8");
    const u16 other = register_bytes(out_.base != ZYDIS_REGISTER_NONE ? out_.base : out_.index);
    if (other != 0 && other != register_bytes(reg)) return fail(where, "the registers of an address have one size");
    if (scale == 0 && out_.base == ZYDIS_REGISTER_NONE) {
      out_.base = reg;
      return true;
    }
    if (out_.index != ZYDIS_REGISTER_NONE && out_.scale == 1 && scale != 0 && out_.base == ZYDIS_REGISTER_NONE)
      std::swap(out_.base, out_.index);
    if (out_.index != ZYDIS_REGISTER_NONE)
      return fail(where, "an address has at most a base and an index: [base + index*scale + displacement]");
    out_.index = reg;
    out_.scale = static_cast<u8>(scale == 0 ? 1 : scale);
    return true;
  }

  TokenReader& reader_;
  const ExpressionScope& scope_;
  Operand out_;
  Complaint problem_;
};

}  // namespace

Result<Operand, Complaint> parse_operand(TokenReader& reader, const ExpressionScope& scope) {
  return OperandParser(reader, scope).parse();
}

}  // namespace lucid::assembler
