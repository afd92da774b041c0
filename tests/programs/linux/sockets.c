// SPDX-License-Identifier: MIT
// AF_UNIX sockets: pairs, names, connections, messages, passed files and credentials, ends; refusals.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "linux.h"

static char buffer[300000];

static void refusals(void) {
  SAYS(socket(AF_UNIX, 77, 0));
  SAYS(socket(AF_UNIX, SOCK_RDM, 0));
  SAYS(socket(AF_UNIX, SOCK_STREAM, 5));
  SAYS(socket(9999, SOCK_STREAM, 0));
  SAYS(socket(AF_UNIX, SOCK_STREAM | 0x100000, 0));
  int pair[2];
  SAYS(socketpair(9999, SOCK_STREAM, 0, pair));
  SAYS(socketpair(AF_UNIX, SOCK_STREAM, 0, (int*)8));
  SAYS(send(0, "x", 1, 0));
  SAYS(recv(99, buffer, 1, 0));
  SAYS(listen(0, 1));
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  SAYS(send(s, "x", 1, MSG_NOSIGNAL));
  SAYS(recv(s, buffer, 1, 0));
  SAYS(listen(s, 1));
  SAYS(accept(s, NULL, NULL));
  SAYS(shutdown(s, SHUT_RD));
  SAYS(shutdown(s, 7));
  SAYS(getpeername(s, (void*)buffer, &(socklen_t){100}));
  SAYS(lseek(s, 0, SEEK_SET));
  SAYS(pread(s, buffer, 1, 0));
  struct pollfd fds = {s, POLLIN | POLLOUT, 0};
  SAYS(poll(&fds, 1, 0));
  SAYS(fds.revents);
  struct sockaddr_un name = {AF_UNIX, "missing"};
  SAYS(connect(s, (void*)&name, sizeof name));
  touch("plain", "");
  strcpy(name.sun_path, "plain");
  SAYS(connect(s, (void*)&name, sizeof name));
  SAYS(bind(s, (void*)&name, sizeof name));
  strcpy(name.sun_path, "no/where");
  SAYS(bind(s, (void*)&name, sizeof name));
  name.sun_family = AF_INET;
  SAYS(bind(s, (void*)&name, sizeof name));
  SAYS(connect(s, (void*)&name, sizeof name));
  SAYS(bind(s, (void*)&name, 1));
  SAYS(bind(s, (void*)&name, 200));
  SAYS(connect(s, (void*)8, 20));
  close(s), unlink("plain");
  s = socket(AF_UNIX, SOCK_DGRAM, 0);
  SAYS(listen(s, 1));
  SAYS(send(s, "x", 1, 0));
  SAYS(recv(s, buffer, 1, MSG_DONTWAIT));
  close(s);
}

static void streams(void) {
  int p[2];
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p);
  SAYS(fcntl(p[0], F_GETFD));
  struct stat status;
  fstat(p[0], &status);
  SAYS(status.st_mode);
  SAYS(write(p[0], "hello", 5));
  SAYS(send(p[0], "world", 5, 0));
  SAYS(recv(p[1], buffer, 3, MSG_PEEK));
  SAYS(recv(p[1], buffer, 100, MSG_PEEK));
  int waiting;
  ioctl(p[1], FIONREAD, &waiting), SAYS(waiting);
  SAYS(read(p[1], buffer, 7));
  SAYS(!memcmp(buffer, "hellowo", 7));
  SAYS(read(p[1], buffer, 7));
  SAYS(recv(p[1], buffer, 7, MSG_DONTWAIT));
  SAYS(recv(p[1], buffer, 7, MSG_OOB | MSG_DONTWAIT) < 0);
  SAYS(write(p[1], "back", 4));
  SAYS(read(p[0], buffer, 100));
  SAYS(write(p[0], buffer, 0));
  struct pollfd fds = {p[0], POLLIN | POLLOUT | POLLRDHUP, 0};
  SAYS(poll(&fds, 1, 0)), SAYS(fds.revents);
  SAYS(shutdown(p[1], SHUT_WR));
  SAYS(poll(&fds, 1, 0)), SAYS(fds.revents);
  SAYS(read(p[0], buffer, 10));
  SAYS(write(p[0], "still", 5));
  SAYS(read(p[1], buffer, 10));
  signal(SIGPIPE, SIG_IGN);
  SAYS(write(p[1], "no", 2));
  SAYS(shutdown(p[1], SHUT_RD));
  SAYS(write(p[0], "no", 2));
  SAYS(poll(&fds, 1, 0)), SAYS(fds.revents);
  close(p[0]), close(p[1]);
  socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p);
  long filled = 0, n;
  while ((n = write(p[0], buffer, 1000)) > 0) filled += n;
  SAYS(n);
  SAYS(filled > 50000);
  fds.events = POLLOUT;
  SAYS(poll(&fds, 0, 0));
  while ((n = read(p[1], buffer, sizeof buffer)) > 0) filled -= n;
  SAYS(filled);
  write(p[0], "unread", 6);
  write(p[1], "unread", 6);
  close(p[1]);
  SAYS(read(p[0], buffer, 10));
  SAYS(read(p[0], buffer, 10));
  SAYS(read(p[0], buffer, 10));
  SAYS(write(p[0], "x", 1));
  SAYS(getpeername(p[0], (void*)buffer, &(socklen_t){100}));
  close(p[0]);
  socketpair(AF_UNIX, SOCK_STREAM, 0, p);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    close(p[0]);
    sleep_ms(10);
    write(p[1], "one", 3);
    sleep_ms(10);
    write(p[1], "two", 3);
    static char much[250000];
    long sent = 0;
    for (long r; sent < (long)sizeof much && (r = write(p[1], much, sizeof much - (size_t)sent)) > 0;) sent += r;
    _exit(sent == sizeof much ? 0 : 1);
  }
  close(p[1]);
  SAYS(recv(p[0], buffer, 6, MSG_WAITALL));
  long got = 0;
  while ((n = read(p[0], buffer, sizeof buffer)) > 0) got += n;
  SAYS(got);
  SAYS(status_of(child));
  close(p[0]);
}

