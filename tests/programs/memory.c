// SPDX-License-Identifier: MIT
// The program break, mappings and their permissions.
#include "check.h"

enum { page = 4096 };
static char* at;

static void read_it(void) { (void)*(volatile char*)at; }
static void write_it(void) { *(volatile char*)at = 1; }
static void run_it(void) { ((void (*)(void))at)(); }
static int kills(void (*function)(void)) { return WTERMSIG(in_child(function)); }

static char* map(size_t size, int protection) {
  return mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void program_break(void) {
  char* start = sbrk(0);
  check("sbrk grows", sbrk(3 * page) == start && (char*)sbrk(0) == start + 3 * page);
  int zero = 1;
  for (int i = 0; i < 3 * page; i++) zero &= start[i] == 0;
  check("with zeros", zero);
  memset(start, 'x', 3 * page);
  sbrk(-2 * page);
  check("and shrinks", (char*)sbrk(0) == start + page);
  sbrk(2 * page);
  check("what comes back is zero", start[2 * page + 100] == 0);
}

static void mappings(void) {
  char* a = map(4 * page, PROT_READ | PROT_WRITE);
  check("mmap", a != MAP_FAILED && ((uintptr_t)a & (page - 1)) == 0);
  check("zeros", a[0] == 0 && a[4 * page - 1] == 0);
  a[page] = 'm';
  at = a + 2 * page;
  equal("munmap of the middle", munmap(at, page), 0);
  equal("reading it", kills(read_it), SIGSEGV);
  equal("its neighbours stay", a[page] == 'm' && a[3 * page] == 0, 1);
  char* fixed = mmap(at, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  check("MAP_FIXED fills the hole", fixed == at && *fixed == 0);
  a[0] = 'o';
  check("MAP_FIXED replaces",
        mmap(a, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == a && a[0] == 0);
  fails("length 0", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0, EINVAL);
  fails("neither private nor shared", mmap(NULL, page, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0, EINVAL);
  fails("a bad descriptor", mmap(NULL, page, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED ? -1 : 0, EBADF);
  fails("munmap, not aligned", munmap(a + 1, page), EINVAL);
  equal("munmap", munmap(a, 4 * page), 0);
  equal("munmap of nothing", munmap(a, 4 * page), 0);
}

static void protection(void) {
  at = map(page, PROT_READ | PROT_WRITE);
  *at = (char)0xc3;
  equal("data is not executable", kills(run_it), SIGSEGV);
  equal("mprotect", mprotect(at, page, PROT_READ), 0);
  equal("reading is fine", kills(read_it), 0);
  equal("writing is not", kills(write_it), SIGSEGV);
  mprotect(at, page, PROT_READ | PROT_EXEC);
  equal("executing, when allowed", kills(run_it), 0);
  mprotect(at, page, PROT_NONE);
  equal("PROT_NONE", kills(read_it), SIGSEGV);
  mprotect(at, page, PROT_READ | PROT_WRITE);
  equal("what it held is still there", (unsigned char)*at, 0xc3);
  munmap(at, page);
  fails("mprotect of nothing", mprotect(at, page, PROT_READ), ENOMEM);
}

static void file_mappings(void) {
  char name[64], text[4];
  snprintf(name, sizeof name, "/tmp/lucid-memory-%d", getpid());
  int fd = open(name, O_RDWR | O_CREAT, 0600);
  unlink(name);
  write(fd, "content", 7);
  char* private_map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  check("a file mapped", private_map != MAP_FAILED && !memcmp(private_map, "content", 8));
  check("zeros after its end", private_map[7] == 0 && private_map[page - 1] == 0);
  memcpy(private_map, "CON", 3);
  pread(fd, text, 3, 0);
  check("private writes stay private", !memcmp(text, "con", 3));
  char* shared = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared != MAP_FAILED) memcpy(shared, "new", 3);
  pread(fd, text, 3, 0);
  check("shared writes reach the file", !memcmp(text, "new", 3));
  check("not the private copy", !memcmp(private_map, "CON", 3));
  at = mmap(NULL, 2 * page, PROT_READ, MAP_PRIVATE, fd, 0);
  if (at != MAP_FAILED) at += page;
  equal("past the file's last page", kills(read_it), SIGBUS);
  close(fd);
}

static int deep(int depth) {
  volatile char room[8192];
  room[0] = (char)depth;
  return depth ? deep(depth - 1) + room[0] * 0 : 1;
}

static void heap(void) {
  char* blocks[200];
  int fine = 1;
  for (int i = 0; i < 200; i++) {
    blocks[i] = malloc((size_t)(i * 37 % 3000));
    fine &= blocks[i] != NULL && ((uintptr_t)blocks[i] & 15) == 0;
    if (blocks[i]) memset(blocks[i], i, (size_t)(i * 37 % 3000));
  }
  for (int i = 0; i < 200; i += 2) free(blocks[i]);
  for (int i = 1; i < 200; i += 2) {
    size_t size = (size_t)(i * 37 % 3000);
    for (size_t j = 0; j < size; j++) fine &= blocks[i][j] == (char)i;
    blocks[i] = realloc(blocks[i], size + 500);
    for (size_t j = 0; j < size; j++) fine &= blocks[i][j] == (char)i;
    free(blocks[i]);
  }
  check("malloc, realloc, free", fine);
  char *large = malloc(5 << 20), *clear = calloc(1000, 100);
  check("five megabytes", large != NULL);
  memset(large, 1, 5 << 20);
  fine = 1;
  for (int i = 0; i < 100000; i++) fine &= clear[i] == 0;
  check("calloc", fine);
  free(large), free(clear), free(NULL);
}

int main(void) {
  static char output[1024];
  setvbuf(stdout, output, _IOFBF, sizeof output);  // so that stdio does not move the program break
  program_break();
  mappings();
  protection();
  file_mappings();
  heap();
  equal("half a megabyte of stack", deep(60), 1);
  return finish();
}
