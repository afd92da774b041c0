// SPDX-License-Identifier: MIT
#include "core/assembler/parser.h"

#include <optional>

namespace lucid::assembler {
namespace {

struct UnitWord {
  std::string_view word;
  u8 unit;
};
constexpr UnitWord data_words[] = {{"db", 1},     {"dw", 2},     {"dd", 4},     {"dq", 8},   {".byte", 1},
                                   {".word", 2},  {".short", 2}, {".long", 4},  {".int", 4}, {".quad", 8},
                                   {".ascii", 1}, {".asciz", 1}, {".string", 1}};
constexpr UnitWord reserve_words[] = {{"resb", 1}, {"resw", 2}, {"resd", 4}, {"resq", 8}, {".skip", 1}, {".zero", 1}};
constexpr std::string_view sections[] = {".text", ".rodata", ".data", ".bss"};
/// Of other assemblers, with nothing to say here: every label is visible, and the syntax is this one.
constexpr std::string_view silent_words[] = {"global",        ".global", ".globl", "default",
                                             ".intel_syntax", ".type",   ".size"};

template <typename Table>
u8 unit_of(const Table& table, const std::string& word) {
  for (const UnitWord& entry : table) {
    if (word == entry.word) return entry.unit;
  }
  return 0;
}

template <typename Table>
bool is_one_of(const Table& table, std::string_view word) {
  for (const std::string_view entry : table) {
    if (word == entry) return true;
  }
  return false;
}

std::string real_bytes(double value, u8 unit) {
  const auto narrow = static_cast<float>(value);
  std::string bytes(unit, '\0');
  const u64 bits = unit == 8 ? __builtin_bit_cast(u64, value) : __builtin_bit_cast(u32, narrow);
  for (unsigned i = 0; i < unit; ++i) bytes[i] = static_cast<char>(bits >> 8 * i);
  return bytes;
}

class StatementParser {
 public:
  StatementParser(const std::vector<Token>& tokens, isa::Mode& mode, ExpressionScope& scope)
      : reader_(tokens), mode_(mode), scope_(scope) {}

  Result<Statement, Complaint> parse() {
    const Span first = reader_.peek().where;
    if (!line()) return std::move(problem_);
    if (!reader_.at_end()) return Complaint{reader_.peek().where, "the line should end here"};
    out_.where = first.to(reader_.last());
    out_.mode = mode_;
    return std::move(out_);
  }

 private:
  bool fail(Span where, std::string message) {
    problem_ = {where, std::move(message)};
    return false;
  }
  std::string next_word(size_t ahead = 0) const {
    return reader_.peek(ahead).kind == TokenKind::word ? lower_case(reader_.peek(ahead).spelling) : "";
  }
  bool take_expression(Expression& into) {
    auto parsed = parse_expression(reader_, scope_);
    if (!parsed) return fail(parsed.error().where, parsed.error().message);
    into = parsed.take();
    return true;
  }

  bool line() {
    if (reader_.at_end()) return true;
    if (reader_.peek().kind != TokenKind::word)
      return fail(reader_.peek().where, "a line begins with a label, an instruction or a directive such as db");
    if (!label()) return false;
    if (reader_.at_end()) return true;
    if (next_word() == "times") {
      reader_.take();
      if (!take_expression(out_.repeat)) return false;
    }
    return body();
  }

  /// "name:", "name equ", "name = ", or a name before a directive, as NASM has it.
  bool label() {
    const bool colon = reader_.peek(1).is(':');
    const std::string second = next_word(1);
    const bool constant = second == "equ" || reader_.peek(1).is('=');
    const bool names_data = unit_of(data_words, second) || unit_of(reserve_words, second) || second == "times";
    if (!colon && !constant && !(names_data && !is_statement_word(next_word()))) return true;
    const Token& token = reader_.take();
    if (is_register(token))
      return fail(token.where, std::string(token.spelling) + " is a register and cannot be a label");
    if (token.spelling == "$" || token.spelling == "." || token.spelling == "$$")
      return fail(token.where, "this stands for the place itself and cannot be a label");
    const bool local = token.spelling[0] == '.';
    out_.label = (local ? scope_.local : "") + std::string(token.spelling);
    out_.label_where = token.where;
    if (colon || constant) reader_.take();
    if (constant) {
      out_.kind = Statement::Kind::constant;
      return take_expression(out_.count);
    }
    if (!local) scope_.local = token.spelling;
    return true;
  }
  bool is_statement_word(const std::string& word) const {
    return word == "times" || unit_of(data_words, word) || unit_of(reserve_words, word) || find_prefix(word) ||
           find_instruction(word, mode_);
  }

