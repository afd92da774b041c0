// SPDX-License-Identifier: MIT
// The environment: the strings NAME=value that execve put on the stack. The vector is copied to the
// heap the first time it changes; old strings are not freed, for getenv() may have handed them out.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char** find(const char* name, size_t length) {
  char** entry = environ;
  while (*entry && !(strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')) entry++;
  return entry;
}

char* getenv(const char* name) {
  size_t length = strlen(name);
  char* entry = *find(name, length);
  return entry ? entry + length + 1 : NULL;
}

/// Appends one entry in a vector of our own.
static int append(char* assignment) {
  static char** own;
  size_t count = 0;
  while (environ[count]) count++;
  char** grown = realloc(environ == own ? own : NULL, (count + 2) * sizeof *grown);
  if (!grown) return -1;
  if (environ != own) memcpy(grown, environ, count * sizeof *grown);
  grown[count] = assignment;
  grown[count + 1] = NULL;
  environ = own = grown;
  return 0;
}

int putenv(char* assignment) {
  char** entry = find(assignment, strcspn(assignment, "="));
  if (!*entry) return append(assignment);
  *entry = assignment;
  return 0;
}

int setenv(const char* name, const char* value, int overwrite) {
  if (!*name || strchr(name, '=')) {
    errno = EINVAL;
    return -1;
  }
  if (!overwrite && getenv(name)) return 0;
  char* assignment = malloc(strlen(name) + strlen(value) + 2);
  if (!assignment) return -1;
  strcpy(stpcpy(stpcpy(assignment, name), "="), value);
  return putenv(assignment);
}

int unsetenv(const char* name) {
  size_t length = strlen(name);
  char** entry;
  while (*(entry = find(name, length)))
    for (; *entry; entry++) entry[0] = entry[1];
  return 0;
}
