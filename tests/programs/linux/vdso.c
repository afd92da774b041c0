// SPDX-License-Identifier: MIT
// The vDSO: found through the auxiliary vector, its functions called by hand, their readings between those of
// the system calls.
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char* base;
static const Elf64_Sym* symbols;
static const char* strings;
static const Elf64_Word* hash;
static const Elf64_Half* versions;

static int open_vdso(void) {
  base = (const char*)getauxval(AT_SYSINFO_EHDR);
  if (!base || memcmp(base, "\177ELF", 4)) return 0;
  const Elf64_Ehdr* header = (const void*)base;
  const Elf64_Phdr* segments = (const void*)(base + header->e_phoff);
  const Elf64_Dyn* dynamic = NULL;
  long slide = 0;
  for (int i = 0; i < header->e_phnum; i++) {
    if (segments[i].p_type == PT_LOAD) slide = (long)base + (long)segments[i].p_offset - (long)segments[i].p_vaddr;
    if (segments[i].p_type == PT_DYNAMIC) dynamic = (const void*)(base + segments[i].p_offset);
  }
  for (; dynamic && dynamic->d_tag; dynamic++) {
    const void* at = (const void*)(dynamic->d_un.d_ptr + slide);
    if (dynamic->d_tag == DT_SYMTAB) symbols = at;
    if (dynamic->d_tag == DT_STRTAB) strings = at;
    if (dynamic->d_tag == DT_HASH) hash = at;
    if (dynamic->d_tag == DT_VERSYM) versions = at;
  }
  return symbols && strings && hash && versions;
}

static void* find(const char* name) {
  for (Elf64_Word i = 0; i < hash[1]; i++)
    if (!strcmp(strings + symbols[i].st_name, name) && symbols[i].st_shndx) return (void*)(base + symbols[i].st_value);
  return NULL;
}

static long long ns(struct timespec t) { return t.tv_sec * 1000000000ll + t.tv_nsec; }

int main(void) {
  printf("found: %d\n", open_vdso());
  int (*get_clock)(int, struct timespec*) = find("__vdso_clock_gettime");
  int (*get_day)(struct timeval*, void*) = find("__vdso_gettimeofday");
  time_t (*get_time)(time_t*) = find("__vdso_time");
  long (*get_cpu)(unsigned*, unsigned*, void*) = find("__vdso_getcpu");
  printf("functions: %d %d %d %d\n", !!get_clock, !!get_day, !!get_time, !!get_cpu);
  int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME, CLOCK_PROCESS_CPUTIME_ID};
  for (int c = 0; c < 5; c++) {
    int between = 1, forward = 1;
    long long last = 0;
    for (int i = 0; i < 1000; i++) {
      struct timespec before, now, after;
      syscall(SYS_clock_gettime, clocks[c], &before);
      int failed = get_clock(clocks[c], &now);
      syscall(SYS_clock_gettime, clocks[c], &after);
      between &= !failed && ns(before) <= ns(now) && ns(now) <= ns(after);
      forward &= ns(now) >= last;
      last = ns(now);
    }
    printf("clock %d: between system calls %d, never back %d\n", clocks[c], between, forward);
  }
  struct timespec t;
  printf("no such clock: %d\n", get_clock(99, &t));
  struct timeval day;
  long zone[1] = {-1};
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &t);
  printf("gettimeofday: %d", get_day(&day, zone));
  printf(" %d\n", day.tv_sec - t.tv_sec <= 1 && day.tv_usec < 1000000);
  time_t stored, returned = get_time(&stored);
  printf("time: %d\n", stored == returned && returned - t.tv_sec <= 1);
  unsigned cpu = 99, node = 99;
  printf("getcpu: %ld", get_cpu(&cpu, &node, NULL));
  printf(" %d\n", cpu < 99 && node < 99);
  char line[256], vdso[64] = "", vvar[64] = "";
  FILE* maps = fopen("/proc/self/maps", "r");
  while (fgets(line, sizeof line, maps)) {
    if (strstr(line, "[vdso]"))
      sscanf(line, "%*s %63s", vdso), printf("at its place: %d\n", strtoul(line, NULL, 16) == (unsigned long)base);
    if (strstr(line, "[vvar]")) sscanf(line, "%*s %63s", vvar);
  }
  printf("[vdso] %s [vvar] %s\n", vdso, vvar);
  return 0;
}
