// SPDX-License-Identifier: MIT
// Numbers that assembly and C++ share. Each is asserted against the C++ type where that is declared.
#pragma once

#define KERNEL_CODE 0x10 /* selectors; the order is what SYSCALL and SYSRET want (SDM vol. 3, 5.8.8) */
#define KERNEL_DATA 0x18
#define USER_CODE32 0x23
#define USER_DATA 0x2b
#define USER_CODE 0x33
#define TSS_SELECTOR 0x40

#define CPU_KERNEL_STACK 0 /* struct PerCpu, at GS */
#define CPU_USER_STACK 8

#define FRAME_RAX 80 /* struct TrapFrame */
#define FRAME_VECTOR 120
#define FRAME_RIP 136
#define FRAME_CS 144
#define FRAME_FLAGS 152
#define FRAME_SIZE 176
