// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int gethostname(char* to, size_t size) {
  struct utsname names;
  if (uname(&names) < 0) return -1;
  if (strlen(names.nodename) >= size) {
    errno = ENAMETOOLONG;
    return -1;
  }
  strcpy(to, names.nodename);
  return 0;
}

int getpagesize(void) { return 4096; }

long sysconf(int name) {
  switch (name) {
    case _SC_PAGESIZE: return 4096;
    case _SC_CLK_TCK: return 100;
    default: errno = EINVAL; return -1;
  }
}
