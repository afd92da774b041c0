// SPDX-License-Identifier: MIT
// What programs linked with musl, statically or dynamically, ask for: threads, stdio, locale, floats, processes.
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

extern char** environ;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static int next_thread;
static _Thread_local int own = 1;

static void* in_turn(void* argument) {
  const int number = (int)(long)argument;
  own += number;
  pthread_barrier_wait(&barrier);
  pthread_mutex_lock(&lock);
  while (next_thread != number) pthread_cond_wait(&turn, &lock);
  printf("thread %d, own %d\n", number, own);
  next_thread++;
  pthread_cond_broadcast(&turn);
  pthread_mutex_unlock(&lock);
  return (void*)(long)(number * number);
}

static void on_signal(int number) { printf("signal %d\n", number); }

static void threads(void) {
  pthread_t thread[6];
  pthread_barrier_init(&barrier, NULL, 6);
  for (long i = 0; i < 6; i++) pthread_create(&thread[i], NULL, in_turn, (void*)i);
  long sum = 0;
  for (int i = 0; i < 6; i++) {
    void* result;
    pthread_join(thread[i], &result);
    sum += (long)result;
  }
  printf("sum %ld\n", sum);
  pthread_create(&thread[0], NULL, (void* (*)(void*))pause, NULL);
  pthread_cancel(thread[0]);
  void* result;
  pthread_join(thread[0], &result);
  printf("cancelled %d\n", result == PTHREAD_CANCELED);
}

static void processes(char* self) {
  pid_t pid;
  int status, ends[2];
  char* arguments[] = {self, "child", NULL};
  pipe(ends);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  printf("spawn %d\n", posix_spawn(&pid, self, &actions, NULL, arguments, environ));
  char text[100];
  const ssize_t got = read(ends[0], text, sizeof text);
  waitpid(pid, &status, 0);
  printf("%.*s status %d\n", (int)got, text, WEXITSTATUS(status));
  printf("system %d\n", WEXITSTATUS(system("exit 6")));
  FILE* pipe_ = popen("echo one; echo two", "r");
  while (fgets(text, sizeof text, pipe_)) printf("popen: %s", text);
  printf("pclose %d\n", pclose(pipe_));
  sem_t* shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  sem_init(shared, 1, 0);
  if (fork() == 0) {
    usleep(1000);
    sem_post(shared);
    _exit(0);
  }
  printf("semaphore %d\n", sem_wait(shared));
  wait(NULL);
}

int main(int argc, char** argv) {
  if (argc > 1) {
    puts("I am the child");
    return 9;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("%.17g %a %Lf %s %5.1e\n", M_PI, 0.1, sqrtl(2), strerror(ENOTDIR), pow(2, 0.5));
  printf("%g %g %g %ls\n", lgamma(10.5), erf(0.3), fmod(-7, 3), L"wide");
  signal(SIGUSR1, on_signal);
  raise(SIGUSR1);
  threads();
  processes(argv[0]);
  regex_t pattern;
  regmatch_t match[2];
  regcomp(&pattern, "([0-9]+)-", REG_EXTENDED);
  printf("regexec %d at %d\n", regexec(&pattern, "ab12-3", 2, match, 0), (int)match[1].rm_so);
  struct tm tm = {.tm_year = 126, .tm_mon = 10, .tm_mday = 21};
  char date[40];
  mktime(&tm);
  strftime(date, sizeof date, "%A %j", &tm);
  glob_t found;
  printf("%s, glob %d\n", date, glob("/dev/nul*", 0, NULL, &found));
  void* block = malloc(1 << 24);
  memset(block, 1, 1 << 24);
  block = realloc(block, 1 << 25);
  printf("%d\n", ((char*)block)[(1 << 24) - 1]);
  abort();
}
