// SPDX-License-Identifier: MIT
// What uname(2) tells; /proc/sys/kernel shows and changes the same.
#pragma once
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

constexpr u64 uts_name_size = 65;
struct UtsName {
  char system[uts_name_size] = "Linux", node[uts_name_size] = "lucid86", release[uts_name_size] = "5.10.0-lucid86",
       version[uts_name_size] = "#1 lucid86", machine[uts_name_size] = "x86_64", domain[uts_name_size] = "(none)";
};
extern UtsName uts_name;

}  // namespace lucid::kernel
