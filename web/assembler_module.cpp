// SPDX-License-Identifier: MIT
// lucid86-asm.wasm: the assembler as a module of its own, loaded when its panel is first looked at (assembler.mjs).
// Half of Zydis is its encoder's table, and nothing else of the page needs it. Plain memory, no JavaScript of
// its own; every call's result stays valid until the next.
#include <string>
#include <vector>

#include "core/assembler/program.h"
#include "core/session/packed_draft.h"

namespace {

using namespace lucid;

std::string& text() {
  static std::string bytes;
  return bytes;
}
std::vector<u8>& result() {
  static std::vector<u8> bytes;
  return bytes;
}

std::string& problem() {
  static std::string sentence;
  return sentence;
}

const u8* give(std::vector<u8> bytes) {
  result() = std::move(bytes);
  return result().data();
}
const u8* give(const session::Draft& draft) {
  problem() = draft.errors.empty() ? "" : "Line " + draft.errors[0].text();
  return give(session::pack(draft));
}

}  // namespace

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

/// Room for a text of so many bytes; the others take it from there.
EXPORT("room") char* assembler_room(u32 size) {
  text().assign(size, ' ');
  return text().data();
}
/// Assembly text, the caret in a line of it, as a packed draft.
EXPORT("text") const u8* assembler_text(u32 caret_line) { return give(session::draft_of_text(text(), caret_line)); }
/// Bytes in hexadecimal as a packed draft.
EXPORT("bytes") const u8* assembler_bytes() { return give(session::draft_of_bytes(text())); }
/// What is wrong with the draft made last, in words; of size 0 when nothing is.
EXPORT("problem") const u8* assembler_problem() { return give({problem().begin(), problem().end()}); }
/// The code of a text at an address, over other code there: a 1 and the bytes, or a 0 and what is wrong.
EXPORT("patch") const u8* assembler_patch(u32 bits, u32 address_high, u32 address_low) {
  const isa::Mode mode = bits == 16 ? isa::Mode::bits16 : bits == 32 ? isa::Mode::bits32 : isa::Mode::bits64;
  const u64 origin = u64{address_high} << 32 | address_low;
  const auto assembly = assembler::assemble(text(), {.mode = mode, .origin = origin, .one_section = true});
  std::vector<u8> out{assembly.ok()};
  if (!assembly.ok()) {
    const std::string problem = "line " + assembly.errors[0].text();
    out.insert(out.end(), problem.begin(), problem.end());
  } else if (const auto* code = assembly.section(assembler::SectionKind::text)) {
    out.insert(out.end(), code->bytes.begin(), code->bytes.end());
  }
  return give(std::move(out));
}
/// The text as an ELF file; of size 0 when it has errors.
EXPORT("program") const u8* assembler_program() { return give(assembler::make_program(text()).elf); }
/// Of the last result.
EXPORT("size") u32 assembler_size() { return static_cast<u32>(result().size()); }
