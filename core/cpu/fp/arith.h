// SPDX-License-Identifier: MIT
// The basic operations on unpacked operands, exact up to a sticky bit; pack() the result.
#pragma once
#include "core/cpu/fp/unpacked.h"

namespace lucid::cpu::fp {

Unpacked add(const Unpacked& a, const Unpacked& b, Env& env);
Unpacked subtract(const Unpacked& a, const Unpacked& b, Env& env);
Unpacked multiply(const Unpacked& a, const Unpacked& b, Env& env);
Unpacked divide(const Unpacked& a, const Unpacked& b, Env& env);
Unpacked square_root(const Unpacked& a, Env& env);

enum class Order : u8 { less, equal, greater, unordered };

/// Which NaNs make a comparison invalid.
enum class Nans : u8 { only_signalling, all };
Order compare(const Unpacked& a, const Unpacked& b, Nans invalid_nans, Env& env);

/// The nearest integral value in the environment's rounding; -0 keeps its sign. Raises precision, not denormal.
Unpacked round_to_integral(const Unpacked& a, Env& env);

}  // namespace lucid::cpu::fp
