// SPDX-License-Identifier: MIT
// The x87's transcendental functions, computed to more than 120 bits and then rounded once by pack().
// Known inaccuracy: Intel guarantees less than one unit in the last place; where a real processor's result is not
// the correctly rounded one, ours differs from it in the last bit.
#pragma once
#include "core/cpu/fp/unpacked.h"

namespace lucid::cpu::fp {

Unpacked exp2_minus_1(const Unpacked& a, Env& env);                        // F2XM1
Unpacked y_log2_x(const Unpacked& x, const Unpacked& y, Env& env);         // FYL2X
Unpacked y_log2_x_plus_1(const Unpacked& x, const Unpacked& y, Env& env);  // FYL2XP1
Unpacked arctangent(const Unpacked& y, const Unpacked& x, Env& env);       // FPATAN: the angle of (x, y)

/// FSIN and relatives leave arguments of 2^63 and more alone (C2 set).
bool out_of_range(const Unpacked& angle);
Unpacked sine(const Unpacked& a, Env& env);
Unpacked cosine(const Unpacked& a, Env& env);
Unpacked tangent(const Unpacked& a, Env& env);

}  // namespace lucid::cpu::fp
