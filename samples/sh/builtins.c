// SPDX-License-Identifier: MIT
// The commands that have to run in the shell itself, because they change it.
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh.h"

static int do_nothing(int argc, char** argv) { return (void)argc, (void)argv, 0; }
static int do_false(int argc, char** argv) { return (void)argc, (void)argv, 1; }

static int do_cd(int argc, char** argv) {
  const char* to = argc > 1 ? argv[1] : get_variable("HOME");
  int show = to && strcmp(to, "-") == 0;
  if (show) to = get_variable("OLDPWD");
  if (!to) {
    complain("cd: nowhere to go");
    return 2;
  }
  if (chdir(to) < 0) {
    complain("cd: can't cd to %s: %s", to, strerror(errno));
    return 2;
  }
  char path[4096];
  if (get_variable("PWD")) set_variable("OLDPWD", get_variable("PWD"));
  if (getcwd(path, sizeof path)) set_variable("PWD", path);
  if (show) puts(path);
  return 0;
}

static int do_pwd(int argc, char** argv) {
  (void)argc, (void)argv;
  char path[4096];
  if (!getcwd(path, sizeof path)) {
    complain("pwd: %s", strerror(errno));
    return 1;
  }
  puts(path);
  return 0;
}

static int do_exit(int argc, char** argv) { exit_shell(argc > 1 ? atoi(argv[1]) : shell.status); }

static int do_exec(int argc, char** argv) {
  if (argc == 1) return 0;
  reset_signals();
  execute(argv + 1);
}

static int do_export(int argc, char** argv) {
  if (argc == 1 || strcmp(argv[1], "-p") == 0) list_variables(1);
  for (int i = 1; i < argc; i++) {
    char* equals = strchr(argv[i], '=');
    if (argv[i][0] == '-') continue;
    if (!is_name(argv[i], equals ? (size_t)(equals - argv[i]) : strlen(argv[i]))) {
      complain("export: %s: bad variable name", argv[i]);
      return 2;
    }
    if (equals) assign(argv[i]), *equals = 0;
    export_variable(argv[i]);
  }
  return 0;
}

static int do_unset(int argc, char** argv) {
  int functions = argc > 1 && strcmp(argv[1], "-f") == 0;
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] == '-') continue;
    if (functions)
      remove_function(argv[i]);
    else
      unset_variable(argv[i]);
  }
  return 0;
}

static void set_parameters(int argc, char** argv) {
  char** copy = calloc((size_t)argc + 1, sizeof *copy);
  for (int i = 0; i < argc; i++) copy[i] = strdup(argv[i]);
  shell.argv = copy;
  shell.argc = argc;
}

static int do_set(int argc, char** argv) {
  if (argc == 1) list_variables(0);
  int i = 1;
  for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1]; i++) {
    if (strcmp(argv[i], "--") == 0) {
      set_parameters(argc - i - 1, argv + i + 1);
      return 0;
    }
    for (const char* option = argv[i] + 1; *option; option++) {
      if (*option == 'e')
        shell.exit_on_error = argv[i][0] == '-';
      else if (*option == 'x')
        shell.trace = argv[i][0] == '-';
    }
  }
  if (i < argc) set_parameters(argc - i, argv + i);
  return 0;
}

static int do_shift(int argc, char** argv) {
  int count = argc > 1 ? atoi(argv[1]) : 1;
  if (count < 0 || count > shell.argc) {
    complain("shift: can't shift that many");
    return 2;
  }
  shell.argv += count;
  shell.argc -= count;
  return 0;
}

static int leave_loop(enum Unwind how, int argc, char** argv) {
  if (!shell.loop_depth) return 0;
  shell.unwind = how;
  shell.unwind_levels = argc > 1 ? atoi(argv[1]) : 1;
  if (shell.unwind_levels > shell.loop_depth) shell.unwind_levels = shell.loop_depth;
  return 0;
}
static int do_break(int argc, char** argv) { return leave_loop(unwind_break, argc, argv); }
static int do_continue(int argc, char** argv) { return leave_loop(unwind_continue, argc, argv); }

