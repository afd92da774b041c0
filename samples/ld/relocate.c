// SPDX-License-Identifier: MIT
// From names to addresses. Compiled without SSE: bind_slot runs in the middle of a call whose arguments may lie
// in XMM registers, and start.S keeps the general ones only.
#include "object.h"

static int equal(const char* a, const char* b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

/// The hash function of the ELF format (gABI, "Hash Table").
static uint32_t hash_of(const char* name) {
  uint32_t h = 0;
  for (; *name; name++) {
    h = (h << 4) + (unsigned char)*name;
    h = (h ^ (h >> 24 & 0xf0)) & 0x0fffffff;
  }
  return h;
}

/// Symbols with the same remainder form a chain.
static const struct Symbol* defined_in(const struct Object* o, const char* name) {
  const uint32_t buckets = o->hash[0], *bucket = o->hash + 2, *chain = bucket + buckets;
  if (!buckets) return NULL;
  for (uint32_t i = bucket[hash_of(name) % buckets]; i; i = chain[i]) {
    const struct Symbol* s = &o->symbols[i];
    if (s->section && equal(o->strings + s->name, name)) return s;
  }
  return NULL;
}

uint64_t find_symbol(const char* name) {
  for (size_t i = 0; i < object_count; i++) {
    const struct Symbol* s = defined_in(&objects[i], name);
    if (s) return objects[i].bias + s->value;
  }
  return 0;
}

static uint64_t wanted_by(const struct Object* o, const struct Relocation* r) {
  const struct Symbol* s = &o->symbols[r->symbol];
  const char* name = o->strings + s->name;
  const uint64_t found = find_symbol(name);
  if (!found && s->info >> 4 != SYMBOL_WEAK) fail(name, "is defined in no library");
  return found;
}

uint64_t bind_slot(struct Object* o, size_t number) {
  const struct Relocation* r = &o->jumps[number];
  return *(uint64_t*)(o->bias + r->where) = wanted_by(o, r);
}

void bind_first_call(void);  // start.S

void relocate(struct Object* o, int now) {
  for (size_t i = 0; i < o->relocation_count; i++) {
    const struct Relocation* r = &o->relocations[i];
    uint64_t* where = (uint64_t*)(o->bias + r->where);
    switch (r->type) {
      case RELOCATE_RELATIVE: *where = o->bias + (uint64_t)r->addend; break;  // a place of its own
      case RELOCATE_GOT: *where = wanted_by(o, r); break;
      case RELOCATE_64: *where = wanted_by(o, r) + (uint64_t)r->addend; break;
      default: fail(o->name, "has a relocation that this loader does not know");
    }
  }
  if (!o->jump_count) return;
  // Slots 1 and 2 are the loader's: PLT code pushes the one and jumps to the other.
  o->got[1] = (uint64_t)o;
  o->got[2] = (uint64_t)bind_first_call;
  for (size_t i = 0; i < o->jump_count; i++) {
    if (o->jumps[i].type != RELOCATE_JUMP_SLOT) fail(o->name, "has a slot that this loader does not know");
    // As linked, a slot leads back into the PLT, behind the jump: to the two instructions that come here.
    if (now)
      bind_slot(o, i);
    else
      *(uint64_t*)(o->bias + o->jumps[i].where) += o->bias;
  }
}
