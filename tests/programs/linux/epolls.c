// SPDX-License-Identifier: MIT
// epoll: level, edge, one shot, nesting, refusals; poll and select beside it.
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>

#include "../check.h"

static int wait_for(int epoll, struct epoll_event* events, int most) { return epoll_wait(epoll, events, most, 0); }

static void refusals(void) {
  fails("epoll_create of nothing", syscall(SYS_epoll_create, 0), EINVAL);
  fails("epoll_create1 with wrong flags", epoll_create1(1), EINVAL);
  int epoll = epoll_create1(EPOLL_CLOEXEC), ends[2];
  pipe(ends);
  check("close on exec", fcntl(epoll, F_GETFD) == FD_CLOEXEC);
  struct epoll_event event = {EPOLLIN, {.u64 = 7}};
  fails("a closed descriptor", epoll_ctl(epoll, EPOLL_CTL_ADD, 99, &event), EBADF);
  fails("itself", epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, &event), EINVAL);
  fails("not an epoll", epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &event), EINVAL);
  int file = open("/proc/self/exe", O_RDONLY), folder = open("/", O_RDONLY), null = open("/dev/null", O_RDWR);
  fails("a regular file", epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event), EPERM);
  fails("a directory", epoll_ctl(epoll, EPOLL_CTL_ADD, folder, &event), EPERM);
  fails("/dev/null", epoll_ctl(epoll, EPOLL_CTL_ADD, null, &event), EPERM);
  fails("an unknown operation", epoll_ctl(epoll, 9, ends[0], &event), EINVAL);
  fails("change of what is not there", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &event), ENOENT);
  fails("removal of what is not there", epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL), ENOENT);
  fails("a bad address", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], (void*)8), EFAULT);
  equal("add", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), 0);
  fails("add again", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), EEXIST);
  fails("wait for nothing", epoll_wait(epoll, &event, 0, 0), EINVAL);
  fails("wait on a pipe", epoll_wait(ends[0], &event, 1, 0), EINVAL);
  write(ends[1], "x", 1);
  fails("events to nowhere", epoll_wait(epoll, (void*)8, 1, 0), EFAULT);
  equal("nothing was lost", epoll_wait(epoll, &event, 1, 0), 1);
  fails("read of an epoll", read(epoll, &event, 1), EINVAL);
  struct stat status;
  fstat(epoll, &status);
  equal("fstat says nothing but permissions", status.st_mode, 0600);
  char link[64] = "", path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", epoll);
  readlink(path, link, sizeof link - 1);
  check("its name", !strcmp(link, "anon_inode:[eventpoll]"));
  close(file), close(folder), close(null), close(epoll), close(ends[0]), close(ends[1]);
}

static void triggers(void) {
  int epoll = epoll_create1(0), ends[2];
  char byte;
  pipe(ends);
  struct epoll_event event = {EPOLLIN, {.u64 = 42}}, got[4];
  epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
  equal("an empty pipe", wait_for(epoll, got, 4), 0);
  write(ends[1], "abc", 3);
  equal("level: ready", wait_for(epoll, got, 4), 1);
  check("what was asked for", got[0].events == EPOLLIN && got[0].data.u64 == 42);
  equal("level: still ready", wait_for(epoll, got, 4), 1);
  event.events = EPOLLIN | EPOLLET;
  epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &event);
  equal("edge: once", wait_for(epoll, got, 4), 1);
  equal("edge: not again", wait_for(epoll, got, 4), 0);
  read(ends[0], &byte, 1);
  equal("edge: reading is no edge", wait_for(epoll, got, 4), 0);
  write(ends[1], "d", 1);
  equal("edge: more to read is", wait_for(epoll, got, 4), 1);
  event.events = EPOLLIN | EPOLLONESHOT;
  epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &event);
  equal("one shot: once", wait_for(epoll, got, 4), 1);
  write(ends[1], "e", 1);
  equal("one shot: disarmed", wait_for(epoll, got, 4), 0);
  epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &event);
  equal("one shot: armed again", wait_for(epoll, got, 4), 1);
  event.events = EPOLLIN;
  epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &event);
  while (wait_for(epoll, got, 4)) read(ends[0], &byte, 1);
  close(ends[1]);
  equal("hang-up is always told", wait_for(epoll, got, 4), 1);
  check("as EPOLLHUP", got[0].events == EPOLLHUP);
  int copy = dup(ends[0]);
  close(ends[0]);
  equal("a copy keeps the watch", wait_for(epoll, got, 4), 1);
  close(copy);
  equal("the last close ends it", wait_for(epoll, got, 4), 0);
  pipe(ends);
  event.events = EPOLLOUT, event.data.u64 = 1;
  epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], &event);
  event.events = EPOLLIN, event.data.u64 = 2;
  epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
  equal("room to write", wait_for(epoll, got, 4), 1);
  write(ends[1], "x", 1);
  equal("both ends", wait_for(epoll, got, 4), 2);
  equal("no more than asked", wait_for(epoll, got, 1), 1);
  unsigned long first = got[0].data.u64;
  wait_for(epoll, got, 1);
  check("the other one next time", got[0].data.u64 != first);
  close(ends[0]);
  equal("no reader", wait_for(epoll, got, 4), 1);
  check("EPOLLERR", got[0].events == (EPOLLOUT | EPOLLERR));
  close(ends[1]), close(epoll);
}

