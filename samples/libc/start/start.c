// SPDX-License-Identifier: MIT
// From the kernel's stack to main() and from main()'s result to exit().
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

char** environ;
const struct AuxEntry* libc_auxv;

int main(int argc, char** argv, char** envp);

#ifndef __PIC__  // the loader runs those of shared libraries and of programs that need some
/// Constructors, listed by the linker.
extern void (*__init_array_start[])(int, char**, char**) __attribute__((weak, visibility("hidden")));
extern void (*__init_array_end[])(int, char**, char**) __attribute__((weak, visibility("hidden")));
#endif

_Noreturn void libc_start(long* stack) {
  int argc = (int)stack[0];
  char** argv = (char**)(stack + 1);
  environ = argv + argc + 1;
  char** after_environment = environ;
  while (*after_environment) after_environment++;
  libc_auxv = (const struct AuxEntry*)(after_environment + 1);
#ifndef __PIC__
  for (void (**constructor)(int, char**, char**) = __init_array_start; constructor < __init_array_end; constructor++)
    (*constructor)(argc, argv, environ);
#endif
  exit(main(argc, argv, environ));
}

unsigned long getauxval(unsigned long type) {
  for (const struct AuxEntry* entry = libc_auxv; entry->type != AT_NULL; entry++)
    if (entry->type == type) return entry->value;
  return 0;
}
