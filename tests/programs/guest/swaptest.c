// SPDX-License-Identifier: MIT
// Random access over more memory than there is. usage: swaptest MIB ACCESSES [SEED]
// Each page holds words that are a function of its number and of how often it was written; the sums are told at the end.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static uint64_t state;
static uint64_t next_random(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}
static uint64_t mix(uint64_t page, uint64_t version, uint64_t word) {
  uint64_t x = page * 0x9e3779b97f4a7c15 + version * 0xbf58476d1ce4e5b9 + word;
  x ^= x >> 31, x *= 0x94d049bb133111eb;
  return x ^ x >> 29;
}

int main(int argc, char** argv) {
  uint64_t mib = argc > 1 ? strtoull(argv[1], 0, 10) : 32, accesses = argc > 2 ? strtoull(argv[2], 0, 10) : 20000;
  state = argc > 3 ? strtoull(argv[3], 0, 10) : 88172645463325252;
  uint64_t pages = mib << 8, words = 512, wrong = 0, sum = 0;
  uint64_t* memory = mmap(NULL, mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uint16_t* version = calloc(pages, sizeof *version);
  if (memory == MAP_FAILED || !version) return 2;
  for (uint64_t page = 0; page < pages; page++)
    for (uint64_t i = 0; i < 4; i++) memory[page * words + i * 128] = mix(page, 0, i);
  for (uint64_t n = 0; n < accesses; n++) {
    uint64_t r = next_random(), page = (r >> 8) % pages;
    uint64_t* p = memory + page * words;
    for (uint64_t i = 0; i < 4; i++) wrong += p[i * 128] != mix(page, version[page], i);
    sum = sum * 31 + p[r % 4 * 128];
    if (r & 16) continue;
    version[page]++;
    for (uint64_t i = 0; i < 4; i++) p[i * 128] = mix(page, version[page], i);
  }
  for (uint64_t page = 0; page < pages; page++)
    for (uint64_t i = 0; i < 4; i++) wrong += memory[page * words + i * 128] != mix(page, version[page], i);
  printf("%llu MiB, %llu accesses: sum %016llx, %llu words wrong\n", (unsigned long long)mib,
         (unsigned long long)accesses, (unsigned long long)sum, (unsigned long long)wrong);
  return wrong != 0;
}
