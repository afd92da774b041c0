// SPDX-License-Identifier: MIT
// Watch: where the pages of a process are, as the kernel tells everybody: /proc/PID/maps has the areas,
// /proc/PID/pagemap eight bytes for each page of them: a frame, a slot of the swap area, or nothing yet. Look for the
// same frame in two processes (a program's text, what fork left shared), and for the same address with two frames.
// pages [PID]: of itself unless said otherwise.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { page_size = 4096 };

/// An entry of pagemap: bit 63 present, 62 swapped; a frame's number in bits 54..0, a slot's in 54..5.
static void show(uint64_t address, uint64_t entry) {
  uint64_t number = entry & 0x7fffffffffffff;
  if (entry >> 63)
    printf("%012lx frame %#lx%s\n", address, number, entry >> 56 & 1 ? "" : " (shared)");
  else if (entry >> 62 & 1)
    printf("%012lx slot %lu\n", address, number >> 5);
}

int main(int argc, char** argv) {
  char path[64], line[512];
  const char* who = argc > 1 ? argv[1] : "self";
  snprintf(path, sizeof path, "/proc/%s/pagemap", who);
  int pagemap = argc > 2 ? -1 : open(path, O_RDONLY);
  snprintf(path, sizeof path, "/proc/%s/maps", who);
  FILE* maps = pagemap < 0 ? NULL : fopen(path, "r");
  if (!maps) {
    fprintf(stderr, argc > 2 ? "usage: pages [PID]\n" : "pages: %s: %s\n", path, strerror(errno));
    return argc > 2 ? 2 : 1;
  }
  while (fgets(line, sizeof line, maps)) {
    char* rest;
    uint64_t start = strtoul(line, &rest, 16), end = strtoul(rest + 1, NULL, 16), entry;
    if (start >> 63) continue;  // a page of the kernel's that Linux lists
    fputs(line, stdout);
    for (uint64_t at = start; at < end; at += page_size)
      if (pread(pagemap, &entry, sizeof entry, (off_t)(at / page_size * sizeof entry)) == sizeof entry) show(at, entry);
  }
  return 0;
}
