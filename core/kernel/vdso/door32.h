// SPDX-License-Identifier: MIT
// The door through which 32-bit code enters the kernel by SYSENTER. That instruction saves nothing, so the kernel
// comes back to one fixed place: behind the SYSENTER of a piece of code that it puts into memory itself, as
// Linux's __kernel_vsyscall for 32-bit programs. Here it lies where Linux had it when it still had a fixed place, and
// it is mapped when a program first calls it.
//
//   call 0xffffe000 with EAX = number (syscall_i386.def), EBX ECX EDX ESI EDI EBP = arguments; result in EAX
#pragma once
#include "core/kernel/mm/address_space.h"

namespace lucid::kernel {

constexpr u64 door32_address = 0xffffe000;
/// Behind `push ecx; push edx; push ebp; mov ebp, esp; sysenter; int 0x80`.
constexpr u64 door32_landing = door32_address + 9;

/// True when the address lies in the door and the door was not there: now it is.
bool map_door32(AddressSpace& space, u64 address);

}  // namespace lucid::kernel
