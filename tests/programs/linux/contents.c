// SPDX-License-Identifier: MIT
// What is in files: holes, fallocate, vectors, copies inside the kernel, limits, mappings that follow.
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "linux.h"

static char buffer[70000];

static void holes(void) {
  struct stat status;
  int fd = open("sparse", O_RDWR | O_CREAT, 0644);
  pwrite(fd, "end", 3, 1 << 20);
  fstat(fd, &status);
  SAYS(status.st_size);
  SAYS(status.st_blocks);
  SAYS(lseek(fd, 0, SEEK_DATA));
  SAYS(lseek(fd, 0, SEEK_HOLE));
  SAYS(lseek(fd, 1 << 20, SEEK_HOLE));
  SAYS(lseek(fd, (1 << 20) + 3, SEEK_DATA));
  SAYS(lseek(fd, (1 << 20) + 2, SEEK_DATA));
  SAYS(lseek(fd, -1, SEEK_DATA));
  SAYS(lseek(fd, 0, 9));
  SAYS(lseek(fd, 0x7fffffffffffffff, SEEK_CUR));
  pwrite(fd, "x", 1, 40960);
  SAYS(lseek(fd, 0, SEEK_DATA));
  SAYS(lseek(fd, 40960, SEEK_HOLE));
  SAYS(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 40000, 2000));
  SAYS(pread(fd, buffer, 1, 40960) == 1 && buffer[0] == 0);
  SAYS(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 36864, 8192));
  SAYS(lseek(fd, 0, SEEK_DATA));
  SAYS(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 4096));
  SAYS(fallocate(fd, 0, -1, 10));
  SAYS(fallocate(fd, 0, 0, 0));
  SAYS(fallocate(fd, 0, 0x7fffffffffffffff, 10));
  SAYS(fallocate(fd, FALLOC_FL_KEEP_SIZE, 2 << 20, 4096));
  fstat(fd, &status), SAYS(status.st_size);
  SAYS(fallocate(fd, 0, 2 << 20, 100));
  fstat(fd, &status), SAYS(status.st_size);
  SAYS(ftruncate(fd, 5000));
  SAYS(ftruncate(fd, 10000));
  SAYS(pread(fd, buffer, 10000, 0));
  SAYS(ftruncate(fd, -1));
  SAYS(truncate("sparse", 3));
  SAYS(truncate(".", 3));
  SAYS(truncate("missing", 3));
  SAYS(truncate("sparse/x", 3));
  close(fd);
  fd = open("sparse", O_RDONLY);
  SAYS(ftruncate(fd, 0));
  SAYS(fallocate(fd, 0, 0, 10));
  close(fd);
  int ends[2];
  pipe(ends);
  SAYS(fallocate(ends[1], 0, 0, 10));
  SAYS(ftruncate(ends[1], 0));
  SAYS(lseek(ends[1], 0, SEEK_END));
  SAYS(pread(ends[0], buffer, 1, 0));
  SAYS(pwrite(ends[1], buffer, 1, 0));
  SAYS(fsync(ends[0]));
  SAYS(posix_fadvise(ends[0], 0, 0, 0) == ESPIPE);
  close(ends[0]), close(ends[1]);
  unlink("sparse");
}

static void vectors(void) {
  int fd = open("v", O_RDWR | O_CREAT | O_APPEND, 0644);
  struct iovec v[4] = {{"one", 3}, {NULL, 0}, {"two", 3}, {"three", 5}};
  SAYS(writev(fd, v, 4));
  SAYS(pwritev(fd, v, 1, 0));
  char a[2], b[4];
  struct iovec in[3] = {{a, 2}, {b, 4}, {buffer, 100}};
  SAYS(preadv(fd, in, 3, 1));
  SAYS(a[0] == 'n' && b[0] == 't' && buffer[0] == 'h');
  SAYS(preadv(fd, in, 3, -1));
  SAYS(syscall(SYS_preadv2, fd, in, 3, -1, 0, 0));
  SAYS(lseek(fd, 0, SEEK_SET));
  SAYS(syscall(SYS_preadv2, fd, in, 2, -1, 0, 0));
  SAYS(lseek(fd, 0, SEEK_CUR));
  SAYS(syscall(SYS_preadv2, fd, in, 3, 0, 0, 0x4000));
  SAYS(readv(fd, in, 1025));
  SAYS(readv(fd, in, -1));
  SAYS(readv(fd, in, 0));
  SAYS(readv(fd, (void*)8, 1));
  in[1].iov_len = (size_t)-1;
  SAYS(readv(fd, in, 2));
  in[1] = (struct iovec){(void*)8, 4};
  SAYS(lseek(fd, 0, SEEK_SET));
  SAYS(readv(fd, in, 2));
  in[0].iov_base = (void*)8;
  SAYS(readv(fd, in, 2));
  SAYS(read(fd, (void*)8, 1));
  SAYS(write(fd, (void*)8, 1));
  SAYS(read(fd, (void*)8, 0));
  char* page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  SAYS(write(fd, page + 4090, 20));
  lseek(fd, 0, SEEK_SET);
  SAYS(read(fd, page + 4090, 20));
  int ends[2];
  pipe(ends);
  SAYS(writev(ends[1], v, 4));
  in[0] = (struct iovec){buffer, 4}, in[1] = (struct iovec){buffer + 10, 3};
  SAYS(readv(ends[0], in, 2));
  SAYS(write(ends[1], page + 4090, 20));
  close(ends[0]), close(ends[1]), close(fd), unlink("v");
}

