// SPDX-License-Identifier: MIT
#include "core/session/code_patch.h"

#include <algorithm>

#include "core/inspect/bytes.h"
#include "core/inspect/disassembly.h"

namespace lucid::session {
namespace {

constexpr u32 present_space = 0;  // of walk() and read_memory(): the CR3 in force

isa::Mode mode_of(const Session& session) { return inspect::code_mode(session.registers().state); }

}  // namespace

Gva next_instruction(const Session& session) { return inspect::next_instruction(session.registers().state); }

assembler::Assembly assemble_at(const Session& session, std::string_view text, Gva at) {
  return assembler::assemble(text, {.mode = mode_of(session), .origin = at.value, .one_section = true});
}

Result<std::vector<PokeMemory>> pokes_for(const Session& session, Gva at, std::span<const u8> bytes) {
  std::vector<PokeMemory> pokes;
  for (u64 done = 0; done < bytes.size();) {
    const Gva here = at + done;
    const mem::WalkResult walk = session.walk(present_space, here).result;
    if (walk.outcome != mem::WalkResult::Outcome::mapped)
      return Error{"there is no memory at " + inspect::hex(here.value) + " yet, so nothing can be written there"};
    const u64 count = std::min(bytes.size() - done, page_size - here.page_offset());
    const auto part = bytes.subspan(done, count);
    pokes.push_back({walk.physical, {part.begin(), part.end()}});
    done += count;
  }
  return pokes;
}

std::vector<inspect::InstructionView> explain_code_at(const Session& session, Gva at, u64 most) {
  const auto bytes = session.read_memory(present_space, at, std::min<u64>(most, 4096) * isa::max_length);
  return inspect::explain_code(bytes, mode_of(session), at, most);
}

}  // namespace lucid::session
