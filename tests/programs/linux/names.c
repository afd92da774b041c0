// SPDX-License-Identifier: MIT
// Names and what may be done with them: links, renames, removal, permissions, owners, times.
#include <sys/statfs.h>

#include "linux.h"

static char buffer[128];

static int rename2(const char* from, const char* to, unsigned flags) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static void links(void) {
  struct stat status;
  touch("a", "A");
  SAYS(link("a", "b"));
  SAYS(link("a", "b"));
  SAYS(link("missing", "c"));
  SAYS(link("a", "missing/c"));
  SAYS(link("a", "c/"));
  mkdir("folder", 0755);
  SAYS(link("folder", "c"));
  SAYS(link("a", "folder"));
  SAYS(link("a", "/proc/c"));
  SAYS(link("/proc/self/exe", "c"));
  symlink("a", "soft");
  SAYS(linkat(AT_FDCWD, "soft", AT_FDCWD, "hard-soft", 0));
  SAYS(lstat("hard-soft", &status) == 0 && S_ISLNK(status.st_mode));
  SAYS(linkat(AT_FDCWD, "soft", AT_FDCWD, "through", AT_SYMLINK_FOLLOW));
  stat("a", &status);
  SAYS(status.st_nlink);
  SAYS(linkat(AT_FDCWD, "a", AT_FDCWD, "d", 0x10));
  int fd = open("a", O_RDONLY);
  SAYS(linkat(fd, "", AT_FDCWD, "from-fd", AT_EMPTY_PATH));
  SAYS(linkat(fd, "", AT_FDCWD, "from-fd2", 0));
  close(fd);
  unlink("from-fd"), unlink("through"), unlink("hard-soft"), unlink("soft"), unlink("b");
  SAYS(symlink("", "s"));
  SAYS(symlink("a", "a"));
  SAYS(symlink("a", ""));
  SAYS(symlink("a", "s/"));
  SAYS(readlink("a", buffer, 10));
  SAYS(readlink("missing", buffer, 10));
  SAYS(readlink("a/b", buffer, 10));
  symlink("0123456789", "s");
  SAYS(readlink("s", buffer, 4));
  SAYS(readlink("s", buffer, 0));
  SAYS(syscall(SYS_readlink, "s", buffer, -1));
  SAYS(readlink("s", (char*)8, 4));
  lstat("s", &status);
  SAYS(status.st_size);
  SAYS(chmod("s", 0644));
  unlink("s");
  char from[16], to[16];
  touch("l0", "");
  for (int i = 1; i <= 41; i++) sprintf(from, "l%d", i - 1), sprintf(to, "l%d", i), symlink(from, to);
  SAYS(access("l40", F_OK));
  SAYS(access("l41", F_OK));
  for (int i = 0; i <= 41; i++) sprintf(from, "l%d", i), unlink(from);
  rmdir("folder"), unlink("a");
}

static void removal(void) {
  mkdir("folder", 0755), touch("file", ""), touch("folder/inside", "");
  SAYS(unlink("folder"));
  SAYS(unlink("folder/"));
  SAYS(unlink("file/"));
  SAYS(unlink("missing"));
  SAYS(unlink("missing/x"));
  SAYS(unlink("."));
  SAYS(unlink(""));
  SAYS(rmdir("file"));
  SAYS(rmdir("file/"));
  SAYS(rmdir("folder"));
  SAYS(rmdir("folder/."));
  SAYS(rmdir("folder/.."));
  SAYS(rmdir("missing"));
  SAYS(rmdir("/"));
  SAYS(unlinkat(AT_FDCWD, "folder", AT_REMOVEDIR));
  SAYS(unlinkat(AT_FDCWD, "file", AT_REMOVEDIR));
  SAYS(unlinkat(AT_FDCWD, "file", 1));
  unlink("folder/inside");
  SAYS(rmdir("folder/"));
  mkdir("folder", 0755), chdir("folder");
  SAYS(rmdir("../folder"));
  SAYS(getcwd(buffer, sizeof buffer) ? 0 : -1);
  SAYS(open("x", O_CREAT | O_WRONLY, 0644));
  SAYS(mkdir("x", 0755));
  SAYS(access(".", F_OK));
  SAYS(chdir(".."));
  SAYS(chdir(work_folder));
  SAYS(mkdir("file", 0755));
  SAYS(mkdir(".", 0755));
  SAYS(mkdir("/", 0755));
  SAYS(mkdir("a/b", 0755));
  SAYS(mkdir("file/b", 0755));
  SAYS(mkdir("with-slash/", 0755));
  SAYS(rmdir("with-slash"));
  SAYS(mkdir("", 0755));
  SAYS(mkdir((char*)8, 0755));
  unlink("file");
}

