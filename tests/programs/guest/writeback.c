// SPDX-License-Identifier: MIT
// Files on a disk that are changed: what is on the disk itself, read past the page cache, before and after msync, fsync
// and sync. Needs its root on the first partition, and there /data, 16 pages of letters, /odd, 5000 signs, and /zlast
// behind it. writeback big: of /big, 12 MiB of the letter b.
#include "../check.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

enum { page = 4096, pages = 16, odd_size = 5000 };

static int disk;  // the partition itself: its reads go to the disk

static long vmstat(const char* name) {
  static char text[4096];
  int fd = open("/proc/vmstat", O_RDONLY);
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  text[got < 0 ? 0 : got] = 0;
  char* at = strstr(text, name);
  return at ? atol(at + strlen(name)) : -1;
}
static long kib_written(void) { return vmstat("pgpgout ") - 4 * vmstat("pswpout "); }

/// Where on the disk some bytes are; -1 = nowhere.
static off_t find_on_disk(const void* bytes, size_t size) {
  static char block[64 * 1024 + page];
  off_t at = 0;
  size_t kept = 0;
  for (;;) {
    ssize_t got = pread(disk, block + kept, 64 * 1024, at);
    if (got <= 0) return -1;
    char* found = memmem(block, kept + (size_t)got, bytes, size);
    if (found) return at - (off_t)kept + (found - block);
    at += got;
    size_t keep = size - 1 < kept + (size_t)got ? size - 1 : kept + (size_t)got;
    memmove(block, block + kept + got - keep, keep);
    kept = keep;
  }
}
static char on_disk(off_t at) {
  char byte = 0;
  pread(disk, &byte, 1, at);
  return byte;
}
static char* map(const char* path, int flags, size_t size) {
  int fd = open(path, O_RDWR);
  char* m = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
  close(fd);
  return m;
}
static int present(const void* address) {
  int fd = open("/proc/self/pagemap", O_RDONLY);
  uint64_t value = 0;
  pread(fd, &value, sizeof value, (off_t)((uintptr_t)address / page * 8));
  close(fd);
  return value >> 63;
}

static off_t data;  // where /data begins

static void by_msync(void) {
  char* m = map("/data", MAP_SHARED, pages * page);
  long before = kib_written();
  m[3 * page + 1] = 'X';
  m[4 * page + 2] = 'Y';
  equal("a write to a shared mapping is not on the disk at once", on_disk(data + 3 * page + 1), 'd');
  equal("msync of one page", msync(m + 3 * page, page, MS_SYNC), 0);
  equal("writes it", on_disk(data + 3 * page + 1), 'X');
  equal("and nothing beside it", on_disk(data + 3 * page) == 'd' && on_disk(data + 3 * page + 2) == 'd', 1);
  equal("nor another page", on_disk(data + 4 * page + 2), 'e');
  equal("a page, that is", kib_written() - before, 4);
  equal("msync of all", msync(m, pages * page, MS_SYNC), 0);
  equal("writes the other one", on_disk(data + 4 * page + 2) == 'Y' && kib_written() - before == 8, 1);
  equal("msync again", msync(m, pages * page, MS_SYNC), 0);
  equal("has nothing to write", kib_written() - before, 8);
  m[3 * page + 1] = 'Z';
  equal("MS_ASYNC", msync(m, pages * page, MS_ASYNC), 0);
  equal("does not wait for the disk", kib_written() - before, 8);
  msync(m, pages * page, MS_SYNC);
  equal("a page that is written again is written back again", on_disk(data + 3 * page + 1), 'Z');

  char* mine = map("/data", MAP_PRIVATE, pages * page);
  mine[5 * page] = 'P';
  before = kib_written();
  msync(mine, pages * page, MS_SYNC);
  equal("what is private is not written", kib_written() - before == 0 && on_disk(data + 5 * page) == 'f', 1);
  munmap(mine, pages * page);

  m[6 * page] = 'Q';
  munmap(m, pages * page);
  m = map("/data", MAP_SHARED, pages * page);
  msync(m, pages * page, MS_SYNC);
  equal("a write is not lost with its mapping", on_disk(data + 6 * page), 'Q');
  if (fork() == 0) {
    m[7 * page] = 'C';
    _exit(0);
  }
  wait(NULL);
  msync(m, pages * page, MS_SYNC);
  equal("nor with its process", on_disk(data + 7 * page), 'C');
  munmap(m, pages * page);
}

static void by_fsync(void) {
  int fd = open("/data", O_RDWR);
  pwrite(fd, "written", 7, 8 * page - 3);
  equal("write(2) is not on the disk at once", on_disk(data + 8 * page), 'i');
  equal("fsync", fsync(fd), 0);
  char text[8] = "";
  pread(disk, text, 7, data + 8 * page - 3);
  check("writes both pages", !strcmp(text, "written"));
  pwrite(fd, "x", 1, 9 * page);
  equal("fdatasync", fdatasync(fd), 0);
  equal("too", on_disk(data + 9 * page), 'x');
  pwrite(fd, "y", 1, 10 * page);
  pwrite(fd, "y", 1, 11 * page);
  equal("sync_file_range of a part", sync_file_range(fd, 10 * page, page, SYNC_FILE_RANGE_WRITE), 0);
  equal("writes that part", on_disk(data + 10 * page) == 'y' && on_disk(data + 11 * page) == 'l', 1);
  sync();
  equal("sync writes the rest", on_disk(data + 11 * page), 'y');
  close(fd);
}

