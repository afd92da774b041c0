// SPDX-License-Identifier: MIT
// Watch: open(2) of a directory gives a descriptor, getdents64(2) a buffer full of names; with -l one
// lstat(2) for each of them.
// ls [-1aAdilr] [FILE…]
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct File {
  char* name;
  struct stat status;
};
struct List {
  struct File* files;
  size_t count;
};

static int option_long, option_all, option_almost_all, option_directory, option_inode, option_reverse, columns;
static int result;

static void fail(const char* what, const char* path) {
  fflush(stdout);
  fprintf(stderr, "ls: cannot %s '%s': %s\n", what, path, strerror(errno));
  result = 2;
}

static void add(struct List* list, const char* name, const struct stat* status) {
  if ((list->count & (list->count + 7) & 7) == 0)
    list->files = realloc(list->files, (list->count + 8) * sizeof *list->files);
  list->files[list->count++] = (struct File){strdup(name), *status};
}

static int by_name(const void* a, const void* b) {
  int order = strcmp(((const struct File*)a)->name, ((const struct File*)b)->name);
  return option_reverse ? -order : order;
}

// ---- The long form ----

static void mode_text(mode_t mode, char* text) {
  const char* types = "?pc?d?b?-?l?s???";
  text[0] = types[mode >> 12 & 15];
  for (int bit = 0; bit < 9; bit++) text[1 + bit] = mode & (0400u >> bit) ? "rwxrwxrwx"[bit] : '-';
  if (mode & S_ISUID) text[3] = mode & 0100 ? 's' : 'S';
  if (mode & S_ISGID) text[6] = mode & 0010 ? 's' : 'S';
  if (mode & S_ISVTX) text[9] = mode & 0001 ? 't' : 'T';
  text[10] = 0;
}

/// The name of a user or group, from the first field of the line whose third field is the number.
static const char* owner_name(const char* file, unsigned id) {
  static char line[256];
  FILE* names = fopen(file, "r");
  while (names && fgets(line, sizeof line, names)) {
    char* second = strchr(line, ':');
    char* third = second ? strchr(second + 1, ':') : NULL;
    if (third && strtoul(third + 1, NULL, 10) == id) {
      *second = 0;
      fclose(names);
      return line;
    }
  }
  if (names) fclose(names);
  snprintf(line, sizeof line, "%u", id);
  return line;
}

static void date_text(time_t when, char* text, size_t size) {
  time_t now = time(NULL);
  int recent = when > now - 15778476 && when <= now;  // half an average year, as GNU's ls has it
  strftime(text, size, recent ? "%b %e %H:%M" : "%b %e  %Y", gmtime(&when));
}

static int digits(unsigned long value) { return snprintf(NULL, 0, "%lu", value); }

static void print_target(const char* folder, const char* name) {
  char path[4096], target[4096];
  snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", name);
  ssize_t length = readlink(path, target, sizeof target);
  if (length >= 0) printf(" -> %.*s", (int)length, target);
}

struct Widths {
  int inode, links, user, group, size, minor;
};

static void widen(int* width, int wanted) {
  if (*width < wanted) *width = wanted;
}

static struct Widths measure(const struct List* list) {
  struct Widths widths = {0};
  int major = 0;
  for (size_t i = 0; i < list->count; i++) {
    const struct stat* status = &list->files[i].status;
    widen(&widths.inode, digits(status->st_ino));
    widen(&widths.links, digits(status->st_nlink));
    widen(&widths.user, (int)strlen(owner_name("/etc/passwd", status->st_uid)));
    widen(&widths.group, (int)strlen(owner_name("/etc/group", status->st_gid)));
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
      widen(&major, digits(status->st_rdev >> 8 & 0xfff));
      widen(&widths.minor, digits((status->st_rdev & 0xff) | (status->st_rdev >> 12 & 0xfff00)));
    } else {
      widen(&widths.size, digits((unsigned long)status->st_size));
    }
  }
  if (widths.minor) widen(&widths.size, major + 2 + widths.minor);
  return widths;
}

