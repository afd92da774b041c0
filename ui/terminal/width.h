// SPDX-License-Identifier: MIT
// How many cells a character takes, as wcwidth(3) says in a UTF-8 locale: blocks of Unicode 15
// (EastAsianWidth.txt: W and F are wide; Mn, Me and Cf take none). Whole blocks are taken for wide where
// only unassigned characters are not.
#pragma once
#include "core/base/types.h"

namespace lucid::ui {

/// 0 = combines with the character before, 1, or 2.
unsigned character_width(char32_t character);

}  // namespace lucid::ui
