// SPDX-License-Identifier: MIT
// Files whose bytes lie on a disk, as a program can tell what came from there when: pagemap, fault counts, /proc/vmstat. Needs
// its root on a disk, and /data there: 16 pages, page n full of the n-th letter.
#include "../check.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

enum { page = 4096, pages = 16 };

static uint64_t frame_of(const void* address) {
  int fd = open("/proc/self/pagemap", O_RDONLY);
  uint64_t value = 0;
  pread(fd, &value, sizeof value, (off_t)((uintptr_t)address / page * 8));
  close(fd);
  return value >> 63 ? value & 0x7fffffffffffff : 0;
}
static long vmstat(const char* name) {
  static char text[4096];
  int fd = open("/proc/vmstat", O_RDONLY);
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  text[got < 0 ? 0 : got] = 0;
  char* at = strstr(text, name);
  return at ? atol(at + strlen(name)) : -1;
}
static long pages_read(void) { return vmstat("pgpgin ") / 4; }
static long major_faults(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_majflt;
}

static volatile char sink;
static const char* map(int flags, int protection) {
  int fd = open("/data", protection & PROT_WRITE && flags & MAP_SHARED ? O_RDWR : O_RDONLY);
  const char* m = mmap(NULL, pages * page, protection, flags, fd, 0);
  close(fd);
  return m == MAP_FAILED ? NULL : m;
}
static int all(const char* m, char wanted) {
  for (int i = 0; i < page; i++)
    if (m[i] != wanted) return 0;
  return 1;
}

static void by_faults(void) {
  const char* m = map(MAP_PRIVATE, PROT_READ);
  long before = pages_read();
  int present = 0;
  for (int i = 0; i < pages; i++) present += frame_of(m + i * page) != 0;
  equal("mapping a file brings nothing in", present, 0);
  long faults = major_faults();
  check("a touched page has the disk's bytes", all(m + 5 * page, 'f'));
  equal("by one page fault that had to wait", major_faults() - faults, 1);
  equal("and one page read", pages_read() - before, 1);
  sink = m[5 * page];
  equal("the second touch costs neither", major_faults() - faults + pages_read() - before, 2);

  int fd = open("/data", O_RDONLY);
  char text[page];
  equal("read() of the same page", pread(fd, text, page, 5 * page), page);
  equal("finds it in memory", pages_read() - before, 1);
  equal("read() of another", pread(fd, text, page, 9 * page), page);
  equal("gets it from the disk", pages_read() - before, 2);
  check("whole", all(text, 'j'));
  sink = m[9 * page];
  equal("where a page fault finds it", pages_read() - before, 2);
  equal("without waiting", major_faults() - faults, 1);
  equal("read() across two pages", pread(fd, text, 8, 7 * page - 4), 8);
  check("gets both", !memcmp(text, "gggghhhh", 8));
  close(fd);

  before = pages_read();
  uint64_t frame = frame_of(m + 5 * page);
  equal("MADV_PAGEOUT", madvise((void*)(m + 5 * page), page, MADV_PAGEOUT), 0);
  equal("drops a clean page", frame_of(m + 5 * page), 0);
  check("which comes back as it was", frame && all(m + 5 * page, 'f'));
  equal("from the disk", pages_read() - before, 1);
  munmap((void*)m, pages * page);
}

static void shared_by_all(void) {
  int results[2];
  pipe(results);
  const char* m = map(MAP_PRIVATE, PROT_READ);
  long before = pages_read();
  for (int i = 0; i < 3; i++) {
    if (fork()) continue;
    sink = m[11 * page];
    uint64_t frame = frame_of(m + 11 * page);
    write(results[1], &frame, sizeof frame);
    _exit(0);
  }
  uint64_t frame[3];
  for (int i = 0; i < 3; i++) read(results[0], frame + i, sizeof *frame);
  while (wait(NULL) > 0) {
  }
  check("three processes have one frame", frame[0] && frame[0] == frame[1] && frame[1] == frame[2]);
  equal("that was read once, although all wanted it at the same time", pages_read() - before, 1);
  munmap((void*)m, pages * page);
}

