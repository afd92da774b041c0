// SPDX-License-Identifier: MIT
// The shared object and the page of time data that every process has in its memory ([vdso], [vvar]).
#pragma once
#include "core/kernel/mm/address_space.h"

namespace lucid::kernel {

void setup_vdso();
/// Puts both into a new address space; the address of the ELF header, for AT_SYSINFO_EHDR.
Result<u64> map_vdso(AddressSpace& space);
/// The clock was set.
void publish_time();

}  // namespace lucid::kernel
