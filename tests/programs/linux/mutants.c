// SPDX-License-Identifier: MIT
// Damaged ELF files: each byte of the headers of a tiny program (and of one with an interpreter) is
// changed in several ways, and thousands of random damages are done. Whatever execve makes of it, it
// is either an error with the old program living on, or a new program that ends; never the kernel's end.
#include <elf.h>

#include "../check.h"

#define CODE_AT 0x1000
static unsigned char image[0x1040];
static const unsigned char code[] = {0x31, 0xff, 0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05};  // exit(0)

static size_t headers_size;

static void build(int type, const char* interpreter) {
  memset(image, 0, sizeof image);
  Elf64_Ehdr* e = (Elf64_Ehdr*)image;
  memcpy(e->e_ident, ELFMAG, SELFMAG);
  e->e_ident[EI_CLASS] = ELFCLASS64, e->e_ident[EI_DATA] = ELFDATA2LSB, e->e_ident[EI_VERSION] = EV_CURRENT;
  e->e_type = type, e->e_machine = EM_X86_64, e->e_version = EV_CURRENT;
  Elf64_Addr base = type == ET_EXEC ? 0x400000 : 0;
  e->e_entry = base + CODE_AT, e->e_phoff = sizeof *e, e->e_ehsize = sizeof *e;
  e->e_phentsize = sizeof(Elf64_Phdr), e->e_phnum = interpreter ? 4 : 3;
  Elf64_Phdr* p = (Elf64_Phdr*)(e + 1);
  p[0] = (Elf64_Phdr){PT_LOAD, PF_R | PF_X, 0, base, base, sizeof image, sizeof image, 0x1000};
  p[1] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0x1000, base + 0x2000, base + 0x2000, 0x40, 0x3000, 0x1000};
  p[2] = (Elf64_Phdr){PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16};
  headers_size = sizeof *e + 3 * sizeof *p;
  if (interpreter) {
    p[3] = (Elf64_Phdr){
        PT_INTERP, PF_R, 0x800, base + 0x800, base + 0x800, strlen(interpreter) + 1, strlen(interpreter) + 1, 1};
    strcpy((char*)image + 0x800, interpreter);
    headers_size += sizeof *p;
  }
  memcpy(image + CODE_AT, code, sizeof code);
}

static long runs, refused, ended, killed, lost;

static void store(const char* name) {
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
  if (write(fd, image, sizeof image) != sizeof image) _exit(1);
  close(fd);
}

static void run(const char* name) {
  runs++;
  pid_t pid = fork();
  if (pid == 0) {
    // Code that was moved may run for ever.
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 30000}}, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    execl(name, name, NULL);
    _exit(200);
  }
  int status = status_of(pid);
  if (WIFSIGNALED(status))
    killed++;
  else if (WEXITSTATUS(status) == 200)
    refused++;
  else if (WIFEXITED(status))
    ended++;
  else
    lost++;
}

static unsigned random_state = 1;
static unsigned any(void) { return (random_state = random_state * 1664525 + 1013904223) >> 8; }

static void mutate(const char* what, int type, const char* interpreter, int step) {
  static const unsigned char changes[] = {0x01, 0x80, 0xff};
  char name[64];
  build(type, interpreter);
  store("./mutant");
  run("./mutant");
  snprintf(name, sizeof name, "%s, whole", what);
  equal(name, ended, 1);
  for (size_t at = 0; at < headers_size; at += step)
    for (int c = 0; c < 3; c++) {
      image[at] ^= changes[c];
      store("./mutant");
      run("./mutant");
      image[at] ^= changes[c];
    }
  for (int i = 0; i < 150; i++) {
    build(type, interpreter);
    for (int n = any() % 4 + 1; n > 0; n--) {
      size_t at = any() % headers_size;
      if (any() & 1)
        image[at] = any();
      else
        for (size_t k = at & ~7ul; k < (at & ~7ul) + 8; k++) image[k] = (any() & 1) ? 0xff : 0x7f;
    }
    store("./mutant");
    run("./mutant");
  }
  snprintf(name, sizeof name, "%s, all accounted for", what);
  equal(name, runs, refused + ended + killed);
  snprintf(name, sizeof name, "%s, some refused", what);
  check(name, refused > 50);
  runs = refused = ended = killed = 0;
}

int main(void) {
  char folder[] = "/tmp/mutantsXXXXXX";
  if (!mkdtemp(folder) || chdir(folder)) return 1;
  mutate("fixed address", ET_EXEC, NULL, 1);
  mutate("any address", ET_DYN, NULL, 1);
  build(ET_DYN, NULL);
  store("./loader");
  mutate("with interpreter", ET_DYN, "./loader", 3);
  // The interpreter is damaged, the program is whole.
  for (size_t at = 0; at < headers_size; at += 2) {
    build(ET_DYN, NULL);
    image[at] ^= 0xff;
    store("./loader");
    build(ET_DYN, "./loader");
    store("./mutant");
    run("./mutant");
  }
  equal("damaged interpreters accounted for", runs, refused + ended + killed);
  // Cut short at every length.
  build(ET_EXEC, NULL);
  store("./mutant");
  for (long size = sizeof image; size >= 0; size -= size > 300 ? 97 : 1) {
    truncate("./mutant", size);
    run("./mutant");
  }
  equal("cut files accounted for", runs, refused + ended + killed);
  equal("nobody was lost", lost, 0);
  return finish();
}
