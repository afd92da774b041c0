// SPDX-License-Identifier: MIT
// The program break: the end of the heap. The kernel answers brk with where the break now is,
// wanted or not; C wants 0 or -1.
#include <errno.h>
#include <unistd.h>

#include "../syscall/raw.h"

static unsigned long current_break;

int brk(void* end) {
  current_break = (unsigned long)sys_brk((unsigned long)end);
  if (current_break >= (unsigned long)end) return 0;
  errno = ENOMEM;
  return -1;
}

void* sbrk(intptr_t increment) {
  if (!current_break) current_break = (unsigned long)sys_brk(0);
  unsigned long old = current_break;
  if (increment && brk((void*)(old + (unsigned long)increment)) < 0) return (void*)-1;
  return (void*)old;
}
