// SPDX-License-Identifier: MIT
#include "core/assembler/assembler.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/assembler/encoder.h"
#include "core/assembler/parser.h"

namespace lucid::assembler {
namespace {

constexpr unsigned most_passes = 64;
constexpr u8 nop = 0x90;

SectionKind kind_of(const std::string& name) {
  return name == ".text"     ? SectionKind::text
         : name == ".rodata" ? SectionKind::rodata
         : name == ".data"   ? SectionKind::data
                             : SectionKind::bss;
}

struct Symbol {
  Value value;
  size_t statement = 0;
  SectionKind section = SectionKind::text;
  bool constant = false;
};

/// A label is a place before it is known which.
Value unknown(bool constant) { return {.number = 0, .addresses = constant ? 0 : 1, .settled = false, .known = false}; }

/// Passes over the statements until no place moves any more. Instructions only grow, so that comes.
class Assembler {
 public:
  Assembler(std::string_view text, const Options& options) : text_(text), options_(options) {}

  Assembly run() {
    if (text_.size() > most_text) {
      error(1, {}, "the text is longer than " + std::to_string(most_text >> 10) + " KiB");
    } else {
      parse();
      define_symbols();
    }
    starts_.fill(options_.origin);
    if (out_.errors.size() < most_errors) settle();
    if (out_.errors.empty()) collect();
    std::stable_sort(out_.errors.begin(), out_.errors.end(),
                     [](const Diagnostic& a, const Diagnostic& b) { return a.line < b.line; });
    return std::move(out_);
  }

 private:
  void error(u32 line, Span where, std::string message) {
    if (out_.errors.size() < most_errors) out_.errors.push_back({line, where, std::move(message)});
  }

  void parse() {
    LineParser parser(options_.mode);
    u32 number = 0;
    for (size_t at = 0; at <= text_.size();) {
      const size_t end = std::min(text_.find('\n', at), text_.size());
      if (++number > most_lines)
        return error(number, {}, "there are more than " + std::to_string(most_lines) + " lines");
      auto statement = parser.parse(text_.substr(at, end - at), number);
      if (!statement) {
        error(number, statement.error().where, statement.error().message);
      } else if (statement.value().kind != Statement::Kind::nothing || !statement.value().label.empty()) {
        if (options_.one_section && statement.value().kind == Statement::Kind::section &&
            statement.value().section != ".text")
          error(number, statement.value().where, "these bytes go to one place: there is only .text");
        statements_.push_back(statement.take());
      }
      at = end + 1;
    }
    growth_.resize(statements_.size());
  }

  void define_symbols() {
    for (size_t i = 0; i < statements_.size(); ++i) {
      const Statement& statement = statements_[i];
      if (statement.label.empty()) continue;
      const bool constant = statement.kind == Statement::Kind::constant;
      const auto [at, fresh] = symbols_.try_emplace(
          statement.label, Symbol{.value = unknown(constant), .statement = i, .section = {}, .constant = constant});
      if (!fresh)
        error(statement.line, statement.label_where,
              statement.label + " is defined a second time; first in line " +
                  std::to_string(statements_[at->second.statement].line));
    }
    // Constants made of numbers alone are known before any place is, wherever they are written.
    for (unsigned round = 0; round < 16; ++round) {
      for (auto& [name, symbol] : symbols_) {
        if (!symbol.constant || symbol.value.known) continue;
        const auto value = evaluate(statements_[symbol.statement].count, surroundings());
        if (value && value.value().settled && value.value().known) symbol.value = value.value();
      }
    }
  }

  Surroundings surroundings() const {
    return {.symbol = [this](const ExpressionNode& node) { return look_up(node); },
            .here = place_,
            .section_start = starts_[static_cast<size_t>(section_)],
            .placed = placed_,
            .final = reporting_};
  }
  Result<Value, Complaint> look_up(const ExpressionNode& node) const {
    const auto found = symbols_.find(node.name);
    if (found == symbols_.end()) return Complaint{node.where, "there is no label or constant " + node.name};
    Value value = found->second.value;
    if (!value.settled) value.known = value.known && placed_;
    return value;
  }
  u64 here() const { return starts_[static_cast<size_t>(section_)] + sizes_[static_cast<size_t>(section_)]; }

