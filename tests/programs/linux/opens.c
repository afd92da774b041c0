// SPDX-License-Identifier: MIT
// open's flags in all their combinations, what a descriptor may then do, and fcntl.
#include "linux.h"

static char buffer[64];

static void flags(void) {
  touch("file", "hello");
  mkdir("folder", 0755);
  symlink("file", "link");
  symlink("folder", "folder-link");
  symlink("nowhere", "dangling");
  SAYS(open("file", O_RDONLY | O_DIRECTORY));
  SAYS(open("link", O_RDONLY | O_NOFOLLOW));
  SAYS(open("link", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
  SAYS(open("folder-link", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
  SAYS(close(open("folder-link", O_RDONLY | O_DIRECTORY)));
  SAYS(close(open("folder-link/", O_RDONLY | O_NOFOLLOW)));
  SAYS(open("folder", O_RDWR));
  SAYS(open("folder", O_WRONLY | O_TRUNC));
  SAYS(open("folder", O_RDONLY | O_TRUNC));
  SAYS(open("folder", O_CREAT | O_RDONLY, 0644));
  SAYS(open("folder/", O_CREAT | O_WRONLY, 0644));
  SAYS(open("new/", O_CREAT | O_WRONLY, 0644));
  SAYS(open("file/", O_RDONLY));
  SAYS(open("file/.", O_RDONLY));
  SAYS(open("file", O_CREAT | O_EXCL, 0644));
  SAYS(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0644));
  SAYS(open("dangling", O_CREAT | O_NOFOLLOW | O_WRONLY, 0644));
  SAYS(close(open("dangling", O_CREAT | O_WRONLY, 0644)));
  SAYS(access("nowhere", F_OK));
  SAYS(unlink("nowhere"));
  SAYS(open("missing/file", O_CREAT | O_WRONLY, 0644));
  SAYS(open("", O_CREAT | O_WRONLY, 0644));
  SAYS(open(".", O_CREAT | O_WRONLY, 0644));
  SAYS(open("..", O_WRONLY));
  SAYS(open("/dev/null/x", O_RDONLY));
  char* name = malloc(5000);
  memset(name, 'a', 5000);
  name[256] = 0;
  SAYS(open(name, O_CREAT | O_WRONLY, 0644));
  name[255] = 0;
  SAYS(close(open(name, O_CREAT | O_WRONLY, 0644)));
  SAYS(unlink(name));
  memset(name, '/', 4096), name[4096] = 0;
  SAYS(open(name, O_RDONLY));
  name[4095] = 0;
  SAYS(close(open(name, O_RDONLY)));
  free(name);
  int strange = open("file", 3);
  SAYS(strange >= 0);
  SAYS(read(strange, buffer, 1));
  SAYS(write(strange, buffer, 1));
  close(strange);
  unlink("link"), unlink("folder-link"), unlink("dangling"), rmdir("folder"), unlink("file");
}

static void path_only(void) {
  touch("file", "hello");
  symlink("file", "link");
  int fd = open("file", O_PATH | O_WRONLY | O_CLOEXEC);
  SAYS(fcntl(fd, F_GETFL) == O_PATH);
  SAYS(fcntl(fd, F_GETFD));
  SAYS(read(fd, buffer, 1));
  SAYS(write(fd, buffer, 1));
  SAYS(lseek(fd, 0, SEEK_SET));
  SAYS(ftruncate(fd, 0));
  SAYS(syscall(SYS_fchmod, fd, 0600));
  SAYS(syscall(SYS_fchown, fd, 0, 0));
  SAYS(ioctl(fd, FIONREAD, buffer));
  SAYS((long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
  SAYS(fsync(fd));
  SAYS(fcntl(fd, F_SETFL, O_APPEND));
  struct stat status;
  SAYS(fstat(fd, &status));
  SAYS(status.st_size);
  int copy = dup(fd);
  SAYS(copy >= 0);
  close(copy);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int again = open(path, O_RDONLY);
  SAYS(read(again, buffer, 10));
  close(again), close(fd);
  fd = open("link", O_PATH | O_NOFOLLOW);
  SAYS(fstat(fd, &status));
  SAYS(S_ISLNK(status.st_mode));
  SAYS(readlinkat(fd, "", buffer, sizeof buffer));
  SAYS(fstatat(fd, "", &status, AT_EMPTY_PATH));
  close(fd);
  fd = open(".", O_PATH);
  SAYS(fchdir(fd));
  int inside = openat(fd, "file", O_RDONLY);
  SAYS(inside >= 0);
  close(inside);
  SAYS(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
  close(fd);
  fd = open("file", O_RDONLY);
  SAYS(openat(fd, "x", O_RDONLY));
  SAYS(openat(fd, "", O_RDONLY));
  SAYS(openat(99, "x", O_RDONLY));
  inside = openat(99, "/dev/null", O_RDONLY);
  SAYS(inside >= 0);
  close(inside), close(fd);
  unlink("file"), unlink("link");
}

static void temporary(void) {
  SAYS(open(".", O_TMPFILE | O_RDONLY, 0600));
  touch("file", "");
  SAYS(open("file", O_TMPFILE | O_RDWR, 0600));
  int fd = open(".", O_TMPFILE | O_RDWR, 0640);
  struct stat status;
  fstat(fd, &status);
  SAYS(status.st_nlink);
  SAYS(status.st_mode & 07777);
  write(fd, "data", 4);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  SAYS(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
  fstat(fd, &status);
  SAYS(status.st_nlink);
  close(fd);
  fd = open("named", O_RDONLY);
  SAYS(read(fd, buffer, 10));
  close(fd);
  fd = open(".", O_TMPFILE | O_EXCL | O_RDWR, 0640);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  SAYS(linkat(AT_FDCWD, path, AT_FDCWD, "other", AT_SYMLINK_FOLLOW));
  close(fd);
  unlink("named"), unlink("file");
}

static void descriptors(void) {
  int fd = open("/dev/null", O_RDWR);
  SAYS(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
  SAYS(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND | O_CREAT | O_RDONLY));
  SAYS((fcntl(fd, F_GETFL) & ~0100000) == (O_RDWR | O_APPEND | O_NONBLOCK));
  SAYS(dup3(fd, fd, 0));
  SAYS(dup2(fd, fd) == fd);
  SAYS(syscall(SYS_dup3, fd, 50, O_NONBLOCK));
  SAYS(dup3(fd, 50, O_CLOEXEC));
  SAYS(fcntl(50, F_GETFD));
  SAYS(dup2(fd, -1));
  SAYS(dup2(fd, 1 << 20));
  SAYS(fcntl(fd, F_DUPFD, 1 << 20));
  SAYS(fcntl(fd, F_DUPFD, -1));
  SAYS(fcntl(fd, F_DUPFD_CLOEXEC, 60));
  SAYS(fcntl(60, F_GETFD));
  SAYS(fcntl(fd, 9999));
  SAYS(fcntl(99, F_GETFD));
  SAYS(syscall(SYS_close_range, 50, 40, 0));
  SAYS(syscall(SYS_close_range, 50, 60, 8));
  SAYS(syscall(SYS_close_range, 55, 1000, 0));
  SAYS(fcntl(60, F_GETFD));
  SAYS(fcntl(50, F_SETFD, 0));
  SAYS(syscall(SYS_close_range, 50, ~0u, 4));
  SAYS(fcntl(50, F_GETFD));
  close(50), close(fd);
  struct rlimit few = {8, 8}, old;
  getrlimit(RLIMIT_NOFILE, &old);
  few.rlim_max = old.rlim_max;
  setrlimit(RLIMIT_NOFILE, &few);
  int last = -1, each;
  while ((each = open("/dev/null", O_RDONLY)) >= 0) last = each;
  SAYS(each);
  SAYS(last);
  SAYS(dup(0));
  SAYS(dup2(0, 8));
  int ends[2] = {-7, -7};
  SAYS(pipe(ends));
  SAYS(ends[0]);
  setrlimit(RLIMIT_NOFILE, &old);
  for (int i = 3; i <= last; i++) close(i);
}

static void names_of_descriptors(void) {
  char link[256], path[64];
  int fd = open("gone", O_CREAT | O_RDWR, 0644);
  unlink("gone");
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  memset(link, 0, sizeof link);
  readlink(path, link, sizeof link);
  SAYS(strcmp(link + strlen(link) - 15, "/gone (deleted)"));
  write(fd, "still", 5);
  int again = open(path, O_RDONLY);
  SAYS(read(again, buffer, 10));
  close(again), close(fd);
  int memory = syscall(SYS_memfd_create, "thing", 1);
  snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
  memset(link, 0, sizeof link);
  readlink(path, link, sizeof link);
  printf("%s\n", link);
  SAYS(ftruncate(memory, 8192));
  char* mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  mapped[5000] = 'm';
  SAYS(pread(memory, buffer, 1, 5000) == 1 && buffer[0] == 'm');
  munmap(mapped, 8192);
  struct stat status;
  fstat(memory, &status);
  SAYS(status.st_mode == (S_IFREG | 0777));
  SAYS(status.st_nlink);
  close(memory);
  SAYS(syscall(SYS_memfd_create, "thing", 0x1000));
  SAYS(syscall(SYS_memfd_create, NULL, 0));
}

int main(void) {
  enter_folder("opens");
  flags();
  path_only();
  temporary();
  descriptors();
  names_of_descriptors();
  leave_folder();
  return 0;
}