static void copies(void) {
  touch("from", "0123456789");
  int from = open("from", O_RDONLY), to = open("to", O_RDWR | O_CREAT | O_TRUNC, 0644);
  off_t at = 2;
  SAYS(sendfile(to, from, &at, 3));
  SAYS(at);
  SAYS(lseek(from, 0, SEEK_CUR));
  SAYS(sendfile(to, from, NULL, 100));
  SAYS(sendfile(to, from, NULL, 100));
  at = -1;
  SAYS(sendfile(to, from, &at, 3));
  SAYS(sendfile(from, to, NULL, 3));
  SAYS(sendfile(to, 99, NULL, 3));
  int ends[2];
  pipe(ends);
  SAYS(sendfile(ends[1], from, (at = 0, &at), 4));
  SAYS(read(ends[0], buffer, 10));
  SAYS(pread(to, buffer, 100, 0));
  off_t in = 0, out = 20;
  SAYS(syscall(SYS_copy_file_range, from, &in, to, &out, 100, 0));
  SAYS(out);
  SAYS(syscall(SYS_copy_file_range, from, &in, to, &out, 100, 0));
  SAYS(syscall(SYS_copy_file_range, from, &in, to, &out, 100, 1));
  in = 0, out = 5;
  SAYS(syscall(SYS_copy_file_range, to, &in, to, &out, 10, 0));
  SAYS(syscall(SYS_copy_file_range, ends[0], NULL, to, NULL, 10, 0));
  SAYS(syscall(SYS_copy_file_range, to, NULL, from, NULL, 10, 0));
  int append = open("to", O_WRONLY | O_APPEND);
  SAYS(sendfile(append, from, (at = 0, &at), 4));
  SAYS(syscall(SYS_copy_file_range, from, (in = 0, &in), append, NULL, 10, 0));
  lseek(from, 0, SEEK_SET);
  SAYS(splice(from, NULL, ends[1], NULL, 6, 0));
  at = 100;
  SAYS(splice(ends[0], NULL, to, &at, 4, 0));
  SAYS(pread(to, buffer, 10, 100));
  SAYS(!memcmp(buffer, "0123", 4));
  SAYS(splice(from, NULL, to, NULL, 4, 0));
  SAYS(splice(ends[0], &at, to, NULL, 4, 0));
  int other[2];
  pipe(other);
  SAYS(tee(ends[0], other[1], 10, 0));
  SAYS(read(other[0], buffer, 10));
  SAYS(read(ends[0], buffer, 10));
  SAYS(splice(ends[0], NULL, to, NULL, 4, SPLICE_F_NONBLOCK));
  SAYS(tee(from, other[1], 10, 0));
  struct iovec v = {"vm", 2};
  SAYS(vmsplice(other[1], &v, 1, 0));
  SAYS(read(other[0], buffer, 10));
  close(other[0]), close(other[1]), close(ends[0]), close(ends[1]), close(append), close(from), close(to);
  unlink("from"), unlink("to");
}

