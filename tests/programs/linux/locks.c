// SPDX-License-Identifier: MIT
// flock, fcntl's range locks, open-file locks: conflicts, splits, waiting, deadlock, release.
#include <sys/file.h>

#include "linux.h"

static int set(int fd, int command, int type, long start, long length) {
  struct flock l = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
  return fcntl(fd, command, &l);
}

/// What another process finds in its way in [start, start + length).
static void show(int fd, int type, long start, long length) {
  fflush(stdout);
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    struct flock l = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    if (fcntl(fd, F_GETLK, &l))
      printf("F_GETLK: %s\n", error_name(-1));
    else if (l.l_type == F_UNLCK)
      printf("%ld+%ld: free\n", start, length);
    else
      printf("%ld+%ld: %s %ld+%ld of %s\n", start, length, l.l_type == F_RDLCK ? "read" : "write", (long)l.l_start,
             (long)l.l_len,
             l.l_pid == parent ? "the parent"
             : l.l_pid == -1   ? "a file"
                               : "another");
    fflush(stdout);
    _exit(0);
  }
  status_of(child);
}

static int other_tries(int fd, int type, long start, long length) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) _exit(set(fd, F_SETLK, type, start, length) ? errno : 0);
  errno = WEXITSTATUS(status_of(child));
  return errno ? -1 : 0;
}

static void ranges(void) {
  int fd = open("file", O_RDWR | O_CREAT, 0644);
  write(fd, "0123456789", 10);
  SAYS(set(fd, F_SETLK, F_WRLCK, 10, 20));
  show(fd, F_RDLCK, 0, 0);
  show(fd, F_RDLCK, 0, 10);
  show(fd, F_RDLCK, 29, 1);
  show(fd, F_RDLCK, 30, 1);
  SAYS(set(fd, F_SETLK, F_UNLCK, 15, 5));
  show(fd, F_RDLCK, 0, 0);
  show(fd, F_RDLCK, 15, 5);
  show(fd, F_RDLCK, 16, 0);
  SAYS(set(fd, F_SETLK, F_RDLCK, 12, 2));
  show(fd, F_RDLCK, 12, 2);
  show(fd, F_WRLCK, 12, 2);
  SAYS(other_tries(fd, F_RDLCK, 12, 1));
  SAYS(other_tries(fd, F_WRLCK, 12, 1));
  SAYS(set(fd, F_SETLK, F_WRLCK, 0, 0));
  show(fd, F_WRLCK, 1000, 1);
  int copy = dup(fd);
  close(copy);
  show(fd, F_WRLCK, 0, 0);
  struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -4, .l_len = 2};
  SAYS(fcntl(fd, F_SETLK, &l));
  show(fd, F_WRLCK, 0, 0);
  l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = -3};
  SAYS(fcntl(fd, F_SETLK, &l));
  show(fd, F_WRLCK, 0, 5);
  l.l_start = 1, l.l_len = -3;
  SAYS(fcntl(fd, F_SETLK, &l));
  l.l_start = -1, l.l_len = 1;
  SAYS(fcntl(fd, F_SETLK, &l));
  l.l_type = 7, l.l_start = 0;
  SAYS(fcntl(fd, F_SETLK, &l));
  SAYS(fcntl(fd, F_SETLK, (void*)8));
  int read_only = open("file", O_RDONLY), write_only = open("file", O_WRONLY);
  SAYS(set(read_only, F_SETLK, F_WRLCK, 0, 1));
  SAYS(set(write_only, F_SETLK, F_RDLCK, 0, 1));
  close(read_only);
  show(fd, F_WRLCK, 0, 0);
  close(write_only), close(fd);
}

static void waiting(void) {
  int fd = open("file", O_RDWR), ends[2];
  pipe(ends);
  set(fd, F_SETLK, F_WRLCK, 0, 1);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    set(fd, F_SETLK, F_WRLCK, 1, 1);
    write(ends[1], "r", 1);
    int r = set(fd, F_SETLKW, F_WRLCK, 0, 1);
    write(ends[1], "g", 1);
    _exit(r ? errno : 0);
  }
  char byte;
  read(ends[0], &byte, 1);
  sleep_ms(30);
  SAYS(set(fd, F_SETLKW, F_WRLCK, 1, 1));
  SAYS(set(fd, F_SETLK, F_UNLCK, 0, 1));
  read(ends[0], &byte, 1);
  SAYS(byte);
  SAYS(status_of(child));
  SAYS(set(fd, F_SETLK, F_WRLCK, 0, 2));
  close(fd), close(ends[0]), close(ends[1]);
}

static void on_alarm(int number) {}

static void whole(void) {
  int a = open("file", O_RDWR), b = open("file", O_RDONLY);
  SAYS(flock(a, LOCK_EX));
  SAYS(flock(b, LOCK_SH | LOCK_NB));
  SAYS(flock(b, LOCK_EX | LOCK_NB));
  SAYS(flock(a, LOCK_SH));
  SAYS(flock(b, LOCK_SH | LOCK_NB));
  SAYS(flock(a, LOCK_EX | LOCK_NB));
  SAYS(flock(b, LOCK_UN));
  SAYS(flock(a, LOCK_EX | LOCK_NB));
  SAYS(flock(a, 3));
  SAYS(flock(99, LOCK_SH));
  int copy = dup(a);
  close(a);
  SAYS(flock(b, LOCK_SH | LOCK_NB));
  close(copy);
  SAYS(flock(b, LOCK_EX | LOCK_NB));
  SAYS(set(open("file", O_RDWR), F_SETLK, F_WRLCK, 0, 0));
  a = open("file", O_RDWR);
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval soon = {{0, 0}, {0, 30000}};
  setitimer(ITIMER_REAL, &soon, NULL);
  SAYS(flock(a, LOCK_EX));
  close(a), close(b);
}

static void open_files(void) {
  enum { OFD_GETLK = 36, OFD_SETLK = 37 };
  int a = open("file", O_RDWR), b = open("file", O_RDWR);
  SAYS(set(a, OFD_SETLK, F_WRLCK, 0, 10));
  SAYS(set(b, OFD_SETLK, F_WRLCK, 5, 1));
  SAYS(set(b, F_SETLK, F_WRLCK, 5, 1));
  SAYS(set(b, OFD_SETLK, F_WRLCK, 10, 1));
  show(a, F_WRLCK, 0, 5);
  struct flock l = {.l_type = F_RDLCK, .l_pid = 1};
  SAYS(fcntl(b, OFD_GETLK, &l));
  l.l_pid = 0;
  SAYS(fcntl(b, OFD_GETLK, &l));
  SAYS(l.l_pid);
  close(a);
  SAYS(set(b, OFD_SETLK, F_WRLCK, 0, 0));
  close(b);
}

int main(void) {
  enter_folder("locks");
  ranges();
  waiting();
  whole();
  open_files();
  unlink("file");
  leave_folder();
  return 0;
}
