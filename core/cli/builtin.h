// SPDX-License-Identifier: MIT
// The kernel and the root archive that the build put into this executable, and their source lines.
#pragma once
#include <span>

#include "core/base/types.h"

namespace lucid::cli {

std::span<const u8> builtin_kernel();
std::span<const u8> builtin_root();
std::span<const u8> builtin_source_pack();

}  // namespace lucid::cli
