// SPDX-License-Identifier: MIT
// What a floating-point operation needs to know besides its operands, and what it reports.
#pragma once
#include "core/base/types.h"

namespace lucid::cpu::fp {

enum class Rounding : u8 { nearest, down, up, zero };  // as in MXCSR.RC and the x87 control word

enum Exception : u8 {  // bit positions of MXCSR, and of the x87 status and control words
  invalid = 1,
  denormal = 2,
  zero_divide = 4,
  overflow = 8,
  underflow = 16,
  precision = 32,
};

/// Found before computing; an unmasked one ends the operation.
constexpr u8 before_computation = invalid | denormal | zero_divide;

/// Which of two NaN operands is the result.
enum class NanRule : u8 {
  first,           // SSE: the first operand's
  larger_payload,  // x87: a quiet one before a signalling one, then the larger significand
};

struct Env {
  Rounding rounding = Rounding::nearest;
  u8 masked = 0x3f;
  NanRule nan_rule = NanRule::first;
  bool denormals_are_zero = false;
  bool flush_to_zero = false;
  u8 significand_bits = 64;  // x87 precision control: 24, 53 or 64; used for 80-bit results only

  u8 raised = 0;            // exceptions of this operation
  bool rounded_up = false;  // rounding increased the magnitude: x87's C1

  void raise(unsigned exceptions) { raised |= static_cast<u8>(exceptions); }
  bool is_unmasked(Exception e) const { return !(masked & e); }
  /// The operation must not deliver a result.
  bool stopped() const { return raised & ~masked & before_computation; }
};

}  // namespace lucid::cpu::fp
