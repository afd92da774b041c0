// SPDX-License-Identifier: MIT
// Bytes as a person types them: 05 00 02 00 00, 0x05,0x00 or 0500020000.
#pragma once
#include <string_view>
#include <vector>

#include "core/assembler/diagnostic.h"
#include "core/base/result.h"

namespace lucid::assembler {

/// Pairs of hexadecimal digits; spaces, commas, line ends, "0x", "\x" and "h" around them are skipped.
Result<std::vector<u8>, Diagnostic> parse_hex_bytes(std::string_view text);

}  // namespace lucid::assembler
