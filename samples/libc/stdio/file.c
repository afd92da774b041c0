// SPDX-License-Identifier: MIT
// Buffered files. A file is either reading or writing; changing over flushes or seeks.
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { whole_buffer = unget_room + BUFSIZ };
static char input_buffer[whole_buffer], output_buffer[whole_buffer];
static struct File error_file = {.fd = 2, .buffering = _IONBF};
static struct File output_file = {
    .fd = 1, .buffering = buffering_undecided, .buffer = output_buffer, .capacity = whole_buffer, .next = &error_file};
static struct File input_file = {
    .fd = 0, .buffering = buffering_undecided, .buffer = input_buffer, .capacity = whole_buffer, .next = &output_file};
static struct File* open_files = &input_file;

FILE* const stdin = &input_file;
FILE* const stdout = &output_file;
FILE* const stderr = &error_file;

// ---- Opening and closing ----

FILE* fdopen(int fd, const char* mode) {
  (void)mode;  // the descriptor knows
  struct File* file = malloc(sizeof *file);
  if (!file) return NULL;
  *file = (struct File){.fd = fd, .buffering = buffering_undecided, .next = open_files};
  open_files = file;
  return file;
}

static int open_flags(const char* mode) {
  int flags = strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
  if (*mode == 'w') flags |= O_CREAT | O_TRUNC;
  if (*mode == 'a') flags |= O_CREAT | O_APPEND;
  if (strchr(mode, 'e')) flags |= O_CLOEXEC;
  return flags;
}

FILE* fopen(const char* restrict path, const char* restrict mode) {
  if (!strchr("rwa", *mode)) {
    errno = EINVAL;
    return NULL;
  }
  int fd = open(path, open_flags(mode), 0666);
  if (fd < 0) return NULL;
  FILE* file = fdopen(fd, mode);
  if (!file) close(fd);
  return file;
}

int fclose(FILE* file) {
  int failed = fflush(file);
  failed |= close(file->fd);
  for (struct File** link = &open_files; *link; link = &(*link)->next)
    if (*link == file) {
      *link = file->next;
      break;
    }
  if (file->owns_buffer) free(file->buffer);
  if (file != stdin && file != stdout && file != stderr) free(file);
  return failed ? EOF : 0;
}

int setvbuf(FILE* restrict file, char* restrict buffer, int mode, size_t size) {
  file->buffering = mode;
  if (buffer && size > unget_room && file->direction == file_idle && !file->owns_buffer) {
    file->buffer = buffer;
    file->capacity = size;
  }
  return 0;
}

void setbuf(FILE* restrict file, char* restrict buffer) { setvbuf(file, buffer, buffer ? _IOFBF : _IONBF, BUFSIZ); }

int fileno(FILE* file) { return file->fd; }
int feof(FILE* file) { return file->at_end; }
int ferror(FILE* file) { return file->failed; }
void clearerr(FILE* file) { file->at_end = file->failed = 0; }

// ---- The buffer ----

static int ensure_buffer(FILE* file) {
  if (file->buffering == buffering_undecided) file->buffering = isatty(file->fd) ? _IOLBF : _IOFBF;
  if (file->buffer) return 1;
  file->buffer = malloc(whole_buffer);
  file->capacity = whole_buffer;
  file->owns_buffer = 1;
  return file->buffer != NULL;
}

/// write(2) until all is written; a pipe or tty may take less than asked for.
static int write_all(FILE* file, const char* from, size_t count) {
  while (count) {
    ssize_t written = write(file->fd, from, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      file->failed = 1;
      return EOF;
    }
    from += written;
    count -= (size_t)written;
  }
  return 0;
}

int fflush(FILE* file) {
  if (!file) {
    libc_flush_all();
    return 0;
  }
  int result = 0;
  if (file->direction == file_writing) {
    result = write_all(file, file->buffer, file->limit);
  } else if (file->direction == file_reading && file->start < file->limit) {
    lseek(file->fd, (off_t)file->start - (off_t)file->limit, SEEK_CUR);  // unread bytes go back; fails on a pipe
  }
  file->start = file->limit = 0;
  file->direction = file_idle;
  return result;
}

void libc_flush_all(void) {
  for (struct File* file = open_files; file; file = file->next)
    if (file->direction == file_writing) fflush(file);
}

int fseek(FILE* file, long offset, int whence) {
  fflush(file);
  file->at_end = 0;
  return lseek(file->fd, offset, whence) < 0 ? -1 : 0;
}

long ftell(FILE* file) {
  off_t at = lseek(file->fd, 0, SEEK_CUR);
  if (at < 0) return -1;
  if (file->direction == file_writing) return at + (off_t)file->limit;
  return at - (off_t)(file->limit - file->start);
}