  void settle() {
    bool last = false;
    for (unsigned i = 0; i < most_passes; ++i) {
      placed_ = i > 0;
      reporting_ = last;
      const bool moved = pass();
      if (!out_.errors.empty() || (last && !moved)) return;
      last = !moved && placed_;
    }
    // Reached when an align or a times counts itself: it moves at every pass.
    error(1, {},
          "the places of the labels depend on each other in a circle; look at align, times and resb with labels");
  }

  /// One walk over all statements. True when a place or a value has changed.
  bool pass() {
    moved_ = false;
    section_ = SectionKind::text;
    sizes_ = {};
    for (auto& bytes : bytes_) bytes.clear();
    out_.pieces.clear();
    for (size_t i = 0; i < statements_.size() && out_.errors.size() < most_errors; ++i) take(i);
    place_sections();
    return moved_;
  }

  void take(size_t i) {
    const Statement& statement = statements_[i];
    if (statement.kind == Statement::Kind::section) {
      section_ = kind_of(statement.section);
      return;
    }
    place_ = here();
    if (!statement.label.empty()) define(statement);
    u64 times = 1;
    if (!statement.repeat.empty() && !count(statement, statement.repeat, most_repeats, times)) return;
    const u64 from = here();
    for (u64 n = 0; n < times; ++n) {
      if (!emit(statement, i)) break;
    }
    if (const u64 size = here() - from; size != 0) {
      out_.pieces.push_back({.line = statement.line,
                             .section = section_,
                             .address = from,
                             .size = size,
                             .code = statement.kind == Statement::Kind::instruction,
                             .mode = statement.mode});
    }
  }

  void define(const Statement& statement) {
    Symbol& symbol = symbols_.find(statement.label)->second;
    Value value{.number = here(), .addresses = 1, .settled = false, .known = true};
    if (statement.kind == Statement::Kind::constant) {
      auto evaluated = evaluate(statement.count, surroundings());
      if (!evaluated) return complain(statement, evaluated.error());
      value = evaluated.value();
      if (reporting_ && !value.known)
        return complain(statement, {statement.count.where, statement.label + " is defined by itself"});
    }
    symbol.section = section_;
    moved_ |= value.number != symbol.value.number || value.known != symbol.value.known;
    symbol.value = value;
  }

  void complain(const Statement& statement, const Complaint& complaint) {
    error(statement.line, complaint.where, complaint.message);
  }

  /// A number that must be plain: counts, alignments.
  bool count(const Statement& statement, const Expression& expression, u64 most, u64& out) {
    const auto value = evaluate(expression, surroundings());
    if (!value) return complain(statement, value.error()), false;
    out = value.value().known ? value.value().number : 0;
    if (out <= most) return true;
    if (reporting_ || value.value().settled)
      complain(statement, {expression.where, "this count is negative or above " + std::to_string(most)});
    out = 0;
    return false;
  }

  bool emit(const Statement& statement, size_t i) {
    place_ = here();
    switch (statement.kind) {
      case Statement::Kind::instruction:
        return instruction(statement, i);
      case Statement::Kind::data:
        for (const Datum& item : statement.data) {
          if (!datum(statement, item)) return false;
        }
        return true;
      case Statement::Kind::reserve: {
        u64 size = 0;
        return count(statement, statement.count, most_bytes, size) && fill(statement, size * statement.unit, 0);
      }
      case Statement::Kind::align:
        return align(statement);
      default:
        return false;
    }
  }

  bool align(const Statement& statement) {
    u64 size = 0, filler = section_ == SectionKind::text ? nop : u8{0};
    if (!count(statement, statement.count, most_bytes, size)) return false;
    if (!statement.filler.empty() && !count(statement, statement.filler, 255, filler)) return false;
    if (size != 0 && (size & (size - 1)) == 0 && size <= page_size)
      return fill(statement, (u64{0} - here()) & (size - 1), static_cast<u8>(filler));
    if (reporting_ || size != 0)
      complain(statement, {statement.count.where, "an alignment is a power of two up to 4096"});
    return false;
  }

