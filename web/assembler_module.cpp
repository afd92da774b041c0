// SPDX-License-Identifier: MIT
// lucid86-asm.wasm: the assembler as a module of its own, loaded when its panel is first looked at (assembler.mjs).
// Half of Zydis is its encoder's table, and nothing else of the page needs it. Plain memory, no JavaScript of
// its own; every call's result stays valid until the next.
#include <string>
#include <vector>

#include "core/assembler/packed.h"
#include "core/assembler/program.h"
#include "core/assembler/round_trip.h"

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

const u8* give(std::vector<u8> bytes) {
  result() = std::move(bytes);
  return result().data();
}

}  // namespace

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

/// Room for a text of so many bytes.
EXPORT("room") char* assembler_room(u32 size) {
  text().assign(size, ' ');
  return text().data();
}
/// What the text in the room becomes at an address, for unpack(); `patch` = over other code, in one section.
EXPORT("assemble") const u8* assembler_assemble(u32 bits, u32 address_high, u32 address_low, u32 patch) {
  const isa::Mode mode = bits == 16 ? isa::Mode::bits16 : bits == 32 ? isa::Mode::bits32 : isa::Mode::bits64;
  const u64 origin = u64{address_high} << 32 | address_low;
  const auto assembly = assembler::assemble(text(), {.mode = mode, .origin = origin, .one_section = patch != 0});
  std::vector<u8> out{static_cast<u8>(assembler::comes_back(assembly))};
  const auto packed = assembler::pack(assembly);
  out.insert(out.end(), packed.begin(), packed.end());
  return give(std::move(out));
}
/// The text in the room as an ELF file; of size 0 when it has errors.
EXPORT("program") const u8* assembler_program() { return give(assembler::make_program(text()).elf); }
/// Of the last result.
EXPORT("size") u32 assembler_size() { return static_cast<u32>(result().size()); }
