// SPDX-License-Identifier: MIT
// Turns a form into a concrete instruction and a starting state in which it does something.
#pragma once
#include "tests/cosim/case.h"
#include "tests/cosim/forms.h"
#include "tests/cosim/random.h"

namespace lucid::cosim {

/// Fills `input` from forms[index]; false when this draw does not decode to the form (draw again).
bool generate(const std::vector<Form>& forms, u32 index, Random& random, Input& input);

/// The bytes of the data window every case starts from: integers, floats, zeros and text mixed.
void fill_window(Random& random, u8 (&window)[window_bytes]);

/// "add eax, [rbx+4]" and the like, for reports.
std::string disassemble(const Input& input);

}  // namespace lucid::cosim
