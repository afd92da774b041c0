// SPDX-License-Identifier: MIT
// Watch: a dynamically linked program. printf is not in this file: the call goes to a stub in its PLT, which jumps
// through a slot of the GOT. On the first call the slot leads to the loader (/usr/lib/ld.so), which finds printf
// in /usr/lib/libc.so and writes its address into the slot; the second call goes straight there. Start two of them
// (greet Ada & greet Grace): the library's code is in memory once.
#include <stdio.h>
#include <unistd.h>

int main(int argc, char** argv) {
  const char* who = argc > 1 ? argv[1] : "world";
  printf("Hello, %s.\n", who);
  sleep(1);
  printf("Hello again, %s.\n", who);
  return 0;
}