static void print_long(const char* folder, const struct List* list) {
  struct Widths widths = measure(list);
  for (size_t i = 0; i < list->count; i++) {
    const struct File* file = &list->files[i];
    const struct stat* status = &file->status;
    char mode[11], date[32];
    mode_text(status->st_mode, mode);
    date_text(status->st_mtime, date, sizeof date);
    if (option_inode) printf("%*lu ", widths.inode, status->st_ino);
    printf("%s %*lu ", mode, widths.links, status->st_nlink);
    printf("%-*s ", widths.user, owner_name("/etc/passwd", status->st_uid));
    printf("%-*s ", widths.group, owner_name("/etc/group", status->st_gid));
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode))
      printf("%*lu, %*lu", widths.size - 2 - widths.minor, status->st_rdev >> 8 & 0xfff, widths.minor,
             (status->st_rdev & 0xff) | (status->st_rdev >> 12 & 0xfff00));
    else
      printf("%*ld", widths.size, status->st_size);
    printf(" %s %s", date, file->name);
    if (S_ISLNK(status->st_mode)) print_target(folder, file->name);
    putchar('\n');
  }
}

// ---- The short form ----

static void print_columns(const struct List* list) {
  size_t widest = 0;
  for (size_t i = 0; i < list->count; i++)
    if (strlen(list->files[i].name) > widest) widest = strlen(list->files[i].name);
  size_t across = columns > 0 ? (size_t)columns / (widest + 2) : 1;
  if (!across) across = 1;
  size_t rows = (list->count + across - 1) / across;
  for (size_t row = 0; row < rows; row++)
    for (size_t i = row; i < list->count; i += rows)
      printf("%s%*s", list->files[i].name, i + rows < list->count ? (int)(widest + 2 - strlen(list->files[i].name)) : 1,
             i + rows < list->count ? "" : "\n");
}

static void print(const char* folder, struct List* list) {
  qsort(list->files, list->count, sizeof *list->files, by_name);
  if (option_long) {
    print_long(folder, list);
  } else if (columns > 0 && !option_inode) {
    print_columns(list);
  } else {
    for (size_t i = 0; i < list->count; i++) {
      if (option_inode) printf("%lu ", list->files[i].status.st_ino);
      puts(list->files[i].name);
    }
  }
}

static void list_directory(const char* path) {
  DIR* directory = opendir(path);
  if (!directory) return fail("open directory", path);
  struct List list = {0};
  long blocks = 0;
  for (struct dirent* entry; (entry = readdir(directory));) {
    const char* name = entry->d_name;
    int is_dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    if (*name == '.' && !option_all && !(option_almost_all && !is_dots)) continue;
    struct stat status = {.st_ino = entry->d_ino};
    if (option_long) {
      char full[4096];
      snprintf(full, sizeof full, "%s/%s", path, name);
      if (lstat(full, &status) < 0) fail("access", full);
      blocks += status.st_blocks;
    }
    add(&list, name, &status);
  }
  closedir(directory);
  if (option_long) printf("total %ld\n", blocks / 2);
  print(path, &list);
}

static void choose_width(int one_per_line) {
  struct winsize size;
  if (one_per_line || !isatty(1)) return;
  columns = ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

int main(int argc, char** argv) {
  int one_per_line = 0;
  for (int option; (option = getopt(argc, argv, "1aAdilr")) != -1;) {
    switch (option) {
      case '1': one_per_line = 1; break;
      case 'a': option_all = 1; break;
      case 'A': option_almost_all = 1; break;
      case 'd': option_directory = 1; break;
      case 'i': option_inode = 1; break;
      case 'l': option_long = 1; break;
      case 'r': option_reverse = 1; break;
      default: return 2;
    }
  }
  choose_width(one_per_line);
  char* here[] = {".", NULL};
  char** paths = optind < argc ? argv + optind : here;
  struct List files = {0}, folders = {0};
  for (char** path = paths; *path; path++) {
    struct stat status;
    int follow = !option_long && !option_directory;
    if ((follow ? stat : lstat)(*path, &status) < 0 && lstat(*path, &status) < 0)
      fail("access", *path);
    else
      add(S_ISDIR(status.st_mode) && !option_directory ? &folders : &files, *path, &status);
  }
  if (files.count) print("", &files);
  qsort(folders.files, folders.count, sizeof *folders.files, by_name);
  for (size_t i = 0; i < folders.count; i++) {
    if (paths[0] && paths[1]) printf("%s%s:\n", i || files.count ? "\n" : "", folders.files[i].name);
    list_directory(folders.files[i].name);
  }
  return fflush(stdout) ? 2 : result;
}
