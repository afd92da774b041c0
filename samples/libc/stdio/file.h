// SPDX-License-Identifier: MIT
// What is behind FILE: a file descriptor and a buffer.
#pragma once
#include <stdio.h>

struct File {
  int fd;
  int buffering;  // _IOFBF, _IOLBF, _IONBF; buffering_undecided until the first write
  enum { file_idle, file_reading, file_writing } direction;
  int at_end, failed;
  char* buffer;  // NULL until first used; buffer[0..start) is reserved for ungetc
  size_t capacity;
  size_t start, limit;  // reading: unread bytes are [start, limit); writing: unwritten are [0, limit)
  int owns_buffer;
  struct File* next;  // list of open files, for exit() and fflush(NULL)
};
enum { buffering_undecided = -1, unget_room = 8 };

void libc_flush_all(void);
