// SPDX-License-Identifier: MIT
// Assembly text over the code that is due: bytes for RIP, as commands like any other poke — recorded, replayed,
// undone by going back, and another future when given in the past (Session::in_past; front ends ask first).
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "core/assembler/assembler.h"
#include "core/inspect/instruction_fields.h"
#include "core/session/session.h"

namespace lucid::session {

/// Where the next instruction is: RIP with the code segment's base.
Gva next_instruction(const Session& session);

/// The text as code of the width that runs now, to lie at `at`; its only section is .text.
assembler::Assembly assemble_at(const Session& session, std::string_view text, Gva at);

/// The pokes that write `bytes` at an address of the present address space, one for each page; permissions of the
/// pages do not count, as for a debugger. A frame that several processes share changes for all of them. The error
/// says which address has no frame.
Result<std::vector<PokeMemory>> pokes_for(const Session& session, Gva at, std::span<const u8> bytes);

/// At most `most` instructions from an address of the present address space on, field by field; fewer where
/// memory ends.
std::vector<inspect::InstructionView> explain_code_at(const Session& session, Gva at, u64 most);

}  // namespace lucid::session