static void renames(void) {
  touch("a", "A"), touch("b", "B"), mkdir("d", 0755), mkdir("e", 0755), touch("e/in", "");
  SAYS(rename("a", "d"));
  SAYS(rename("d", "a"));
  SAYS(rename("d", "e"));
  SAYS(rename("d", "d/x"));
  SAYS(rename("d", "d/x/y"));
  SAYS(rename("missing", "x"));
  SAYS(rename("a", "missing/x"));
  SAYS(rename("a/", "x"));
  SAYS(rename("a", "x/"));
  SAYS(rename("d/", "f/"));
  SAYS(rename("f", "d"));
  SAYS(rename("d", "."));
  SAYS(rename(".", "x"));
  SAYS(rename("d/..", "x"));
  SAYS(rename("e/in", "/proc/x"));
  SAYS(rename("e/..", "e/in"));
  SAYS(rename("e", "e/in"));
  SAYS(rename("a", "a"));
  link("a", "same");
  SAYS(rename("a", "same"));
  SAYS(access("a", F_OK));
  unlink("same");
  SAYS(rename2("a", "b", RENAME_NOREPLACE));
  SAYS(rename2("a", "c", RENAME_NOREPLACE));
  SAYS(rename2("c", "b", RENAME_EXCHANGE));
  int fd = open("b", O_RDONLY);
  SAYS(read(fd, buffer, 1) == 1 && buffer[0] == 'A');
  close(fd);
  SAYS(rename2("c", "missing", RENAME_EXCHANGE));
  SAYS(rename2("c", "e", RENAME_EXCHANGE));
  SAYS(access("c/in", F_OK));
  SAYS(rename2("c", "e", RENAME_EXCHANGE | RENAME_NOREPLACE));
  SAYS(rename2("c", "e", 64));
  SAYS(rename2("c", "c/in", RENAME_EXCHANGE));
  SAYS(rename2("c/in", "c", RENAME_EXCHANGE));
  SAYS(rename("c", "d"));
  struct stat status;
  stat("d", &status);
  SAYS(status.st_nlink);
  mkdir("d/sub", 0755), stat("d", &status);
  SAYS(status.st_nlink);
  mkdir("other", 0755), rename("d/sub", "other/sub");
  stat("d", &status), SAYS(status.st_nlink);
  stat("other", &status), SAYS(status.st_nlink);
  chdir("other/sub");
  rename("../../other", "../../moved");
  SAYS(strcmp(getcwd(buffer, sizeof buffer) + strlen(work_folder), "/moved/sub"));
  SAYS(chdir("../.."));
  rmdir("moved/sub"), rmdir("moved"), unlink("d/in"), rmdir("d"), unlink("b"), unlink("e");
}

static void user_part(void) {
  SAYS(chmod("rootfile", 0777));
  SAYS(chown("rootfile", 1000, 1000));
  SAYS(open("rootfile", O_RDONLY));
  SAYS(open("rootfile", O_WRONLY));
  SAYS(access("rootfile", R_OK));
  SAYS(access("rootfile", F_OK));
  SAYS(faccessat(AT_FDCWD, "rootfile", R_OK, AT_EACCESS));
  SAYS(access("readable", R_OK));
  SAYS(access("readable", W_OK));
  SAYS(access("readable", X_OK));
  SAYS(open("secret/x", O_RDONLY));
  SAYS(chdir("secret"));
  SAYS(open("secret", O_RDONLY));
  SAYS(mkdir("x", 0755));
  SAYS(unlink("readable"));
  SAYS(rename("readable", "sticky/x"));
  SAYS(unlink("sticky/rootfile"));
  SAYS(rename("sticky/rootfile", "sticky/x"));
  SAYS(touch("sticky/mine", "x"));
  SAYS(chmod("sticky/mine", 04755));
  SAYS(chown("sticky/mine", 1000, 1000));
  SAYS(chown("sticky/mine", 1000, 0));
  SAYS(chown("sticky/mine", 0, 1000));
  struct stat status;
  stat("sticky/mine", &status);
  SAYS(status.st_mode & 07777);
  SAYS(utimensat(AT_FDCWD, "readable", NULL, 0));
  struct timespec times[2] = {{1, 0}, {2, 0}};
  SAYS(utimensat(AT_FDCWD, "writable", times, 0));
  SAYS(utimensat(AT_FDCWD, "writable", NULL, 0));
  SAYS(utimensat(AT_FDCWD, "sticky/mine", times, 0));
  SAYS(unlink("sticky/mine"));
  SAYS(mknod("sticky/dev", S_IFCHR | 0600, 0x103));
  SAYS(mknod("sticky/fifo", S_IFIFO | 0600, 0));
  SAYS(unlink("sticky/fifo"));
  SAYS(chroot("sticky"));
  SAYS(link("rootfile", "sticky/hard"));
  touch("group/file", "");
  stat("group/file", &status);
  SAYS(status.st_gid);
  mkdir("group/sub", 0755);
  stat("group/sub", &status);
  SAYS(status.st_mode);
  SAYS(status.st_gid);
  unlink("group/file"), rmdir("group/sub");
}

