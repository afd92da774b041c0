// SPDX-License-Identifier: MIT
#include "core/session/draft.h"

#include <algorithm>
#include <span>

#include "core/assembler/hex_bytes.h"
#include "core/assembler/program.h"
#include "core/assembler/round_trip.h"
#include "core/inspect/bytes.h"

namespace lucid::session {
namespace {

/// Where a program's code lies.
constexpr u64 origin = assembler::program_base + page_size;

std::string hex_text(std::span<const u8> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const u8 byte : bytes) {
    if (!out.empty()) out += ' ';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

void add_code(Draft& draft, std::span<const u8> bytes, isa::Mode mode, u64 address, u32 line) {
  const u64 room = Draft::most_lines - std::min<u64>(Draft::most_lines, draft.lines.size());
  for (auto& view : inspect::explain_code(bytes, mode, Gva{address}, room)) {
    const u64 size = view.bytes.size();
    draft.lines.push_back({line, true, std::move(view), size});
  }
}

void add_data(Draft& draft, std::span<const u8> bytes, const assembler::Piece& piece) {
  if (draft.lines.size() >= Draft::most_lines) return;
  DraftLine line{piece.line, false, {}, piece.size};
  line.instruction.address = Gva{piece.address};
  const auto shown = bytes.first(std::min<size_t>(bytes.size(), Draft::most_data));
  line.instruction.bytes.assign(shown.begin(), shown.end());
  draft.lines.push_back(std::move(line));
}

}  // namespace

Draft draft_of_text(std::string text, u32 caret_line) {
  Draft draft;
  draft.text = std::move(text);
  draft.line = caret_line;
  const auto assembly = assembler::assemble(draft.text, {.origin = origin});
  draft.errors = assembly.errors;
  // Sections are in the order of their addresses, and so are the pieces of each.
  for (const auto& section : assembly.sections) {
    draft.size += section.bytes.size();
    for (const auto& piece : assembly.pieces) {
      if (piece.section != section.kind) continue;
      const auto bytes = assembler::bytes_of(assembly, piece);
      if (piece.code)
        add_code(draft, bytes, piece.mode, piece.address, piece.line);
      else
        add_data(draft, bytes, piece);
    }
  }
  constexpr size_t most_shown = 4096;
  if (const auto* code = assembly.section(assembler::SectionKind::text))
    draft.other = hex_text(std::span(code->bytes).first(std::min(code->bytes.size(), most_shown)));
  draft.same_again = assembly.ok() && assembler::comes_back(assembly);
  return draft;
}

Draft draft_of_bytes(std::string hex) {
  Draft draft;
  draft.text = std::move(hex);
  draft.typed = true;
  const auto bytes = assembler::parse_hex_bytes(draft.text);
  if (!bytes) {
    draft.errors.push_back(bytes.error());
    return draft;
  }
  add_code(draft, bytes.value(), isa::Mode::bits64, origin, 0);
  draft.size = bytes.value().size();
  for (const DraftLine& line : draft.lines) {
    if (!draft.other.empty()) draft.other += '\n';
    const auto& view = line.instruction;
    draft.other += view.fields.empty() ? "db " + inspect::hex(view.bytes[0]) : view.text;
  }
  const auto assembly = assembler::assemble(draft.other, {.origin = origin});
  const auto* code = assembly.section(assembler::SectionKind::text);
  draft.same_again = code ? code->bytes == bytes.value() : bytes.value().empty();
  return draft;
}

}  // namespace lucid::session