  bool instruction(const Statement& statement, size_t i) {
    const Growth before = growth_[i];
    auto encoded = encode(statement.instruction, statement.mode, surroundings(), growth_[i]);
    const bool grown = growth_[i].near_branch != before.near_branch || growth_[i].wide_number != before.wide_number;
    if (!encoded && grown) {
      moved_ = true;
      encoded = encode(statement.instruction, statement.mode, surroundings(), growth_[i]);
    }
    if (encoded) return append(statement, encoded.value());
    complain(statement, encoded.error());
    return false;
  }

  bool datum(const Statement& statement, const Datum& item) {
    if (item.value.empty()) return append(statement, {item.bytes.begin(), item.bytes.end()});
    const auto value = evaluate(item.value, surroundings());
    if (!value) return complain(statement, value.error()), false;
    const u64 number = value.value().number;
    const unsigned bits = statement.unit * 8u;
    const auto as_signed = static_cast<i64>(number);
    const bool fits = bits == 64 || (as_signed >= -(i64{1} << (bits - 1)) && as_signed < i64{1} << bits);
    if (!fits && reporting_) {
      complain(statement, {item.value.where, "this does not fit " + std::to_string(bits) + " bits"});
      return false;
    }
    Bytes bytes(statement.unit);
    for (unsigned i = 0; i < statement.unit; ++i) bytes[i] = static_cast<u8>(number >> 8 * i);
    return append(statement, bytes);
  }

  bool room(const Statement& statement, u64 more) {
    if (sizes_[static_cast<size_t>(section_)] + more <= most_bytes) return true;
    complain(statement, {statement.where, "a section has at most " + std::to_string(most_bytes) + " bytes"});
    return false;
  }
  bool append(const Statement& statement, const Bytes& bytes) {
    if (section_ == SectionKind::bss) {
      complain(statement, {statement.where, ".bss holds zeros only: use resb, resw, resd or resq, or section .data"});
      return false;
    }
    if (!room(statement, bytes.size())) return false;
    auto& into = bytes_[static_cast<size_t>(section_)];
    into.insert(into.end(), bytes.begin(), bytes.end());
    sizes_[static_cast<size_t>(section_)] += bytes.size();
    return true;
  }
  bool fill(const Statement& statement, u64 size, u8 byte) {
    if (!room(statement, size)) return false;
    sizes_[static_cast<size_t>(section_)] += size;
    if (section_ != SectionKind::bss) {
      auto& into = bytes_[static_cast<size_t>(section_)];
      into.insert(into.end(), size, byte);
    }
    return true;
  }

  /// Each section begins on the page after the one before.
  void place_sections() {
    u64 at = options_.origin;
    for (size_t i = 0; i < starts_.size(); ++i) {
      moved_ |= starts_[i] != at;
      starts_[i] = at;
      at += (sizes_[i] + page_mask) & ~page_mask;
      if (i == 0) at = (at + page_mask) & ~page_mask;
    }
  }

  void collect() {
    for (size_t i = 0; i < starts_.size(); ++i) {
      if (sizes_[i] == 0) continue;
      out_.sections.push_back({static_cast<SectionKind>(i), starts_[i], sizes_[i], std::move(bytes_[i])});
    }
    for (const Statement& statement : statements_) {
      if (statement.label.empty()) continue;
      const Symbol& symbol = symbols_.find(statement.label)->second;
      out_.labels.push_back({statement.label, statement.line, symbol.value.number, symbol.section, symbol.constant});
    }
  }

  std::string_view text_;
  const Options& options_;
  Assembly out_;
  std::vector<Statement> statements_;
  std::vector<Growth> growth_;  // of each statement
  std::map<std::string, Symbol> symbols_;
  std::array<u64, 4> starts_{}, sizes_{};  // by SectionKind
  std::array<Bytes, 4> bytes_;
  SectionKind section_ = SectionKind::text;
  u64 place_ = 0;  // "$": where the statement begins
  bool placed_ = false, reporting_ = false, moved_ = false;
};

}  // namespace

const Section* Assembly::section(SectionKind kind) const {
  for (const Section& each : sections) {
    if (each.kind == kind) return &each;
  }
  return nullptr;
}

Assembly assemble(std::string_view text, const Options& options) { return Assembler(text, options).run(); }

}  // namespace lucid::assembler
