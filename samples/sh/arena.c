// SPDX-License-Identifier: MIT
// Memory taken while a command is parsed and run, given back all at once.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

struct Chunk {
  struct Chunk* previous;
  size_t used, size;
  char bytes[] __attribute__((aligned(16)));
};

static struct Chunk* current;

void* allocate(size_t size) {
  size = (size + 15) & -16ul;
  if (!current || current->size - current->used < size) {
    size_t room = size > 4000 ? size : 4000;
    struct Chunk* chunk = malloc(sizeof *chunk + room);
    if (!chunk) {
      fputs("sh: out of memory\n", stderr);
      _Exit(2);
    }
    *chunk = (struct Chunk){current, 0, room};
    current = chunk;
  }
  void* result = current->bytes + current->used;
  current->used += size;
  return memset(result, 0, size);
}

struct Mark arena_mark(void) {
  return (struct Mark){current, current ? current->used : 0};
}

void arena_release(struct Mark mark) {
  while (current != mark.chunk) {
    struct Chunk* previous = current->previous;
    free(current);
    current = previous;
  }
  if (current) current->used = mark.used;
}

void text_add(struct Text* text, char c) {
  if (text->length + 1 >= text->room) {
    size_t room = text->room ? text->room * 2 : 32;
    char* grown = allocate(room);
    if (text->length) memcpy(grown, text->bytes, text->length);
    text->bytes = grown;
    text->room = room;
  }
  text->bytes[text->length++] = c;
}

void text_add_string(struct Text* text, const char* s) {
  while (*s) text_add(text, *s++);
}

char* text_finish(struct Text* text) {
  text_add(text, 0);
  text->length--;
  return text->bytes;
}

void strings_add(struct Strings* strings, char* item) {
  if (strings->count + 1 >= strings->room) {
    size_t room = strings->room ? strings->room * 2 : 8;
    char** grown = allocate(room * sizeof *grown);
    if (strings->count) memcpy(grown, strings->items, strings->count * sizeof *grown);
    strings->items = grown;
    strings->room = room;
  }
  strings->items[strings->count++] = item;
  strings->items[strings->count] = NULL;
}

char** strings_finish(struct Strings* strings) {
  if (!strings->items) strings->items = allocate(sizeof(char*));
  return strings->items;
}
