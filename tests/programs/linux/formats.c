// SPDX-License-Identifier: MIT
// binfmt_misc: registering formats, what is refused, how argv and the auxiliary vector change.
// On the host it needs a mount of its own, in a user namespace; without that it says what Linux says.
#define _GNU_SOURCE
#include <elf.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "../check.h"

#define FOLDER "/proc/sys/fs/binfmt_misc"
static char self[4096], work[64];

static int put(const char* path, const char* text, size_t size) {
  int fd = open(path, O_WRONLY);
  if (fd < 0) return -errno;
  long done = write(fd, text, size);
  int result = done < 0 ? -errno : 0;
  close(fd);
  return result;
}
static int order(const char* name, const char* text) {
  char path[256];
  snprintf(path, sizeof path, FOLDER "/%s", name);
  return put(path, text, strlen(text));
}
static int add(const char* text) { return order("register", text); }
static int add_format(const char* fields, const char* flags) {
  char text[5000];
  snprintf(text, sizeof text, "%s:%s:%s", fields, self, flags);
  return add(text);
}
static void show(const char* name) {
  char path[256], text[4096];
  snprintf(path, sizeof path, FOLDER "/%s", name);
  int fd = open(path, O_RDONLY);
  long size = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  close(fd);
  if (size < 0) {
    printf("%s: error %d\n", name, errno);
    return;
  }
  text[size] = 0;
  for (char* line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
    printf("  %s\n", strncmp(line, "interpreter ", 12) ? line : "interpreter SELF");
}
static void make(const char* name, const char* bytes, size_t size) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
  if (write(fd, bytes, size) != (long)size) perror("write");
  fchmod(fd, 0755);
  close(fd);
}

/// Runs ./name with argv {zeroth, one}; what the interpreter (this program) says goes to the output.
static void run(const char* what, const char* name) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    execl(name, "zeroth", "one", NULL);
    printf("%s: execve fails with %d\n", what, errno);
    fflush(stdout);
    _exit(99);
  }
  int status = status_of(pid);
  printf("%s: status %x\n", what, status);
}

static long exec_descriptor(int fd) { return syscall(SYS_execveat, fd, "", (char*[]){"x", NULL}, environ, 0x1000); }

static int interpreter(int count, char** arguments) {
  printf("  argc %d argv0 %s", count, strcmp(arguments[0], self) ? arguments[0] : "SELF");
  for (int i = 1; i < count; i++) printf(" [%s]", arguments[i]);
  int fd = (int)getauxval(AT_EXECFD);
  char first[5] = "";
  if (fd) printf(" fd reads %ld", (long)read(fd, first, 4));
  printf(" flags %lu\n", getauxval(AT_FLAGS));
  return 7;
}

static int prepare(void) {
  if (access(FOLDER "/register", F_OK) == 0) return 1;
  uid_t uid = getuid(), gid = getgid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0) return 0;
  char map[32];
  snprintf(map, sizeof map, "0 %u 1", uid);
  put("/proc/self/setgroups", "deny", 4);
  if (put("/proc/self/uid_map", map, strlen(map)) < 0) return 0;
  snprintf(map, sizeof map, "0 %u 1", gid);
  if (put("/proc/self/gid_map", map, strlen(map)) < 0) return 0;
  return mount("binfmt_misc", FOLDER, "binfmt_misc", 0, NULL) == 0;
}

