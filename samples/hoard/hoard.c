// SPDX-License-Identifier: MIT
// Watch: a program with more memory than the machine has. Start the machine with 8 MiB and a swap area (--memory 8
// --swap 64): the kernel writes pages that were not used lately to the disk, their page-table entries hold the slot
// instead of a frame, and the next touch faults and brings the page back. No byte may be another one afterwards. hoard
// [-q] [MIB [TOUCHES]]: fills so much memory (32), touches pages at random (2000 times) and writes every other time,
// then looks at every word. -q: without the kernel's figures.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { page_size = 4096, words = page_size / sizeof(uint64_t), most_mib = 1024 };

static uint64_t* memory;
static uint8_t* version;  // of each page: how often it was written anew

/// What a page should hold: its first word tells page and version, each word differs from the one before.
static uint64_t first_word(size_t page) { return (page << 8 | version[page]) * 0x9e3779b97f4a7c15; }
static const uint64_t step = 0x2545f4914f6cdd1d;

static void fill(size_t page) {
  uint64_t *at = memory + page * words, value = first_word(page);
  for (int i = 0; i < words; i++, value += step) at[i] = value;
}

static int is_wrong(size_t page) {
  uint64_t *at = memory + page * words, value = first_word(page);
  for (int i = 0; i < words; i++, value += step)
    if (at[i] != value) return 1;
  return 0;
}

/// Pages that lie far apart, the same ones in every run (xorshift).
static size_t random_page(size_t pages) {
  static uint64_t state = 88172645463325252;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (state >> 8) % pages;
}

static long kernel_figure(const char* name) {
  static char text[8192];
  int fd = open("/proc/vmstat", O_RDONLY);
  if (fd < 0) return 0;
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  text[got > 0 ? got : 0] = 0;
  char* line = strstr(text, name);
  return line ? atol(line + strlen(name)) : 0;
}

static long number(const char* text, long most) {
  char* end;
  errno = 0;
  long value = strtol(text, &end, 10);
  return errno || end == text || *end || value < 1 || value > most ? -1 : value;
}

int main(int argc, char** argv) {
  int quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
  char** arguments = argv + 1 + quiet;
  int count = argc - 1 - quiet;
  long mib = count > 0 ? number(arguments[0], most_mib) : 32;
  long touches = count > 1 ? number(arguments[1], 1000000000) : 2000;
  if (count > 2 || mib < 0 || touches < 0) {
    fprintf(stderr, "usage: hoard [-q] [MIB [TOUCHES]]   (1 to %d MiB)\n", most_mib);
    return 2;
  }
  size_t pages = (size_t)mib << 8, wrong = 0;
  memory = mmap(NULL, pages * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  version = calloc(pages, 1);
  if (memory == MAP_FAILED || !version) {
    fprintf(stderr, "hoard: %ld MiB: %s\n", mib, strerror(errno));
    return 1;
  }
  long written = kernel_figure("pswpout "), fetched = kernel_figure("pswpin ");

  printf("filling %ld MiB, %lu pages\n", mib, pages);
  fflush(stdout);
  for (size_t page = 0; page < pages; page++) fill(page);

  printf("touching %ld pages at random\n", touches);
  fflush(stdout);
  for (long n = 0; n < touches; n++) {
    size_t page = random_page(pages);
    wrong += (size_t)is_wrong(page);
    if (n & 1) {
      version[page]++;
      fill(page);
    }
  }

  printf("looking at every word\n");
  fflush(stdout);
  for (size_t page = 0; page < pages; page++) wrong += (size_t)is_wrong(page);

  written = kernel_figure("pswpout ") - written, fetched = kernel_figure("pswpin ") - fetched;
  if (!quiet) printf("to the swap area: %ld pages, back from it: %ld\n", written, fetched);
  printf("%lu pages wrong\n", wrong);
  return wrong != 0;
}