static void by_need(void) {
  char* m = map("/data", MAP_SHARED, pages * page);
  m[12 * page] = 'N';
  long slots = vmstat("pswpout ");
  equal("MADV_PAGEOUT", madvise(m + 12 * page, page, MADV_PAGEOUT), 0);
  equal("takes a changed page away", present(m + 12 * page), 0);
  equal("after it was written to the file", on_disk(data + 12 * page), 'N');
  equal("not to the swap area", vmstat("pswpout "), slots);
  equal("whence it comes back", m[12 * page] == 'N' && m[12 * page + 1] == 'm', 1);
  munmap(m, pages * page);
}

/// Sizes that are no multiple of anything; neighbours that must not suffer.
static void odd(void) {
  char first[odd_size], expected[odd_size];
  memset(expected, '#', sizeof expected);
  int fd = open("/odd", O_RDWR);
  equal("its size", pread(fd, first, sizeof first, 0), odd_size);
  off_t place = find_on_disk("#################################", 33);
  check("it is on the disk", place > 0);
  char around[2][256];
  pread(disk, around[0], sizeof around[0], place - 256);
  char behind[2][256];
  pread(disk, behind[0], sizeof behind[0], place + odd_size);
  expected[0] = 'A', expected[4095] = 'B', expected[4096] = 'C', expected[odd_size - 1] = 'D';
  pwrite(fd, expected, sizeof expected, 0);
  fsync(fd);
  pread(disk, first, sizeof first, place);
  check("all of it is written", !memcmp(first, expected, sizeof expected));
  pread(disk, around[1], sizeof around[1], place - 256);
  pread(disk, behind[1], sizeof behind[1], place + odd_size);
  check("and nothing before it", !memcmp(around[0], around[1], sizeof around[0]));
  check("nor behind it", !memcmp(behind[0], behind[1], sizeof behind[0]));

  equal("it may grow", pwrite(fd, "longer", 6, odd_size), 6);
  equal("fsync", fsync(fd), 0);
  char* m = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, fd, 0);
  madvise(m, 2 * page, MADV_PAGEOUT);
  check("what is longer is not lost", !memcmp(m + odd_size, "longer", 6) && m[odd_size - 1] == 'D');
  pread(disk, behind[1], sizeof behind[1], place + odd_size);
  check("nor written over others", !memcmp(behind[0], behind[1], sizeof behind[0]));
  munmap(m, 2 * page);
  equal("or shrink", ftruncate(fd, 100), 0);
  equal("and grow", ftruncate(fd, odd_size), 0);
  pwrite(fd, "E", 1, 50);
  fsync(fd);
  m = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, fd, 0);
  madvise(m, 2 * page, MADV_PAGEOUT);
  check("with zeros", m[50] == 'E' && m[99] == '#' && m[100] == 0 && m[odd_size - 1] == 0 && m[page] == 0);
  munmap(m, 2 * page);
  close(fd);
  fd = open("/zlast", O_RDONLY);
  check("the file behind is what it was", read(fd, first, 10) == 5 && !memcmp(first, "last\n", 5));
  close(fd);
}

/// A file with more pages than there is memory, changed through a mapping: no page is lost, and no swap area is needed.
static int big(void) {
  enum { big_pages = 12 * 256 };
  unsigned* m = (unsigned*)map("/big", MAP_SHARED, big_pages * page);
  for (unsigned i = 0; i < big_pages; i++) m[i * 1024 + i % 1024] = i ^ 0x5a5a5a5a;
  int wrong = 0, kept = 0;
  for (unsigned i = 0; i < big_pages; i++) wrong += m[i * 1024 + i % 1024] != (i ^ 0x5a5a5a5a);
  equal("pages wrong", wrong, 0);
  int fd = open("/big", O_RDONLY);
  unsigned block[1024];
  for (unsigned i = 0; i < big_pages; i++) {
    wrong += read(fd, block, page) != page || block[i % 1024] != (i ^ 0x5a5a5a5a);
    kept += block[(i + 1) % 1024] == 0x62626262;
  }
  equal("pages wrong for read(2)", wrong, 0);
  equal("pages that are what they were elsewhere", kept, big_pages);
  check("the disk got them", kib_written() > 4 * 1024);
  sync();
  unsigned none[2] = {0x5a5a5a5a, 0x62626262};  // how it begins now
  off_t start = find_on_disk(none, sizeof none);
  wrong = 0;
  for (unsigned i = 0; i < big_pages; i++) {
    unsigned there = 0;
    pread(disk, &there, sizeof there, start + i * page + i % 1024 * sizeof there);
    wrong += there != (i ^ 0x5a5a5a5a);
  }
  equal("pages wrong on the disk after sync", wrong, 0);
  equal("pages in the swap area", vmstat("pswpout "), 0);
  return finish();
}

int main(int argc, char** argv) {
  disk = open("/dev/hda1", O_RDONLY);
  if (disk < 0) return 2;
  if (argc > 1) return big();
  char first_page[64];
  memset(first_page, 'a', sizeof first_page);
  data = find_on_disk(first_page, sizeof first_page);
  check("the file is on the disk", data > 0);
  by_msync();
  by_fsync();
  by_need();
  odd();
  return finish();
}