static void permissions(void) {
  touch("rootfile", "x"), chmod("rootfile", 0600);
  touch("readable", "x"), touch("writable", "x"), chmod("writable", 0666);
  mkdir("secret", 0700), touch("secret/x", "");
  mkdir("sticky", 0), chmod("sticky", 01777), touch("sticky/rootfile", "");
  mkdir("group", 0), chown("group", 0, 77), chmod("group", 02777);
  SAYS(access("rootfile", X_OK));
  SAYS(access("rootfile", R_OK | W_OK));
  SAYS(access("rootfile", 8));
  as_user(user_part);
  struct stat status;
  touch("setuid", "x"), chmod("setuid", 06755);
  SAYS(chown("setuid", -1, -1));
  stat("setuid", &status);
  SAYS(status.st_mode & 07777);
  SAYS(chmod("missing", 0644));
  SAYS(chown("missing", 0, 0));
  SAYS(fchmodat(AT_FDCWD, "setuid", 01600, 0));
  stat("setuid", &status);
  SAYS(status.st_mode & 07777);
  SAYS(faccessat(AT_FDCWD, "setuid", 0, 0x8000));
  unlink("setuid"), unlink("sticky/rootfile"), rmdir("sticky"), unlink("secret/x"), rmdir("secret"), rmdir("group");
  unlink("rootfile"), unlink("readable"), unlink("writable");
}

static void times(void) {
  struct stat status;
  touch("t", "x");
  struct timespec set[2] = {{1000, 5}, {2000, 999999999}};
  SAYS(utimensat(AT_FDCWD, "t", set, 0));
  stat("t", &status);
  SAYS(status.st_atim.tv_sec == 1000 && status.st_atim.tv_nsec == 5);
  SAYS(status.st_mtim.tv_sec == 2000 && status.st_mtim.tv_nsec == 999999999);
  set[0].tv_nsec = UTIME_OMIT, set[1].tv_nsec = UTIME_NOW;
  SAYS(utimensat(AT_FDCWD, "t", set, 0));
  stat("t", &status);
  SAYS(status.st_atim.tv_sec);
  SAYS(status.st_mtim.tv_sec > 1000000000);
  set[0].tv_nsec = 1000000000;
  SAYS(utimensat(AT_FDCWD, "t", set, 0));
  SAYS(utimensat(AT_FDCWD, "missing", NULL, 0));
  set[0].tv_nsec = set[1].tv_nsec = UTIME_OMIT;
  SAYS(utimensat(AT_FDCWD, "missing", set, 0));
  SAYS(utimensat(AT_FDCWD, "t", NULL, 1));
  symlink("t", "s");
  set[0] = set[1] = (struct timespec){3000, 0};
  SAYS(utimensat(AT_FDCWD, "s", set, AT_SYMLINK_NOFOLLOW));
  lstat("s", &status), SAYS(status.st_mtim.tv_sec);
  int fd = open("t", O_RDONLY);
  SAYS(futimens(fd, set));
  fstat(fd, &status), SAYS(status.st_mtim.tv_sec);
  close(fd), unlink("s"), unlink("t");
  struct statfs where;
  SAYS(statfs("/proc", &where));
  printf("%lx %ld\n", (long)where.f_type, (long)where.f_namelen);
  SAYS(statfs("/missing", &where));
  SAYS(fstatfs(99, &where));
}

static void nodes(void) {
  struct stat status;
  SAYS(mknod("fifo", S_IFIFO | 0640, 0));
  lstat("fifo", &status), SAYS(status.st_mode);
  SAYS(mknod("null", S_IFCHR | 0666, 0x103));
  stat("null", &status), SAYS(status.st_rdev);
  int fd = open("null", O_RDWR);
  SAYS(read(fd, buffer, 1));
  close(fd);
  SAYS(mknod("plain", 0600, 0));
  SAYS(mknod("folder", S_IFDIR | 0755, 0));
  SAYS(mknod("sock", S_IFSOCK | 0755, 0));
  SAYS(open("sock", O_RDONLY));
  SAYS(mknod("odd", 0170000, 0));
  SAYS(mknod("plain", S_IFREG, 0));
  unlink("fifo"), unlink("null"), unlink("plain"), unlink("sock");
  SAYS(getxattr("/", "user.x", NULL, 0) < 0);
  SAYS(syscall(SYS_getcwd, buffer, 2));
}

int main(void) {
  enter_folder("names");
  links();
  removal();
  renames();
  permissions();
  times();
  nodes();
  leave_folder();
  return 0;
}
