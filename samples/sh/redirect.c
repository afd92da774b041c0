// SPDX-License-Identifier: MIT
// Redirections: open the file, move it to the number the program expects. For commands that run in
// the shell itself what was there is kept aside and put back.
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

/// A here-document is a pipe with the text in it; a long one gets a process that writes it.
static int open_here(const struct Redirect* redirect) {
  const char* text = redirect->literal ? redirect->target : expand_here(redirect->target);
  size_t length = strlen(text);
  int ends[2];
  if (pipe(ends) < 0) return -1;
  if (length <= 4096) {
    if (write(ends[1], text, length) < 0) return -1;
  } else if (fork() == 0) {
    close(ends[0]);
    while (length) {
      ssize_t written = write(ends[1], text, length);
      if (written <= 0) break;
      text += written;
      length -= (size_t)written;
    }
    _exit(0);
  }
  close(ends[1]);
  return ends[0];
}

static int open_file(const struct Redirect* redirect, const char* path) {
  switch (redirect->kind) {
    case redirect_in: return open(path, O_RDONLY);
    case redirect_out: return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    case redirect_append: return open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    default: return open(path, O_RDWR | O_CREAT, 0666);
  }
}

static int apply(const struct Redirect* redirect) {
  if (redirect->kind == redirect_here) {
    int fd = open_here(redirect);
    if (fd >= 0 && fd != redirect->fd) {
      dup2(fd, redirect->fd);
      close(fd);
    }
    return fd >= 0;
  }
  const char* target = expand_word(redirect->target);
  if (redirect->kind == redirect_duplicate) {
    if (strcmp(target, "-") == 0) return close(redirect->fd), 1;
    if (isdigit(*target) && strspn(target, "0123456789") == strlen(target)) {
      if (dup2(atoi(target), redirect->fd) >= 0) return 1;
      complain("%s: %s", target, strerror(errno));
      return 0;
    }
    complain("%s: not a descriptor", target);
    return 0;
  }
  int fd = open_file(redirect, target);
  if (fd < 0) {
    int creates = redirect->kind != redirect_in;
    complain("cannot %s %s: %s", creates ? "create" : "open", target, strerror(errno));
    return 0;
  }
  if (fd != redirect->fd) {
    dup2(fd, redirect->fd);
    close(fd);
  }
  return 1;
}

int redirect(struct Redirect* list) {
  for (; list; list = list->next)
    if (!apply(list)) return 0;
  return 1;
}

int redirect_saving(struct Redirect* list, struct Saved** saved) {
  for (; list; list = list->next) {
    struct Saved* one = allocate(sizeof *one);
    *one = (struct Saved){list->fd, fcntl(list->fd, F_DUPFD_CLOEXEC, 10), *saved};
    *saved = one;
    if (!apply(list)) return 0;
  }
  return 1;
}

void restore(struct Saved* saved) {
  for (; saved; saved = saved->next) {
    if (saved->copy < 0) {
      close(saved->fd);
    } else {
      dup2(saved->copy, saved->fd);
      close(saved->copy);
    }
  }
}
