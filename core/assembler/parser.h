// SPDX-License-Identifier: MIT
// Lines of assembly text as statements.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/assembler/statement.h"

namespace lucid::assembler {

/// Keeps what earlier lines say about later ones: the mode, and the label that ".names" belong to.
class LineParser {
 public:
  explicit LineParser(isa::Mode mode) : mode_(mode) {}
  Result<Statement, Complaint> parse(std::string_view line, u32 number);

 private:
  isa::Mode mode_;
  ExpressionScope scope_;
};

/// An operand at the reader, up to a comma or the end.
Result<Operand, Complaint> parse_operand(TokenReader& reader, const ExpressionScope& scope);

}  // namespace lucid::assembler
