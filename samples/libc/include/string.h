// SPDX-License-Identifier: MIT
#pragma once
#include <stddef.h>

void* memcpy(void* restrict to, const void* restrict from, size_t count);
void* memmove(void* to, const void* from, size_t count);
void* memset(void* to, int byte, size_t count);
int memcmp(const void* a, const void* b, size_t count);
void* memchr(const void* in, int byte, size_t count);

size_t strlen(const char* s);
size_t strnlen(const char* s, size_t limit);
char* strcpy(char* restrict to, const char* restrict from);
char* strncpy(char* restrict to, const char* restrict from, size_t count);
char* stpcpy(char* restrict to, const char* restrict from);
char* strcat(char* restrict to, const char* restrict from);
char* strncat(char* restrict to, const char* restrict from, size_t count);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, size_t count);
char* strchr(const char* s, int c);
char* strrchr(const char* s, int c);
char* strstr(const char* s, const char* part);
size_t strspn(const char* s, const char* accept);
size_t strcspn(const char* s, const char* reject);
char* strpbrk(const char* s, const char* accept);
char* strtok(char* restrict s, const char* restrict separators);
char* strtok_r(char* restrict s, const char* restrict separators, char** restrict rest);
char* strdup(const char* s);
char* strndup(const char* s, size_t limit);
char* strerror(int number);
char* strsignal(int number);