  bool body() {
    if (reader_.at_end())
      return out_.kind == Statement::Kind::constant || fail(reader_.peek().where, "an instruction is missing here");
    if (out_.kind == Statement::Kind::constant) return true;
    const std::string word = next_word();
    if ((out_.unit = unit_of(data_words, word))) return data(word == ".asciz" || word == ".string");
    if ((out_.unit = unit_of(reserve_words, word))) return counted(Statement::Kind::reserve);
    out_.unit = 1;
    if (word == "align" || word == ".align" || word == ".balign") return counted(Statement::Kind::align);
    if (word == "section" || word == "segment" || word == ".section" || is_one_of(sections, word)) return section(word);
    if (word == "bits" || word == "use16" || word == "use32" || word == "use64" || word == ".code16" ||
        word == ".code32" || word == ".code64") {
      return bits(word);
    }
    if (is_one_of(silent_words, word)) {
      while (!reader_.at_end()) reader_.take();
      return true;
    }
    return instruction();
  }

  bool counted(Statement::Kind kind) {
    out_.kind = kind;
    reader_.take();
    if (!take_expression(out_.count)) return false;
    return kind != Statement::Kind::align || !reader_.take_if(',') || take_expression(out_.filler);
  }

  bool data(bool closed_by_zero) {
    out_.kind = Statement::Kind::data;
    reader_.take();
    do {
      const Token& token = reader_.peek();
      Datum item;
      const bool alone = reader_.peek(1).is(',') || reader_.peek(1).kind == TokenKind::end;
      const bool negative = token.is('-') && reader_.peek(1).kind == TokenKind::real;
      if (token.kind == TokenKind::text && alone && (out_.unit == 1 || token.text.size() > 8)) {
        item.bytes = reader_.take().text;
        while (item.bytes.size() % out_.unit) item.bytes += '\0';
        if (closed_by_zero) item.bytes += '\0';
      } else if (token.kind == TokenKind::real || negative) {
        if (out_.unit < 4) return fail(token.where, "real numbers go behind dd (float) and dq (double)");
        if (negative) reader_.take();
        const double value = reader_.take().real;
        item.bytes = real_bytes(negative ? -value : value, out_.unit);
      } else if (!take_expression(item.value)) {
        return false;
      }
      out_.data.push_back(std::move(item));
    } while (reader_.take_if(','));
    return true;
  }

  bool section(const std::string& word) {
    out_.kind = Statement::Kind::section;
    reader_.take();
    const bool named = !is_one_of(sections, word);
    const Token& name = reader_.peek();
    out_.section = named ? next_word() : word;
    if (!is_one_of(sections, out_.section)) return fail(name.where, "a section is .text, .rodata, .data or .bss");
    if (named) reader_.take();
    return true;
  }

  bool bits(const std::string& word) {
    out_.kind = Statement::Kind::bits;
    const Token& token = reader_.take();
    u64 width = 0;
    if (word == "bits") {
      const Token& number = reader_.take();
      if (number.kind == TokenKind::number) width = number.number;
    } else {
      width = word.substr(word.size() - 2) == "16" ? 16 : word.substr(word.size() - 2) == "32" ? 32 : 64;
    }
    if (width != 16 && width != 32 && width != 64) return fail(token.where, "code is of 16, 32 or 64 bits");
    mode_ = width == 16 ? isa::Mode::bits16 : width == 32 ? isa::Mode::bits32 : isa::Mode::bits64;
    return true;
  }

  bool instruction() {
    out_.kind = Statement::Kind::instruction;
    Instruction& insn = out_.instruction;
    insn.prefix_words = reader_.peek().where;
    while (take_prefix(insn)) insn.prefix_words = insn.prefix_words.to(reader_.last());
    const Token& token = reader_.peek();
    if (token.kind != TokenKind::word) return fail(token.where, "the instruction behind the prefix is missing");
    const auto name = find_instruction(token.spelling, mode_);
    if (!name) return fail(token.where, no_such_instruction(token.spelling));
    insn.name = *name;
    insn.word = reader_.take().where;
    if (insn.name.mnemonic == ZYDIS_MNEMONIC_RET && next_word() == "far") {
      reader_.take();
      insn.name.far = true;
    }
    if (reader_.at_end()) return true;
    do {
      auto operand = parse_operand(reader_, scope_);
      if (!operand) return fail(operand.error().where, operand.error().message);
      insn.operands.push_back(operand.take());
    } while (reader_.take_if(','));
    return true;
  }

  bool take_prefix(Instruction& insn) {
    const std::string word = next_word();
    if (word == "a32" || word == "addr32") {
      insn.address_size = ZYDIS_ADDRESS_SIZE_HINT_32;
    } else if (word == "a16" || word == "addr16") {
      insn.address_size = ZYDIS_ADDRESS_SIZE_HINT_16;
    } else if (const u64 prefix = find_prefix(word)) {
      insn.prefixes |= prefix;
    } else {
      return false;
    }
    reader_.take();
    return true;
  }

  TokenReader reader_;
  isa::Mode& mode_;
  ExpressionScope& scope_;
  Statement out_;
  Complaint problem_;
};

}  // namespace

Result<Statement, Complaint> LineParser::parse(std::string_view line, u32 number) {
  auto tokens = split_line(line);
  if (!tokens) return tokens.error();
  auto statement = StatementParser(tokens.value(), mode_, scope_).parse();
  if (statement) statement.value().line = number;
  return statement;
}

}  // namespace lucid::assembler
