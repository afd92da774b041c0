// SPDX-License-Identifier: MIT
// SYS_name for every system call, from the one list.
#pragma once

enum {
#define SYSCALL(number, name, ...) SYS_##name = number,
#include "core/abi/syscall.def"
#undef SYSCALL
};