static int listener(struct sockaddr_un* name, socklen_t length, int type) {
  int s = socket(AF_UNIX, type, 0);
  if (bind(s, (void*)name, length)) return -1;
  return s;
}

static void names(void) {
  struct sockaddr_un name = {AF_UNIX, "socket"}, got;
  socklen_t length;
  int s = listener(&name, sizeof name, SOCK_STREAM);
  SAYS(s >= 0);
  struct stat status;
  stat("socket", &status), SAYS(status.st_mode);
  SAYS(bind(s, (void*)&name, sizeof name));
  int c = socket(AF_UNIX, SOCK_STREAM, 0);
  SAYS(bind(c, (void*)&name, sizeof name));
  SAYS(connect(c, (void*)&name, sizeof name));
  SAYS(listen(s, 2));
  SAYS(open("socket", O_RDWR));
  SAYS(connect(c, (void*)&name, sizeof name));
  SAYS(connect(c, (void*)&name, sizeof name));
  SAYS(write(c, "early", 5));
  struct pollfd fds = {s, POLLIN, 0};
  SAYS(poll(&fds, 1, 0));
  length = sizeof got;
  int a = accept4(s, (void*)&got, &length, SOCK_CLOEXEC);
  SAYS(length);
  SAYS(fcntl(a, F_GETFD));
  SAYS(read(a, buffer, 10));
  length = sizeof got;
  SAYS(getsockname(a, (void*)&got, &length));
  SAYS(length);
  printf("%s\n", got.sun_path);
  length = sizeof got;
  SAYS(getpeername(c, (void*)&got, &length));
  SAYS(length);
  length = 4;
  SAYS(getpeername(c, (void*)&got, &length));
  SAYS(length);
  struct {
    int pid, uid, gid;
  } who;
  length = sizeof who;
  SAYS(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &who, &length));
  SAYS(who.pid == getpid() && who.uid == 0 && who.gid == 0);
  int value;
  length = sizeof value;
  SAYS(getsockopt(s, SOL_SOCKET, SO_ACCEPTCONN, &value, &length)), SAYS(value);
  SAYS(getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &length)), SAYS(value);
  SAYS(getsockopt(s, SOL_SOCKET, SO_DOMAIN, &value, &length)), SAYS(value);
  SAYS(getsockopt(s, SOL_SOCKET, SO_ERROR, &value, &length)), SAYS(value);
  SAYS(getsockopt(s, SOL_SOCKET, 9999, &value, &length));
  SAYS(getsockopt(s, 6, 1, &value, &length));
  value = 1;
  SAYS(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value));
  SAYS(setsockopt(s, SOL_SOCKET, SO_SNDBUF, &value, 1));
  value = 10000;
  SAYS(setsockopt(c, SOL_SOCKET, SO_SNDBUF, &value, sizeof value));
  SAYS(getsockopt(c, SOL_SOCKET, SO_SNDBUF, &value, &length)), SAYS(value);
  close(a);
  int wrong = socket(AF_UNIX, SOCK_DGRAM, 0);
  SAYS(connect(wrong, (void*)&name, sizeof name));
  close(wrong);
  int many[4];
  for (int i = 0; i < 4; i++) {
    many[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    SAYS(connect(many[i], (void*)&name, sizeof name));
  }
  close(s);
  SAYS(recv(many[0], buffer, 1, 0));
  SAYS(recv(many[0], buffer, 1, 0));
  for (int i = 0; i < 4; i++) close(many[i]);
  close(c);
  c = socket(AF_UNIX, SOCK_STREAM, 0);
  SAYS(connect(c, (void*)&name, sizeof name));
  close(c);
  SAYS(unlink("socket"));
  struct sockaddr_un hidden = {AF_UNIX, "\0lucid-test"};
  socklen_t hidden_length = offsetof(struct sockaddr_un, sun_path) + 11;
  s = listener(&hidden, hidden_length, SOCK_SEQPACKET);
  SAYS(listener(&hidden, hidden_length, SOCK_SEQPACKET));
  listen(s, 1);
  c = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  SAYS(connect(c, (void*)&hidden, hidden_length - 1));
  SAYS(connect(c, (void*)&hidden, hidden_length));
  length = sizeof got;
  getpeername(c, (void*)&got, &length), SAYS(length);
  a = accept(s, NULL, NULL);
  SAYS(write(a, "first", 5));
  SAYS(write(a, "second", 6));
  SAYS(read(c, buffer, 3));
  SAYS(read(c, buffer, 100));
  close(a);
  SAYS(read(c, buffer, 100));
  SAYS(write(c, "x", 1));
  close(c), close(s);
  s = socket(AF_UNIX, SOCK_STREAM, 0);
  SAYS(bind(s, (void*)&name, 2));
  length = sizeof got;
  getsockname(s, (void*)&got, &length), SAYS(length);
  close(s);
}