void rewind(FILE* file) {
  fseek(file, 0, SEEK_SET);
  clearerr(file);
}

// ---- Reading ----

/// Refills an empty buffer. Waiting for input at a terminal shows pending output first.
static int fill(FILE* file) {
  if (file->direction == file_writing) fflush(file);
  if (!ensure_buffer(file)) return 0;
  if (file->buffering != _IOFBF && output_file.direction == file_writing && output_file.buffering == _IOLBF)
    fflush(stdout);
  file->direction = file_reading;
  file->start = file->limit = unget_room;
  ssize_t got;
  do got = read(file->fd, file->buffer + unget_room, file->capacity - unget_room);
  while (got < 0 && errno == EINTR);
  if (got > 0) file->limit += (size_t)got;
  if (got == 0) file->at_end = 1;
  if (got < 0) file->failed = 1;
  return got > 0;
}

int fgetc(FILE* file) {
  if (file->direction != file_reading || file->start == file->limit)
    if (!fill(file)) return EOF;
  return (unsigned char)file->buffer[file->start++];
}

int ungetc(int c, FILE* file) {
  if (c == EOF || !ensure_buffer(file)) return EOF;
  if (file->direction != file_reading) {
    fflush(file);
    file->direction = file_reading;
    file->start = file->limit = unget_room;
  }
  if (file->start == 0) return EOF;
  file->buffer[--file->start] = (char)c;
  file->at_end = 0;
  return (unsigned char)c;
}

int getc(FILE* file) { return fgetc(file); }
int getchar(void) { return fgetc(stdin); }

char* fgets(char* restrict line, int size, FILE* restrict file) {
  int length = 0;
  while (length + 1 < size) {
    int c = fgetc(file);
    if (c == EOF) break;
    line[length++] = (char)c;
    if (c == '\n') break;
  }
  line[length] = 0;
  return length ? line : NULL;
}

ssize_t getline(char** restrict line, size_t* restrict size, FILE* restrict file) {
  size_t length = 0;
  int c;
  do {
    c = fgetc(file);
    if (c == EOF && length == 0) return -1;
    if (!*line || length + 2 > *size) {
      size_t larger = *line && *size ? *size * 2 : 128;
      char* grown = realloc(*line, larger);
      if (!grown) return -1;
      *line = grown;
      *size = larger;
    }
    if (c != EOF) (*line)[length++] = (char)c;
  } while (c != EOF && c != '\n');
  (*line)[length] = 0;
  return (ssize_t)length;
}

size_t fread(void* restrict to, size_t size, size_t count, FILE* restrict file) {
  size_t wanted = size * count, got = 0;
  while (got < wanted) {
    if (file->direction != file_reading || file->start == file->limit)
      if (!fill(file)) break;
    size_t piece = file->limit - file->start;
    if (piece > wanted - got) piece = wanted - got;
    memcpy((char*)to + got, file->buffer + file->start, piece);
    file->start += piece;
    got += piece;
  }
  return size ? got / size : 0;
}

// ---- Writing ----

size_t fwrite(const void* restrict from, size_t size, size_t count, FILE* restrict file) {
  size_t wanted = size * count;
  if (!wanted) return 0;
  if (file->direction == file_reading) fflush(file);
  if (file->buffering == _IONBF) return write_all(file, from, wanted) ? 0 : count;
  if (!ensure_buffer(file)) return 0;
  file->direction = file_writing;
  const char* bytes = from;
  for (size_t left = wanted; left;) {
    size_t piece = file->capacity - file->limit;
    if (piece > left) piece = left;
    memcpy(file->buffer + file->limit, bytes, piece);
    file->limit += piece;
    bytes += piece;
    left -= piece;
    if (file->limit == file->capacity) {
      if (fflush(file)) return 0;
      file->direction = file_writing;
    }
  }
  if (file->buffering == _IOLBF && memchr(from, '\n', wanted) && fflush(file)) return 0;
  return count;
}

int fputc(int c, FILE* file) {
  char byte = (char)c;
  return fwrite(&byte, 1, 1, file) == 1 ? (unsigned char)c : EOF;
}

int putc(int c, FILE* file) { return fputc(c, file); }
int putchar(int c) { return fputc(c, stdout); }

int fputs(const char* restrict s, FILE* restrict file) {
  size_t length = strlen(s);
  return length == 0 || fwrite(s, length, 1, file) == 1 ? 0 : EOF;
}

int puts(const char* s) { return fputs(s, stdout) == EOF || putchar('\n') == EOF ? EOF : 0; }

void perror(const char* what) {
  if (what && *what)
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
  else
    fprintf(stderr, "%s\n", strerror(errno));
}
