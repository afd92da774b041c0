// SPDX-License-Identifier: MIT
// The 8-bit instructions that only code has (no C++ expression compiles to them everywhere), with every
// operand: decimal adjustment in 32-bit code, multiplication in 64-bit code; and SSE4.2's string
// comparisons with every control byte.
#pragma once
#include <functional>

#include "tests/cosim/case.h"
#include "tests/cosim/forms.h"

namespace lucid::cosim {

struct Sweep {
  Form form;
  u32 cases = 0;
  std::function<void(u32 index, Input& input)> prepare;  // of an input whose registers are zero
};

std::vector<Sweep> sweeps();
/// Case `index` of sweep `number`.
void prepare(const Sweep& sweep, u32 number, u32 index, Input& input);

}  // namespace lucid::cosim
