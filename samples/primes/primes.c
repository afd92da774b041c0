// SPDX-License-Identifier: MIT
// Watch: a chain of processes and pipes, one for each prime (Doug McIlroy's sieve): each prints the
// first number it gets and passes on those it does not divide.
// primes [LIMIT]: up to 35 unless said otherwise.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int result, const char* what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static void sieve(int input) {
  int prime, number, ends[2];
  if (read(input, &prime, sizeof prime) != sizeof prime) return;
  printf("%d\n", prime);
  fflush(stdout);
  check(pipe(ends), "primes: pipe");
  pid_t child = fork();
  check(child, "primes: fork");
  if (child == 0) {
    close(ends[1]);
    close(input);
    sieve(ends[0]);
    exit(0);
  }
  close(ends[0]);
  while (read(input, &number, sizeof number) == sizeof number)
    if (number % prime) check((int)write(ends[1], &number, sizeof number), "primes: write");
  close(ends[1]);
  waitpid(child, NULL, 0);
}

int main(int argc, char** argv) {
  int limit = argc > 1 ? atoi(argv[1]) : 35, ends[2];
  check(pipe(ends), "primes: pipe");
  pid_t child = fork();
  check(child, "primes: fork");
  if (child == 0) {
    close(ends[1]);
    sieve(ends[0]);
    exit(0);
  }
  close(ends[0]);
  for (int number = 2; number <= limit; number++) check((int)write(ends[1], &number, sizeof number), "primes: write");
  close(ends[1]);
  waitpid(child, NULL, 0);
  return 0;
}
