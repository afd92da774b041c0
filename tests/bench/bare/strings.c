// SPDX-License-Identifier: MIT
// What programs do with text, byte by byte: words counted in a hash table, numbers printed and read
// back, a substring looked for, lengths and copies.
#include "bare.h"

enum { text_size = 16384, slots = 4096 };
static char text[text_size + 1];
static struct {
  char word[16];
  unsigned count;
} table[slots];

static size_t length(const char* s) {
  size_t n = 0;
  while (s[n]) n++;
  return n;
}
static int compare(const char* a, const char* b) {
  while (*a && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}
static char* copy(char* to, const char* from) {
  while ((*to = *from++)) to++;
  return to;
}
static const char* find(const char* where, const char* what) {
  for (; *where; where++) {
    size_t i = 0;
    while (what[i] && where[i] == what[i]) i++;
    if (!what[i]) return where;
  }
  return 0;
}
static char* print_number(char* to, unsigned value) {
  char digits[10];
  int n = 0;
  do digits[n++] = (char)('0' + value % 10);
  while (value /= 10);
  while (n) *to++ = digits[--n];
  *to = 0;
  return to;
}
static unsigned read_number(const char* s) {
  unsigned value = 0;
  while (*s >= '0' && *s <= '9') value = value * 10 + (unsigned)(*s++ - '0');
  return value;
}

static void write_text(void) {
  static const char syllables[16][4] = {"ka", "lo", "mi",  "ren", "tu", "sa",  "ne", "vor",
                                        "pi", "da", "gol", "he",  "zu", "bri", "fo", "ja"};
  uint64_t state = 2463534242;
  char* to = text;
  while (to < text + text_size - 24) {
    unsigned parts = 1 + (unsigned)(next_random(&state) >> 40) % 3;
    while (parts--) to = copy(to, syllables[next_random(&state) >> 60]);
    *to++ = next_random(&state) >> 61 ? ' ' : '\n';
  }
  *to = 0;
}

static void count_word(const char* word) {
  unsigned hash = 5381;
  for (const char* p = word; *p; p++) hash = hash * 33 + (unsigned char)*p;
  for (hash %= slots; table[hash].count && compare(table[hash].word, word) != 0;) hash = (hash + 1) % slots;
  if (!table[hash].count) copy(table[hash].word, word);
  table[hash].count++;
}

static void count_words(void) {
  char word[16];
  unsigned n = 0;
  for (const char* p = text; *p; p++) {
    if (*p != ' ' && *p != '\n') {
      if (n < sizeof word - 1) word[n++] = *p;
    } else if (n) {
      word[n] = 0;
      count_word(word);
      n = 0;
    }
  }
}

uint64_t bench(uint64_t repeats) {
  uint64_t sum = 0;
  write_text();
  for (; repeats; repeats--) {
    for (unsigned i = 0; i < slots; i++) table[i].count = 0;
    count_words();
    char line[64];
    for (unsigned i = 0; i < slots; i++) {
      if (!table[i].count) continue;
      char* end = copy(line, table[i].word);
      *end++ = ':';
      print_number(end, table[i].count * 7919 + (unsigned)repeats);
      sum = mix(sum, length(line) * 1000003 + read_number(end));
    }
    sum = mix(sum, find(text, "no such word here") == 0);
  }
  return sum;
}
