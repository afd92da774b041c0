// SPDX-License-Identifier: MIT
// execve: what survives it, what does not, and how it fails.
#include "check.h"

static const char* self;

static pid_t run(const char* path, char** argv) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    execv(path, argv);
    _exit(200);
  }
  return pid;
}

static void make(const char* path, const char* text, mode_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
  write(fd, text, strlen(text));
  fchmod(fd, mode);
  close(fd);
}

static int child(int argc, char** argv) {
  if (!strcmp(argv[1], "fds")) return (fcntl(20, F_GETFD) >= 0) + 2 * (fcntl(21, F_GETFD) >= 0);
  if (!strcmp(argv[1], "signals")) {
    struct sigaction handled, ignored;
    sigset_t mask;
    sigaction(SIGUSR1, NULL, &handled), sigaction(SIGUSR2, NULL, &ignored);
    sigprocmask(0, NULL, &mask);
    return (handled.sa_handler == SIG_DFL) + 2 * (ignored.sa_handler == SIG_IGN) + 4 * sigismember(&mask, SIGTERM);
  }
  if (!strcmp(argv[1], "pid")) return atoi(argv[2]) == getpid();
  for (int i = 1; i < argc; i++) printf("argv[%d] = %s\n", i, argv[i]);
  return 7;
}

static void handler(int number) { (void)number; }

static void errors(void) {
  char* argv[] = {"x", NULL};
  mkdir("/tmp/lucid-exec", 0755);
  chdir("/tmp/lucid-exec");
  fails("no such file", execv("nothing", argv), ENOENT);
  fails("no such folder", execv("nothing/x", argv), ENOENT);
  make("plain", "text", 0644);
  fails("not executable", execv("plain", argv), EACCES);
  fails("a file as a folder", execv("plain/x", argv), ENOTDIR);
  fails("a folder", execv("/tmp", argv), EACCES);
  make("empty", "", 0755);
  fails("empty", execv("empty", argv), ENOEXEC);
  make("text", "just text\n", 0755);
  fails("text without #!", execv("text", argv), ENOEXEC);
  make("short", "\177ELF", 0755);
  fails("an ELF file cut short", execv("short", argv), ENOEXEC);
  make("nointerp", "#!/no/such/interpreter\n", 0755);
  fails("interpreter missing", execv("nointerp", argv), ENOENT);
  make("noname", "#!\n", 0755);
  fails("#! without a name", execv("noname", argv), ENOEXEC);
  make("loop", "#!/tmp/lucid-exec/loop\n", 0755);
  fails("an interpreter that is itself", execv("loop", argv), ELOOP);
  char line[302] = "#!/bin/";
  memset(line + 7, 'n', 293), line[300] = '\n';
  make("cut", line, 0755);
  fails("a path cut short by the first 256 bytes", execv("cut", argv), ENOEXEC);
  fails("a bad address", execv((char*)8, argv), EFAULT);
  char name[300];
  memset(name, 'n', 299), name[299] = 0;
  fails("a name too long", execv(name, argv), ENAMETOOLONG);
  symlink("round", "round");
  fails("a link to itself", execv("round", argv), ELOOP);
}

static void scripts(void) {
  char text[400];
  snprintf(text, sizeof text, "#!%s\n", self);
  make("script", text, 0755);
  equal("a script", status_of(run("./script", (char*[]){"name", "a", "b", NULL})), 7 << 8);
  snprintf(text, sizeof text, "#! %s  one argument  \n", self);
  make("script", text, 0755);
  equal("with an argument", status_of(run("./script", (char*[]){"name", "a", NULL})), 7 << 8);
  make("script2", "#!/tmp/lucid-exec/script second\n", 0755);
  equal("a script's script", status_of(run("./script2", (char*[]){"name", "z", NULL})), 7 << 8);
}

int main(int argc, char** argv) {
  if (argc > 1) return child(argc, argv);
  static char path[300];
  if (argv[0][0] != '/') {
    getcwd(path, 200);
    strcat(path, "/");
  }
  strcat(path, argv[0]);
  self = path;

  int fd = open("/dev/null", O_RDONLY);
  dup2(fd, 20), dup2(fd, 21);
  fcntl(20, F_SETFD, FD_CLOEXEC);
  equal("descriptors stay, close-on-exec ones do not", status_of(run(self, (char*[]){"x", "fds", NULL})), 2 << 8);
  close(20), close(21);
  signal(SIGUSR1, handler), signal(SIGUSR2, SIG_IGN);
  sigset_t term, old;
  sigemptyset(&term), sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, &old);
  equal("handlers are reset; ignored and blocked stay", status_of(run(self, (char*[]){"x", "signals", NULL})), 7 << 8);
  sigprocmask(SIG_SETMASK, &old, NULL);
  pid_t pid = fork();
  if (pid == 0) {
    char number[16];
    snprintf(number, sizeof number, "%d", getpid());
    execv(self, (char*[]){"x", "pid", number, NULL});
    _exit(100);
  }
  equal("the process number stays", status_of(pid), 1 << 8);
  errors();
  scripts();
  static const char* const files[] = {"plain", "empty", "text",  "short",  "nointerp", "noname",
                                      "loop",  "cut",   "round", "script", "script2"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) unlink(files[i]);
  chdir("/");
  rmdir("/tmp/lucid-exec");
  return finish();
}
