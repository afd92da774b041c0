// SPDX-License-Identifier: MIT
// Jobs: the processes of a pipeline, in a process group of their own when there is a terminal to
// share. The terminal belongs to one group at a time, the foreground job's or the shell's.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sh.h"

static struct Job* jobs;  // newest first

struct Job* new_job(const char* text, int background) {
  struct Job* job = calloc(1, sizeof *job);
  job->number = 1;
  for (struct Job* other = jobs; other; other = other->next)
    if (other->number >= job->number) job->number = other->number + 1;
  job->text = strdup(text);
  job->background = background;
  job->next = jobs;
  return jobs = job;
}

static void forget(struct Job* job) {
  for (struct Job** link = &jobs; *link; link = &(*link)->next)
    if (*link == job) {
      *link = job->next;
      break;
    }
  free(job->text);
  free(job);
}

int exit_status(int status) {
  if (WIFSTOPPED(status)) return 128 + WSTOPSIG(status);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// A child of a shell that goes on as a shell itself: no terminal to manage, no jobs of its own.
void enter_subshell(void) {
  reset_signals();
  shell.interactive = shell.monitor = 0;
  jobs = NULL;
}

static void set_up_child(struct Job* job) {
  int monitor = shell.monitor, background = job->background;
  pid_t group = job->group;
  if (monitor) {
    setpgid(0, group);
    if (!background) tcsetpgrp(2, getpgrp());
  }
  int first = job->count == 0;
  enter_subshell();
  if (monitor || !background) return;
  signal(SIGINT, SIG_IGN);  // the keyboard is not for background jobs
  signal(SIGQUIT, SIG_IGN);
  if (!first) return;
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing > 0) dup2(nothing, 0), close(nothing);
}

pid_t fork_job(struct Job* job) {
  fflush(NULL);
  pid_t pid = fork();
  if (pid < 0) {
    complain("cannot fork: %s", strerror(errno));
    return pid;
  }
  if (pid == 0) {
    set_up_child(job);
    return 0;
  }
  if (!job->group) job->group = pid;
  if (shell.monitor) {  // parent and child both do it: whoever comes first
    setpgid(pid, job->group);
    if (!job->background) tcsetpgrp(2, job->group);
  }
  if (job->count < most_processes) job->pids[job->count++] = pid;
  job->left++;
  return pid;
}

/// Notes what happened to a child.
static void note(pid_t pid, int status) {
  for (struct Job* job = jobs; job; job = job->next)
    for (int i = 0; i < job->count; i++) {
      if (job->pids[i] != pid) continue;
      if (WIFSTOPPED(status)) {
        job->stopped = 1;
        job->status = status;
      } else if (WIFCONTINUED(status)) {
        job->stopped = 0;
      } else {
        job->left--;
        job->pids[i] = -pid;  // ended; the number may be used again
        if (i == job->count - 1) job->status = status;
      }
      return;
    }
}

static void poll_children(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG | (shell.monitor ? WUNTRACED | WCONTINUED : 0))) > 0;)
    note(pid, status);
}

/// False when a signal for the shell came first.
static int wait_until_over(struct Job* job) {
  while (job->left && !job->stopped) {
    int status;
    pid_t pid = waitpid(-1, &status, shell.monitor ? WUNTRACED : 0);
    if (pid > 0)
      note(pid, status);
    else if (errno != EINTR)
      job->left = 0;
    else if (job->background)
      return 0;
  }
  return 1;
}

static void report_death(int status) {
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGINT && shell.interactive) fputc('\n', stderr);
  if (signal && signal != SIGINT && signal != SIGPIPE)
    fprintf(stderr, "%s%s\n", strsignal(signal), WCOREDUMP(status) ? " (core dumped)" : "");
}

static void report(const struct Job* job) {
  char what[64] = "Running";
  if (job->stopped)
    strcpy(what, "Stopped");
  else if (!job->left && WIFSIGNALED(job->status))
    snprintf(what, sizeof what, "%s", strsignal(WTERMSIG(job->status)));
  else if (!job->left && WEXITSTATUS(job->status))
    snprintf(what, sizeof what, "Done(%d)", WEXITSTATUS(job->status));
  else if (!job->left)
    strcpy(what, "Done");
  fprintf(stderr, "[%d] %-22s %s\n", job->number, what, job->text);
}

int wait_foreground(struct Job* job) {
  wait_until_over(job);
  if (shell.monitor) tcsetpgrp(2, shell.group);
  int status = exit_status(job->status);
  if (job->left) {
    fputc('\n', stderr);
    job->background = 1;
    report(job);
    return status;
  }
  if (WIFSIGNALED(job->status) && WTERMSIG(job->status) == SIGINT && shell.interactive) shell.interrupted = 2;
  report_death(job->status);
  forget(job);
  return status;
}

/// For the built-in wait: a stopped job is not waited for.
int wait_job(struct Job* job) {
  if (!wait_until_over(job)) return 130;
  int status = exit_status(job->status);
  if (!job->left) forget(job);
  return status;
}

int wait_all(void) {
  for (struct Job* job = jobs; job;) {
    if (job->left && !job->stopped && !wait_until_over(job)) return 130;
    struct Job* next = job->next;
    if (!job->left) forget(job);
    job = next;
  }
  return 0;
}

void start_background(struct Job* job) {
  shell.last_background = job->count ? job->pids[job->count - 1] : 0;
  if (shell.interactive) fprintf(stderr, "[%d] %d\n", job->number, shell.last_background);
}

/// Before each prompt: background jobs that ended. With `all`, the list the user asked for.
void report_jobs(int all) {
  poll_children();
  struct Job* oldest_first[64];
  int count = 0;
  for (struct Job* job = jobs; job && count < 64; job = job->next) oldest_first[count++] = job;
  while (count--) {
    struct Job* job = oldest_first[count];
    if (all || !job->left) report(job);
    if (!job->left) forget(job);
  }
}

struct Job* find_job(const char* name) {
  for (struct Job* job = jobs; job; job = job->next) {
    if (*name == '%') {
      if (!name[1] || name[1] == '%' || name[1] == '+' || atoi(name + 1) == job->number) return job;
      continue;
    }
    for (int i = 0; i < job->count; i++)
      if (abs(job->pids[i]) == atoi(name)) return job;
  }
  return NULL;
}

int resume_job(struct Job* job, int foreground) {
  job->background = !foreground;
  job->stopped = 0;
  if (foreground) {
    fprintf(stderr, "%s\n", job->text);
    if (shell.monitor) tcsetpgrp(2, job->group);
  } else {
    fprintf(stderr, "[%d] %s &\n", job->number, job->text);
  }
  kill(shell.monitor ? -job->group : job->pids[0], SIGCONT);
  return foreground ? wait_foreground(job) : 0;
}
