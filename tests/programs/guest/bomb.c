// SPDX-License-Identifier: MIT
// Processes that fork without end and want more memory than there is: the kernel gets on, and whoever kills them gets
// the processor and all their memory back. usage: bomb shared|private
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { mib = 1 << 20 };

static void explode(int kind) {
  setpgid(0, 0);
  for (;;) {
    char* m = mmap(NULL, mib, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
    if (m != MAP_FAILED) memset(m, 7, mib);
    if (fork() < 0) sched_yield();
  }
}

static long free_kib(void) {
  char text[512] = "";
  FILE* file = fopen("/proc/meminfo", "r");
  fread(text, 1, sizeof text - 1, file);
  fclose(file);
  return atol(strstr(text, "MemFree:") + 8);
}

int main(int argc, char** argv) {
  int kind = argc > 1 && !strcmp(argv[1], "shared") ? MAP_SHARED : MAP_PRIVATE;
  long before = free_kib();
  pid_t bomb = fork();
  if (bomb == 0) explode(kind);
  sleep(2);
  for (int i = 0; i < 50; i++) {
    kill(-bomb, SIGKILL);
    usleep(20000);
  }
  int status;
  pid_t gone = waitpid(bomb, &status, 0);
  usleep(500000);  // init takes care of the orphans
  long lost = before - free_kib();
  printf("%s, %ld KiB are missing\n", gone == bomb && WIFSIGNALED(status) ? "survived" : "what is this",
         lost > 256 ? lost : 0);
  return 0;
}