static void datagrams(void) {
  struct sockaddr_un a_name = {AF_UNIX, "a"}, b_name = {AF_UNIX, "b"}, from;
  socklen_t length = sizeof from;
  int a = listener(&a_name, sizeof a_name, SOCK_DGRAM), b = listener(&b_name, sizeof b_name, SOCK_DGRAM);
  SAYS(sendto(a, "to b", 4, 0, (void*)&b_name, sizeof b_name));
  SAYS(sendto(a, "", 0, 0, (void*)&b_name, sizeof b_name));
  int waiting;
  ioctl(b, FIONREAD, &waiting), SAYS(waiting);
  SAYS(recvfrom(b, buffer, 2, MSG_PEEK | MSG_TRUNC, (void*)&from, &length));
  SAYS(recvfrom(b, buffer, 100, 0, (void*)&from, &length));
  printf("from %s\n", from.sun_path);
  SAYS(recv(b, buffer, 100, 0));
  SAYS(connect(a, (void*)&b_name, sizeof b_name));
  SAYS(send(a, "connected", 9, 0));
  struct iovec v = {buffer, 4};
  struct msghdr h = {.msg_iov = &v, .msg_iovlen = 1};
  SAYS(recvmsg(b, &h, 0));
  SAYS(h.msg_flags);
  SAYS(connect(b, (void*)&a_name, sizeof a_name));
  int c = socket(AF_UNIX, SOCK_DGRAM, 0);
  SAYS(sendto(c, "x", 1, 0, (void*)&b_name, sizeof b_name));
  SAYS(connect(c, (void*)&b_name, sizeof b_name));
  SAYS(sendto(c, "x", 1, 0, (void*)&(struct sockaddr_un){AF_UNIX, "nobody"}, sizeof b_name));
  int n = 0;
  while (send(a, "x", 1, MSG_DONTWAIT) == 1) n++;
  SAYS(n >= 10);  // how many is a setting of the host's
  SAYS(send(a, "x", 1, MSG_DONTWAIT));
  SAYS(recv(b, buffer, 10, 0));
  SAYS(send(a, "x", 1, MSG_DONTWAIT));
  SAYS(send(b, buffer, sizeof buffer, 0));
  close(b);
  SAYS(send(a, "x", 1, 0));
  SAYS(send(a, "x", 1, 0));
  close(a), close(c), unlink("a"), unlink("b");
}

