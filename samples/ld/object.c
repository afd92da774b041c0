// SPDX-License-Identifier: MIT
#include "object.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define MOST_HEADERS 16

struct Object objects[MOST_OBJECTS];
size_t object_count;

static uint64_t page_of(uint64_t address) { return address & ~(uint64_t)(PAGE - 1); }

/// Notes where everything is that the dynamic section lists.
static void read_dynamic(struct Object* o) {
  for (const struct Dynamic* d = o->dynamic; d->tag != DYNAMIC_END; d++) {
    void* at = (void*)(o->bias + d->value);
    switch (d->tag) {
      case DYNAMIC_STRINGS: o->strings = at; break;
      case DYNAMIC_SYMBOLS: o->symbols = at; break;
      case DYNAMIC_HASH: o->hash = at; break;
      case DYNAMIC_GOT: o->got = at; break;
      case DYNAMIC_RELOCATIONS: o->relocations = at; break;
      case DYNAMIC_RELOCATIONS_SIZE: o->relocation_count = d->value / sizeof(struct Relocation); break;
      case DYNAMIC_JUMPS: o->jumps = at; break;
      case DYNAMIC_JUMPS_SIZE: o->jump_count = d->value / sizeof(struct Relocation); break;
      case DYNAMIC_INIT_ARRAY: o->initializers = at; break;
      case DYNAMIC_INIT_ARRAY_SIZE: o->initializer_count = d->value / sizeof(void*); break;
      default: break;
    }
  }
}

struct Object* add_object(const char* name, const struct ProgramHeader* headers, size_t count, uint64_t bias) {
  if (object_count == MOST_OBJECTS) fail(name, "needs more libraries than this loader can hold");
  struct Object* o = &objects[object_count++];
  o->name = name, o->bias = bias;
  for (size_t i = 0; i < count; i++)
    if (headers[i].type == SEGMENT_DYNAMIC) o->dynamic = (const struct Dynamic*)(bias + headers[i].address);
  if (!o->dynamic) fail(name, "is not dynamically linked");
  read_dynamic(o);
  if (!o->hash || !o->symbols || !o->strings) fail(name, "has no table of symbols with DT_HASH");
  return o;
}

/// One segment in its place. The file's last page is mapped whole; what lies behind the segment's own
/// bytes in it must be zero, for that is where .bss begins.
static int map_segment(int fd, const struct ProgramHeader* h, uint64_t bias) {
  const int access = (h->flags & SEGMENT_READ ? PROT_READ : 0) | (h->flags & SEGMENT_WRITE ? PROT_WRITE : 0) |
                     (h->flags & SEGMENT_EXECUTE ? PROT_EXEC : 0);
  const uint64_t start = bias + h->address, file_end = start + h->file_size, end = start + h->memory_size;
  const uint64_t pages_end = page_of(file_end + PAGE - 1);
  if (h->file_size && mmap((void*)page_of(start), file_end - page_of(start), access, MAP_PRIVATE | MAP_FIXED, fd,
                           (off_t)page_of(h->offset)) == MAP_FAILED)
    return 0;
  const uint64_t zeros = h->file_size ? pages_end : page_of(start);
  if (end > zeros &&
      mmap((void*)zeros, end - zeros, access, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
    return 0;
  if (h->file_size && h->flags & SEGMENT_WRITE)
    memset((void*)file_end, 0, (end < pages_end ? end : pages_end) - file_end);
  return 1;
}

struct Object* map_object(const char* name, const char* path, struct ElfHeader* header) {
  static struct {
    struct ElfHeader file;
    struct ProgramHeader segments[MOST_HEADERS];
  } start;
  const int fd = open(path, O_RDONLY);
  if (fd < 0) return NULL;
  const ssize_t got = read(fd, &start, sizeof start);
  const struct ElfHeader* file = &start.file;
  if (got < (ssize_t)sizeof *file || memcmp(file->ident, "\177ELF\2", 5) != 0 || file->machine != ELF_X86_64)
    fail(path, "is no ELF file for x86-64");
  if (file->type != ELF_SHARED) fail(path, "cannot be loaded anywhere: it is no shared object");
  if (file->program_headers_at != sizeof *file || file->program_header_count > MOST_HEADERS ||
      got < (ssize_t)(sizeof *file + file->program_header_count * sizeof(struct ProgramHeader)))
    fail(path, "has its program headers where this loader does not look");
  // Room for all of it in one piece, for the distances between its segments are fixed.
  uint64_t length = 0;
  for (size_t i = 0; i < file->program_header_count; i++) {
    const struct ProgramHeader* h = &start.segments[i];
    if (h->type == SEGMENT_LOAD && h->address + h->memory_size > length) length = h->address + h->memory_size;
  }
  void* room = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) fail(path, "does not fit into memory");
  for (size_t i = 0; i < file->program_header_count; i++)
    if (start.segments[i].type == SEGMENT_LOAD && !map_segment(fd, &start.segments[i], (uint64_t)room))
      fail(path, "could not be mapped");
  close(fd);
  *header = *file;
  return add_object(name, start.segments, file->program_header_count, (uint64_t)room);
}

void fail(const char* name, const char* what) {
  const char* parts[] = {"ld.so: ", name, ": ", what, "\n"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) write(2, parts[i], strlen(parts[i]));
  _exit(127);
}
