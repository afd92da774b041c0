// SPDX-License-Identifier: MIT
// The flags of /proc/cpuinfo are features that CPUID has. A kernel may leave some out; none may be made up.
#include <cpuid.h>

#include "linux.h"

struct feature {
  const char* name;
  unsigned leaf, reg, bit;  // eax 0, ebx 1, ecx 2, edx 3
};
enum { ebx = 1, ecx = 2, edx = 3 };
// SDM vol. 2, CPUID; the names are Linux's.
static const struct feature features[] = {
    {"fpu", 1, edx, 0},
    {"de", 1, edx, 2},
    {"pse", 1, edx, 3},
    {"tsc", 1, edx, 4},
    {"msr", 1, edx, 5},
    {"pae", 1, edx, 6},
    {"mce", 1, edx, 7},
    {"cx8", 1, edx, 8},
    {"apic", 1, edx, 9},
    {"sep", 1, edx, 11},
    {"mtrr", 1, edx, 12},
    {"pge", 1, edx, 13},
    {"mca", 1, edx, 14},
    {"cmov", 1, edx, 15},
    {"pat", 1, edx, 16},
    {"pse36", 1, edx, 17},
    {"clflush", 1, edx, 19},
    {"mmx", 1, edx, 23},
    {"fxsr", 1, edx, 24},
    {"sse", 1, edx, 25},
    {"sse2", 1, edx, 26},
    {"pni", 1, ecx, 0},
    {"ssse3", 1, ecx, 9},
    {"fma", 1, ecx, 12},
    {"cx16", 1, ecx, 13},
    {"sse4_1", 1, ecx, 19},
    {"sse4_2", 1, ecx, 20},
    {"movbe", 1, ecx, 22},
    {"popcnt", 1, ecx, 23},
    {"aes", 1, ecx, 25},
    {"xsave", 1, ecx, 26},
    {"avx", 1, ecx, 28},
    {"f16c", 1, ecx, 29},
    {"rdrand", 1, ecx, 30},
    {"fsgsbase", 7, ebx, 0},
    {"bmi1", 7, ebx, 3},
    {"avx2", 7, ebx, 5},
    {"smep", 7, ebx, 7},
    {"bmi2", 7, ebx, 8},
    {"erms", 7, ebx, 9},
    {"smap", 7, ebx, 20},
    {"umip", 7, ecx, 2},
    {"la57", 7, ecx, 16},
    {"syscall", 0x80000001, edx, 11},
    {"nx", 0x80000001, edx, 20},
    {"pdpe1gb", 0x80000001, edx, 26},
    {"rdtscp", 0x80000001, edx, 27},
    {"lm", 0x80000001, edx, 29},
    {"lahf_lm", 0x80000001, ecx, 0},
};

static char text[65536];

static int listed(const char* flags, const char* end, const char* name) {
  size_t length = strlen(name);
  for (const char* at = flags; (at = strstr(at, name)) && at < end; at += length)
    if (at[-1] == ' ' && (at[length] == ' ' || at[length] == '\n')) return 1;
  return 0;
}

int main(void) {
  int fd = open("/proc/cpuinfo", O_RDONLY);
  size_t size = 0;
  for (ssize_t got; (got = read(fd, text + size, sizeof text - 1 - size)) > 0;) size += (size_t)got;
  const char* flags = strstr(text, "\nflags\t\t: ");
  check("there are flags", flags != NULL);
  if (!flags) return finish();
  const char* end = strchr(flags + 1, '\n') + 1;
  int made_up = 0;
  for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
    unsigned r[4] = {0};
    const struct feature* f = features + i;
    __get_cpuid_count(f->leaf, 0, r, r + 1, r + 2, r + 3);
    if (!listed(flags, end, f->name) || r[f->reg] >> f->bit & 1) continue;
    printf("%s is listed but not there\n", f->name);
    made_up++;
  }
  equal("flags that the processor has not", made_up, 0);
  static const char* const needed[] = {"fpu", "tsc", "cx8", "cmov", "fxsr", "sse", "sse2", "syscall", "nx", "lm"};
  int missing = 0;
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) missing += !listed(flags, end, needed[i]);
  equal("of those every 64-bit processor has, missing", missing, 0);
  unsigned vendor[4] = {0};
  __get_cpuid(0, vendor, vendor + 1, vendor + 3, vendor + 2);  // EBX, EDX, ECX
  char name[13] = "";
  memcpy(name, vendor + 1, 12);
  const char* line = strstr(text, "vendor_id\t: ");
  check("the vendor is CPUID's", line && !strncmp(line + 12, name, 12));
  return finish();
}
