// SPDX-License-Identifier: MIT
// One lane of an SSE floating-point instruction, on bits. F is Single or Double.
#pragma once
#include "core/cpu/fp/arith.h"
#include "core/cpu/fp/convert.h"

namespace lucid::cpu::fp {

/// MXCSR (SDM vol. 1, 10.2.3): flags 0..5, DAZ 6, masks 7..12, RC 13..14, FTZ 15.
Env sse_env(u32 mxcsr);

/// Order of 8-bit opcodes 51, 58..59, 5C..5F.
enum class SseOp : u8 { add, subtract, multiply, divide, minimum, maximum, square_root };

/// a op b; the square root is of b.
template <class F>
typename F::Bits sse_operate(SseOp op, typename F::Bits a, typename F::Bits b, Env& env);

/// CMPcc: predicate 0..7 = eq lt le unord neq nlt nle ord.
template <class F>
bool sse_compare(unsigned predicate, typename F::Bits a, typename F::Bits b, Env& env);

/// COMISx (all NaNs invalid), UCOMISx (only signalling).
template <class F>
Order sse_order(typename F::Bits a, typename F::Bits b, Nans invalid_nans, Env& env);

/// ROUNDxx with its immediate: bits 0..1 rounding, 2 use MXCSR's instead, 3 no precision exception.
template <class F>
typename F::Bits sse_round(typename F::Bits a, unsigned control, Env& env);

/// CVT(T)xx2SI and packed relatives.
enum class Conversion : u8 { rounded, truncated };
template <class F>
i64 sse_to_integer(typename F::Bits a, int bits, Conversion how, Env& env);

template <class F>
typename F::Bits sse_from_integer(i64 value, Env& env);

u64 single_to_double(u32 a, Env& env);
u32 double_to_single(u64 a, Env& env);

}  // namespace lucid::cpu::fp
