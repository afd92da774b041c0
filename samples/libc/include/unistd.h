// SPDX-License-Identifier: MIT
#pragma once
#include <stddef.h>
#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define R_OK 4
#define W_OK 2
#define X_OK 1
#define F_OK 0
#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

extern char** environ;

ssize_t read(int fd, void* to, size_t count);
ssize_t write(int fd, const void* from, size_t count);
ssize_t pread(int fd, void* to, size_t count, off_t offset);
ssize_t pwrite(int fd, const void* from, size_t count, off_t offset);
int close(int fd);
off_t lseek(int fd, off_t offset, int whence);
int dup(int fd);
int dup2(int from, int to);
int dup3(int from, int to, int flags);
int pipe(int ends[2]);
int pipe2(int ends[2], int flags);
int ftruncate(int fd, off_t size);
int truncate(const char* path, off_t size);
int fsync(int fd);
void sync(void);
int isatty(int fd);

int access(const char* path, int mode);
int chdir(const char* path);
int fchdir(int fd);
char* getcwd(char* to, size_t size);
int unlink(const char* path);
int unlinkat(int directory, const char* path, int flags);
int rmdir(const char* path);
int link(const char* from, const char* to);
int symlink(const char* target, const char* path);
ssize_t readlink(const char* restrict path, char* restrict to, size_t size);
int chown(const char* path, uid_t user, gid_t group);
int chroot(const char* path);

pid_t fork(void);
pid_t vfork(void) __attribute__((returns_twice));
_Noreturn void _exit(int status);
int execve(const char* path, char* const argv[], char* const envp[]);
int execv(const char* path, char* const argv[]);
int execvp(const char* name, char* const argv[]);
int execvpe(const char* name, char* const argv[], char* const envp[]);
int execl(const char* path, const char* first, ...);
int execlp(const char* name, const char* first, ...);
int execle(const char* path, const char* first, ...);

pid_t getpid(void);
pid_t getppid(void);
pid_t gettid(void);
pid_t getpgrp(void);
pid_t getpgid(pid_t pid);
int setpgid(pid_t pid, pid_t group);
pid_t getsid(pid_t pid);
pid_t setsid(void);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t group);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int setuid(uid_t user);
int setgid(gid_t group);

unsigned sleep(unsigned seconds);
int usleep(unsigned microseconds);
unsigned alarm(unsigned seconds);
int pause(void);
int brk(void* end);
void* sbrk(intptr_t increment);
long syscall(long number, ...);
int sethostname(const char* name, size_t length);
int gethostname(char* to, size_t size);
long sysconf(int name);
#define _SC_PAGESIZE 30
#define _SC_CLK_TCK 2
int getpagesize(void);

extern char* optarg;
extern int optind, opterr, optopt;
int getopt(int argc, char* const argv[], const char* options);
