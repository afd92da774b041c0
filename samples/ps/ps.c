// SPDX-License-Identifier: MIT
// Watch: ps asks no special system call; the kernel writes what it knows about each process into
// files below /proc at the moment they are read.
// ps: all processes, children below their parents.   ps -l: more columns.
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct Process {
  int pid, parent, group, session;
  char state;
  unsigned long ticks;           // user and system time, in hundredths of a second
  unsigned long memory, frames;  // bytes of address space, frames in RAM
  char name[64], command[256];
  int depth, shown;
};

static struct Process* processes;
static size_t count;

static ssize_t read_file(const char* path, char* to, size_t size) {
  int fd = open(path, O_RDONLY);
  if (fd < 0) return -1;
  ssize_t got = read(fd, to, size - 1);
  close(fd);
  if (got >= 0) to[got] = 0;
  return got;
}

/// Field n of proc(5)'s stat line, counted from 1; the first two are the number and the name.
static long field(const char* after_name, int n) {
  const char* s = after_name;
  for (int i = 3; i < n && *s; i++) s += strcspn(s, " ") + 1;
  return strtol(s, NULL, 10);
}

static int parse_stat(char* line, struct Process* process) {
  char *open = strchr(line, '('), *close = strrchr(line, ')');  // a name may contain brackets
  if (!open || !close || close[1] != ' ') return 0;
  *close = 0;
  const char* rest = close + 2;
  *process = (struct Process){.pid = atoi(line), .state = *rest};
  snprintf(process->name, sizeof process->name, "%s", open + 1);
  process->parent = (int)field(rest, 4);
  process->group = (int)field(rest, 5);
  process->session = (int)field(rest, 6);
  process->ticks = (unsigned long)(field(rest, 14) + field(rest, 15));
  process->memory = (unsigned long)field(rest, 23);
  process->frames = (unsigned long)field(rest, 24);
  return 1;
}

/// The command line, or the name in brackets when there is none: kernel threads, zombies.
static void read_command(struct Process* process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/cmdline", process->pid);
  ssize_t length = read_file(path, process->command, sizeof process->command);
  while (length > 0 && !process->command[length - 1]) length--;
  for (ssize_t i = 0; i < length; i++)
    if (!isprint(process->command[i])) process->command[i] = ' ';
  if (length <= 0) snprintf(process->command, sizeof process->command, "[%s]", process->name);
}

static void read_processes(void) {
  DIR* proc = opendir("/proc");
  if (!proc) {
    fprintf(stderr, "ps: cannot open /proc: %s\n", strerror(errno));
    exit(1);
  }
  for (struct dirent* entry; (entry = readdir(proc));) {
    if (!isdigit(entry->d_name[0])) continue;
    char path[300], line[512];
    snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
    if (read_file(path, line, sizeof line) <= 0) continue;  // ended meanwhile
    processes = realloc(processes, (count + 1) * sizeof *processes);
    if (!parse_stat(line, &processes[count])) continue;
    read_command(&processes[count++]);
  }
  closedir(proc);
}

static int by_pid(const void* a, const void* b) {
  return ((const struct Process*)a)->pid - ((const struct Process*)b)->pid;
}

static void print(const struct Process* process, int details) {
  unsigned long seconds = process->ticks / 100;
  printf("%5d %5d %c ", process->pid, process->parent, process->state);
  if (details)
    printf("%5d %5d %7lu %7lu ", process->group, process->session, process->memory / 1024, process->frames * 4);
  printf("%3lu:%02lu.%02lu %*s%s\n", seconds / 60, seconds % 60, process->ticks % 100, 2 * process->depth, "",
         process->command);
}

/// A process and everything below it.
static void print_tree(struct Process* process, int depth, int details) {
  if (process->shown) return;
  process->shown = 1;
  process->depth = depth;
  print(process, details);
  for (size_t i = 0; i < count; i++)
    if (processes[i].parent == process->pid) print_tree(&processes[i], depth + 1, details);
}

static int parent_listed(const struct Process* process) {
  for (size_t i = 0; i < count; i++)
    if (processes[i].pid == process->parent) return 1;
  return 0;
}

int main(int argc, char** argv) {
  int details = 0;
  for (int option; (option = getopt(argc, argv, "laxef")) != -1;) {
    if (option == '?') return 1;
    if (option == 'l') details = 1;
  }
  read_processes();
  qsort(processes, count, sizeof *processes, by_pid);
  printf("  PID  PPID S %s     TIME COMMAND\n", details ? " PGRP   SID    SIZE     RSS" : "");
  for (size_t i = 0; i < count; i++)
    if (!parent_listed(&processes[i])) print_tree(&processes[i], 0, details);
  for (size_t i = 0; i < count; i++) print_tree(&processes[i], 0, details);
  return 0;
}
