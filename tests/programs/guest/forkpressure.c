// SPDX-License-Identifier: MIT
// A tree of processes, each with a part of what all of them together have no room for. usage: forkpressure MIB DEPTH
// Parents and children share pages that went to the swap area before and after the fork, write some of them, and end in any
// order; everybody checks every page it should see.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t* memory;
static uint64_t pages;
enum { words = 1024 };

static uint32_t value(uint64_t page, uint32_t writer) { return (uint32_t)(page * 2654435761u) ^ writer * 40503u; }

/// The page's last writer, for each page; the same in each process by its own history.
static unsigned char* writer;

static int check(void) {
  for (uint64_t p = 0; p < pages; p++)
    if (memory[p * words + p % words] != value(p, writer[p])) return 0;
  return 1;
}

static int node(int depth, uint32_t me) {
  if (depth == 0) return !check();
  pid_t child[2];
  for (int i = 0; i < 2; i++) {
    child[i] = fork();
    if (child[i] < 0) return 9;
    if (child[i] == 0) {
      uint32_t id = me * 2 + (uint32_t)i + 1;
      for (uint64_t p = id % 7; p < pages; p += 7) {
        memory[p * words + p % words] = value(p, id);
        writer[p] = (unsigned char)id;
      }
      _exit(node(depth - 1, id));
    }
  }
  int bad = !check();
  for (int i = 0; i < 2; i++) {
    int status = -1;
    waitpid(child[i], &status, 0);
    if (status) bad |= status & 0x7f ? 64 + (status & 0x7f) : status >> 8;
  }
  return bad | !check();
}

int main(int argc, char** argv) {
  uint64_t mib = argc > 1 ? strtoull(argv[1], 0, 10) : 4;
  int depth = argc > 2 ? atoi(argv[2]) : 3;
  pages = mib << 8;
  memory = mmap(NULL, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  writer = mmap(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || writer == MAP_FAILED) return 2;
  for (uint64_t p = 0; p < pages; p++) memory[p * words + p % words] = value(p, 0);
  int bad = node(depth, 0);
  printf("%d processes over %llu MiB: %s (%d)\n", (2 << depth) - 1, (unsigned long long)mib, bad ? "WRONG" : "all pages right", bad);
  return bad != 0;
}
