// SPDX-License-Identifier: MIT
// C++ symbol names as a person reads them: the qualified name, without template arguments and
// parameters ("lucid::kernel::sys_fork"). Names that are not mangled, or in a way not known here,
// come back as they are. Source: Itanium C++ ABI, 5.1.
#pragma once
#include <string>
#include <string_view>

namespace lucid::inspect {

std::string demangle(std::string_view name);

}  // namespace lucid::inspect