static void passing(void) {
  int p[2], pipe_ends[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, p);
  pipe(pipe_ends);
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(4 * sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec v = {"F", 1};
  struct msghdr h = {
      .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(sizeof(int) * 2)};
  control.header =
      (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int) * 2), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  int* fds = (int*)CMSG_DATA(&control.header);
  fds[0] = pipe_ends[0], fds[1] = 99;
  SAYS(sendmsg(p[0], &h, 0));
  fds[1] = pipe_ends[1];
  write(p[0], "before", 6);
  SAYS(sendmsg(p[0], &h, 0));
  write(p[0], "after", 5);
  close(pipe_ends[0]), close(pipe_ends[1]);
  v = (struct iovec){buffer, 100};
  memset(&control, 0, sizeof control);
  h.msg_controllen = sizeof control;
  SAYS(recvmsg(p[1], &h, MSG_CMSG_CLOEXEC));
  SAYS(h.msg_controllen);
  SAYS(h.msg_flags & ~MSG_CMSG_CLOEXEC);
  SAYS(control.header.cmsg_len == CMSG_LEN(2 * sizeof(int)));
  int in = fds[0], out = fds[1];
  SAYS(fcntl(in, F_GETFD));
  SAYS(write(out, "through", 7));
  SAYS(read(in, buffer, 10));
  close(in), close(out);
  SAYS(recv(p[1], buffer, 100, 0));
  int value = 1;
  SAYS(setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &value, sizeof value));
  write(p[0], "who", 3);
  h.msg_controllen = sizeof control;
  SAYS(recvmsg(p[1], &h, 0));
  SAYS(control.header.cmsg_type == SCM_CREDENTIALS);
  struct {
    int pid, uid, gid;
  } who;
  memcpy(&who, CMSG_DATA(&control.header), sizeof who);
  SAYS(who.pid == getpid() && who.uid == 0);
  value = 0;
  setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &value, sizeof value);
  // Too little room for two files: one arrives.
  memset(&control, 0, sizeof control);
  control.header =
      (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int) * 2), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  fds[0] = 0, fds[1] = 1;
  h.msg_controllen = CMSG_SPACE(sizeof(int) * 2);
  v = (struct iovec){"X", 1};
  SAYS(sendmsg(p[0], &h, 0));
  v = (struct iovec){buffer, 10};
  h.msg_controllen = CMSG_LEN(sizeof(int));
  SAYS(recvmsg(p[1], &h, 0));
  SAYS(h.msg_flags == MSG_CTRUNC);
  close(fds[0]);
  struct timeval timeout = {0, 20000};
  SAYS(setsockopt(p[1], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
  SAYS(recv(p[1], buffer, 1, 0));
  struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &(struct iovec){"ab", 2}, .msg_iovlen = 1}},
                           {.msg_hdr = {.msg_iov = &(struct iovec){"cde", 3}, .msg_iovlen = 1}}};
  SAYS(sendmmsg(p[0], two, 2, 0));
  SAYS(two[1].msg_len);
  SAYS(recv(p[1], buffer, 10, 0));
  close(p[0]), close(p[1]);
}

/// Sends descriptor `fd` from one end of a pair; it waits in the other's inbox.
static int send_fd(int over, int fd) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  struct msghdr h = {
      .msg_iov = &(struct iovec){"x", 1}, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  return (int)sendmsg(over, &h, 0);
}

/// A socket in the inbox of a socket in the inbox ... and then the outermost goes.
static void nested(void) {
  int outer[2], current[2], ends[2], sent = 0;
  char byte;
  pipe(ends);
  socketpair(AF_UNIX, SOCK_STREAM, 0, outer);
  current[0] = dup(outer[0]), current[1] = -1;
  for (int i = 0; i < 500; i++) {
    int next[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, next);
    sent += send_fd(current[0], next[1]) == 1;
    close(current[0]), close(next[1]);
    current[0] = next[0];
  }
  sent += send_fd(current[0], ends[1]) == 1;
  close(current[0]), close(ends[1]);
  SAYS(sent);
  close(outer[0]), close(outer[1]);
  sleep_ms(50);
  SAYS(read(ends[0], &byte, 1));
  close(ends[0]);
}

static void watched(void) {
  int p[2], epoll = epoll_create1(0);
  socketpair(AF_UNIX, SOCK_STREAM, 0, p);
  struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {0}}, got;
  epoll_ctl(epoll, EPOLL_CTL_ADD, p[0], &event);
  SAYS(epoll_wait(epoll, &got, 1, 0)), SAYS(got.events);
  SAYS(epoll_wait(epoll, &got, 1, 0));
  write(p[1], "x", 1);
  SAYS(epoll_wait(epoll, &got, 1, 0)), SAYS(got.events);
  SAYS(epoll_wait(epoll, &got, 1, 0));
  close(p[1]);
  SAYS(epoll_wait(epoll, &got, 1, 0)), SAYS(got.events);
  close(p[0]), close(epoll);
}

int main(void) {
  enter_folder("sockets");
  refusals();
  streams();
  names();
  datagrams();
  passing();
  watched();
  nested();
  leave_folder();
  return 0;
}
