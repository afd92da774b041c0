// SPDX-License-Identifier: MIT
// x87 handlers.
//
// MicroOp: dst, src  stack positions       width  bytes of the memory operand, 0 = registers only
//          extra     X87Memory             imm    bits 0..10 the opcode as FOP has it; 16..17 how often to pop;
//                                                 24.. a parameter of the handler
#pragma once
#include "core/cpu/core.h"

namespace lucid::cpu::exec {

enum class X87Memory : u8 { single, real_double, extended, integer16, integer32, integer64, decimal };

namespace x87_field {
constexpr unsigned pops = 16, parameter = 24;
}
inline unsigned x87_pops(const MicroOp& op) { return op.imm >> x87_field::pops & 3; }
inline unsigned x87_parameter(const MicroOp& op) { return static_cast<unsigned>(op.imm >> x87_field::parameter); }

// dst = dst op src, or op memory (x87_arith.cpp)
Flow x87_add(Core& c, const MicroOp& op);
Flow x87_multiply(Core& c, const MicroOp& op);
Flow x87_subtract(Core& c, const MicroOp& op);
Flow x87_subtract_reversed(Core& c, const MicroOp& op);
Flow x87_divide(Core& c, const MicroOp& op);
Flow x87_divide_reversed(Core& c, const MicroOp& op);
// ST(0) against src or memory; to the condition codes, or to RFLAGS.
Flow x87_compare(Core& c, const MicroOp& op);
Flow x87_compare_unordered(Core& c, const MicroOp& op);
Flow x87_compare_flags(Core& c, const MicroOp& op);
Flow x87_compare_flags_unordered(Core& c, const MicroOp& op);
Flow ftst(Core& c, const MicroOp& op);
Flow fxam(Core& c, const MicroOp& op);

// ST(0) and ST(1) (x87_functions.cpp)
Flow fsqrt(Core& c, const MicroOp& op);
Flow frndint(Core& c, const MicroOp& op);
Flow fscale(Core& c, const MicroOp& op);
Flow fprem(Core& c, const MicroOp& op);
Flow fprem1(Core& c, const MicroOp& op);
Flow fxtract(Core& c, const MicroOp& op);
Flow f2xm1(Core& c, const MicroOp& op);
Flow fyl2x(Core& c, const MicroOp& op);
Flow fyl2xp1(Core& c, const MicroOp& op);
Flow fpatan(Core& c, const MicroOp& op);
Flow fsin(Core& c, const MicroOp& op);
Flow fcos(Core& c, const MicroOp& op);
Flow fsincos(Core& c, const MicroOp& op);
Flow fptan(Core& c, const MicroOp& op);

// Moves (x87_move.cpp)
Flow fchs(Core& c, const MicroOp& op);
Flow fabs_(Core& c, const MicroOp& op);
Flow fld_memory(Core& c, const MicroOp& op);
Flow fld_register(Core& c, const MicroOp& op);
Flow fld_constant(Core& c, const MicroOp& op);  // parameter = fp::Constant
Flow fst_memory(Core& c, const MicroOp& op);
Flow fst_register(Core& c, const MicroOp& op);
Flow fisttp(Core& c, const MicroOp& op);
Flow fxch(Core& c, const MicroOp& op);
Flow fcmov(Core& c, const MicroOp& op);  // parameter = condition code as in Jcc
Flow ffree(Core& c, const MicroOp& op);
Flow fincstp(Core& c, const MicroOp& op);
Flow fdecstp(Core& c, const MicroOp& op);
Flow fnop(Core& c, const MicroOp& op);
Flow fnop_control(Core& c, const MicroOp& op);  // what once controlled an 8087 or 287
Flow fstpnce(Core& c, const MicroOp& op);       // FSTP that minds no empty register

// Control (x87_control.cpp)
Flow fninit(Core& c, const MicroOp& op);
Flow fnclex(Core& c, const MicroOp& op);
Flow fnstcw(Core& c, const MicroOp& op);
Flow fldcw(Core& c, const MicroOp& op);
Flow fnstsw(Core& c, const MicroOp& op);
Flow fnstsw_ax(Core& c, const MicroOp& op);
Flow fwait(Core& c, const MicroOp& op);
// parameter = 16 or 32: operand size
Flow fnstenv(Core& c, const MicroOp& op);
Flow fldenv(Core& c, const MicroOp& op);
Flow fnsave(Core& c, const MicroOp& op);
Flow frstor(Core& c, const MicroOp& op);

}  // namespace lucid::cpu::exec
