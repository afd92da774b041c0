// SPDX-License-Identifier: MIT
// An instruction's bytes, by Zydis' encoder: the shortest encoding, as GNU as chooses it.
#pragma once
#include <vector>

#include "core/assembler/statement.h"

namespace lucid::assembler {

/// Room that an instruction has come to need in earlier passes; it never shrinks again, so that the
/// passes come to an end.
struct Growth {
  bool near_branch = false;  // the target is out of a short branch's reach
  bool wide_number = false;  // an address that needs 64 bits
};

using Bytes = std::vector<u8>;

/// The bytes at `around.here`. Numbers made of labels get room for any (32 bits, mostly), whatever their
/// value. While places are guesses nothing is said about what is out of reach; `growth` learns of it.
Result<Bytes, Complaint> encode(const Instruction& instruction, isa::Mode mode, const Surroundings& around,
                                Growth& growth);

}  // namespace lucid::assembler
