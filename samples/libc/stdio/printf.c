// SPDX-License-Identifier: MIT
// The printf family: one engine, three kinds of sink.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format.h"
#include "stdio.h"

struct FileSink {
  struct Sink sink;
  FILE* file;
  int failed;
};

static void put_to_file(struct Sink* sink, const char* text, size_t length) {
  struct FileSink* to = (struct FileSink*)sink;
  if (fwrite(text, 1, length, to->file) != length) to->failed = 1;
}

struct MemorySink {
  struct Sink sink;
  char* to;
  size_t room;  // for text, the closing NUL not counted
};

static void put_to_memory(struct Sink* sink, const char* text, size_t length) {
  struct MemorySink* memory = (struct MemorySink*)sink;
  if (length > memory->room) length = memory->room;
  memcpy(memory->to, text, length);
  memory->to += length;
  memory->room -= length;
}

int vsnprintf(char* restrict to, size_t size, const char* restrict format, va_list args) {
  char nowhere;
  if (size == 0) to = &nowhere;
  struct MemorySink memory = {{put_to_memory, 0}, to, size ? size - 1 : 0};
  libc_format(&memory.sink, format, args);
  *memory.to = 0;
  return (int)memory.sink.total;
}

int vasprintf(char** restrict to, const char* restrict format, va_list args) {
  int length = vsnprintf(NULL, 0, format, args);
  *to = malloc((size_t)length + 1);
  return *to ? vsnprintf(*to, (size_t)length + 1, format, args) : -1;
}

/// An unbuffered file (stderr) is given a buffer for the length of one call, so that a message is
/// one system call and two processes' messages do not mix.
int vfprintf(FILE* restrict file, const char* restrict format, va_list args) {
  char buffer[512];
  va_list again;
  va_copy(again, args);
  if (file == stderr) {
    int length = vsnprintf(buffer, sizeof buffer, format, again);
    va_end(again);
    if (length < (int)sizeof buffer) return fwrite(buffer, 1, (size_t)length, file) == (size_t)length ? length : -1;
  }
  struct FileSink to = {{put_to_file, 0}, file, 0};
  libc_format(&to.sink, format, args);
  return to.failed ? -1 : (int)to.sink.total;
}

int vdprintf(int fd, const char* restrict format, va_list args) {
  char* text;
  int length = vasprintf(&text, format, args);
  if (length >= 0 && write(fd, text, (size_t)length) != length) length = -1;
  free(text);
  return length;
}

int vprintf(const char* restrict format, va_list args) { return vfprintf(stdout, format, args); }

#define FORWARD(call)     \
  va_list args;           \
  va_start(args, format); \
  int length = call;      \
  va_end(args);           \
  return length

int printf(const char* restrict format, ...) { FORWARD(vfprintf(stdout, format, args)); }
int fprintf(FILE* restrict file, const char* restrict format, ...) { FORWARD(vfprintf(file, format, args)); }
int dprintf(int fd, const char* restrict format, ...) { FORWARD(vdprintf(fd, format, args)); }
int snprintf(char* restrict to, size_t size, const char* restrict format, ...) {
  FORWARD(vsnprintf(to, size, format, args));
}
int sprintf(char* restrict to, const char* restrict format, ...) {
  FORWARD(vsnprintf(to, (size_t)1 << 30, format, args));
}
int asprintf(char** restrict to, const char* restrict format, ...) { FORWARD(vasprintf(to, format, args)); }
