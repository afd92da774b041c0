// SPDX-License-Identifier: MIT
// Instructions around an address, with symbols.
#pragma once
#include <functional>
#include <vector>

#include "core/inspect/guest.h"
#include "core/inspect/images.h"
#include "core/inspect/views.h"
#include "core/isa/disassembler.h"

namespace lucid::inspect {

/// Width of the code the processor executes now.
isa::Mode code_mode(const cpu::State& cpu);
/// Where the next instruction lies: CS counts outside of 64-bit code.
Gva next_instruction(const cpu::State& cpu);
/// Up to `size` bytes of code at an address; fewer where memory ends.
using CodeMemory = std::function<std::vector<u8>(Gva address, u64 size)>;

/// Words for the processor's mode, for the registers view.
const char* mode_name(const cpu::State& cpu);

/// Code has no marks that say where instructions start, so those before `around` are decoded from
/// the start of its symbol, or else from the nearest place that leads to `around`.
std::vector<DisassemblyLine> disassembly(const Guest& guest, const CodeMemory& memory, const Symbolizer& symbols,
                                         Gva around, unsigned before, unsigned after);

}  // namespace lucid::inspect
