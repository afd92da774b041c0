// SPDX-License-Identifier: MIT
// SMEP and SMAP (SDM vol. 3, 4.6): the kernel itself can neither execute nor touch a program's pages, but for the
// copying routines in trap/entry.S, which allow it for as long as they run (EFLAGS.AC). On where the processor has
// them, unless the command line says nosmep or nosmap.
#pragma once

namespace lucid::kernel {

/// While the text can still be written: the places in it that depend on SMAP are patched.
void setup_protection();

}  // namespace lucid::kernel
