// SPDX-License-Identifier: MIT
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#define EOF (-1)
#define BUFSIZ 1024
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define _IOFBF 0  // write when the buffer is full
#define _IOLBF 1  // write at the end of each line
#define _IONBF 2  // write at once

typedef struct File FILE;
extern FILE *const stdin, *const stdout, *const stderr;
#define stdin stdin
#define stdout stdout
#define stderr stderr

FILE* fopen(const char* restrict path, const char* restrict mode);
FILE* fdopen(int fd, const char* mode);
int fclose(FILE* file);
int fflush(FILE* file);
int setvbuf(FILE* restrict file, char* restrict buffer, int mode, size_t size);
void setbuf(FILE* restrict file, char* restrict buffer);
int fileno(FILE* file);
int feof(FILE* file);
int ferror(FILE* file);
void clearerr(FILE* file);
int fseek(FILE* file, long offset, int whence);
long ftell(FILE* file);
void rewind(FILE* file);

int fgetc(FILE* file);
int getc(FILE* file);
int getchar(void);
int ungetc(int c, FILE* file);
char* fgets(char* restrict line, int size, FILE* restrict file);
ssize_t getline(char** restrict line, size_t* restrict size, FILE* restrict file);
size_t fread(void* restrict to, size_t size, size_t count, FILE* restrict file);

int fputc(int c, FILE* file);
int putc(int c, FILE* file);
int putchar(int c);
int fputs(const char* restrict s, FILE* restrict file);
int puts(const char* s);
size_t fwrite(const void* restrict from, size_t size, size_t count, FILE* restrict file);

#define LIBC_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
int printf(const char* restrict format, ...) LIBC_PRINTF(1, 2);
int fprintf(FILE* restrict file, const char* restrict format, ...) LIBC_PRINTF(2, 3);
int dprintf(int fd, const char* restrict format, ...) LIBC_PRINTF(2, 3);
int sprintf(char* restrict to, const char* restrict format, ...) LIBC_PRINTF(2, 3);
int snprintf(char* restrict to, size_t size, const char* restrict format, ...) LIBC_PRINTF(3, 4);
int vprintf(const char* restrict format, va_list args) LIBC_PRINTF(1, 0);
int vfprintf(FILE* restrict file, const char* restrict format, va_list args) LIBC_PRINTF(2, 0);
int vdprintf(int fd, const char* restrict format, va_list args) LIBC_PRINTF(2, 0);
int vsnprintf(char* restrict to, size_t size, const char* restrict format, va_list args) LIBC_PRINTF(3, 0);
int asprintf(char** restrict to, const char* restrict format, ...) LIBC_PRINTF(2, 3);
int vasprintf(char** restrict to, const char* restrict format, va_list args) LIBC_PRINTF(2, 0);

void perror(const char* what);
int remove(const char* path);
int rename(const char* from, const char* to);
