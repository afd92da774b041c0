// SPDX-License-Identifier: MIT
// Watch: process 1, the first program the kernel runs. Everything else descends from it: it forks,
// the child becomes the shell (or the one program it was told to run), and init waits for children
// for the rest of its life — also for orphans, which the kernel gives to it.
//
// What to run is read from the root file system:
//   /etc/lucid/argv  NUL-separated argv of the program; no such file: the shell
//   /etc/lucid/env   NUL-separated environment
//   /etc/lucid/mode  "raw": bytes pass unchanged (COM1 is 0 and 1, COM2 is 2); "tty": the console
// When that child ends, init powers the machine off with its status (128 + n for signal n).
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

static char* default_environment[] = {"PATH=/bin:/sbin:/usr/bin", "HOME=/", "TERM=linux", NULL};
static char* shell_argv[] = {"sh", NULL};

/// The whole file and a closing NUL, or NULL when there is none; its length goes to *size.
static char* read_file(const char* path, size_t* size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NULL;
  size_t room = 256, length = 0;
  char* text = malloc(room);
  for (ssize_t got; text && (got = read(fd, text + length, room - length - 1)) > 0;) {
    length += (size_t)got;
    if (length + 1 == room) text = realloc(text, room *= 2);
  }
  close(fd);
  if (!text) return NULL;
  text[length] = 0;
  *size = length;
  return text;
}

/// A file of NUL-separated strings as a vector, or NULL when there is no such file.
static char** read_strings(const char* path) {
  size_t size;
  char* text = read_file(path, &size);
  if (!text) return NULL;
  size_t count = 0;
  for (size_t i = 0; i < size; i++) count += text[i] == 0 || i + 1 == size;
  char** strings = calloc(count + 1, sizeof *strings);
  if (!strings) return NULL;
  char* next = text;
  for (size_t i = 0; i < count; i++, next += strlen(next) + 1) strings[i] = next;
  return strings;
}

static void open_as(int wanted, const char* path, int flags) {
  int fd = open(path, flags);
  if (fd < 0 || fd == wanted) return;
  dup2(fd, wanted);
  close(fd);
}

static void open_terminals(int raw) {
  if (raw) {
    open_as(0, "/dev/uart0", O_RDWR | O_NOCTTY);
    open_as(2, "/dev/uart1", O_RDWR | O_NOCTTY);
  } else {
    open_as(0, "/dev/console", O_RDWR | O_NOCTTY);
    dup2(0, 2);
  }
  dup2(0, 1);
}

static void show_file(const char* path) {
  size_t size;
  char* text = read_file(path, &size);
  if (text) fwrite(text, 1, size, stdout);
  fflush(stdout);
  free(text);
}

static void set_host_name(void) {
  size_t size;
  char* name = read_file("/etc/hostname", &size);
  if (name) sethostname(name, strcspn(name, "\n"));
  free(name);
}

/// Looks the program up and becomes it. A file the kernel cannot run is an error here; only shells
/// try to read it as a script. Returns errno.
static int become(char** argv, char** envp) {
  if (strchr(argv[0], '/')) {
    execve(argv[0], argv, envp);
    return errno;
  }
  static const char* const folders[] = {"/bin", "/sbin", "/usr/bin"};
  int reason = ENOENT;
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folders[i], argv[0]) >= (int)sizeof path) return ENAMETOOLONG;
    execve(path, argv, envp);
    if (errno != ENOENT) reason = errno;
  }
  return reason;
}

static _Noreturn void run_child(char** argv, char** envp, int raw) {
  setsid();
  if (!raw) ioctl(0, TIOCSCTTY, NULL);
  int reason = become(argv, envp);
  fprintf(stderr, "lucid86: cannot run %s: %s\n", argv[0], strerror(reason));
  _exit(reason == ENOENT ? 127 : 126);
}

/// Waits for children, whoever they are, until `wanted` ends.
static int wait_for(pid_t wanted) {
  for (;;) {
    int status;
    pid_t pid = wait(&status);
    if (pid == wanted) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (pid < 0 && errno == ECHILD) return 70;  // cannot happen: `wanted` is ours to reap
  }
}

static _Noreturn void power_off(int status) {
  sync();
  reboot((int)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, (void*)(long)status);
  _exit(status);  // refused: an init that ends makes the kernel panic, which says what happened
}

int main(void) {
  if (getpid() != 1) {
    fprintf(stderr, "init: only the kernel runs init, as process 1\n");
    return 1;
  }
  size_t mode_size;
  char* mode = read_file("/etc/lucid/mode", &mode_size);
  char** argv = read_strings("/etc/lucid/argv");
  char** envp = read_strings("/etc/lucid/env");
  int raw = mode && strncmp(mode, "raw", 3) == 0;

  open_terminals(raw);
  set_host_name();
  if (!argv || !argv[0]) {
    argv = shell_argv;
    if (!raw) show_file("/etc/motd");
  }

  pid_t child = fork();
  if (child < 0) {
    fprintf(stderr, "init: cannot fork: %s\n", strerror(errno));
    power_off(71);
  }
  if (child == 0) run_child(argv, envp ? envp : default_environment, raw);
  power_off(wait_for(child));
}
