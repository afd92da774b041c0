// SPDX-License-Identifier: MIT
// The exported functions behind the assembler's boxes (assembler.mjs). The assembler itself is a module of its
// own; here its work is explained, shown, and written over the machine's code.
#include <emscripten.h>

#include "core/assembler/packed.h"
#include "core/inspect/disassembly.h"
#include "core/session/code_patch.h"
#include "ui/draw.h"
#include "ui/patch.h"
#include "web/instance.h"

namespace {

using namespace lucid;
using web::host;
using web::keep;

/// Bytes as they were typed, until the assembly of their text comes.
ui::TypedBytes& typed() {
  static ui::TypedBytes bytes;
  return bytes;
}

assembler::Assembly unpacked(const u8* packed, u32 size) {
  return assembler::unpack({packed, size}).value_or(assembler::Assembly{});
}

void show(ui::Draft draft) {
  host().app().set_draft(std::move(draft));
  host().changed();
}

const char* mode_digits(isa::Mode mode) {
  return mode == isa::Mode::bits64 ? "64" : mode == isa::Mode::bits32 ? "32" : "16";
}

}  // namespace

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

/// Where texts are assembled for being looked at; below 2^32.
EXPORT u32 lucid_draft_origin() { return static_cast<u32>(ui::draft_origin); }
/// What the assembler made of a text. Gives the bytes for their box; "" when there are errors.
EXPORT const char* lucid_set_draft(const char* text, const u8* packed, u32 size, bool comes_back, u32 line) {
  ui::Draft draft = ui::draft_of_text(text, unpacked(packed, size), comes_back, line);
  std::string bytes = draft.code_bytes;
  show(std::move(draft));
  return keep(std::move(bytes));
}
/// The caret is in this line of the text.
EXPORT void lucid_draft_line(u32 line) {
  ui::Draft draft = host().app().draft();
  if (draft.typed || draft.line == line) return;
  draft.line = line;
  show(std::move(draft));
}
/// The text that typed bytes are, for the assembler; null when they are none, which the panel then says.
EXPORT const char* lucid_text_of_bytes(const char* hex) {
  typed() = ui::read_bytes(hex);
  if (typed().errors.empty()) return keep(typed().text_of);
  show(ui::draft_of_bytes(hex, typed(), {}));
  return nullptr;
}
/// What the assembler made of that text.
EXPORT void lucid_set_typed(const char* hex, const u8* packed, u32 size) {
  show(ui::draft_of_bytes(hex, typed(), unpacked(packed, size)));
}
/// Where the next instruction is, and the width of its code: "HIGH LOW BITS".
EXPORT const char* lucid_code_due() {
  const Gva at = session::next_instruction(host().session());
  return keep(ui::format("%u %u %s", static_cast<u32>(at.value >> 32), static_cast<u32>(at.value),
                         mode_digits(inspect::code_mode(host().session().registers().state))));
}
/// The assembly of a text for that place is written there; the panels say what came of it.
EXPORT bool lucid_patch(const u8* packed, u32 size) {
  const auto assembly = unpacked(packed, size);
  const Gva at = session::next_instruction(host().session());
  host().pause();
  if (!assembly.ok()) {
    host().app().set_answer({"At " + ui::hexadecimal(at.value) + ", line " + assembly.errors[0].text(), {}, true});
    return false;
  }
  const auto* code = assembly.section(assembler::SectionKind::text);
  return ui::patch_code(host().session(), at, code ? std::span<const u8>(code->bytes) : std::span<const u8>{},
                        host().app());
}
/// A panel's or a scene's wish for the boxes: "" = none, "text …" and "bytes …" are to be written, "show LINE COLUMN
/// LENGTH" is a place of the text.
EXPORT const char* lucid_take_source() { return keep(host().take_source_wish()); }
