// SPDX-License-Identifier: MIT
// Where two outputs differ, leaving out what the SDM calls undefined.
#pragma once
#include <string>

#include "tests/cosim/case.h"
#include "tests/cosim/forms.h"

namespace lucid::cosim {

/// "" when equal; else a short name of the first difference ("flags OF", "rax", "memory", …).
std::string compare(const Form& form, const Input& input, const Output& host, const Output& guest);

}  // namespace lucid::cosim
