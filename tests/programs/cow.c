// SPDX-License-Identifier: MIT
// Copy-on-write: nobody sees anybody else's writes, whoever writes first.
#include "check.h"

enum { pages = 64, page = 4096 };
static char memory[pages][page] __attribute__((aligned(4096)));

static int all(char value) {
  for (int i = 0; i < pages; i++)
    for (int j = 0; j < page; j += 512)
      if (memory[i][j] != value) return 0;
  return 1;
}

int main(void) {
  memset(memory, 'a', sizeof memory);
  pid_t child = fork();
  if (child == 0) {
    int before = all('a');
    memset(memory, 'b', sizeof memory);
    _exit(before && all('b') ? 1 : 2);
  }
  equal("the child writes", status_of(child), 1 << 8);
  check("the parent does not see it", all('a'));

  int to_child[2];
  pipe(to_child);
  child = fork();
  if (child == 0) {
    char byte;
    read(to_child[0], &byte, 1);
    _exit(all('a') ? 1 : 2);
  }
  memset(memory, 'c', sizeof memory);
  write(to_child[1], "x", 1);
  equal("the parent writes, the child does not see it", status_of(child), 1 << 8);
  check("the parent does", all('c'));

  child = fork();
  if (child == 0) {
    write(to_child[1], "kernel writes", 13);
    read(to_child[0], memory[5], 13);
    _exit(memcmp(memory[5], "kernel writes", 13) ? 2 : 1);
  }
  equal("read(2) into a shared page", status_of(child), 1 << 8);
  check("copies it first", all('c'));

  for (int generation = 0; generation < 6; generation++) {
    child = fork();
    if (child) {
      int status = status_of(child);
      if (generation) _exit(status == 1 << 8 && memory[generation - 1][0] == '0' + generation - 1 ? 1 : 2);
      equal("six generations", status, 1 << 8);
      break;
    }
    for (int i = 0; i < generation; i++)
      if (memory[i][0] != '0' + i) _exit(3);
    memory[generation][0] = (char)('0' + generation);
    if (generation == 5) _exit(1);
  }
  check("the first is as it was", all('c'));
  char* shared = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared != MAP_FAILED) {
    child = fork();
    if (child == 0) _exit(*shared = 7);
    status_of(child);
  }
  equal("a shared mapping is not copied", shared == MAP_FAILED ? -1 : *shared, 7);
  return finish();
}