static int do_return(int argc, char** argv) {
  shell.unwind = unwind_return;
  return argc > 1 ? atoi(argv[1]) : shell.status;
}

static int do_eval(int argc, char** argv) {
  struct Text text = {0};
  for (int i = 1; i < argc; i++) {
    if (i > 1) text_add(&text, ' ');
    text_add_string(&text, argv[i]);
  }
  struct Source source = source_of_string(text_finish(&text));
  shell.status = 0;
  return run_source(&source, run_here);
}

static int do_source(int argc, char** argv) {
  if (argc < 2) return 2;
  int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    complain("%s: cannot open %s: %s", argv[0], argv[1], strerror(errno));
    return 2;
  }
  int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);  // low numbers belong to the script
  close(fd);
  struct Source source = source_of_file(high, 0);
  int status = run_source(&source, run_here);
  if (shell.unwind == unwind_return && !shell.function_depth) shell.unwind = unwind_none;
  close(high);
  free((char*)source.text);
  return status;
}

static int do_wait(int argc, char** argv) {
  if (argc == 1) return wait_all();
  int status = 0;
  for (int i = 1; i < argc; i++) {
    struct Job* job = find_job(argv[i]);
    status = job ? wait_job(job) : 127;
  }
  return status;
}

static int do_jobs(int argc, char** argv) {
  (void)argc, (void)argv;
  report_jobs(1);
  return 0;
}

static int resume(int argc, char** argv, int foreground) {
  struct Job* job = find_job(argc > 1 ? argv[1] : "%%");
  if (job) return resume_job(job, foreground);
  complain("%s: no such job", argv[0]);
  return 1;
}
static int do_fg(int argc, char** argv) { return resume(argc, argv, 1); }
static int do_bg(int argc, char** argv) { return resume(argc, argv, 0); }

/// %job operands become process groups; the program kill does the rest.
static int do_kill(int argc, char** argv) {
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '%') continue;
    struct Job* job = find_job(argv[i]);
    if (!job) {
      complain("kill: %s: no such job", argv[i]);
      return 1;
    }
    struct Text group = {0};
    char number[16];
    snprintf(number, sizeof number, "%s%d", shell.monitor ? "-" : "", job->group);
    text_add_string(&group, number);
    argv[i] = text_finish(&group);
    if (shell.monitor && i == 1) {  // "kill -123" would read as an option
      struct Strings with_separator = {0};
      strings_add(&with_separator, argv[0]);
      strings_add(&with_separator, "--");
      for (int j = 1; j < argc; j++) strings_add(&with_separator, argv[j]);
      argv = with_separator.items;
      argc++, i++;
    }
  }
  struct Job* job = new_job("kill", 0);
  pid_t pid = fork_job(job);
  if (pid == 0) execute(argv);
  return pid < 0 ? 2 : wait_foreground(job);
}

/// One line from standard input, byte by byte: what follows it is for the next reader.
static int do_read(int argc, char** argv) {
  int raw = argc > 1 && strcmp(argv[1], "-r") == 0;
  int name = raw ? 2 : 1;
  struct Text line = {0};
  char c;
  ssize_t got;
  while ((got = read(0, &c, 1)) == 1 && c != '\n') {
    if (c == '\\' && !raw) {
      if ((got = read(0, &c, 1)) != 1) break;
      if (c == '\n') continue;
    }
    if (c) text_add(&line, c);
  }
  char* rest = text_finish(&line);
  const char* separators = get_variable("IFS");
  if (!separators) separators = " \t\n";
  if (name >= argc) set_variable("REPLY", rest);
  for (; name < argc; name++) {
    while (*rest && isspace(*rest) && strchr(separators, *rest)) rest++;
    size_t length = name + 1 < argc ? strcspn(rest, separators) : strlen(rest);
    char* value = rest;
    rest += length + (rest[length] != 0);
    value[length] = 0;
    while (name + 1 == argc && length && isspace(value[length - 1]) && strchr(separators, value[length - 1]))
      value[--length] = 0;
    set_variable(argv[name], value);
  }
  return got == 1 ? 0 : 1;
}

