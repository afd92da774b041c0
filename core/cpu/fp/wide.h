// SPDX-License-Identifier: MIT
// Arithmetic on finite or zero Unpacked values with all 128 significand bits, for the transcendental functions.
// Products and quotients are truncated with a sticky last bit; the error is below 2^-126 of the result.
#pragma once
#include "core/cpu/fp/unpacked.h"

namespace lucid::cpu::fp::wide {

Unpacked small(i32 value);
Unpacked negate(Unpacked a);
Unpacked halve(Unpacked a, i32 times = 1);
Unpacked add(const Unpacked& a, const Unpacked& b);
Unpacked subtract(const Unpacked& a, const Unpacked& b);
Unpacked multiply(const Unpacked& a, const Unpacked& b);
Unpacked divide(const Unpacked& a, const Unpacked& b);
Unpacked divide(const Unpacked& a, u64 by);
bool less_magnitude(const Unpacked& a, const Unpacked& b);

}  // namespace lucid::cpu::fp::wide
