// SPDX-License-Identifier: MIT
// A program or library in memory. What it says of itself holds addresses of the file; `bias` makes them true.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "elf.h"

struct Object {
  const char* name;
  uint64_t bias;
  const struct Dynamic* dynamic;
  const char* strings;
  const struct Symbol* symbols;
  const uint32_t* hash;
  uint64_t* got;
  const struct Relocation* relocations;
  size_t relocation_count;
  const struct Relocation* jumps;
  size_t jump_count;
  void (**initializers)(int, char**, char**);
  size_t initializer_count;
};

/// All of them: the program first, then the libraries in the order in which they were needed.
#define MOST_OBJECTS 16
extern struct Object objects[MOST_OBJECTS];
extern size_t object_count;

/// Adds the object whose program headers lie in memory already.
struct Object* add_object(const char* name, const struct ProgramHeader* headers, size_t count, uint64_t bias);
/// Maps the file at a path and adds it; what its header says is stored in `header`. Null when there is no such file.
struct Object* map_object(const char* name, const char* path, struct ElfHeader* header);
/// Where `name` is defined, in the first object that has it; 0 = nowhere.
uint64_t find_symbol(const char* name);
/// Fills in the addresses that nobody knew before all objects had their place. Functions' slots wait
/// for the first call unless `now`.
void relocate(struct Object* object, int now);
/// The slot of a function, on its first call: puts the address there, and returns it. Called by
/// bind_first_call (start.S).
uint64_t bind_slot(struct Object* object, size_t number);

/// "ld.so: NAME: what", and the end with status 127.
_Noreturn void fail(const char* name, const char* what);