static void limits(void) {
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit old, small;
  getrlimit(RLIMIT_FSIZE, &old);
  small = old, small.rlim_cur = 100;
  setrlimit(RLIMIT_FSIZE, &small);
  int fd = open("big", O_RDWR | O_CREAT, 0644);
  // Nothing is printed meanwhile: standard output may be a file, too.
  long results[7], errors[7], n = 0;
#define KEEP(call) (results[n] = (call), errors[n++] = errno)
  KEEP(write(fd, buffer, 90));
  KEEP(write(fd, buffer, 90));
  KEEP(write(fd, buffer, 90));
  KEEP(ftruncate(fd, 101));
  KEEP(ftruncate(fd, 100));
  KEEP(fallocate(fd, 0, 0, 200));
  KEEP(pwrite(fd, buffer, 1, 100));
  setrlimit(RLIMIT_FSIZE, &old);
  for (int i = 0; i < n; i++) errno = (int)errors[i], says("within the limit", results[i]);
  char* mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  mapped[50] = 'x';
  SAYS(pread(fd, buffer, 1, 50) == 1 && buffer[0] == 'x');
  pwrite(fd, "y", 1, 60);
  SAYS(mapped[60] == 'y');
  SAYS(mapped[200]);
  munmap(mapped, 8192);
  close(fd), unlink("big");
}

static void pipes(void) {
  int ends[2];
  pipe2(ends, O_NONBLOCK | O_CLOEXEC);
  SAYS(fcntl(ends[0], F_GETPIPE_SZ));
  SAYS(fcntl(ends[0], F_SETPIPE_SZ, 5000));
  long filled = 0, n;
  while ((n = write(ends[1], buffer, 4096)) > 0) filled += n;
  SAYS(filled);
  SAYS(fcntl(ends[0], F_SETPIPE_SZ, 4096));
  SAYS(fcntl(ends[0], F_SETPIPE_SZ, 65536));
  SAYS(write(ends[1], buffer, 10000));
  SAYS(read(ends[0], buffer, 4096));
  SAYS(fcntl(ends[0], F_SETPIPE_SZ, 0));
  SAYS(fcntl(0, F_GETPIPE_SZ));
  while (read(ends[0], buffer, sizeof buffer) > 0) {
  }
  SAYS(fcntl(ends[0], F_SETPIPE_SZ, 0));
  SAYS(write(ends[1], buffer, 4000));
  SAYS(write(ends[1], buffer, 4000));
  int waiting;
  SAYS(ioctl(ends[0], FIONREAD, &waiting));
  SAYS(waiting);
  while (read(ends[0], buffer, sizeof buffer) > 0) {
  }
  // Resized while its bytes go round the end of the ring.
  SAYS(fcntl(ends[0], F_SETPIPE_SZ, 65536));
  for (int i = 0; i < 65536; i++) buffer[i] = (char)(i * 7);
  SAYS(write(ends[1], buffer, 65536));
  SAYS(read(ends[0], buffer, 4196));
  for (int i = 0; i < 4096; i++) buffer[i] = (char)((65536 + i) * 7);
  SAYS(write(ends[1], buffer, 4096));
  SAYS(fcntl(ends[0], F_SETPIPE_SZ, 131072));
  long got = 0, wrong = 0;
  while ((n = read(ends[0], buffer, 5000)) > 0)
    for (long i = 0; i < n; i++, got++) wrong += buffer[i] != (char)((4196 + got) * 7);
  SAYS(got), SAYS(wrong);
  close(ends[0]), close(ends[1]);
  SAYS(syscall(SYS_pipe2, ends, 0x12345));
  mkfifo("fifo", 0644);
  SAYS(open("fifo", O_WRONLY | O_NONBLOCK));
  int reader = open("fifo", O_RDONLY | O_NONBLOCK);
  struct pollfd fds = {reader, POLLIN, 0};
  SAYS(poll(&fds, 1, 0));
  SAYS(read(reader, buffer, 1));
  int writer = open("fifo", O_WRONLY | O_NONBLOCK);
  SAYS(read(reader, buffer, 1));
  SAYS(write(writer, "abc", 3));
  close(writer);
  SAYS(poll(&fds, 1, 0));
  SAYS(fds.revents == (POLLIN | POLLHUP));
  SAYS(read(reader, buffer, 10));
  SAYS(read(reader, buffer, 10));
  close(reader);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int fd = open("fifo", O_WRONLY);
    write(fd, "hello", 5);
    _exit(0);
  }
  reader = open("fifo", O_RDONLY);
  SAYS(read(reader, buffer, 10));
  status_of(child);
  SAYS(read(reader, buffer, 10));
  close(reader);
  int both = open("fifo", O_RDWR);
  SAYS(write(both, "self", 4));
  SAYS(read(both, buffer, 10));
  close(both), unlink("fifo");
}

int main(void) {
  enter_folder("contents");
  holes();
  vectors();
  copies();
  limits();
  pipes();
  leave_folder();
  return 0;
}