/// Another process of the same program tells where its text is.
static uint64_t text_of_copy(void) {
  int results[2];
  pipe(results);
  if (fork() == 0) {
    dup2(results[1], 3);
    execl("/proc/self/exe", "paging", "copy", NULL);
    _exit(1);
  }
  uint64_t frame = 0;
  close(results[1]);
  read(results[0], &frame, sizeof frame);
  close(results[0]);
  wait(NULL);
  return frame;
}
static int copy(void) {
  uint64_t frame = frame_of((void*)(uintptr_t)copy);
  return write(3, &frame, sizeof frame) != sizeof frame;
}
static void two_copies(void) {
  uint64_t mine = frame_of((void*)(uintptr_t)text_of_copy), first = text_of_copy();
  long before = pages_read();
  uint64_t second = text_of_copy();
  equal("the second run of a program reads nothing", pages_read() - before, 0);
  check("copies of a program have one set of text frames", first && first == second);
  check("this one is one of them", mine && frame_of((void*)(uintptr_t)copy) == first);
}

static void others_run(void) {
  volatile long* counter = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t spinner = fork();
  if (spinner == 0)
    for (;;) ++*counter;
  while (!*counter) sched_yield();
  const char* m = map(MAP_PRIVATE, PROT_READ);
  madvise((void*)m, pages * page, MADV_PAGEOUT);
  int waited = 0, advanced = 0;
  for (int i = 0; i < pages; i++) {
    long faults = major_faults(), before = *counter;
    sink = m[i * page];
    long after = *counter;
    if (major_faults() == faults) continue;
    waited++;
    advanced += after > before + 100;
  }
  check("some pages had to be read", waited > 4);
  equal("each time another process ran meanwhile", advanced, waited);
  kill(spinner, SIGKILL);
  waitpid(spinner, NULL, 0);
  munmap((void*)m, pages * page);
}

static void written(void) {
  char* m = (char*)map(MAP_SHARED, PROT_READ | PROT_WRITE);
  char* mine = (char*)map(MAP_PRIVATE, PROT_READ | PROT_WRITE);
  int fd = open("/data", O_RDWR);
  char text[page];
  m[3 * page + 1] = 'X';
  pread(fd, text, page, 3 * page);
  check("a shared mapping writes to the file", text[1] == 'X' && text[0] == 'd' && text[page - 1] == 'd');
  if (fork() == 0) {
    m[3 * page + 2] = 'Y';
    _exit(0);
  }
  wait(NULL);
  check("and to everybody's mappings of it", m[3 * page + 2] == 'Y' && mine[3 * page + 2] == 'Y');
  mine[3 * page + 3] = 'Z';
  pread(fd, text, page, 3 * page);
  check("a private one does not", text[3] == 'd' && m[3 * page + 3] == 'd');
  equal("msync", msync(m, pages * page, MS_SYNC), 0);
  madvise(mine, pages * page, MADV_PAGEOUT);
  madvise(m, pages * page, MADV_PAGEOUT);
  check("what was written stays when memory is short", m[3 * page + 1] == 'X' && mine[3 * page + 3] == 'Z');
  check("beside what was not", m[3 * page + 4] == 'd' && all(m + 4 * page, 'e'));

  madvise(m, pages * page, MADV_PAGEOUT);
  equal("write() into the middle of a page", pwrite(fd, "new", 3, 13 * page + 100), 3);
  pread(fd, text, page, 13 * page);
  check("keeps the rest of it", !memcmp(text + 98, "nnnewnn", 7) && text[0] == 'n' && text[page - 1] == 'n');
  equal("a shorter file", ftruncate(fd, 14 * page + 10), 0);
  equal("and longer again", ftruncate(fd, 16 * page), 0);
  check("has zeros there", m[14 * page + 9] == 'o' && m[14 * page + 10] == 0 && all(m + 15 * page, 0));
  close(fd);
  equal("unlink", unlink("/data"), 0);
  madvise(m, pages * page, MADV_PAGEOUT);
  check("a file without a name still comes from the disk", all(m + 6 * page, 'g') && all(m + 12 * page, 'm'));
}

static char text[page];
int main(int argc, char** argv) {
  if (argc > 1) return copy();
  int self = open("/proc/self/exe", O_RDONLY);  // what this program itself needs shall not be counted
  while (read(self, text, sizeof text) > 0) {
  }
  close(self);
  by_faults();
  shared_by_all();
  two_copies();
  others_run();
  written();
  return finish();
}
