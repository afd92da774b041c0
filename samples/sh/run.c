// SPDX-License-Identifier: MIT
// The tree, executed. Programs run in children; built-ins, functions and the control structures in
// the shell itself. With run_last the current process has nothing left to do afterwards, so it may
// become the program instead of forking.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

// ---- Programs ----

/// A text file the kernel does not know how to run is a script; anything else with a NUL byte in
/// its first line is not.
static void run_as_script(const char* path, char** argv, char** environment) {
  char start[128];
  int fd = open(path, O_RDONLY);
  ssize_t got = fd < 0 ? 0 : read(fd, start, sizeof start);
  if (fd >= 0) close(fd);
  for (ssize_t i = 0; i < got && start[i] != '\n'; i++)
    if (!start[i]) {
      errno = ENOEXEC;
      return;
    }
  struct Strings command = {0};
  strings_add(&command, "sh");
  strings_add(&command, (char*)path);
  while (*++argv) strings_add(&command, *argv);
  execve("/bin/sh", command.items, environment);
}

static void try_program(const char* path, char** argv, char** environment) {
  execve(path, argv, environment);
  if (errno == ENOEXEC) run_as_script(path, argv, environment);
}

/// Searches PATH. Returns only when nothing could be run; errno tells why.
static void search(char** argv, char** environment) {
  const char* folder = get_variable("PATH");
  if (!folder) folder = "/bin:/sbin:/usr/bin";
  int reason = ENOENT;
  for (;; folder++) {
    size_t length = strcspn(folder, ":");
    struct Text path = {0};
    for (size_t i = 0; i < length; i++) text_add(&path, folder[i]);
    if (length) text_add(&path, '/');
    text_add_string(&path, argv[0]);
    try_program(text_finish(&path), argv, environment);
    if (errno != ENOENT && errno != ENOTDIR) reason = errno;
    folder += length;
    if (!*folder) break;
  }
  errno = reason;
}

_Noreturn void execute(char** argv) {
  char** environment = make_environment();
  fflush(NULL);
  int plain = !strchr(argv[0], '/');
  if (!*argv[0])
    errno = ENOENT;
  else if (plain)
    search(argv, environment);
  else
    try_program(argv[0], argv, environment);
  int reason = errno;
  if (reason == ENOENT && plain)
    complain("%s: not found", argv[0]);
  else
    complain("%s: %s", argv[0], reason == ENOENT ? "not found" : strerror(reason));
  _exit(reason == ENOENT || reason == ENOTDIR ? 127 : 126);
}

// ---- Simple commands ----

static void trace(char** argv) {
  fputc('+', stderr);
  for (; *argv; argv++) fprintf(stderr, " %s", *argv);
  fputc('\n', stderr);
}

static int call_function(struct Function* function, char** argv) {
  char** old_argv = shell.argv;
  int old_argc = shell.argc;
  shell.argv = argv + 1;
  for (shell.argc = 0; shell.argv[shell.argc];) shell.argc++;
  struct OldValue* outer_locals = shell.locals;
  shell.locals = NULL;
  shell.function_depth++;
  int status = run(function->body, run_here);
  shell.function_depth--;
  restore_values(shell.locals);
  shell.locals = outer_locals;
  if (shell.unwind == unwind_return) shell.unwind = unwind_none;
  shell.argv = old_argv;
  shell.argc = old_argc;
  return status;
}

static void perform_assignments(char** assignments, int exported, struct OldValue** old) {
  for (; *assignments; assignments++) {
    const char* equals = strchr(*assignments, '=');
    struct Text name = {0};
    for (const char* c = *assignments; c < equals; c++) text_add(&name, *c);
    text_finish(&name);
    if (old) remember_value(name.bytes, old);
    set_variable(name.bytes, expand_word(equals + 1));
    if (exported) export_variable(name.bytes);
  }
}

static int run_builtin(Builtin* builtin, struct Node* node, char** argv) {
  struct Saved* saved = NULL;
  struct OldValue* old = NULL;
  int special = is_special_builtin(argv[0]);
  int argc = 0;
  while (argv[argc]) argc++;
  int status = 2;
  fflush(stdout);
  if (redirect_saving(node->redirects, &saved)) {
    perform_assignments(node->assignments, 0, special ? NULL : &old);
    status = builtin(argc, argv);
    if (fflush(stdout)) status = 1;
  }
  restore_values(old);
  if (!(strcmp(argv[0], "exec") == 0 && !argv[1] && status == 0))
    restore(saved);  // "exec >file" stays
  else
    for (; saved; saved = saved->next)
      if (saved->copy >= 0) close(saved->copy);
  return status;
}

