// SPDX-License-Identifier: MIT
// Where commands come from: a string, or a file read line by line. A shell that reads its commands
// from standard input must not take bytes that are meant for the programs it runs, so it reads no
// further than the end of the line: a terminal gives lines anyway, in a file the shell seeks back,
// and from a pipe it reads byte by byte.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh.h"

struct Source source_of_string(const char* text) {
  return (struct Source){.text = text, .length = strlen(text), .fd = -1};
}

struct Source source_of_file(int fd, int interactive) {
  return (struct Source){.fd = fd, .interactive = interactive};
}

static void show_prompt(int continued) {
  const char* prompt = get_variable(continued ? "PS2" : "PS1");
  struct Mark mark = arena_mark();
  if (prompt) fputs(expand_here(prompt), stderr);
  arena_release(mark);
}

/// One line of any length from a descriptor, or what there is at the end of the file.
static char* read_line(struct Source* source, size_t* length) {
  struct stat status;
  int can_seek = fstat(source->fd, &status) == 0 && S_ISREG(status.st_mode);
  size_t room = 512, used = 0;
  char* line = malloc(room);
  while (line) {
    ssize_t got = read(source->fd, line + used, can_seek || source->interactive ? room - used : 1);
    if (got < 0 && errno == EINTR && !shell.interrupted) continue;
    if (got <= 0) break;
    char* newline = memchr(line + used, '\n', (size_t)got);
    used += (size_t)got;
    if (newline) {
      size_t excess = used - (size_t)(newline + 1 - line);
      if (can_seek && excess) {
        lseek(source->fd, -(off_t)excess, SEEK_CUR);
        used -= excess;
      }
      break;
    }
    if (used == room) line = realloc(line, room *= 2);
  }
  *length = used;
  return line;
}

static int refill(struct Source* source) {
  if (source->fd < 0 || source->at_end || source->abandoned) return 0;
  for (;;) {
    if (source->interactive) show_prompt(source->continued);
    free((char*)source->text);
    source->text = read_line(source, &source->length);
    source->at = 0;
    if (source->length) {
      source->continued = 1;
      return 1;
    }
    if (!shell.interrupted) break;
    shell.interrupted = 0;  // ^C at the prompt: a new line
    fputc('\n', stderr);
    if (source->continued) {
      source->abandoned = 1;
      return 0;
    }
  }
  source->at_end = 1;
  return 0;
}

int source_peek(struct Source* source) {
  if (source->at == source->length && !refill(source)) return -1;
  return (unsigned char)source->text[source->at];
}

int source_next(struct Source* source) {
  int c = source_peek(source);
  if (c >= 0) source->at++;
  return c;
}
