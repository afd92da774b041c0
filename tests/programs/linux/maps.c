// SPDX-License-Identifier: MIT
// The calls about memory: what they refuse, what they leave behind, what fork makes of it.
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "../check.h"

#define PAGE 4096
static char* area;  // 64 pages of address space, reserved

static void say(const char* name, long result) {
  if (result == -1)
    printf("%s: errno %d\n", name, errno);
  else
    printf("%s: %ld\n", name, result);
  fflush(stdout);
}
static long at(void* p) {
  return p == MAP_FAILED ? -1 : (char*)p >= area && (char*)p < area + 64 * PAGE ? ((char*)p - area) / PAGE : 1000;
}
static void* map(int page, int pages, int prot, int flags) {
  return mmap(area + page * PAGE, pages * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}
/// Can it be read and written? r, w, or - (not mapped, or nothing allowed).
static char access_of(char* address) {
  int ends[2];
  pipe(ends);
  char c = 0, result = '-';
  if (write(ends[1], address, 1) == 1) {
    result = 'r';
    if (read(ends[0], address, 1) == 1) result = 'w';
  }
  close(ends[0]), close(ends[1]);
  return result;
}
static void show(const char* name, int first, int count) {
  printf("%s: ", name);
  for (int i = 0; i < count; i++) putchar(access_of(area + (first + i) * PAGE));
  putchar('\n');
  fflush(stdout);
}

static void mapping(void) {
  int rw = PROT_READ | PROT_WRITE;
  say("length 0", at(mmap(NULL, 0, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
  say("no type", at(mmap(NULL, PAGE, rw, MAP_ANONYMOUS, -1, 0)));
  say("offset not aligned", at(mmap(NULL, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 5)));
  say("no descriptor", at(mmap(NULL, PAGE, rw, MAP_PRIVATE, -1, 0)));
  say("everything", at(mmap(NULL, ~0ul, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
  say("fixed, not aligned", at(mmap(area + 1, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
  say("fixed, too high", at(mmap((void*)0x7ffffffff000, PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
  say("shared, validated, unknown flag",
      at(mmap(NULL, PAGE, rw, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | 1 << 27, -1, 0)));
  int folder = open("/", O_RDONLY), pipes[2];
  pipe(pipes);
  say("a folder", at(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, folder, 0)));
  say("a pipe", at(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, pipes[0], 0)));
  say("a pipe's other end", at(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, pipes[1], 0)));
  int self = open("/proc/self/exe", O_RDONLY);
  say("shared and writable, opened for reading", at(mmap(NULL, PAGE, rw, MAP_SHARED, self, 0)));
  void* shared = mmap(area, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, self, 0);
  say("mprotect cannot either", mprotect(shared, PAGE, rw));
  munmap(shared, PAGE);
  say("at a place", at(map(4, 8, rw, MAP_FIXED)));
  say("not over it", at(map(8, 8, rw, MAP_FIXED_NOREPLACE)));
  say("beside it", at(map(12, 2, PROT_READ, MAP_FIXED_NOREPLACE)));
  say("a hint that is free", at(map(20, 2, PROT_NONE, 0)));
  show("so far", 3, 20);
  say("munmap in the middle", munmap(area + 6 * PAGE, 2 * PAGE));
  say("munmap of nothing", munmap(area + 6 * PAGE, PAGE));
  say("munmap of no length", munmap(area, 0));
  say("munmap not aligned", munmap(area + 1, PAGE));
  say("munmap too far", munmap(area, 1ul << 48));
  say("mprotect over a hole", mprotect(area + 4 * PAGE, 8 * PAGE, PROT_READ));
  show("after it", 3, 12);
  say("mprotect not aligned", syscall(SYS_mprotect, area + 1, PAGE, PROT_READ));
  say("mprotect of no length", mprotect(area + 4 * PAGE, 0, PROT_READ));
  say("mprotect, unknown bits", mprotect(area + 4 * PAGE, PAGE, 64));
  munmap(area, 64 * PAGE);
}

static void moving(void) {
  int rw = PROT_READ | PROT_WRITE;
  char* p = map(0, 4, rw, MAP_FIXED);
  for (int i = 0; i < 4; i++) p[i * PAGE] = 'a' + i;
  map(5, 1, rw, MAP_FIXED);
  say("shrink", at(mremap(p, 4 * PAGE, 3 * PAGE, 0)));
  show("left", 0, 6);
  say("grow in place", at(mremap(p, 3 * PAGE, 5 * PAGE, 0)));
  say("no room", at(mremap(p, 5 * PAGE, 6 * PAGE, 0)));
  char* q = mremap(p, 5 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
  say("moved", at(q) != 0 && q[0] == 'a' && q[2 * PAGE] == 'c' && q[3 * PAGE] == 0 && q[7 * PAGE] == 0);
  show("not there any more", 0, 6);
  say("to a place", at(mremap(q, 8 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, area + 16 * PAGE)));
  say("with its contents", area[16 * PAGE] == 'a' && area[17 * PAGE] == 'b');
  show("around", 15, 4);
  p = area + 16 * PAGE;
  say("fixed without may move", at(mremap(p, PAGE, PAGE, MREMAP_FIXED, area)));
  say("overlapping", at(mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE)));
  say("not aligned", at(mremap(p + 1, PAGE, PAGE, 0)));
  say("new length 0", at(mremap(p, PAGE, 0, 0)));
  say("unknown flags", at(mremap(p, PAGE, PAGE, 64)));
  say("nothing there", at(mremap(area + 40 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE)));
  say("old length 0, private", at(mremap(p, 0, PAGE, MREMAP_MAYMOVE)));
  char* s = mmap(area, 2 * PAGE, rw, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  char* twin = mremap(s, 0, 2 * PAGE, MREMAP_MAYMOVE);
  strcpy(s + PAGE, "seen twice");
  say("old length 0, shared: a second view", twin != MAP_FAILED && !strcmp(twin + PAGE, "seen twice"));
  munmap(twin, 2 * PAGE);
  munmap(area, 64 * PAGE);
}

static int fork_sees(volatile char* p) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) _exit(access_of((char*)p) == '-' ? 200 : *p);
  return WEXITSTATUS(status_of(pid));
}
static void advising(void) {
  int rw = PROT_READ | PROT_WRITE;
  char* p = map(0, 8, rw, MAP_FIXED);
  memset(p, 'x', 8 * PAGE);
  say("unknown advice", madvise(p, PAGE, 77));
  say("not aligned", madvise(p + 1, PAGE, MADV_NORMAL));
  say("no length", madvise(p, 0, MADV_DONTNEED));
  say("will need", madvise(p, PAGE, MADV_WILLNEED));
  say("don't need", madvise(p, 2 * PAGE, MADV_DONTNEED));
  say("zeros again", p[0] + p[PAGE]);
  say("but only there", p[2 * PAGE] == 'x');
  munmap(p + 4 * PAGE, PAGE);
  say("over a hole", madvise(p + 3 * PAGE, 3 * PAGE, MADV_DONTNEED));
  say("done behind it all the same", p[5 * PAGE]);
  say("remove of private memory", madvise(p, PAGE, MADV_REMOVE));
  p[0] = 'y';
  madvise(p, PAGE, MADV_DONTFORK);
  say("not for children", fork_sees(p));
  say("but its neighbour", fork_sees(p + 2 * PAGE));
  madvise(p, PAGE, MADV_DOFORK);
  say("for children again", fork_sees(p) == 'y');
  say("wipe on fork", madvise(p, PAGE, 18));
  say("children see", fork_sees(p));
  say("mine is kept", p[0] == 'y');
  madvise(p, PAGE, 19);
  say("kept on fork", fork_sees(p) == 'y');
  char* s = mmap(area + 10 * PAGE, 2 * PAGE, rw, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  strcpy(s, "shared");
  say("wipe of shared memory", madvise(s, PAGE, 18));
  madvise(s, PAGE, MADV_DONTNEED);
  say("shared memory is not lost", !strcmp(s, "shared"));
  say("unless removed", madvise(s, PAGE, MADV_REMOVE));
  say("zero", s[0]);
  unsigned char in[4] = {9, 9, 9, 9};
  char* m = map(20, 4, rw, MAP_FIXED);
  m[PAGE] = 1;
  say("mincore", mincore(m, 4 * PAGE, in));
  printf("resident: %d%d%d%d\n", in[0] & 1, in[1] & 1, in[2] & 1, in[3] & 1);
  say("mincore of a hole", mincore(m, 8 * PAGE, in));
  say("mincore, not aligned", mincore(m + 1, PAGE, in));
  say("mincore, bad vector", mincore(m, PAGE, (void*)8));
  m = map(30, 4, rw, MAP_FIXED | MAP_POPULATE);
  mincore(m, 4 * PAGE, in);
  printf("populated: %d%d%d%d\n", in[0] & 1, in[1] & 1, in[2] & 1, in[3] & 1);
  say("msync", msync(m, 4 * PAGE, MS_SYNC));
  say("msync, both ways", msync(m, PAGE, MS_SYNC | MS_ASYNC));
  say("msync of a hole", msync(m, 8 * PAGE, MS_SYNC));
  say("mlock", mlock(m + 5, PAGE));
  say("mlock of a hole", mlock(m, 8 * PAGE));
  say("munlock", munlock(m, PAGE));
  say("mlockall of what", mlockall(0));
  say("mlockall flags", mlockall(64));
  munmap(area, 64 * PAGE);
}

static void breaks(void) {
  char* start = sbrk(0);
  say("brk up", syscall(SYS_brk, start + 3 * PAGE) == (long)start + 3 * PAGE);
  start[2 * PAGE] = 1;
  say("brk down", syscall(SYS_brk, start) == (long)start);
  printf("gone: %c\n", access_of((char*)(((long)start + PAGE - 1) & -PAGE) + PAGE));
  say("up again", syscall(SYS_brk, start + 3 * PAGE) == (long)start + 3 * PAGE);
  say("with zeros", start[2 * PAGE]);
  say("below its start", syscall(SYS_brk, 0x1000) == (long)start + 3 * PAGE);
  say("far too high", syscall(SYS_brk, 0x7fffffffffff) == (long)start + 3 * PAGE);
}

static void grow(void) {
  char* p = mmap(area + 40 * PAGE, PAGE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
  munmap(area, 8 * PAGE);
  p[-1] = 1;
  p[-2 * PAGE] = 2;
  _exit(p[-1] + p[-2 * PAGE]);
}

int main(void) {
  // A place far from all else, so that what is not mapped there stays so.
  area = (char*)0x100000000000;
  if (mmap(area, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != area) return 1;
  munmap(area, 64 * PAGE);
  mapping();
  moving();
  advising();
  breaks();
  printf("a mapping that grows down: %x\n", in_child(grow));
  return finish();
}
