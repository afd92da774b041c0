// SPDX-License-Identifier: MIT
// "#!interpreter [one argument]": the interpreter runs instead, with argv rewritten to
// interpreter, [argument], script path, argv[1..]. Only the first 256 bytes are looked at: a cut
// argument is passed as far as it goes, a cut interpreter path is refused (Linux fs/binfmt_script.c).
#include "core/kernel/exec/binary.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {
namespace {

bool blank(char c) { return c == ' ' || c == '\t'; }

/// First non-blank in [first, last], or null.
char* skip_blanks(char* first, char* last) {
  for (; first <= last; first++)
    if (!blank(*first)) return first;
  return nullptr;
}

/// First blank or NUL in [first, last], or null.
char* find_end(char* first, char* last) {
  for (; first <= last; first++)
    if (blank(*first) || !*first) return first;
  return nullptr;
}

}  // namespace

Status load_script(Binary& b) {
  if (b.head[0] != '#' || b.head[1] != '!') return Errno::NOEXEC;
  char* last = b.head + sizeof b.head - 1;
  char* end = nullptr;
  for (char* c = b.head; c <= last && *c && !end; c++)
    if (*c == '\n') end = c;
  if (!end) {
    end = skip_blanks(b.head + 2, last);
    if (!end) return Errno::NOEXEC;
    if (!find_end(end, last)) return Errno::NOEXEC;  // the path itself may be cut
    end = last;
  }
  while (blank(end[-1])) end--;
  char* name = skip_blanks(b.head + 2, end);
  if (!name || name == end) return Errno::NOEXEC;
  char* argument = nullptr;
  char* separator = find_end(name, end);
  if (separator && *separator) argument = skip_blanks(separator, end);
  if (argument == end) argument = nullptr;
  *end = 0;
  if (separator) *separator = 0;

  if (b.path_vanishes) return Errno::NOENT;
  TRY(b.drop_argument());
  TRY(b.push_argument(b.interpreter->text()));
  if (argument && *argument) TRY(b.push_argument(argument));
  TRY(b.push_argument(name));
  return b.continue_with(name, TRY(open_executable(current->fs->working_directory, name)));
}

}  // namespace lucid::kernel
