#!/bin/dash
# SPDX-License-Identifier: MIT
# tcc compiles on the machine, against glibc's headers; what it made runs. /t/*.c is tests/programs.
mkdir /tmp/w && cd /tmp/w || exit 1
cat > hello.c << 'EOF'
#include <stdio.h>
int main(int argc, char **argv) { printf("hello, world from %s, %d\n", argv[0], argc); return 42; }
EOF
tcc -o hello hello.c && ./hello a b; echo "exits with $?"; tcc -run hello.c x; echo $?; tcc -E hello.c | grep -c printf
tcc -c hello.c && tcc -o linked hello.o && ./linked; wc -c < hello.o; echo 'int main() { return nothing; }' | tcc - ; echo $?; echo 'int f(' > bad.c; tcc bad.c; echo $?
cat > shared.c << 'EOF'
int twice(int x) { return 2 * x; }
EOF
cat > user.c << 'EOF'
#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
static void *work(void *n) { return (void *)((long)n * (long)n); }
struct node { struct node *left, *right; int key; };
static struct node *insert(struct node *n, int key) {
  if (!n) { n = calloc(1, sizeof *n); n->key = key; return n; }
  if (key < n->key) n->left = insert(n->left, key); else n->right = insert(n->right, key);
  return n;
}
static void walk(struct node *n, long *sum) { if (n) { walk(n->left, sum); *sum = *sum * 31 + n->key; walk(n->right, sum); } }
int main(void) {
  char *words[] = {"pear", "fig", "apple"};
  qsort(words, 3, sizeof *words, compare);
  printf("%s %s %s %.12f %Lg\n", words[0], words[1], words[2], sin(1.0), 1.0L / 3);
  struct node *tree = 0; long sum = 0; unsigned x = 1;
  for (int i = 0; i < 2000; i++) tree = insert(tree, (x = x * 1103515245u + 12345u) >> 16);
  walk(tree, &sum); printf("%ld\n", sum);
  pthread_t t; void *r; pthread_create(&t, 0, work, (void *)12); pthread_join(t, &r); printf("%ld\n", (long)r);
  jmp_buf b; if (!setjmp(b)) longjmp(b, 1); else puts("jumped");
  void *so = dlopen("./shared.so", RTLD_NOW); int (*twice)(int) = so ? dlsym(so, "twice") : 0;
  printf("%d %s\n", twice ? twice(21) : -1, so ? "" : dlerror());
  return 0;
}
EOF
tcc -shared -o shared.so shared.c && tcc -o user user.c -lm -lpthread -ldl && ./user; echo $?
for program in args cow files numbers pipes processes; do echo "== $program"; tcc -w -I/t -o $program /t/$program.c && ./$program 2>&1 | tail -n 1; done
