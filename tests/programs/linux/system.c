// SPDX-License-Identifier: MIT
// The machine as programs see it: mounts, random numbers, the log, names, /proc. Facts that any Linux
// shows; what differs from machine to machine is not printed.
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include "linux.h"

static char buffer[65536];

static long read_file(const char* path) {
  int fd = open(path, O_RDONLY);
  if (fd < 0) return -1;
  long total = 0, n;
  while ((n = read(fd, buffer + total, sizeof buffer - 1 - (size_t)total)) > 0) total += n;
  close(fd);
  buffer[total] = 0;
  return total;
}

static int file_has(const char* path, const char* text) { return read_file(path) > 0 && strstr(buffer, text) != NULL; }

static void mount_as_user(void) {
  SAYS(mount("none", "m", "tmpfs", 0, NULL));
  SAYS(umount("m"));
}

static void mounts(void) {
  struct stat outside, inside;
  struct statfs where;
  mkdir("m", 0755), touch("m/hidden", "");
  as_user(mount_as_user);
  SAYS(mount("none", "missing", "tmpfs", 0, NULL));
  touch("file", "");
  SAYS(mount("none", "file", "tmpfs", 0, NULL));
  SAYS(mount("none", "m", "nosuchfs", 0, NULL));
  if (SAYS(mount("some where", "m", "tmpfs", 0, NULL))) return;
  SAYS(access("m/hidden", F_OK));
  stat(".", &outside), stat("m", &inside);
  SAYS(outside.st_dev != inside.st_dev);
  SAYS(statfs("m", &where));
  printf("%lx\n", (long)where.f_type);
  SAYS(touch("m/file", "inside"));
  SAYS(rename("file", "m/other"));
  SAYS(link("file", "m/other"));
  SAYS(rename("m", "elsewhere"));
  SAYS(rmdir("m"));
  SAYS(file_has("/proc/mounts", "some\\040where "));
  SAYS(file_has("/proc/self/mountinfo", "/m "));
  SAYS(chdir("m"));
  char path[256];
  SAYS(strcmp(getcwd(path, sizeof path) + strlen(work_folder), "/m"));
  SAYS(access("../m/file", F_OK));
  SAYS(umount(work_folder) < 0);
  SAYS(umount("../m"));
  SAYS(chdir(".."));
  SAYS(umount("m/file"));
  SAYS(umount("file"));
  SAYS(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
  SAYS(touch("m/new", ""));
  SAYS(open("m/file", O_WRONLY));
  SAYS(unlink("m/file"));
  SAYS(chmod("m/file", 0600));
  SAYS(mkdir("m/x", 0755));
  SAYS(access("m/file", W_OK));
  int fd = open("m/file", O_RDONLY);
  SAYS(read(fd, buffer, 10));
  SAYS(umount("m"));
  SAYS(umount2("m", MNT_DETACH));
  SAYS(pread(fd, buffer, 10, 0));
  close(fd);
  SAYS(access("m/hidden", F_OK));
  SAYS(umount2("m", 0x1000));
  SAYS(mount("proc", "m", "proc", 0, NULL));
  SAYS(access("m/self/exe", F_OK));
  SAYS(access("m/sys/kernel/hostname", F_OK));
  SAYS(umount("m"));
  unlink("m/hidden"), rmdir("m"), unlink("file");
}

static void proc(void) {
  SAYS(read_file("/proc/self/comm")), printf("%s", buffer);
  int fd = open("/proc/self/comm", O_WRONLY);
  SAYS(write(fd, "renamed\n", 8));
  close(fd);
  SAYS(read_file("/proc/self/comm")), printf("%s", buffer);
  char path[64] = "", target[256] = "";
  SAYS(readlink("/proc/self", path, sizeof path) > 0 && atoi(path) == getpid());
  sprintf(path, "/proc/%d/task/%d/comm", getpid(), getpid());
  SAYS(read_file(path));
  SAYS(open("/proc/99999", O_RDONLY));
  SAYS(open("/proc/self/nothing", O_RDONLY));
  SAYS(mkdir("/proc/new", 0755));
  SAYS(open("/proc/new", O_CREAT | O_WRONLY, 0644));
  SAYS(open("/proc/self/stat", O_WRONLY | O_CREAT, 0644) < 0);
  SAYS(unlink("/proc/version"));
  SAYS(readlink("/proc/self/cwd", target, sizeof target) > 0 && !strcmp(target, work_folder));
  SAYS(readlink("/proc/self/root", target, sizeof target));
  SAYS(chdir("/proc/self/cwd"));
  SAYS(file_has("/proc/self/status", "\nPid:\t"));
  SAYS(file_has("/proc/self/status", "\nUid:\t0\t0\t0\t0\n"));
  read_file("/proc/self/stat");
  int fields = 1;
  for (char* c = buffer; *c; c++) fields += *c == ' ';
  SAYS(fields);
  read_file("/proc/self/statm");
  fields = 1;
  for (char* c = buffer; *c; c++) fields += *c == ' ';
  SAYS(fields);
  SAYS(file_has("/proc/self/maps", " rw-p ") || strstr(buffer, "[stack]") != NULL);
  SAYS(read_file("/proc/self/cmdline") > 0);
  SAYS(file_has("/proc/filesystems", "nodev\ttmpfs\n"));
  SAYS(file_has("/proc/filesystems", "nodev\tproc\n"));
  SAYS(file_has("/proc/meminfo", "MemTotal:"));
  SAYS(file_has("/proc/cpuinfo", "processor\t: 0\n"));
  SAYS(file_has("/proc/stat", "cpu "));
  SAYS(file_has("/proc/version", "Linux version "));
  SAYS(read_file("/proc/uptime") > 0);
  SAYS(read_file("/proc/loadavg") > 0);
  SAYS(read_file("/proc/sys/kernel/ostype")), printf("%s", buffer);
  SAYS(read_file("/proc/sys/kernel/random/uuid"));
  SAYS(buffer[8] == '-' && buffer[14] == '4' && buffer[36] == '\n');
  SAYS(open("/proc/sys/kernel/ostype", O_WRONLY) >= 0 || errno == EACCES || errno == EROFS);
  fd = open("/dev/null", O_RDONLY);
  SAYS(lseek(fd, 0, SEEK_SET));
  sprintf(path, "/proc/self/fdinfo/%d", fd);
  SAYS(file_has(path, "pos:\t0\n"));
  DIR* folder = opendir("/proc/self/fd");
  int found = 0;
  for (struct dirent* e; (e = readdir(folder));) found += atoi(e->d_name) == fd && e->d_type == DT_LNK;
  SAYS(found);
  closedir(folder), close(fd);
  folder = opendir("/proc");
  found = 0;
  for (struct dirent* e; (e = readdir(folder));) found += atoi(e->d_name) == getpid() || !strcmp(e->d_name, "meminfo");
  SAYS(found);
  closedir(folder);
  fd = open("/proc/self/status", O_RDONLY);
  char first[8], again[8];
  SAYS(read(fd, first, 8));
  SAYS(lseek(fd, 0, SEEK_SET));
  SAYS(read(fd, again, 8));
  SAYS(memcmp(first, again, 8));
  close(fd);
}

static void numbers(void) {
  unsigned char bytes[64] = {0};
  SAYS(getrandom(bytes, 64, 0));
  int different = 0;
  for (int i = 1; i < 64; i++) different += bytes[i] != bytes[0];
  SAYS(different > 8);
  SAYS(getrandom(bytes, 8, 0x100));
  SAYS(getrandom((void*)8, 8, 0));
  SAYS(getrandom(bytes, 0, 0));
  int fd = open("/dev/urandom", O_RDONLY);
  SAYS(read(fd, bytes, 64));
  close(fd);
  fd = open("/dev/full", O_RDWR);
  SAYS(read(fd, bytes, 8)), SAYS(bytes[0]);
  SAYS(write(fd, bytes, 8));
  close(fd);
  fd = open("/dev/zero", O_RDWR);
  SAYS(write(fd, bytes, 8));
  char* zeros = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  SAYS(zeros != MAP_FAILED && zeros[100] == 0);
  close(fd);
}

static void log_as_user(void) { SAYS(klogctl(5, NULL, 0)); }

static void machine(void) {
  struct utsname name;
  SAYS(uname(&name));
  printf("%s %s\n", name.sysname, name.machine);
  SAYS(uname((void*)8));
  struct sysinfo info;
  SAYS(sysinfo(&info));
  SAYS(info.totalram > info.freeram && info.mem_unit > 0 && info.procs > 0);
  SAYS(klogctl(10, NULL, 0) > 0);
  SAYS(klogctl(99, NULL, 0));
  SAYS(klogctl(3, NULL, 10));
  as_user(log_as_user);
  SAYS(syscall(SYS_reboot, 1, 2, 3, 4));
  SAYS(getxattr("missing", "user.x", NULL, 0));
  SAYS(setxattr("/proc/version", "user.x", "y", 1, 0));
  SAYS(syscall(SYS_sethostname, "x", 65));
}

int main(void) {
  enter_folder("system");
  mounts();
  proc();
  numbers();
  machine();
  leave_folder();
  return 0;
}
