// SPDX-License-Identifier: MIT
// Exception vectors (SDM vol. 3, table 6-1).
#pragma once
#include "core/base/types.h"

namespace lucid::cpu {

enum class Vector : u8 {
  divide_error = 0,
  debug = 1,
  nmi = 2,
  breakpoint = 3,
  overflow = 4,
  bound_range = 5,
  invalid_opcode = 6,
  device_not_available = 7,
  double_fault = 8,
  invalid_tss = 10,
  segment_not_present = 11,
  stack_fault = 12,
  general_protection = 13,
  page_fault = 14,
  x87_error = 16,
  alignment_check = 17,
  machine_check = 18,
  simd_error = 19,
};

constexpr bool has_error_code(Vector vector) {
  switch (vector) {
    case Vector::double_fault:
    case Vector::invalid_tss:
    case Vector::segment_not_present:
    case Vector::stack_fault:
    case Vector::general_protection:
    case Vector::page_fault:
    case Vector::alignment_check:
      return true;
    default:
      return false;
  }
}

}  // namespace lucid::cpu
