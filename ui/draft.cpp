// SPDX-License-Identifier: MIT
#include "ui/draft.h"

#include <algorithm>

#include "core/assembler/hex_bytes.h"
#include "core/assembler/round_trip.h"
#include "ui/draw.h"

namespace lucid::ui {
namespace {

std::string hex_text(std::span<const u8> bytes) {
  std::string out;
  for (const u8 byte : bytes) out += (out.empty() ? "" : " ") + format("%02x", byte);
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

void note_bytes(Draft& draft) {
  constexpr size_t most_shown = 4096;
  if (const auto* code = draft.assembly.section(assembler::SectionKind::text))
    draft.code_bytes = hex_text(std::span(code->bytes).first(std::min(code->bytes.size(), most_shown)));
}

}  // namespace

Draft draft_of_text(std::string text, assembler::Assembly assembly, bool comes_back, u32 line) {
  Draft draft;
  draft.text = std::move(text);
  draft.assembly = std::move(assembly);
  draft.same_again = comes_back;
  draft.line = line;
  if (!draft.assembly.ok()) return draft;
  for (const auto& piece : draft.assembly.pieces) {
    const auto bytes = assembler::bytes_of(draft.assembly, piece);
    if (piece.code)
      add_code(draft, bytes, piece.mode, piece.address, piece.line);
    else
      add_data(draft, bytes, piece);
  }
  std::stable_sort(draft.lines.begin(), draft.lines.end(), [](const DraftLine& a, const DraftLine& b) {
    return a.instruction.address.value < b.instruction.address.value;
  });
  note_bytes(draft);
  return draft;
}

TypedBytes read_bytes(std::string_view hex) {
  TypedBytes typed;
  auto bytes = assembler::parse_hex_bytes(hex);
  if (!bytes) {
    typed.errors.push_back(bytes.error());
    return typed;
  }
  typed.bytes = bytes.take();
  for (const auto& view : inspect::explain_code(typed.bytes, isa::Mode::bits64, Gva{draft_origin}, Draft::most_lines))
    typed.text_of += (view.fields.empty() ? format("db 0x%02x", view.bytes[0]) : view.text) + "\n";
  if (!typed.text_of.empty()) typed.text_of.pop_back();
  return typed;
}

Draft draft_of_bytes(std::string hex, const TypedBytes& typed, assembler::Assembly assembly) {
  Draft draft;
  draft.text = std::move(hex);
  draft.typed = true;
  draft.assembly = std::move(assembly);
  if (!typed.errors.empty()) {
    draft.assembly = {};
    draft.assembly.errors = typed.errors;
    return draft;
  }
  add_code(draft, typed.bytes, isa::Mode::bits64, draft_origin, 0);
  const auto* code = draft.assembly.section(assembler::SectionKind::text);
  draft.same_again = code ? code->bytes == typed.bytes : typed.bytes.empty();
  note_bytes(draft);
  return draft;
}

}  // namespace lucid::ui