static void nesting(void) {
  int inner = epoll_create1(0), outer = epoll_create1(0), ends[2];
  pipe(ends);
  struct epoll_event event = {EPOLLIN, {.fd = ends[0]}}, got[4];
  epoll_ctl(inner, EPOLL_CTL_ADD, ends[0], &event);
  event.data.fd = inner;
  equal("an epoll in an epoll", epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event), 0);
  equal("nothing yet", wait_for(outer, got, 4), 0);
  write(ends[1], "x", 1);
  equal("it comes through", wait_for(outer, got, 4), 1);
  check("from the inner one", got[0].data.fd == inner);
  struct pollfd fds = {outer, POLLIN, 0};
  equal("poll on an epoll", poll(&fds, 1, 0), 1);
  fails("a circle", epoll_ctl(inner, EPOLL_CTL_ADD, outer, &event), ELOOP);
  int chain[12], length = 1;
  chain[0] = epoll_create1(0);
  for (; length < 12; length++) {
    chain[length] = epoll_create1(0);
    if (epoll_ctl(chain[length], EPOLL_CTL_ADD, chain[length - 1], &event)) break;
  }
  check("the chain's end is ELOOP", errno == ELOOP);
  equal("a chain of five", length, 5);
  for (int i = 0; i <= length && i < 12; i++) close(chain[i]);
  close(inner), close(outer), close(ends[0]), close(ends[1]);
}

static void waiting(void) {
  int epoll = epoll_create1(0), ends[2], back[2];
  pipe(ends), pipe(back);
  struct epoll_event event = {EPOLLIN, {0}}, got[4];
  epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
  pid_t child = fork();
  if (child == 0) {
    sleep_ms(20);
    write(ends[1], "x", 1);
    _exit(0);
  }
  equal("sleeps until somebody writes", epoll_wait(epoll, got, 4, -1), 1);
  status_of(child);
  char byte;
  read(ends[0], &byte, 1);
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  equal("times out", epoll_wait(epoll, got, 4, 30), 0);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
  check("not early", ms >= 29);
  struct timespec timeout = {0, 20000000};
  equal("epoll_pwait2", syscall(441, epoll, got, 4, &timeout, NULL, 0), 0);
  close(epoll), close(ends[0]), close(ends[1]), close(back[0]), close(back[1]);
}

static volatile int signals;
static void on_signal(int number) { signals++; }

static void masks(void) {
  int epoll = epoll_create1(0);
  struct epoll_event got[4];
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigset_t blocked, none;
  sigemptyset(&none), sigemptyset(&blocked), sigaddset(&blocked, SIGUSR1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  raise(SIGUSR1);
  equal("blocked", signals, 0);
  fails("epoll_pwait lets it in", epoll_pwait(epoll, got, 4, 1000, &none), EINTR);
  equal("the handler ran", signals, 1);
  sigset_t now;
  sigprocmask(SIG_BLOCK, NULL, &now);
  check("the mask is back", sigismember(&now, SIGUSR1));
  raise(SIGUSR1);
  struct timespec timeout = {1, 0};
  fails("ppoll", ppoll(NULL, 0, &timeout, &none), EINTR);
  raise(SIGUSR1);
  fails("pselect", pselect(0, NULL, NULL, NULL, &timeout, &none), EINTR);
  equal("three signals in all", signals, 3);
  close(epoll);
}

static void polls(void) {
  int ends[2], file = open("/proc/self/exe", O_RDONLY);
  pipe(ends);
  struct pollfd fds[4] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}, {-1, POLLIN, 0}, {file, POLLIN | POLLOUT, 0}};
  equal("poll", poll(fds, 4, 0), 2);
  check("the events", fds[0].revents == 0 && fds[1].revents == POLLOUT && fds[2].revents == 0);
  equal("a file is always ready", fds[3].revents, POLLIN | POLLOUT);
  fds[2].fd = 77;
  equal("a closed descriptor counts", poll(fds, 4, 0), 3);
  equal("as POLLNVAL", fds[2].revents, POLLNVAL);
  fails("poll to nowhere", poll((void*)8, 1, 0), EFAULT);
  fd_set in, out;
  FD_ZERO(&in);
  FD_ZERO(&out);
  FD_SET(ends[0], &in);
  FD_SET(ends[1], &out);
  struct timeval timeout = {0, 0};
  equal("select", select(ends[1] + 1, &in, &out, NULL, &timeout), 1);
  check("which", !FD_ISSET(ends[0], &in) && FD_ISSET(ends[1], &out));
  FD_ZERO(&in);
  FD_SET(61, &in);  // Linux overlooks those above the size of its table, 64 at least
  fails("select of a closed descriptor", select(62, &in, NULL, NULL, &timeout), EBADF);
  fails("select of less than nothing", select(-1, NULL, NULL, NULL, &timeout), EINVAL);
  close(ends[1]);
  FD_ZERO(&in);
  FD_SET(ends[0], &in);
  equal("end of file is readable", select(ends[0] + 1, &in, NULL, NULL, NULL), 1);
  close(ends[0]), close(file);
}

int main(void) {
  refusals();
  triggers();
  nesting();
  waiting();
  masks();
  polls();
  return finish();
}
