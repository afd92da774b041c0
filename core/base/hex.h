// SPDX-License-Identifier: MIT
// Hexadecimal digits, of either case.
#pragma once

namespace lucid {

/// -1 = it is none.
constexpr int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

}  // namespace lucid
