// SPDX-License-Identifier: MIT
#include <signal.h>
#include <stdlib.h>
#include <string.h>

size_t strlen(const char* s) {
  size_t length = 0;
  while (s[length]) length++;
  return length;
}

size_t strnlen(const char* s, size_t limit) {
  size_t length = 0;
  while (length < limit && s[length]) length++;
  return length;
}

char* stpcpy(char* restrict to, const char* restrict from) {
  while ((*to = *from++)) to++;
  return to;
}

char* strcpy(char* restrict to, const char* restrict from) {
  stpcpy(to, from);
  return to;
}

char* strncpy(char* restrict to, const char* restrict from, size_t count) {
  size_t length = strnlen(from, count);
  memcpy(to, from, length);
  memset(to + length, 0, count - length);
  return to;
}

char* strcat(char* restrict to, const char* restrict from) {
  stpcpy(to + strlen(to), from);
  return to;
}

char* strncat(char* restrict to, const char* restrict from, size_t count) {
  char* end = to + strlen(to);
  size_t length = strnlen(from, count);
  memcpy(end, from, length);
  end[length] = 0;
  return to;
}

int strcmp(const char* a, const char* b) {
  while (*a && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char* a, const char* b, size_t count) {
  while (count && *a && *a == *b) a++, b++, count--;
  return count ? (unsigned char)*a - (unsigned char)*b : 0;
}

char* strchr(const char* s, int c) {
  for (; *s != (char)c; s++)
    if (!*s) return NULL;
  return (char*)s;
}

char* strrchr(const char* s, int c) {
  const char* found = NULL;
  do {
    if (*s == (char)c) found = s;
  } while (*s++);
  return (char*)found;
}

char* strstr(const char* s, const char* part) {
  size_t length = strlen(part);
  for (; strncmp(s, part, length) != 0; s++)
    if (!*s) return NULL;
  return (char*)s;
}

size_t strspn(const char* s, const char* accept) {
  size_t length = 0;
  while (s[length] && strchr(accept, s[length])) length++;
  return length;
}

size_t strcspn(const char* s, const char* reject) {
  size_t length = 0;
  while (s[length] && !strchr(reject, s[length])) length++;
  return length;
}

char* strpbrk(const char* s, const char* accept) {
  s += strcspn(s, accept);
  return *s ? (char*)s : NULL;
}

char* strtok_r(char* restrict s, const char* restrict separators, char** restrict rest) {
  if (!s) s = *rest;
  s += strspn(s, separators);
  char* end = s + strcspn(s, separators);
  *rest = *end ? end + 1 : end;
  *end = 0;
  return end == s ? NULL : s;
}

char* strtok(char* restrict s, const char* restrict separators) {
  static char* rest;
  return strtok_r(s, separators, &rest);
}

char* strndup(const char* s, size_t limit) {
  size_t length = strnlen(s, limit);
  char* copy = malloc(length + 1);
  if (!copy) return NULL;
  memcpy(copy, s, length);
  copy[length] = 0;
  return copy;
}

char* strdup(const char* s) { return strndup(s, (size_t)-1); }

char* strsignal(int number) {
  static const char messages[] =  // one after the other, each closed by a NUL, from signal 1 on
#define S(name, number, text) text "\0"
      LIBC_SIGNALS(S);
#undef S
  if (number < 1 || number > SIGSYS) return "Unknown signal";
  const char* message = messages;
  while (--number) message += strlen(message) + 1;
  return (char*)message;
}
