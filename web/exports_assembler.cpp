// SPDX-License-Identifier: MIT
// The exported functions behind the assembler's boxes (assembler.mjs). The assembler itself is a module of its
// own; here its work is shown, and written over the machine's code.
#include <emscripten.h>

#include "core/inspect/disassembly.h"
#include "core/session/code_patch.h"
#include "core/session/packed_draft.h"
#include "ui/draw.h"
#include "ui/patch.h"
#include "web/instance.h"

namespace {

using namespace lucid;
using web::host;
using web::keep;

const char* mode_digits(isa::Mode mode) {
  return mode == isa::Mode::bits64 ? "64" : mode == isa::Mode::bits32 ? "32" : "16";
}

}  // namespace

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

/// What the module made of the boxes. Gives the text for the box that was not written in.
EXPORT const char* lucid_set_draft(const u8* packed, u32 size) {
  session::Draft draft = session::unpack_draft({packed, size}).value_or(session::Draft{});
  std::string other = draft.other;
  host().app().set_draft(std::move(draft));
  host().changed();
  return keep(std::move(other));
}
/// The caret is in this line of the text.
EXPORT void lucid_draft_line(u32 line) {
  host().app().set_draft_line(line);
  host().changed();
}
/// Where the next instruction is, and the width of its code: "HIGH LOW BITS".
EXPORT const char* lucid_code_due() {
  const Gva at = session::next_instruction(host().session());
  return keep(ui::format("%u %u %s", static_cast<u32>(at.value >> 32), static_cast<u32>(at.value),
                         mode_digits(inspect::code_mode(host().session().registers().state))));
}
/// What assembler_patch() gave for that place is written there, or said. False: nothing was written.
EXPORT bool lucid_patch(const u8* result, u32 size) {
  const Gva at = session::next_instruction(host().session());
  host().pause();
  if (size != 0 && result[0] != 0) return ui::patch_code(host().session(), at, {result + 1, size - 1}, host().app());
  const std::string problem(result + 1, result + size);
  host().app().set_answer({"At " + ui::hexadecimal(at.value) + ", " + problem, {}, true});
  return false;
}
/// A panel's or a scene's wish for the boxes: "" = none, "text …" and "bytes …" are to be written, "show LINE COLUMN
/// LENGTH" is a place of the text.
EXPORT const char* lucid_take_source() { return keep(host().take_source_wish()); }
