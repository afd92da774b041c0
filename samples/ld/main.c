// SPDX-License-Identifier: MIT
// Watch: the dynamic loader. A program that is linked dynamically names it (PT_INTERP), so execve maps both and
// starts this one. It maps the libraries that the program needs, fills in the addresses that the linker could
// not know, and jumps to the program. Afterwards it is called once for each library function: on its first call.
//
// By hand: /usr/lib/ld.so PROGRAM [ARG]... . LD_LIBRARY_PATH: folders to look into before /usr/lib;
// LD_BIND_NOW=1: all functions at once. Not done: thread-local storage, symbol versions, dlopen.
#include <string.h>
#include <sys/auxv.h>

#include "object.h"

void _start(void) __attribute__((visibility("hidden")));

struct Start {
  uint64_t entry;
  long* stack;
};

static char** environment;
static struct AuxEntry* auxv;

static unsigned long* told(unsigned long type) {
  for (struct AuxEntry* entry = auxv; entry->type != AT_NULL; entry++)
    if (entry->type == type) return &entry->value;
  return NULL;
}

static const char* variable(const char* name) {
  const unsigned long* secure = told(AT_SECURE);
  if (secure && *secure) return NULL;  // whoever calls a set-user-ID program shall not choose its libraries
  const size_t length = strlen(name);
  for (char** v = environment; *v; v++)
    if (strncmp(*v, name, length) == 0 && (*v)[length] == '=') return *v + length + 1;
  return NULL;
}

static void need(const char* name) {
  for (size_t i = 0; i < object_count; i++)
    if (strcmp(objects[i].name, name) == 0) return;
  struct ElfHeader header;
  char path[512];
  const char* folders[] = {variable("LD_LIBRARY_PATH"), "/usr/lib"};
  for (size_t i = 0; i < 2; i++) {
    const char* next;
    for (const char* folder = folders[i]; folder; folder = next) {
      const char* colon = strchr(folder, ':');
      const size_t length = colon ? (size_t)(colon - folder) : strlen(folder);
      next = colon ? colon + 1 : NULL;
      if (length + strlen(name) + 2 > sizeof path) continue;
      memcpy(path, folder, length);
      path[length] = '/';
      strcpy(path + length + 1, name);
      if (map_object(name, path, &header)) return;
    }
  }
  fail(name, "is not in /usr/lib");
}

/// The program, mapped by the kernel: the program headers tell where they should lie themselves.
static struct Object* mapped_program(void) {
  const struct ProgramHeader* headers = (const struct ProgramHeader*)*told(AT_PHDR);
  const size_t count = *told(AT_PHNUM);
  uint64_t bias = 0;
  for (size_t i = 0; i < count; i++)
    if (headers[i].type == SEGMENT_HEADERS) bias = (uint64_t)headers - headers[i].address;
  return add_object("the program", headers, count, bias);
}

/// Run by hand: the program is the first argument, which disappears.
static long* program_by_hand(long* stack) {
  char** argv = (char**)(stack + 1);
  if (stack[0] < 2) fail("usage", "ld.so PROGRAM [ARG]...");
  struct ElfHeader header;
  const struct Object* o = map_object(argv[1], argv[1], &header);
  if (!o) fail(argv[1], "there is no such file");
  *told(AT_PHDR) = o->bias + header.program_headers_at;
  *told(AT_PHNUM) = header.program_header_count;
  *told(AT_ENTRY) = o->bias + header.entry;
  stack[1] = stack[0] - 1;
  return stack + 1;
}

struct Start load_program(long* stack) {
  environment = (char**)(stack + 1) + stack[0] + 1;
  char** after = environment;
  while (*after) after++;
  auxv = (struct AuxEntry*)(after + 1);
  if (*told(AT_ENTRY) == (uint64_t)_start)
    stack = program_by_hand(stack);
  else
    mapped_program();

  for (size_t i = 0; i < object_count; i++)  // it grows meanwhile: libraries need libraries
    for (const struct Dynamic* d = objects[i].dynamic; d->tag != DYNAMIC_END; d++)
      if (d->tag == DYNAMIC_NEEDED) need(objects[i].strings + d->value);

  const char* now = variable("LD_BIND_NOW");
  for (size_t i = object_count; i--;) relocate(&objects[i], now && *now);
  for (size_t i = object_count; i--;)  // what is needed comes before who needs it
    for (size_t k = 0; k < objects[i].initializer_count; k++)
      objects[i].initializers[k]((int)stack[0], (char**)(stack + 1), environment);
  return (struct Start){*told(AT_ENTRY), stack};
}
