// SPDX-License-Identifier: MIT
// The system calls whose C function differs from the kernel's: the kernel's answers, -errno and all.
#pragma once
#include <sys/types.h>

long sys_brk(unsigned long end);
long sys_getcwd(char* to, size_t size);
_Noreturn void sys_exit_group(int status);
long sys_rt_sigaction(int number, const void* action, void* old, size_t set_size);
long sys_rt_sigprocmask(int how, const void* set, void* old, size_t set_size);
long sys_rt_sigpending(void* set, size_t set_size);
long sys_rt_sigsuspend(const void* set, size_t set_size);
long sys_ioctl(int fd, unsigned long request, void* argument);
long sys_pread64(int fd, void* to, size_t count, off_t offset);
long sys_pwrite64(int fd, const void* from, size_t count, off_t offset);

/// The kernel's answer as C's: -1 and errno on failure.
long libc_result(long answer);
