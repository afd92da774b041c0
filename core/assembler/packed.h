// SPDX-License-Identifier: MIT
// An assembly as plain bytes, for where the assembler runs apart from who shows its work: the page loads it as a
// module of its own when it is first wanted. Both ends are of one build, so the format is nobody else's.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/assembler/assembler.h"

namespace lucid::assembler {

std::vector<u8> pack(const Assembly& assembly);
/// Nothing when the bytes are none that pack() gave.
std::optional<Assembly> unpack(std::span<const u8> bytes);

}  // namespace lucid::assembler
