// SPDX-License-Identifier: MIT
// Watch: after fork(2) parent and child show different text at the same virtual address. Until one
// writes, both map the same frames, read-only; the first write to a page faults, and the kernel
// copies that one frame. The last owner of a frame gets it back writable without a copy.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { page_size = 4096, page_count = 8, pages_written = 3 };

static char pages[page_count][page_size] __attribute__((aligned(4096)));

static long faults(void) {
  struct rusage usage = {0};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

static void show(const char* who) {
  printf("%-7s", who);
  for (int i = 0; i < page_count; i++) printf(" %c", pages[i][0]);
  printf("   page 0 at %p\n", (void*)pages[0]);
  fflush(stdout);
}

/// Writes to the first pages and says how many page faults that took.
static void write_pages(const char* who, char letter) {
  printf("%-7s writes '%c' to %d of %d pages\n", who, letter, pages_written, page_count);
  fflush(stdout);
  long before = faults();
  for (int i = 0; i < pages_written; i++) pages[i][0] = letter;
  long taken = faults() - before;
  if (taken) printf("%-7s took %ld page faults, one for each page\n", who, taken);
  show(who);
}

static void await(int fd) {
  char byte;
  while (read(fd, &byte, 1) < 0) {
  }
}

int main(void) {
  int to_parent[2], to_child[2];
  if (pipe(to_parent) < 0 || pipe(to_child) < 0) {
    perror("cowdemo: pipe");
    return 1;
  }
  for (int i = 0; i < page_count; i++) memset(pages[i], 'P', page_size);
  show("parent");
  printf("parent forks: two processes, one set of frames\n");
  fflush(stdout);

  pid_t child = fork();
  if (child < 0) {
    perror("cowdemo: fork");
    return 1;
  }
  if (child == 0) {
    show("child");
    write_pages("child", 'C');
    write(to_parent[1], "x", 1);
    await(to_child[0]);
    printf("child  ends; what it shared now has one owner\n");
    fflush(stdout);
    _exit(0);
  }
  await(to_parent[0]);
  show("parent");
  write(to_child[1], "x", 1);
  waitpid(child, NULL, 0);
  write_pages("parent", 'Q');
  return 0;
}
