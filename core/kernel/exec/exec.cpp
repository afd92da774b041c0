// SPDX-License-Identifier: MIT
// execve: find the file, gather the strings, offer it to one format after the other.
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/exec/binary.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/lib/format.h"
#include "core/kernel/proc/task.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

constexpr u64 longest_string = 131072;         // MAX_ARG_STRLEN, with its NUL
constexpr u64 least_total = 131072;            // ARG_MAX: always allowed
constexpr u64 most_total = (8 << 20) / 4 * 3;  // three quarters of the default stack
constexpr u32 deepest_rewrite = 5;
constexpr u64 most_strings = 0x7fffffff;

Result<u64> count_strings(u64 vector) {
  if (!vector) return 0;
  for (u64 n = 0; n < most_strings; n++)
    if (!TRY(read_user(UserPtr<u64>{vector} + n))) return n;
  return Errno::TOOBIG;
}

/// argv and envp pointers count against the limit too.
Status set_limit(Binary& b) {
  u64 allowed = max(min(most_total, current->stack_limit() / 4), least_total);
  u64 pointers = (max<u64>(b.argument_count, 1) + b.environment_count) * sizeof(u64);
  if (allowed <= pointers) return Errno::TOOBIG;
  b.strings.set_limit(b.strings.top() - (allowed - pointers));
  return {};
}

Status push_vector(Binary& b, u64 vector, u64 count) {
  while (count-- > 0) {
    u64 text = TRY(read_user(UserPtr<u64>{vector} + count));
    if (!text) return Errno::FAULT;
    u64 length = TRY(user_strlen(text, longest_string));
    if (length == longest_string) return Errno::TOOBIG;
    TRY(b.strings.push_user(text, length + 1));
  }
  return {};
}

Status push_path(Binary& b, const char* path) {
  b.path = b.interpreter = SharedString::make(path);
  if (!b.path) return Errno::NOMEM;
  TRY(b.strings.push(path, strlen(path) + 1));
  b.path_address = b.strings.top();
  return {};
}

using Format = Status (*)(Binary&);
constexpr Format formats[] = {load_registered, load_script, load_elf};
static_assert(sizeof formats / sizeof formats[0] == sizeof abi::binary_formats / sizeof abi::binary_formats[0]);

Status ask(u32 format, Binary& b) {
  u64 head[2];
  memcpy(head, b.head, sizeof head);
  u32 depth = b.depth;
  Status answer = formats[format](b);
  trace(Trace::format_asked, b.pid, format | depth << 8, answer.ok() ? 0 : static_cast<u64>(answer.error()), head[0],
        head[1]);
  return answer;
}

Status run_formats(Binary& b) {
  for (;; b.depth++) {
    if (b.depth > deepest_rewrite) return Errno::LOOP;
    TRY(b.read_head());
    b.next_file = nullptr;
    Status s = Errno::NOEXEC;
    for (u32 i = 0; i < sizeof formats / sizeof formats[0] && s.error() == Errno::NOEXEC; i++) s = ask(i, b);
    if (!s.ok() || !b.next_file) return s;
    b.file = b.next_file;
  }
}

Status execute_file(Ref<Dentry> file, const char* path, u64 arguments, u64 environment, bool path_vanishes = false) {
  Binary* allocated = new (or_null) Binary;
  if (!allocated) return Errno::NOMEM;
  struct Owner {
    Binary* b;
    ~Owner() { delete b; }
  } owner{allocated};
  Binary& b = *allocated;
  b.file = file;
  b.path_vanishes = path_vanishes;
  b.argument_count = TRY(count_strings(arguments));
  b.environment_count = TRY(count_strings(environment));
  TRY(set_limit(b));
  TRY(push_path(b, path));
  TRY(push_vector(b, environment, b.environment_count));
  TRY(push_vector(b, arguments, b.argument_count));
  if (b.argument_count == 0) {
    TRY(b.strings.push("", 1));
    b.argument_count = 1;
  }
  return run_formats(b);
}

SysResult finish(Status result) {
  if (result.ok()) return 0;
  trace(Trace::exec_failed, current->pid, static_cast<u64>(result.error()));
  return result.error();
}

}  // namespace

Status execute(Ref<Dentry> start, const char* path, const char* const* arguments, const char* const* environment) {
  Binary b;
  b.file = TRY(open_executable(start, path));
  while (arguments[b.argument_count]) b.argument_count++;
  while (environment[b.environment_count]) b.environment_count++;
  TRY(set_limit(b));
  TRY(push_path(b, path));
  for (u64 i = b.environment_count; i-- > 0;) TRY(b.strings.push(environment[i], strlen(environment[i]) + 1));
  for (u64 i = b.argument_count; i-- > 0;) TRY(b.strings.push(arguments[i], strlen(arguments[i]) + 1));
  return run_formats(b);
}

extern "C" SysResult sys_execve(u64 path_address, u64 arguments, u64 environment) {
  Result<UserPath> path = UserPath::read(path_address);
  if (!path.ok()) return finish(path.error());
  Result<Ref<Dentry>> file = open_executable(current->fs->working_directory, path.value().text());
  if (!file.ok()) return finish(file.error());
  return finish(execute_file(file.value(), path.value().text(), arguments, environment));
}

extern "C" SysResult sys_execveat(i32 directory, u64 path_address, u64 arguments, u64 environment, u32 flags) {
  constexpr u32 no_follow = 0x100, empty_path = 0x1000;
  if (flags & ~(no_follow | empty_path)) return finish(Errno::INVAL);
  Result<UserPath> read = UserPath::read(path_address);
  if (!read.ok()) return finish(read.error());
  const char* path = read.value().text();
  if (!*path && !(flags & empty_path)) return finish(Errno::NOENT);
  Result<Ref<Dentry>> start = start_directory(directory, path);
  if (!start.ok()) return finish(start.error());
  Result<Ref<Dentry>> file = start;
  if (*path) file = resolve(start.value(), path, flags & no_follow ? LastLink::keep : LastLink::follow);
  if (!file.ok()) return finish(file.error());
  if (file.value()->inode->is(mode::link)) return finish(Errno::LOOP);
  Status allowed = check_executable(*file.value());
  if (!allowed.ok()) return finish(allowed);
  // The name the program sees, as Linux makes it: /dev/fd/N[/path] unless it was plain.
  char name[path_max + 32];
  constexpr i32 at_current_directory = -100;
  bool path_vanishes = false;
  if (*path == '/' || directory == at_current_directory) {
    copy_string(name, path, sizeof name);
  } else {
    format(name, sizeof name, *path ? "/dev/fd/%d/%s" : "/dev/fd/%d", directory, path);
    Result<FileTable::Slot*> slot = current->files->slot(directory);
    path_vanishes = slot.ok() && slot.value()->close_on_exec;
  }
  return finish(execute_file(file.value(), name, arguments, environment, path_vanishes));
}

}  // namespace lucid::kernel
