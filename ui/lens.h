// SPDX-License-Identifier: MIT
// The big tabs of the middle: what one looks through.
#pragma once
#include "core/base/types.h"

namespace lucid::ui {

enum class Lens : u8 { cpu, memory, processes, kernel, files, console };

struct LensName {
  Lens lens;
  const char* name;
};
constexpr LensName lens_names[] = {{Lens::cpu, "CPU"},       {Lens::memory, "Memory"}, {Lens::processes, "Processes"},
                                   {Lens::kernel, "Kernel"}, {Lens::files, "Files"},   {Lens::console, "Console"}};

}  // namespace lucid::ui
