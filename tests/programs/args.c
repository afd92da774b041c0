// SPDX-License-Identifier: MIT
// What a program is given: arguments, environment, names of itself.
#include <sys/auxv.h>

#include "check.h"
extern char** environ;

static int child(int argc, char** argv) {
  equal("argc", argc, 5);
  check("the strings", !strcmp(argv[1], "child") && !strcmp(argv[2], "") && !strcmp(argv[3], "two words"));
  check("bytes above 127", !strcmp(argv[4], "\xc3\xa9\xff"));
  check("argv ends in NULL", argv[5] == NULL);
  check("the environment follows argv", environ == argv + argc + 1);
  check("the environment, in order", !strcmp(environ[0], "A=1") && !strcmp(environ[1], "EMPTY=") && !environ[2]);
  check("getenv", getenv("A") && !strcmp(getenv("A"), "1") && getenv("EMPTY") && !*getenv("EMPTY") && !getenv("NO"));
  equal("AT_PAGESZ", (long)getauxval(AT_PAGESZ), 4096);
  equal("AT_PHENT", (long)getauxval(AT_PHENT), 56);
  check("AT_RANDOM", getauxval(AT_RANDOM) != 0);
  check("AT_EXECFN", strstr((char*)getauxval(AT_EXECFN), "args") != NULL);
  equal("AT_SECURE", (long)getauxval(AT_SECURE), 0);
  setenv("B", "2", 1), setenv("A", "3", 0), unsetenv("EMPTY");
  check("setenv, unsetenv", !strcmp(getenv("B"), "2") && !strcmp(getenv("A"), "1") && !getenv("EMPTY"));
  return finish();
}

int main(int argc, char** argv) {
  if (argc > 1 && !strcmp(argv[1], "child")) return child(argc, argv);
  if (argc > 1 && !strcmp(argv[1], "count")) return argc > 200 ? 200 : argc;
  if (argc > 1) return 1;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    execve(argv[0], (char*[]){"args", "child", "", "two words", "\xc3\xa9\xff", NULL},
           (char*[]){"A=1", "EMPTY=", NULL});
    _exit(99);
  }
  equal("child", status_of(pid), 0);
  static char* many[202];
  for (int i = 0; i < 201; i++) many[i] = i == 1 ? "count" : "x";
  pid = fork();
  if (pid == 0) execv(argv[0], many), _exit(99);
  equal("two hundred arguments", status_of(pid), 200 << 8);
  static char large[100001];
  memset(large, 'a', 100000);
  pid = fork();
  if (pid == 0) execv(argv[0], (char*[]){"x", "count", large, NULL}), _exit(99);
  equal("an argument of 100,000 bytes", status_of(pid), 3 << 8);
  return finish();
}