int main(int argc, char** argv) {
  self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
  if (argc > 1 && strcmp(argv[0], "formats") && !getenv("FORMATS_TOP")) return interpreter(argc, argv);
  unsetenv("FORMATS_TOP");
  if (getenv("FORMATS_CHILD")) return interpreter(argc, argv);
  setenv("FORMATS_CHILD", "1", 1);
  if (!prepare()) {
    puts("SKIPPED: binfmt_misc cannot be mounted here");
    return 77;
  }
  strcpy(work, "/tmp/formatsXXXXXX");
  if (!mkdtemp(work) || chdir(work)) return 1;

  show("status");
  equal("too short", add(":a:E::b:"), -EINVAL);
  equal("no name", add("::E::ext::/bin/x:"), -EINVAL);
  equal("name with slash", add(":a/b:E::ext::/bin/x:"), -EINVAL);
  equal("name dot dot", add(":..:E::ext::/bin/x:"), -EINVAL);
  equal("unknown type", add(":a:Q::ext::/bin/x:"), -EINVAL);
  equal("type too long", add(":a:EE::ext::/bin/x:"), -EINVAL);
  equal("extension missing", add(":a:E::::/bin/x:"), -EINVAL);
  equal("extension with slash", add(":a:E::a/b::/bin/x:"), -EINVAL);
  equal("no interpreter", add(":a:E::ext:::"), -EINVAL);
  equal("no magic", add(":a:M::::/bin/x:"), -EINVAL);
  equal("offset not a number", add(":a:M:x:magic::/bin/x:"), -EINVAL);
  equal("offset beyond the buffer", add(":a:M:252:magic::/bin/x:"), -EINVAL);
  equal("offset at its end", add(":a:M:251:magic::/bin/x:"), 0);
  equal("mask of another length", add(":b:M::magic:ab:/bin/x:"), -EINVAL);
  equal("bad escape", add(":b:M::\\xZ0::/bin/x:"), -EINVAL);
  equal("unknown flag", add(":b:E::ext::/bin/x:Z"), -EINVAL);
  equal("fields missing", add(":b:E::ext::/bin/x"), -EINVAL);
  equal("same name", add(":a:E::ext::/bin/x:"), -EEXIST);
  equal("F without the file", add(":b:E::ext::/nonexistent:F"), -ENOENT);
  show("a");
  equal("bad order", order("a", "2"), -EINVAL);
  equal("removed", order("a", "-1"), 0);
  show("a");

  make("file.ext", "anything", 8);
  run("without a format", "./file.ext");
  equal("other delimiter", add_format("#e#E##ext#", "") == -EINVAL, 1);
  equal("by extension", add_format(":e:E::ext:", ""), 0);
  show("e");
  run("by extension", "./file.ext");
  equal("switched off", order("e", "0"), 0);
  show("e");
  run("switched off", "./file.ext");
  equal("switched on", order("e", "1\n"), 0);
  run("switched on", "./file.ext");
  equal("all off", order("status", "0"), 0);
  show("status");
  run("all off", "./file.ext");
  equal("all on", order("status", "1"), 0);

  equal("by magic", add_format(":m:M:2:\\x01\\x02M:\\xff\\x0f\\xdf", "P"), 0);
  show("m");
  make("masked", "zz\x01\xf2m rest", 9);
  make("unmasked", "zz\x02\xf2m rest", 9);
  run("masked magic", "./masked");
  run("other magic", "./unmasked");
  equal("newer wins", add_format(":n:E::ext:", "OC"), 0);
  show("n");
  run("newer wins", "./file.ext");
  equal("opened now", add_format(":f:E::fixed:", "F"), 0);
  show("f");
  make("a.fixed", "x", 1);
  run("opened now", "./a.fixed");
  make("script.sh", "#!./file.ext one argument\n", 26);
  run("script of a format", "./script.sh");
  make("missing.gone", "x", 1);
  equal("missing interpreter", add(":g:E::gone::/nonexistent:"), 0);
  run("missing interpreter", "./missing.gone");
  int fd = open("file.ext", O_RDONLY | O_CLOEXEC);
  fails("file of a descriptor that closes", exec_descriptor(fd), ENOEXEC);
  char path[32];
  snprintf(path, sizeof path, "./masked");
  int magic_fd = open(path, O_RDONLY | O_CLOEXEC);
  fails("magic of a descriptor that closes", exec_descriptor(magic_fd), ENOENT);
  equal("all removed", order("status", "-1"), 0);
  run("all removed", "./masked");
  return finish();
}