static int do_trap(int argc, char** argv) {
  int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
  if (first >= argc) {
    list_traps();
    return 0;
  }
  int reset = strcmp(argv[first], "-") == 0 || isdigit(argv[first][0]);
  int status = 0;
  for (int i = first + !isdigit(argv[first][0]); i < argc; i++) status |= set_trap(reset ? NULL : argv[first], argv[i]);
  return status;
}

static int do_umask(int argc, char** argv) {
  if (argc > 1) {
    umask((mode_t)strtol(argv[1], NULL, 8));
  } else {
    mode_t mask = umask(0);
    umask(mask);
    printf("%04o\n", mask);
  }
  return 0;
}

/// Where a command comes from; also "command -v".
static int describe_command(const char* name, int verbose) {
  if (find_function(name)) return printf(verbose ? "%s is a shell function\n" : "%s\n", name), 0;
  if (find_builtin(name)) return printf(verbose ? "%s is a shell builtin\n" : "%s\n", name), 0;
  const char* folder = get_variable("PATH");
  for (folder = folder ? folder : ""; *name; folder++) {
    size_t length = strcspn(folder, ":");
    char path[4096];
    struct stat status;
    if (strchr(name, '/'))
      snprintf(path, sizeof path, "%s", name);
    else
      snprintf(path, sizeof path, "%.*s/%s", (int)length, folder, name);
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0)
      return verbose ? printf("%s is %s\n", name, path) : printf("%s\n", path), 0;
    folder += length;
    if (!*folder) break;
  }
  if (verbose) complain("%s: not found", name);
  return 127;
}

static int do_type(int argc, char** argv) {
  int status = 0;
  for (int i = 1; i < argc; i++) status |= describe_command(argv[i], 1);
  return status;
}

static int do_command(int argc, char** argv) {
  if (argc > 2 && strcmp(argv[1], "-v") == 0) return describe_command(argv[2], 0);
  if (argc < 2) return 0;
  Builtin* builtin = find_builtin(argv[1]);
  if (builtin) return builtin(argc - 1, argv + 1);
  struct Job* job = new_job(argv[1], 0);
  pid_t pid = fork_job(job);
  if (pid == 0) execute(argv + 1);
  return pid < 0 ? 2 : wait_foreground(job);
}

static int do_local(int argc, char** argv) {
  if (!shell.function_depth) {
    complain("local: not in a function");
    return 2;
  }
  for (int i = 1; i < argc; i++) {
    struct Text name = {0};
    for (const char* c = argv[i]; *c && *c != '='; c++) text_add(&name, *c);
    remember_value(text_finish(&name), &shell.locals);
    if (strchr(argv[i], '=')) assign(argv[i]);
  }
  return 0;
}

static const struct {
  const char* name;
  Builtin* function;
  int special;  // POSIX: found before functions; assignments before it stay
} builtins[] = {
    {":", do_nothing, 1},    {".", do_source, 1},    {"[", run_test, 0},         {"bg", do_bg, 0},
    {"break", do_break, 1},  {"cd", do_cd, 0},       {"command", do_command, 0}, {"continue", do_continue, 1},
    {"eval", do_eval, 1},    {"exec", do_exec, 1},   {"exit", do_exit, 1},       {"export", do_export, 1},
    {"false", do_false, 0},  {"fg", do_fg, 0},       {"jobs", do_jobs, 0},       {"kill", do_kill, 0},
    {"local", do_local, 0},  {"pwd", do_pwd, 0},     {"read", do_read, 0},       {"return", do_return, 1},
    {"set", do_set, 1},      {"shift", do_shift, 1}, {"test", run_test, 0},      {"trap", do_trap, 1},
    {"true", do_nothing, 0}, {"type", do_type, 0},   {"umask", do_umask, 0},     {"unset", do_unset, 1},
    {"wait", do_wait, 0},
};

Builtin* find_builtin(const char* name) {
  for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
    if (strcmp(builtins[i].name, name) == 0) return builtins[i].function;
  return NULL;
}

int is_special_builtin(const char* name) {
  for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
    if (strcmp(builtins[i].name, name) == 0) return builtins[i].special;
  return 0;
}