static int run_assignments(struct Node* node) {
  struct Saved* saved = NULL;
  int fine = redirect_saving(node->redirects, &saved);
  shell.substituted = -1;
  if (fine) perform_assignments(node->assignments, 0, NULL);
  restore(saved);
  return !fine ? 1 : shell.substituted >= 0 ? shell.substituted : 0;
}

static _Noreturn void become(struct Node* node, char** argv) {
  if (!redirect(node->redirects)) _exit(1);
  perform_assignments(node->assignments, 1, NULL);
  execute(argv);
}

static int run_program(struct Node* node, char** argv, int flags) {
  if ((flags & run_last) && !has_traps()) become(node, argv);
  struct Job* job = new_job(describe(node), 0);
  pid_t pid = fork_job(job);
  if (pid == 0) become(node, argv);
  return pid < 0 ? 2 : wait_foreground(job);
}

static int run_simple(struct Node* node, int flags) {
  struct Mark mark = arena_mark();
  int status;
  char** argv = expand_words(node->words);
  if (shell.trace && argv[0]) trace(argv);
  struct Function* function;
  Builtin* builtin;
  if (!argv[0]) {
    status = run_assignments(node);
  } else if (!is_special_builtin(argv[0]) && (function = find_function(argv[0]))) {
    struct Saved* saved = NULL;
    struct OldValue* old = NULL;
    status = 1;
    if (redirect_saving(node->redirects, &saved)) {
      perform_assignments(node->assignments, 0, &old);
      status = call_function(function, argv);
    }
    fflush(stdout);
    restore_values(old);
    restore(saved);
  } else if ((builtin = find_builtin(argv[0]))) {
    status = run_builtin(builtin, node, argv);
  } else {
    status = run_program(node, argv, flags);
  }
  arena_release(mark);
  return status;
}

// ---- Pipelines, background, subshells ----

/// Starts every command of a pipeline, each one's output the next one's input.
static void start_pipeline(struct Job* job, struct Node* commands) {
  int input = -1;
  for (struct Node* command = commands; command; command = command->next) {
    int ends[2] = {-1, -1};
    if (command->next && pipe(ends) < 0) {
      complain("cannot make a pipe: %s", strerror(errno));
      break;
    }
    pid_t pid = fork_job(job);
    if (pid == 0) {
      if (input >= 0) dup2(input, 0), close(input);
      if (ends[1] >= 0) dup2(ends[1], 1), close(ends[1]), close(ends[0]);
      exit_shell(run(command, run_last));
    }
    if (input >= 0) close(input);
    if (ends[1] >= 0) close(ends[1]);
    input = ends[0];
    if (pid < 0) break;
  }
  if (input >= 0) close(input);
}

static int run_pipeline(struct Node* node) {
  if (!node->first->next) {  // "! command"
    shell.ignore_errors++;
    int status = run(node->first, run_here);
    shell.ignore_errors--;
    return !status;
  }
  struct Job* job = new_job(describe(node), 0);
  start_pipeline(job, node->first);
  int status = wait_foreground(job);
  return node->negated ? !status : status;
}

static int run_background(struct Node* node) {
  struct Job* job = new_job(describe(node), 1);
  if (node->kind == node_pipeline && !node->negated) {
    start_pipeline(job, node->first);
  } else if (fork_job(job) == 0) {
    exit_shell(run(node, run_last));
  }
  start_background(job);
  return 0;
}

static int run_subshell(struct Node* node, int flags) {
  if (!(flags & run_last) || has_traps()) {
    struct Job* job = new_job(describe(node), 0);
    pid_t pid = fork_job(job);
    if (pid) return pid < 0 ? 2 : wait_foreground(job);
  }
  if (!redirect(node->redirects)) exit_shell(1);
  exit_shell(run(node->first, run_last));
}

// ---- Control structures ----

static int run_condition(struct Node* node) {
  shell.ignore_errors++;
  int status = run(node, run_here);
  shell.ignore_errors--;
  return status;
}

