// SPDX-License-Identifier: MIT
// Integers to and from unpacked values. (Between formats: unpack one, pack the other.)
#pragma once
#include "core/cpu/fp/unpacked.h"

namespace lucid::cpu::fp {

Unpacked from_integer(i64 value);

/// Rounds as env says to a signed integer of `bits` bits; out of range or NaN raises invalid and gives the
/// "integer indefinite", the most negative value.
i64 to_integer(const Unpacked& a, int bits, Env& env);

/// Between formats a NaN is quieted and a denormal operand noted.
Unpacked convert(const Unpacked& a, Env& env);

}  // namespace lucid::cpu::fp
