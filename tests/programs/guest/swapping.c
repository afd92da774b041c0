// SPDX-License-Identifier: MIT
// What is in the swap area and what is not, as the program itself can tell: pagemap, mincore, /proc/self/status, fault counts.
// Needs a machine with swap; MADV_PAGEOUT sends pages there whether memory is short or not.
#include "../check.h"

#include <sys/mman.h>
#include <sys/resource.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

enum { page = 4096 };

static uint64_t pagemap(const void* address) {
  static int fd = -1;
  if (fd < 0) fd = open("/proc/self/pagemap", O_RDONLY);
  uint64_t value = 0;
  pread(fd, &value, sizeof value, (off_t)((uintptr_t)address / page * 8));
  return value;
}
static int present(const void* a) { return pagemap(a) >> 63; }
static int swapped(const void* a) { return pagemap(a) >> 62 & 1; }
static uint64_t frame_or_slot(const void* a) {
  uint64_t v = pagemap(a);
  return v >> 62 & 1 ? v >> 5 & 0x3ffffffffffff : v & 0x7fffffffffffff;
}
static int resident(void* a) {
  unsigned char v = 0;
  mincore(a, page, &v);
  return v & 1;
}
static long from_file(const char* path, const char* name) {
  static char text[8192];
  int fd = open(path, O_RDONLY);
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  text[got < 0 ? 0 : got] = 0;
  char* at = strstr(text, name);
  return at ? atol(at + strlen(name)) : -1;
}
static long major_faults(void) { return from_file("/proc/vmstat", "pgmajfault "); }
static long swap_used(void) { return from_file("/proc/meminfo", "SwapTotal:") - from_file("/proc/meminfo", "SwapFree:"); }

static char* fresh(int pages, int flags) {
  return mmap(NULL, (size_t)pages * page, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
}

int main(void) {
  swap_used(), major_faults();
  long start = swap_used();
  char* m = fresh(8, MAP_PRIVATE);
  memset(m, 'a', 8 * page);
  check("written pages are present", present(m) && resident(m));
  equal("MADV_PAGEOUT", madvise(m, 8 * page, MADV_PAGEOUT), 0);
  int out = 0;
  for (int i = 0; i < 8; i++) out += swapped(m + i * page) && !present(m + i * page) && !resident(m + i * page);
  equal("all are swapped out", out, 8);
  equal("VmSwap counts them", from_file("/proc/self/status", "VmSwap:"), 32);
  equal("SwapFree too", swap_used() - start, 32);
  check("each has a slot of its own", frame_or_slot(m) != frame_or_slot(m + page));
  long before = major_faults();
  equal("a touch brings the bytes back", m[3 * page + 5], 'a');
  equal("by one major fault", major_faults() - before, 1);
  check("present again, the others not", present(m + 3 * page) && swapped(m));
  m[4 * page] = 'b';
  check("a write brings back and gives the slot up", present(m + 4 * page) && m[4 * page + 1] == 'a');
  equal("SwapFree says so", swap_used() - start, 28);
  m[3 * page] = 'c';
  equal("a write after a read gives it up, too", swap_used() - start, 24);

  pid_t child = fork();
  if (child == 0) {
    int same = swapped(m) && m[0] == 'a';
    uint64_t frame = frame_or_slot(m);
    m[page] = 'x';
    _exit(same && frame && m[page + 1] == 'a' ? 1 : 2);
  }
  equal("a child of fork shares the slots", status_of(child), 1 << 8);
  check("the parent's pages stay what they were", m[0] == 'a' && m[page] == 'a');

  child = fork();
  if (child == 0) {
    madvise(m, 8 * page, MADV_PAGEOUT);
    _exit(swapped(m + 3 * page) ? 1 : 2);
  }
  equal("what two share goes out once, for both", status_of(child), 1 << 8);
  check("the parent sees it swapped", swapped(m + 3 * page));
  equal("and gets it back", m[3 * page], 'c');

  char* s = fresh(4, MAP_SHARED);
  memset(s, 's', 4 * page);
  madvise(s, 4 * page, MADV_PAGEOUT);
  check("shared memory leaves the page tables", !present(s) && !resident(s));
  child = fork();
  if (child == 0) {
    s[2 * page] = 'S';
    _exit(s[page] == 's' ? 1 : 2);
  }
  equal("another process finds it", status_of(child), 1 << 8);
  equal("and its writes are seen", s[2 * page], 'S');
  munmap(s, 4 * page);

  int fd = open("/tmp/swapping", O_RDWR | O_CREAT | O_TRUNC, 0600);
  char block[page];
  memset(block, 'f', page);
  for (int i = 0; i < 4; i++) write(fd, block, page);
  char* f = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  f[0] = 'F', f[page] = 'G';
  long files = swap_used();
  madvise(f, 4 * page, MADV_PAGEOUT);
  equal("changed pages of a file in memory take slots", swap_used() - files, 8);
  pread(fd, block, page, 0);
  check("read(2) brings them back", block[0] == 'F' && block[1] == 'f');
  ftruncate(fd, 0);
  equal("truncation frees the slots", swap_used() - files, 0);
  munmap(f, 4 * page);
  close(fd);
  unlink("/tmp/swapping");

  char* locked = fresh(2, MAP_PRIVATE);
  equal("mlock", mlock(locked, 2 * page), 0);
  locked[0] = 'l';
  madvise(locked, 2 * page, MADV_PAGEOUT);
  check("locked pages stay", present(locked) && present(locked + page));
  munlock(locked, 2 * page);
  madvise(locked, 2 * page, MADV_PAGEOUT);
  check("unlocked ones go", swapped(locked));

  madvise(m, 8 * page, MADV_PAGEOUT);
  mprotect(m, page, PROT_NONE);
  mprotect(m, page, PROT_READ);
  check("protections are the VMA's when a page comes back", swapped(m) && m[0] == 'a');
  mprotect(m, page, PROT_READ | PROT_WRITE);
  char* moved = mremap(m, 8 * page, 16 * page, MREMAP_MAYMOVE | MREMAP_FIXED, (char*)0x7e0000000000);
  check("mremap moves slots", moved != MAP_FAILED && swapped(moved + page) && moved[3 * page] == 'c');
  madvise(moved + 5 * page, page, MADV_DONTNEED);
  equal("MADV_DONTNEED forgets a slot", moved[5 * page], 0);
  munmap(moved, 16 * page);
  munmap(locked, 2 * page);
  equal("everything is given back", swap_used() - start, 0);

  check("the zero page is shared until it is written", ({
          char* z = fresh(2, MAP_PRIVATE);
          int same = z[0] == z[page] && frame_or_slot(z) == frame_or_slot(z + page);
          z[0] = 1;
          same && frame_or_slot(z) != frame_or_slot(z + page);
        }));
  return finish();
}
