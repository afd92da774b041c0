// SPDX-License-Identifier: MIT
// Code nobody would write: random bytes, random but well-formed instructions, and short sequences
// that reach what random bytes rarely do (MSRs, control registers, descriptor tables, ports).
#pragma once
#include <span>

#include "tests/cosim/random.h"

namespace lucid::fuzz {

using cosim::Random;

/// What the addresses and selectors in the code should look like.
struct CodeShape {
  bool bits64 = false;
  bool system = false;  // privileged sequences among the rest
  unsigned raw_percent = 30;
};

void fill_code(Random& random, const CodeShape& shape, std::span<u8> out);

}  // namespace lucid::fuzz
