// SPDX-License-Identifier: MIT
// Files and folders, in a folder of their own below /tmp.
#include <dirent.h>

#include "check.h"

static char buffer[256];

static void contents(void) {
  int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0644);
  check("create", fd >= 0);
  fails("O_EXCL", open("file", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
  equal("write", write(fd, "0123456789", 10), 10);
  equal("seek", lseek(fd, 3, SEEK_SET), 3);
  equal("read", read(fd, buffer, 4), 4);
  check("what was written", !memcmp(buffer, "3456", 4));
  equal("seek from the end", lseek(fd, -2, SEEK_END), 8);
  equal("read what is left", read(fd, buffer, 100), 2);
  equal("end of file", read(fd, buffer, 100), 0);
  equal("pread", pread(fd, buffer, 3, 1), 3);
  equal("which does not move", lseek(fd, 0, SEEK_CUR), 10);
  equal("a hole", lseek(fd, 5000, SEEK_SET), 5000);
  write(fd, "x", 1);
  equal("reads as zeros", pread(fd, buffer, 1, 4000) == 1 && buffer[0] == 0, 1);
  struct stat status;
  fstat(fd, &status);
  equal("size", status.st_size, 5001);
  check("regular, mode 0644", status.st_mode == (S_IFREG | 0644));
  equal("ftruncate", ftruncate(fd, 4), 0);
  fstat(fd, &status);
  equal("shorter", status.st_size, 4);
  fails("seeking before the beginning", lseek(fd, -1, SEEK_SET), EINVAL);
  int other = dup(fd);
  lseek(fd, 1, SEEK_SET);
  equal("dup shares the offset", lseek(other, 0, SEEK_CUR), 1);
  close(other);
  int append = open("file", O_WRONLY | O_APPEND);
  write(append, "AB", 2);
  lseek(append, 0, SEEK_SET);
  write(append, "C", 1);
  equal("O_APPEND", pread(fd, buffer, 100, 0), 7);
  check("always at the end", !memcmp(buffer, "0123ABC", 7));
  fails("not open for reading", read(append, buffer, 1), EBADF);
  close(append);
  close(open("file", O_WRONLY | O_TRUNC));
  fstat(fd, &status);
  equal("O_TRUNC", status.st_size, 0);
  close(fd);
  fails("closed", read(fd, buffer, 1), EBADF);
  fails("twice", close(fd), EBADF);
  fails("a bad address", open((char*)8, O_RDONLY), EFAULT);
  fails("an empty name", open("", O_RDONLY), ENOENT);
}

static void names(void) {
  struct stat a, b;
  close(open("one", O_CREAT | O_WRONLY, 0600));
  equal("link", link("one", "two"), 0);
  stat("one", &a), stat("two", &b);
  check("one file, two names", a.st_ino == b.st_ino && a.st_nlink == 2);
  equal("rename", rename("two", "three"), 0);
  fails("the old name is gone", stat("two", &b), ENOENT);
  equal("rename over a file", rename("three", "file"), 0);
  equal("symlink", symlink("one", "soft"), 0);
  equal("readlink", readlink("soft", buffer, sizeof buffer), 3);
  lstat("soft", &a), stat("soft", &b);
  check("lstat sees the link, stat the file", S_ISLNK(a.st_mode) && S_ISREG(b.st_mode));
  symlink("loop", "loop");
  fails("a link to itself", open("loop", O_RDONLY), ELOOP);
  fails("readlink of a file", readlink("one", buffer, 10), EINVAL);
  int fd = open("one", O_RDWR);
  write(fd, "alive", 5);
  equal("unlink", unlink("one"), 0);
  equal("an open file lives on", pread(fd, buffer, 10, 0), 5);
  close(fd);
  fails("a dangling link", open("soft", O_RDONLY), ENOENT);
  unlink("soft"), unlink("loop"), unlink("file");
}

/// Links in the middle and at the end of paths; Linux follows forty.
static void chains(void) {
  struct stat a, b;
  char name[20], target[20];
  mkdir("real", 0755);
  close(open("real/file", O_CREAT | O_WRONLY, 0600));
  symlink("real", "to0");
  for (int i = 1; i <= 40; i++) {
    snprintf(name, sizeof name, "to%d", i), snprintf(target, sizeof target, "to%d", i - 1);
    symlink(target, name);
  }
  check("forty links", stat("to39/file", &a) == 0 && stat("real/file", &b) == 0 && a.st_ino == b.st_ino);
  fails("forty-one", stat("to40/file", &a), ELOOP);
  symlink("file", "real/last");
  fails("in the middle and at the end", open("to39/last", O_RDONLY), ELOOP);
  equal("two links, then the last", stat("to1/../to0/./last", &a), 0);
  symlink("to0/file/", "slash");
  fails("a slash behind a file in the text of a link", stat("slash", &a), ENOTDIR);
  symlink("to0/", "slashed");
  equal("behind a folder", stat("slashed/last", &a), 0);
  equal("the link itself", lstat("slashed", &a) == 0 && S_ISLNK(a.st_mode), 1);
  equal("with a slash what it leads to", lstat("slashed/", &a) == 0 && S_ISDIR(a.st_mode), 1);
  unlink("slash"), unlink("slashed"), unlink("real/last"), unlink("real/file"), rmdir("real");
  for (int i = 0; i <= 40; i++) {
    snprintf(name, sizeof name, "to%d", i);
    unlink(name);
  }
}

static void folders(void) {
  struct stat status;
  equal("mkdir", mkdir("folder", 0755), 0);
  fails("again", mkdir("folder", 0755), EEXIST);
  stat("folder", &status);
  check("a folder", S_ISDIR(status.st_mode));
  fails("mkdir below nothing", mkdir("no/folder", 0755), ENOENT);
  close(open("folder/inside", O_CREAT | O_WRONLY, 0644));
  fails("rmdir when not empty", rmdir("folder"), ENOTEMPTY);
  fails("unlink of a folder", unlink("folder"), EISDIR);
  fails("a file is not a folder", open("folder/inside/x", O_RDONLY), ENOTDIR);
  fails("writing to a folder", open("folder", O_WRONLY), EISDIR);
  int fd = open("folder", O_RDONLY);
  fails("reading a folder", read(fd, buffer, 10), EISDIR);
  close(fd);
  fails("O_DIRECTORY on a file", open("folder/inside", O_RDONLY | O_DIRECTORY), ENOTDIR);
  for (char c = 'a'; c <= 'z'; c++) {
    char name[] = {'f', 'o', 'l', 'd', 'e', 'r', '/', c, 0};
    close(open(name, O_CREAT | O_WRONLY, 0644));
  }
  DIR* directory = opendir("folder");
  int letters = 0, dots = 0, others = 0;
  for (struct dirent* entry; directory && (entry = readdir(directory));) {
    if (entry->d_name[0] == '.')
      dots++;
    else if (!entry->d_name[1])
      letters++;
    else
      others++;
  }
  closedir(directory);
  check("readdir", letters == 26 && dots == 2 && others == 1);
  equal("chdir", chdir("folder"), 0);
  check("getcwd", getcwd(buffer, sizeof buffer) && strstr(buffer, "/folder"));
  fails("getcwd into too little", getcwd(buffer, 3) ? 0 : -1, ERANGE);
  equal("relative paths follow", access("inside", R_OK), 0);
  equal("..", chdir(".."), 0);
  fails("chdir to a file", chdir("folder/inside"), ENOTDIR);
  for (char c = 'a'; c <= 'z'; c++) {
    char name[] = {'f', 'o', 'l', 'd', 'e', 'r', '/', c, 0};
    unlink(name);
  }
  unlink("folder/inside");
  equal("rmdir", rmdir("folder"), 0);
  fails("rmdir again", rmdir("folder"), ENOENT);
}

static void devices(void) {
  int fd = open("/dev/null", O_RDWR);
  equal("/dev/null takes anything", write(fd, "x", 1), 1);
  equal("and gives nothing", read(fd, buffer, 1), 0);
  close(fd);
  fd = open("/dev/zero", O_RDONLY);
  buffer[9] = 1;
  equal("/dev/zero gives zeros", read(fd, buffer, 10) == 10 && buffer[9] == 0, 1);
  close(fd);
  umask(027);
  fd = open("masked", O_CREAT | O_WRONLY, 0666);
  struct stat status;
  fstat(fd, &status);
  equal("umask", status.st_mode & 0777, 0640);
  fchmod(fd, 0711);
  fstat(fd, &status);
  equal("fchmod", status.st_mode & 0777, 0711);
  equal("the lowest free number", open("/dev/null", O_RDONLY), fd + 1);
  equal("dup2", dup2(fd, 20), 20);
  fcntl(20, F_SETFD, FD_CLOEXEC);
  equal("F_GETFD", fcntl(20, F_GETFD), FD_CLOEXEC);
  equal("F_DUPFD", fcntl(fd, F_DUPFD, 20), 21);
  equal("F_GETFL", fcntl(fd, F_GETFL) & O_ACCMODE, O_WRONLY);
  unlink("masked");
}

int main(void) {
  char folder[64];
  snprintf(folder, sizeof folder, "/tmp/lucid-files-%d", getpid());
  umask(022);
  equal("a folder to work in", mkdir(folder, 0755), 0);
  chdir(folder);
  contents();
  names();
  chains();
  folders();
  devices();
  chdir("/");
  equal("and nothing left in it", rmdir(folder), 0);
  return finish();
}
