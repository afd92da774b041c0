// SPDX-License-Identifier: MIT
// Watch: memory that is promised and memory that is there. mmap(2), malloc(3) and the stack hand out addresses; a page
// gets a frame when it is touched first, in the page-fault handler: a read of nothing is given the one page of zeros, a
// write a frame of its own, a file's page its bytes from the page cache, and those come from the disk if the root is
// there (run --root-on-disk).
// demand [-q] [FILE]: FILE is the one that is mapped, /bin/sh unless said otherwise. Rows show pages: # there, . not
// yet. -q: only what every system agrees on.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { page_size = 4096, zero_pages = 16, most_shown = 64, heap_bytes = 100000, stack_pages = 48 };

static int quiet;
static long minor, major;  // page faults so far

static void begin(void) {
  struct rusage usage = {0};
  getrusage(RUSAGE_SELF, &usage);
  minor = usage.ru_minflt, major = usage.ru_majflt;
}

/// How many page faults there were since begin(); major: those that had to wait for a disk.
static void tell_faults(const char* what) {
  long minor_before = minor, major_before = major;
  begin();
  if (!quiet)
    printf("  %s: %ld page faults, %ld more that waited for the disk\n", what, minor - minor_before,
           major - major_before);
}

/// Is there a frame behind the address? The top bit of its entry in /proc/self/pagemap.
static int is_there(const char* address) {
  uint64_t entry = 0;
  int fd = open("/proc/self/pagemap", O_RDONLY);
  if (fd < 0) return 0;
  pread(fd, &entry, sizeof entry, (off_t)((uintptr_t)address / page_size * sizeof entry));
  close(fd);
  return entry >> 63;
}

static void show(const char* when, const char* memory, size_t pages) {
  if (quiet) return;
  char row[most_shown + 1] = "";
  for (size_t i = 0; i < pages && i < most_shown; i++) row[i] = is_there(memory + i * page_size) ? '#' : '.';
  printf("  %-14s %s\n", when, row);
}

static void touch_zeros(void) {
  printf("16 pages of nothing\n");
  char* memory = mmap(NULL, zero_pages * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  show("mapped", memory, zero_pages);
  begin();
  int sum = memory[2 * page_size] + memory[3 * page_size + 1];
  tell_faults("two pages read");
  memory[8 * page_size] = 1, memory[9 * page_size] = 2, memory[10 * page_size] = 3;
  tell_faults("three pages written");
  show("touched", memory, zero_pages);
  printf("  read: %d, written: %d\n", sum, memory[8 * page_size] + memory[9 * page_size] + memory[10 * page_size]);
  munmap(memory, zero_pages * page_size);
}

static int touch_file(const char* path) {
  struct stat about;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &about) < 0 || about.st_size == 0) {
    fprintf(stderr, "demand: %s: %s\n", path, fd < 0 ? strerror(errno) : "nothing in it");
    return 0;
  }
  size_t size = (size_t)about.st_size, pages = (size + page_size - 1) / page_size;
  printf("a file\n");
  char* memory = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (memory == MAP_FAILED) {
    fprintf(stderr, "demand: %s: %s\n", path, strerror(errno));
    return 0;
  }
  show("mapped", memory, pages);
  begin();
  volatile char last = memory[size - 1];
  tell_faults("the last page read");
  show("touched", memory, pages);
  char block[page_size];
  size_t same = 0;
  for (size_t at = 0; at < size;) {
    ssize_t got = read(fd, block, sizeof block);
    if (got <= 0) break;
    same += memcmp(memory + at, block, (size_t)got) == 0 && block[got - 1] == memory[at + (size_t)got - 1];
    at += (size_t)got;
  }
  tell_faults("all of it read");
  show("all", memory, pages);
  printf("  %s\n", same == pages && last == memory[size - 1] ? "the mapping has the bytes of read(2)" : "WRONG BYTES");
  munmap(memory, size);
  close(fd);
  return 1;
}

/// One call, one page of stack.
static int descend(int depth) {
  volatile char room[page_size];
  room[depth] = (char)depth;
  int sum = depth < stack_pages ? descend(depth + 1) : 0;
  sum += room[depth];
  room[depth] = 0;  // something left to do after the call: it must not become a loop
  return sum;
}

static void touch_stack(void) {
  printf("the stack, %d pages deeper\n", stack_pages);
  begin();
  int sum = descend(1);
  tell_faults("grown");
  printf("  sum of what was left there: %d\n", sum);
}

static void touch_heap(void) {
  printf("malloc\n");
  begin();
  char* memory = malloc(heap_bytes);
  if (!memory) return;
  tell_faults("given");
  char* page = (char*)(((uintptr_t)memory + page_size) & -(uintptr_t)page_size);
  show("given", page, heap_bytes / page_size - 1);
  page[5 * page_size] = 5, page[6 * page_size] = 6;
  tell_faults("two pages written");
  show("touched", page, heap_bytes / page_size - 1);
  printf("  written: %d\n", page[5 * page_size] + page[6 * page_size]);
  free(memory);
}

int main(int argc, char** argv) {
  quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
  if (argc > 2 + quiet) {
    fprintf(stderr, "usage: demand [-q] [FILE]\n");
    return 2;
  }
  touch_zeros();
  if (!touch_file(argc > 1 + quiet ? argv[1 + quiet] : "/bin/sh")) return 1;
  touch_stack();
  touch_heap();
  return 0;
}
