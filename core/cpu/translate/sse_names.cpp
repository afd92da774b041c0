// SPDX-License-Identifier: MIT
#include "core/cpu/translate/builder.h"

namespace lucid::cpu::translate {

bool sse_with_string_name(Builder&) { return false; }

}  // namespace lucid::cpu::translate
