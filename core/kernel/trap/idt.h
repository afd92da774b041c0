// SPDX-License-Identifier: MIT
// The interrupt descriptor table: 256 gates to the stubs of entry.S; and the SYSCALL registers.
#pragma once

namespace lucid::kernel {

void setup_interrupt_table();
void setup_syscall_entry();

}  // namespace lucid::kernel
