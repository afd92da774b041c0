// SPDX-License-Identifier: MIT
// A draft as plain bytes, for where it is made apart from who shows it (web/assembler_module.cpp). Both ends are of
// one build, so the format is nobody else's.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "core/session/draft.h"

namespace lucid::session {

std::vector<u8> pack(const Draft& draft);
/// Nothing when the bytes are none that pack() gave.
std::optional<Draft> unpack_draft(std::span<const u8> bytes);

}  // namespace lucid::session
