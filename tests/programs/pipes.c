// SPDX-License-Identifier: MIT
// Pipes: order, end of file, capacity, broken ends.
#include "check.h"

static void write_into_nothing(void) {
  int ends[2];
  pipe(ends);
  close(ends[0]);
  write(ends[1], "x", 1);
  _exit(1);
}

static void transfer(void) {
  enum { total = 300000 };
  int ends[2];
  pipe(ends);
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    static unsigned char block[7000];
    for (int sent = 0; sent < total;) {
      int piece = total - sent < (int)sizeof block ? total - sent : (int)sizeof block;
      for (int i = 0; i < piece; i++) block[i] = (unsigned char)((sent + i) * 7);
      if (write(ends[1], block, (size_t)piece) != piece) _exit(1);
      sent += piece;
    }
    _exit(0);
  }
  close(ends[1]);
  unsigned char buffer[4096];
  long got = 0, wrong = 0;
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0; got += n)
    for (ssize_t i = 0; i < n; i++) wrong += buffer[i] != (unsigned char)((got + i) * 7);
  equal("three hundred thousand bytes arrive", got, total);
  equal("in order", wrong, 0);
  equal("the writer wrote all", status_of(child), 0);
  equal("end of file stays", read(ends[0], buffer, 1), 0);
  close(ends[0]);
}

int main(void) {
  int ends[2];
  char buffer[100];
  equal("pipe", pipe(ends), 0);
  equal("write", write(ends[1], "hello", 5), 5);
  equal("write again", write(ends[1], "world", 5), 5);
  equal("read takes what is there", read(ends[0], buffer, 100), 10);
  check("joined", !memcmp(buffer, "helloworld", 10));
  fails("the wrong end", write(ends[0], "x", 1), EBADF);
  fails("the other wrong end", read(ends[1], buffer, 1), EBADF);
  fails("no seeking", lseek(ends[0], 0, SEEK_SET), ESPIPE);
  struct stat status;
  fstat(ends[0], &status);
  check("fstat says FIFO", S_ISFIFO(status.st_mode));
  fails("not a terminal", isatty(ends[0]) - 1, ENOTTY);

  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  long filled = 0;
  static char block[4096];
  while (write(ends[1], block, sizeof block) == sizeof block) filled += sizeof block;
  equal("full", errno, EAGAIN);
  equal("capacity", filled, 65536);
  struct pollfd poll_write = {ends[1], POLLOUT, 0}, poll_read = {ends[0], POLLIN, 0};
  equal("poll: no room", poll(&poll_write, 1, 0), 0);
  equal("poll: something to read", poll(&poll_read, 1, 0), 1);
  while (filled > 0) filled -= read(ends[0], block, sizeof block);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  fails("empty and non-blocking", read(ends[0], buffer, 1), EAGAIN);
  equal("poll: nothing to read", poll(&poll_read, 1, 10), 0);
  close(ends[1]);
  equal("end of file", read(ends[0], buffer, 1), 0);
  equal("poll: hung up", poll(&poll_read, 1, 0) == 1 && (poll_read.revents & POLLHUP), 1);
  close(ends[0]);

  equal("SIGPIPE", in_child(write_into_nothing), SIGPIPE);
  signal(SIGPIPE, SIG_IGN);
  pipe(ends);
  close(ends[0]);
  fails("EPIPE", write(ends[1], "x", 1), EPIPE);
  close(ends[1]);
  signal(SIGPIPE, SIG_DFL);
  transfer();

  pipe(ends);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    close(ends[0]), close(ends[1]);
    write(1, "through descriptor 1\n", 21);
    _exit(0);
  }
  close(ends[1]);
  equal("dup2 onto standard output", read(ends[0], buffer, 100), 21);
  status_of(child);
  equal("the last copy closed: end of file", read(ends[0], buffer, 100), 0);
  pipe(ends);
  write(ends[1], "left", 4);
  close(ends[1]);
  snprintf(buffer, sizeof buffer, "/proc/self/fd/%d", ends[0]);
  alarm(5);
  int again = open(buffer, O_RDONLY);
  check("opened again without waiting for a writer", again >= 0);
  alarm(0);
  equal("by the new descriptor", read(again, buffer, 100), 4);
  equal("end of file there too", read(again, buffer, 100), 0);
  fails("dup2 of a closed descriptor", dup2(77, 78), EBADF);
  fails("pipe into nowhere", pipe((int*)8), EFAULT);
  return finish();
}
