// SPDX-License-Identifier: MIT
#pragma once
#include "core/kernel/fs/proc_text.h"

namespace lucid::kernel {

/// /proc/cpuinfo: what CPUID tells, in Linux's words.
void cpuinfo_text(Text& out);

}  // namespace lucid::kernel
