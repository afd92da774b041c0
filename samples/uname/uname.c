// SPDX-License-Identifier: MIT
// uname [-asnrvm]: what the kernel calls itself.
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int argc, char** argv) {
  struct utsname names;
  if (uname(&names) < 0) {
    perror("uname");
    return 1;
  }
  const char* fields[] = {names.sysname, names.nodename, names.release, names.version, names.machine};
  const char letters[] = "snrvm";
  unsigned wanted = 0;
  for (int option; (option = getopt(argc, argv, "asnrvm")) != -1;) {
    if (option == '?') return 1;
    wanted |= option == 'a' ? 31u : 1u << (strchr(letters, option) - letters);
  }
  if (!wanted) wanted = 1;
  const char* separator = "";
  for (int i = 0; i < 5; i++)
    if (wanted >> i & 1) printf("%s%s", separator, fields[i]), separator = " ";
  putchar('\n');
  return 0;
}
