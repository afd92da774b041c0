// SPDX-License-Identifier: MIT
// An interpreter of a stack machine's bytecode that counts Collatz steps: jump tables, and data
// that decides where the program goes.
#include "bare.h"

enum Op { op_push, op_load, op_store, op_add, op_mul3, op_half, op_odd, op_dec, op_gt1, op_jump_zero, op_jump, op_end };

// for (n = limit; n > 1; n--) for (x = n; x > 1; steps++) x = x odd ? 3 * x + 1 : x / 2;
// variables: 0 = limit, 1 = n, 2 = x, 3 = steps
static const uint8_t program[] = {
    op_load, 0,        op_store, 1,  //  0
    op_load, 1,        op_gt1,   op_jump_zero,
    55,                              //  4  n > 1?
    op_load, 1,        op_store, 2,  //  9
    op_load, 2,        op_gt1,   op_jump_zero,
    48,  // 13  x > 1?
    op_load, 2,        op_odd,   op_jump_zero,
    33,  // 18
    op_load, 2,        op_mul3,  op_push,
    1,       op_add,   op_store, 2,  // 23
    op_jump, 38,                     // 31
    op_load, 2,        op_half,  op_store,
    2,  // 33
    op_load, 3,        op_push,  1,
    op_add,  op_store, 3,  // 38
    op_jump, 13,       0,  // 45
    op_load, 1,        op_dec,   op_store,
    1,                          // 48
    op_jump, 4,                 // 53
    op_load, 3,        op_end,  // 55
};

static uint64_t run(uint64_t limit) {
  uint64_t stack[16], variable[4] = {limit, 0, 0, 0};
  unsigned top = 0, at = 0;
  for (;;) {
    switch ((enum Op)program[at++]) {
      case op_push:
        stack[top++] = program[at++];
        break;
      case op_load:
        stack[top++] = variable[program[at++]];
        break;
      case op_store:
        variable[program[at++]] = stack[--top];
        break;
      case op_add:
        top--;
        stack[top - 1] += stack[top];
        break;
      case op_mul3:
        stack[top - 1] *= 3;
        break;
      case op_half:
        stack[top - 1] /= 2;
        break;
      case op_odd:
        stack[top - 1] &= 1;
        break;
      case op_dec:
        stack[top - 1]--;
        break;
      case op_gt1:
        stack[top - 1] = stack[top - 1] > 1;
        break;
      case op_jump_zero:
        at = stack[--top] ? at + 1 : program[at];
        break;
      case op_jump:
        at = program[at];
        break;
      case op_end:
        return stack[top - 1];
    }
  }
}

uint64_t bench(uint64_t repeats) {
  uint64_t sum = 0;
  for (; repeats; repeats--) sum = mix(sum, run(300 + repeats % 16));
  return sum;
}
