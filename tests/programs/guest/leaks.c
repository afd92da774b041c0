// SPDX-License-Identifier: MIT
// Memory comes back: what processes, programs, mappings and the dead take is free again afterwards, to the
// frame. Each scenario runs a few times first, for what the kernel keeps in store (stacks, a frame per size of object).
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char* self;

static long value_of(const char* name) {
  char text[2048];
  int fd = open("/proc/meminfo", O_RDONLY);
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0) return -1;
  text[got] = 0;
  char* line = strstr(text, name);
  return line ? atol(line + strlen(name)) : -1;
}
static long free_kib(void) { return value_of("MemFree:") - value_of("SwapTotal:") + value_of("SwapFree:"); }

static void reap_all(void) {
  while (wait(NULL) > 0) {
  }
}

static void generations(int depth, char* memory) {
  if (depth == 0) _exit(0);
  pid_t child = fork();
  if (child < 0) _exit(1);
  memory[depth * 4096] = (char)depth;
  if (child == 0) generations(depth - 1, memory);
  waitpid(child, NULL, 0);
  _exit(0);
}
static void forks_of_forks(void) {
  char* memory = mmap(NULL, 64 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(memory, 1, 64 << 12);
  if (fork() == 0) generations(10, memory);
  reap_all();
  munmap(memory, 64 << 12);
}

static void programs(void) {
  for (int i = 0; i < 4; i++)
    if (fork() == 0) {
      execl(self, self, "nothing", NULL);
      _exit(127);
    }
  reap_all();
}

static void mappings(void) {
  char* far_apart[20];
  for (int i = 0; i < 20; i++) {
    far_apart[i] = mmap((char*)0x100000000 + ((long)i << 30), 3 << 12, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    far_apart[i][4096] = 1;
    mprotect(far_apart[i] + 4096, 4096, PROT_NONE);
  }
  for (int i = 0; i < 20; i++) munmap(far_apart[i], 3 << 12);
  char* moving = mmap(NULL, 16 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(moving, 2, 16 << 12);
  char* moved = mremap(moving, 16 << 12, 64 << 12, MREMAP_MAYMOVE);
  madvise(moved, 8 << 12, MADV_DONTNEED);
  munmap(moved, 64 << 12);
  char* shared = mmap(NULL, 32 << 12, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (fork() == 0) {
    memset(shared, 3, 32 << 12);
    _exit(0);
  }
  reap_all();
  munmap(shared, 32 << 12);
}

static void files(void) {
  int fd = open("/tmp/leaks", O_RDWR | O_CREAT | O_TRUNC, 0600);
  char block[4096] = {1};
  for (int i = 0; i < 50; i++) write(fd, block, sizeof block);
  char* mapped = mmap(NULL, 50 << 12, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  memset(mapped, 4, 50 << 12);
  char* mine = mmap(NULL, 50 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  memset(mine, 5, 25 << 12);
  ftruncate(fd, 10 << 12);
  munmap(mapped, 50 << 12);
  munmap(mine, 50 << 12);
  close(fd);
  unlink("/tmp/leaks");
}

static void the_killed(void) {
  for (int i = 0; i < 4; i++) {
    pid_t child = fork();
    if (child == 0) {
      char* memory = mmap(NULL, 100 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      memset(memory, 6, 100 << 12);
      for (;;) pause();
    }
    usleep(1000);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
}

static void* in_thread(void* memory) {
  *(char*)memory = 1;
  return NULL;
}
static void threads(void) {
  if (fork() == 0) {
    char* memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, in_thread, memory);
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    _exit(0);
  }
  reap_all();
}

static void pipes(void) {
  int p[2];
  pipe(p);
  char block[20000] = {7};
  write(p[1], block, sizeof block);
  close(p[0]);
  close(p[1]);
}

/// A mount that is detached while a file and a directory of it are in use.
static void detached_mounts(void) {
  mkdir("/tmp/leaks", 0700);
  mount("none", "/tmp/leaks", "tmpfs", 0, NULL);
  mkdir("/tmp/leaks/folder", 0700);
  int fd = open("/tmp/leaks/folder/file", O_RDWR | O_CREAT, 0600);
  char block[4096] = {8};
  for (int i = 0; i < 10; i++) write(fd, block, sizeof block);
  close(open("/tmp/leaks/other", O_RDWR | O_CREAT, 0600));
  chdir("/tmp/leaks/folder");
  umount2("/tmp/leaks", MNT_DETACH);
  if (pread(fd, block, 1, 4096) != 1 || block[0] != 8) puts("FAILED: an open file of a detached mount");
  chdir("/");
  close(fd);
  rmdir("/tmp/leaks");
}

static int leaked;
static void scenario(const char* name, void (*run)(void), int times) {
  for (int i = 0; i < 8; i++, free_kib()) run();
  // What is lost once is in store: the kernel's heap keeps a frame for a size of object that a longer name or another
  // order of ends asks for. What leaks is lost each time.
  long lost = 1;
  for (int round = 0; lost && round < 3; round++) {
    long before = free_kib();
    for (int i = 0; i < times; i++) run();
    lost = before - free_kib();
  }
  if (lost) leaked = 1;
  printf("%s %s: %d times, %ld KiB lost\n", lost ? "FAILED" : "ok", name, times, lost);
  fflush(stdout);
}

int main(int argc, char** argv) {
  if (argc > 1) return 0;
  self = argv[0];
  scenario("forks of forks", forks_of_forks, 100);  // eleven each
  scenario("programs", programs, 60);
  scenario("mappings", mappings, 40);
  scenario("files", files, 40);
  scenario("the killed", the_killed, 20);
  scenario("threads", threads, 40);
  scenario("pipes", pipes, 40);
  scenario("detached mounts", detached_mounts, 20);  // some bytes of each stay: what its inodes have in common
  puts(leaked ? "frames are missing" : "no frame is missing");
  return leaked;
}
