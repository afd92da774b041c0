// SPDX-License-Identifier: MIT
// Text to bytes to text to bytes again.
#pragma once
#include <span>

#include "core/assembler/assembler.h"

namespace lucid::assembler {

/// The bytes of a piece; none of .bss.
std::span<const u8> bytes_of(const Assembly& assembly, const Piece& piece);

/// Whether the bytes of every instruction, disassembled and assembled again at their place, are the same bytes.
bool comes_back(const Assembly& assembly);

}  // namespace lucid::assembler
