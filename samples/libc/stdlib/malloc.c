// SPDX-License-Identifier: MIT
// malloc() is not a system call: it hands out pieces of memory the kernel gave in bulk.
//
// The heap grows by brk(2) and is a row of blocks without gaps:
//
//   | size,used | payload ........ | size,used | payload ... | size,used | payload ... | end: 0,used |
//
// A header tells the block's size (of header and payload, a multiple of 16) and whether it is in
// use. free() only marks the header; malloc() walks the row for the first free block that fits,
// joining free neighbours on its way. Large blocks get a mapping of their own, which free() gives
// back to the kernel.
//
// Invariants: payloads are 16-byte aligned; the row ends in a used header of size 0.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct Block {
  size_t size;
  enum { block_free, block_used, block_mapped } state;
};
_Static_assert(sizeof(struct Block) == 16, "payloads stay 16-byte aligned");

enum { growth = 64 << 10, mapping_threshold = 128 << 10 };

static struct Block *first, *end;
static struct Block* search_from;  // every block before it is in use

static struct Block* next(struct Block* block) { return (struct Block*)((char*)block + block->size); }

/// Moves the end of the heap up; the old end becomes a free block. False when the kernel refuses.
static int grow(size_t wanted) {
  size_t amount = (wanted + sizeof(struct Block) + growth - 1) & -(size_t)growth;
  if (!first) {
    size_t misalignment = -(size_t)sbrk(0) & 15;
    if (sbrk((intptr_t)(misalignment + sizeof(struct Block))) == (void*)-1) return 0;
    first = end = search_from = (struct Block*)((char*)sbrk(0) - sizeof(struct Block));
  } else if (sbrk(0) != end + 1) {
    return 0;  // somebody else moved the break
  }
  if (sbrk((intptr_t)amount) == (void*)-1) return 0;
  *end = (struct Block){amount, block_free};
  end = next(end);
  *end = (struct Block){0, block_used};
  return 1;
}

/// Takes what follows a free block into it while that is free as well.
static void join(struct Block* block) {
  while (next(block)->state == block_free) {
    if (search_from == next(block)) search_from = block;
    block->size += next(block)->size;
  }
}

/// Gives the part of a block past `size` back to the row, if it can hold anything.
static void split(struct Block* block, size_t size) {
  if (block->size - size < 2 * sizeof(struct Block)) return;
  struct Block* rest = (struct Block*)((char*)block + size);
  *rest = (struct Block){block->size - size, block_free};
  block->size = size;
  if (rest < search_from) search_from = rest;
}

static struct Block* take_from_row(size_t size) {
  struct Block* first_free = NULL;
  for (struct Block* block = search_from; block && block != end; block = next(block)) {
    if (block->state != block_free) continue;
    if (!first_free) search_from = first_free = block;
    join(block);
    if (block->size < size) continue;
    split(block, size);
    block->state = block_used;
    return block;
  }
  return NULL;
}

static void* map_block(size_t size) {
  size = (size + 4095) & -4096ul;
  struct Block* block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) return NULL;
  *block = (struct Block){size, block_mapped};
  return block + 1;
}

void* malloc(size_t size) {
  if (size > (size_t)1 << 47) {
    errno = ENOMEM;
    return NULL;
  }
  size_t whole = (size + sizeof(struct Block) + 15) & -16ul;
  if (whole < 2 * sizeof(struct Block)) whole = 2 * sizeof(struct Block);
  if (whole >= mapping_threshold) return map_block(whole);
  struct Block* block = take_from_row(whole);
  if (!block && grow(whole)) block = take_from_row(whole);
  if (!block) return map_block(whole);
  return block + 1;
}

void free(void* payload) {
  if (!payload) return;
  struct Block* block = (struct Block*)payload - 1;
  if (block->state == block_mapped) {
    munmap(block, block->size);
    return;
  }
  if (block->state != block_used || block->size == 0) abort();  // freed twice, or never ours
  block->state = block_free;
  if (block < search_from) search_from = block;
}

void* calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  void* payload = malloc(bytes);
  if (payload) memset(payload, 0, bytes);
  return payload;
}

void* realloc(void* payload, size_t size) {
  if (!payload) return malloc(size);
  struct Block* block = (struct Block*)payload - 1;
  size_t had = block->size - sizeof(struct Block);
  if (size <= had && size >= had / 2) return payload;
  void* moved = malloc(size);
  if (!moved) return NULL;
  memcpy(moved, payload, size < had ? size : had);
  free(payload);
  return moved;
}
