// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#define PROT_NONE 0
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_SHARED 0x01
#define MAP_PRIVATE 0x02
#define MAP_FIXED 0x10
#define MAP_ANONYMOUS 0x20
#define MAP_ANON MAP_ANONYMOUS
#define MAP_FAILED ((void*)-1)
#define MREMAP_MAYMOVE 1
#define MS_SYNC 4
#define MADV_DONTNEED 4

void* mmap(void* address, size_t length, int protection, int flags, int fd, off_t offset);
int munmap(void* address, size_t length);
int mprotect(void* address, size_t length, int protection);
void* mremap(void* old, size_t old_length, size_t new_length, int flags, ...);
int msync(void* address, size_t length, int flags);
int madvise(void* address, size_t length, int advice);
int mincore(void* address, size_t length, unsigned char* resident);