/// After a loop's body: whether the loop ends. Counts down "break 2" and "continue 2".
static int loop_ends(void) {
  if (shell.interrupted) return 1;
  if (shell.unwind == unwind_none) return 0;
  if (shell.unwind == unwind_return) return 1;
  if (--shell.unwind_levels > 0) return 1;
  int ends = shell.unwind == unwind_break;
  shell.unwind = unwind_none;
  return ends;
}

static int run_while(struct Node* node) {
  int status = 0;
  shell.loop_depth++;
  for (;;) {
    int condition = run_condition(node->first);
    if (shell.unwind != unwind_none || shell.interrupted) {
      if (loop_ends()) break;
      continue;
    }
    if ((condition == 0) != (node->kind == node_while)) break;
    status = run(node->second, run_here);
    if (loop_ends()) break;
  }
  shell.loop_depth--;
  return status;
}

static int run_for(struct Node* node) {
  int status = 0;
  char** words = node->words ? expand_words(node->words) : shell.argv;
  shell.loop_depth++;
  for (int i = 0; node->words ? words[i] != NULL : i < shell.argc; i++) {
    set_variable(node->name, words[i]);
    status = run(node->first, run_here);
    if (loop_ends()) break;
  }
  shell.loop_depth--;
  return status;
}

static int run_case(struct Node* node) {
  const char* subject = expand_word(node->name);
  for (struct Node* item = node->first; item; item = item->next)
    for (char** pattern = item->words; *pattern; pattern++)
      if (matches(expand_pattern(*pattern), subject)) return item->first ? run(item->first, run_here) : 0;
  return 0;
}

static int run_compound(struct Node* node) {
  switch (node->kind) {
    case node_group: return run(node->first, run_here);
    case node_if: {
      int condition = run_condition(node->first);
      if (shell.unwind != unwind_none) return condition;
      if (condition == 0) return run(node->second, run_here);
      return node->third ? run(node->third, run_here) : 0;
    }
    case node_while:
    case node_until: return run_while(node);
    case node_for: return run_for(node);
    case node_case: return run_case(node);
    default: define_function(node->name, node->first); return 0;
  }
}

static int run_redirected(struct Node* node) {
  struct Mark mark = arena_mark();
  struct Saved* saved = NULL;
  int status = redirect_saving(node->redirects, &saved) ? run_compound(node) : 1;
  fflush(stdout);
  restore(saved);
  arena_release(mark);
  return status;
}

static int run_node(struct Node* node, int flags) {
  switch (node->kind) {
    case node_simple: return run_simple(node, flags);
    case node_pipeline: return run_pipeline(node);
    case node_background: return run_background(node->first);
    case node_subshell: return run_subshell(node, flags);
    case node_sequence:
      run(node->first, run_here);
      if (shell.unwind != unwind_none || shell.interrupted) return shell.status;
      return run(node->second, flags);
    case node_and:
    case node_or: {
      int status = run_condition(node->first);
      if (shell.unwind != unwind_none || shell.interrupted) return status;
      return (status == 0) == (node->kind == node_and) ? run(node->second, flags) : status;
    }
    default: return run_redirected(node);
  }
}

int run(struct Node* node, int flags) {
  run_traps();
  shell.status = run_node(node, flags);
  int command =
      node->kind == node_simple || (node->kind == node_pipeline && !node->negated) || node->kind == node_subshell;
  if (shell.status && shell.exit_on_error && !shell.ignore_errors && command) exit_shell(shell.status);
  return shell.status;
}

/// Every command of a source. With run_last the last of a string may take over the process.
int run_source(struct Source* source, int flags) {
  while (!source->at_end && shell.unwind == unwind_none) {
    if (source->interactive) report_jobs(0);
    struct Mark mark = arena_mark();
    struct Parser parser = {.source = source};
    shell.interrupted = 0;
    struct Node* node = parse_command_line(&parser);
    if (parser.failed || source->abandoned) {
      shell.status = source->abandoned ? 130 : 2;
      source->abandoned = 0;
      if (!source->interactive) return 2;
      source->at = source->length;
    } else if (node) {
      int last = (flags & run_last) && source->fd < 0 && source->at == source->length;
      run(node, last ? run_last : run_here);
    }
    run_traps();
    if (source->interactive && shell.interrupted == 1) fputc('\n', stderr);
    arena_release(mark);
    if (source->fd < 0 && source->at == source->length) break;
    if (shell.interrupted && !source->interactive) break;
  }
  return shell.status;
}
