// SPDX-License-Identifier: MIT
#include "core/kernel/fs/procfs.h"

#include "core/kernel/boot/init_section.h"
#include "core/kernel/fs/binfmt_misc.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/proc_memory.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/sched/proc_files.h"

namespace lucid::kernel {
namespace {

constexpr u64 longest_written_text = 4096;

/// Inode numbers that stay the same from lookup to lookup: by PID and place.
constexpr u64 proc_number(u32 pid, u64 place) { return u64{1} << 40 | static_cast<u64>(pid) << 16 | place; }

bool named(const char* name, u64 length, const char* wanted) {
  return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

/// The number that a name is; false for anything but digits without a leading zero.
bool number_of(const char* name, u64 length, u32& value) {
  if (length == 0 || length > 9 || (name[0] == '0' && length > 1)) return false;
  value = 0;
  for (u64 i = 0; i < length; i++) {
    if (name[i] < '0' || name[i] > '9') return false;
    value = value * 10 + static_cast<u32>(name[i] - '0');
  }
  return true;
}

class ProcDirectory : public Directory {
 public:
  explicit ProcDirectory(u64 n) : Directory(0555) { number = n; }
  u64 size() const override { return 0; }
  bool writable_directory() const override { return false; }

 protected:
  /// A fresh name for a fresh inode; nothing keeps it but its users.
  Result<Ref<Dentry>> fresh(Dentry& self, const char* name, u64 length, Ref<Inode> inode) {
    if (!inode) return Errno::NOMEM;
    inode->filesystem = filesystem;
    return Dentry::make(Ref<Dentry>(&self), name, length, inode);
  }
};

/// A text as one opening of a file sees it: made when reading starts at the beginning.
struct OpenText : Counted {
  Text text;
};

class ProcFile : public Inode {
 public:
  explicit ProcFile(u32 permissions) : Inode(mode::regular | permissions) {}
  virtual Status make(Text& text) = 0;
  virtual Status take(char*, u64) { return Errno::IO; }
  Status truncate(u64) override { return {}; }

  SysResult read(File& file, u64 at, IoBuffer& buffer) override {
    auto* open = static_cast<OpenText*>(file.state.get());
    if (at == 0 || !open) {
      open = new OpenText;
      file.state = open;
      if (!open) return Errno::NOMEM;
      TRY(make(open->text));
    }
    Text& text = open->text;
    if (at >= text.size() || !buffer.left()) return 0;
    u64 done = buffer.put(text.data() + at, text.size() - at);
    return done ? SysResult(done) : Errno::FAULT;
  }

  SysResult write(File&, u64, IoBuffer& buffer) override {
    u64 length = min(buffer.left(), longest_written_text);
    Buffer text(length + 1);
    if (!text) return Errno::NOMEM;
    if (buffer.get(text.data(), length) < length) return Errno::FAULT;
    text.data()[length] = 0;
    TRY(take(text.data(), length));
    return length;
  }
};

class SystemProcFile : public ProcFile {
 public:
  SystemProcFile(u32 permissions, SystemText read, ProcWrite write)
      : ProcFile(permissions), read_(read), write_(write) {}
  Status make(Text& text) override {
    read_(text);
    return {};
  }
  Status take(char* text, u64 length) override {
    if (length && text[length - 1] == '\n') text[length - 1] = 0;
    return write_ ? write_(text) : Errno::IO;
  }

 private:
  SystemText read_;
  ProcWrite write_;
};

class TaskProcFile : public ProcFile {
 public:
  TaskProcFile(u64 n, u32 pid, const TaskFile& kind) : ProcFile(kind.permissions), pid_(pid), kind_(kind) {
    number = n;
  }
  Status make(Text& text) override {
    Task* t = find_task(pid_);
    if (!t) return Errno::SRCH;
    kind_.write(text, *t);
    return {};
  }
  Status take(char* text, u64) override {
    Task* t = find_task(pid_);
    if (!t) return Errno::SRCH;
    return kind_.take ? kind_.take(*t, text) : Errno::IO;
  }

 private:
  u32 pid_;
  const TaskFile& kind_;
};

/// A link that leads to an object, not to a path: exe, cwd, root, fd/N.
class MagicLink : public Inode {
 public:
  MagicLink(u64 n, Ref<Dentry> dentry, Ref<SharedString> text)
      : Inode(mode::link | 0777), dentry_(dentry), text_(text) {
    number = n;
  }
  Result<Ref<SharedString>> link_target() override {
    if (!text_) return Errno::NOENT;
    return text_;
  }
  Ref<Dentry> link_dentry() override { return dentry_; }

 private:
  Ref<Dentry> dentry_;
  Ref<SharedString> text_;
};

/// What readlink says of a dentry: its path, marked when it has been removed.
Ref<SharedString> path_text(const Dentry& dentry) {
  Ref<SharedString> path = dentry_path_string(dentry);
  bool removed = !dentry.linked && dentry.parent && dentry.parent->inode->writable_directory();
  if (!path || !removed) return path;
  Text text;
  text.add_bytes(path->text(), strlen(path->text()));
  constexpr char mark[] = " (deleted)";
  text.add_bytes(mark, sizeof mark);
  return text.data() ? SharedString::make(text.data()) : path;
}

Ref<Inode> link_to(u64 n, Ref<Dentry> dentry) { return new MagicLink(n, dentry, path_text(*dentry)); }

/// fd/ and fdinfo/: an entry for each open descriptor.
class DescriptorDirectory : public ProcDirectory {
 public:
  DescriptorDirectory(u64 n, u32 pid) : ProcDirectory(n), pid_(pid) { mode = mode::directory | 0500; }

  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    Task* t = find_task(pid_);
    u32 fd;
    if (!t || !t->files || !number_of(name, length, fd)) return Errno::NOENT;
    Result<Ref<File>> file = t->files->get_any(static_cast<i32>(fd));
    if (!file.ok()) return Errno::NOENT;
    Ref<Inode> inode = TRY(entry(self, fd, *file.value()));
    inode->uid = t->credentials.effective_uid, inode->gid = t->credentials.effective_gid;
    return fresh(self, name, length, inode);
  }

  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    Task* t = find_task(pid_);
    if (!t || !t->files) return false;
    for (u64 fd = position - 2; fd < static_cast<u64>(t->files->size()); fd++) {
      if (!t->files->get_any(static_cast<i32>(fd)).ok()) continue;
      format(name_, sizeof name_, "%lu", fd);
      entry = {name_, number + 1 + fd, kind(), fd + 3};
      return true;
    }
    return false;
  }

 protected:
  virtual Result<Ref<Inode>> entry(Dentry& self, u32 fd, File& file) = 0;
  virtual u32 kind() const = 0;
  u32 pid_;

 private:
  char name_[16];
};

class FdDirectory : public DescriptorDirectory {
 public:
  explicit FdDirectory(u32 pid) : DescriptorDirectory(proc_number(pid, 0x1000), pid) {}

 protected:
  u32 kind() const override { return mode::link; }
  Result<Ref<Inode>> entry(Dentry& self, u32 fd, File& file) override {
    u64 n = number + 1 + fd;
    if (file.dentry) return link_to(n, file.dentry);
    // No name to lead to: one is made up that holds the inode itself.
    char text[name_max + 32];
    if (file.inode->anonymous_name())
      copy_string(text, file.inode->anonymous_name(), sizeof text);
    else
      format(text, sizeof text, "%s:[%lu]", file.inode->is(mode::fifo) ? "pipe" : "socket", file.inode->number);
    Ref<Dentry> nameless = TRY(Dentry::make(nullptr, text, strlen(text), file.inode));
    return Ref<Inode>(new MagicLink(n, nameless, SharedString::make(text)));
  }
};

class FdInfoFile : public ProcFile {
 public:
  FdInfoFile(u64 n, u64 position, u32 flags) : ProcFile(0400), position_(position), flags_(flags) { number = n; }
  Status make(Text& text) override {
    text.add("pos:\t%lu\nflags:\t0%o\nmnt_id:\t1\n", position_, flags_);
    return {};
  }

 private:
  u64 position_;
  u32 flags_;
};

class FdInfoDirectory : public DescriptorDirectory {
 public:
  explicit FdInfoDirectory(u32 pid) : DescriptorDirectory(proc_number(pid, 0x8000), pid) {}

 protected:
  u32 kind() const override { return mode::regular; }
  Result<Ref<Inode>> entry(Dentry&, u32 fd, File& file) override {
    constexpr u32 large_file = 0100000;
    return Ref<Inode>(new FdInfoFile(number + 1 + fd, file.position, file.flags | large_file));
  }
};

/// /proc/PID, or with `thread` /proc/PID/task/TID.
class TaskDirectory : public ProcDirectory {
 public:
  TaskDirectory(u32 pid, bool thread) : ProcDirectory(proc_number(pid, thread ? 2 : 1)), pid_(pid), thread_(thread) {}
  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override;
  bool entry_at(Dentry&, u64 position, Entry& entry) override;

 private:
  static constexpr const char* links[] = {"exe", "cwd", "root"};
  static constexpr const char* directories[] = {"fd", "fdinfo", "task"};  // a thread has no task
  Result<Ref<Inode>> inode_of(Task& t, const char* name, u64 length);
  u64 directory_count() const { return thread_ ? 2 : 3; }
  u32 pid_;
  bool thread_;
};

class ThreadsDirectory : public ProcDirectory {
 public:
  explicit ThreadsDirectory(u32 pid) : ProcDirectory(proc_number(pid, 3)), pid_(pid) {}
  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    u32 tid;
    Task* t = number_of(name, length, tid) ? find_task(tid) : nullptr;
    if (!t || !t->group || t->group->id != pid_) return Errno::NOENT;
    return fresh(self, name, length, new TaskDirectory(tid, true));
  }
  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    Task* best = nullptr;
    for (Task* t = task_list; t; t = t->next_task)
      if (t->group && t->group->id == pid_ && t->pid + 2 >= position && (!best || t->pid < best->pid)) best = t;
    if (!best) return false;
    format(name_, sizeof name_, "%u", best->pid);
    entry = {name_, proc_number(best->pid, 2), mode::directory, best->pid + 3};
    return true;
  }

 private:
  u32 pid_;
  char name_[16];
};

Result<Ref<Inode>> TaskDirectory::inode_of(Task& t, const char* name, u64 length) {
  for (u64 i = 0; i < task_file_count; i++)
    if (named(name, length, task_files[i].name))
      return Ref<Inode>(new TaskProcFile(proc_number(pid_, 16 + i), pid_, task_files[i]));
  if (named(name, length, "pagemap")) return make_pagemap(proc_number(pid_, 0x83), pid_);
  if (named(name, length, "exe") && t.memory && t.memory->executable)
    return link_to(proc_number(pid_, 0x80), t.memory->executable);
  if (named(name, length, "cwd") && t.fs) return link_to(proc_number(pid_, 0x81), t.fs->working_directory);
  if (named(name, length, "root") && t.fs) return link_to(proc_number(pid_, 0x82), t.fs->root);
  if (named(name, length, "fd")) return Ref<Inode>(new FdDirectory(pid_));
  if (named(name, length, "fdinfo")) return Ref<Inode>(new FdInfoDirectory(pid_));
  if (named(name, length, "task") && !thread_) return Ref<Inode>(new ThreadsDirectory(pid_));
  return Errno::NOENT;
}

Result<Ref<Dentry>> TaskDirectory::lookup(Dentry& self, const char* name, u64 length) {
  Task* t = find_task(pid_);
  if (!t) return Errno::NOENT;
  Ref<Inode> inode = TRY(inode_of(*t, name, length));
  if (!inode) return Errno::NOMEM;
  inode->uid = t->credentials.effective_uid, inode->gid = t->credentials.effective_gid;
  return fresh(self, name, length, inode);
}

bool TaskDirectory::entry_at(Dentry&, u64 position, Entry& entry) {
  u64 i = position - 2;
  if (i < task_file_count) {
    entry = {task_files[i].name, proc_number(pid_, 16 + i), mode::regular, position + 1};
    return true;
  }
  i -= task_file_count;
  if (i < sizeof links / sizeof links[0]) {
    entry = {links[i], proc_number(pid_, 0x80 + i), mode::link, position + 1};
    return true;
  }
  i -= sizeof links / sizeof links[0];
  if (i >= directory_count()) return false;
  entry = {directories[i], proc_number(pid_, 0x90 + i), mode::directory, position + 1};
  return true;
}

/// "self" and "thread-self": what they say depends on who asks.
class SelfLink : public Inode {
 public:
  SelfLink(u64 n, bool thread) : Inode(mode::link | 0777), thread_(thread) { number = n; }
  Result<Ref<SharedString>> link_target() override {
    char text[48];
    if (thread_)
      format(text, sizeof text, "%u/task/%u", current->group->id, current->pid);
    else
      format(text, sizeof text, "%u", current->group->id);
    Ref<SharedString> target = SharedString::make(text);
    if (!target) return Errno::NOMEM;
    return target;
  }

 private:
  bool thread_;
};

Ref<Dentry> top;  // /proc as it was first mounted; what is stored hangs here

class ProcRoot : public ProcDirectory {
 public:
  ProcRoot() : ProcDirectory(1) {}

  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    if (Dentry* stored = top->child(name, length)) return Ref<Dentry>(stored);
    u32 pid;
    if (!number_of(name, length, pid)) return Errno::NOENT;
    Task* t = find_task(pid);
    if (!t) return Errno::NOENT;
    Ref<Inode> inode = new TaskDirectory(t->pid, false);
    if (inode) inode->uid = t->credentials.effective_uid, inode->gid = t->credentials.effective_gid;
    return fresh(self, name, length, inode);
  }

  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    constexpr u64 first_process = 1 << 16;
    if (position < first_process && Inode::entry_at(*top, position, entry)) return true;
    // Processes by PID, whatever comes and goes meanwhile.
    u64 least = position > first_process ? position - first_process : 0;
    Task* best = nullptr;
    for (Task* t = task_list; t; t = t->next_task)
      if (t->group && t->is_leader() && t->pid >= least && (!best || t->pid < best->pid)) best = t;
    if (!best) return false;
    format(name_, sizeof name_, "%u", best->pid);
    entry = {name_, proc_number(best->pid, 1), mode::directory, first_process + best->pid + 1};
    return true;
  }

 private:
  char name_[16];
};

/// Puts a stored name below /proc; the directories on the way are made.
void add_stored(const char* path, Ref<Inode> inode) {
  const char* name = path;
  for (const char* c = path; *c; c++)
    if (*c == '/') name = c + 1;
  char folder[128];
  copy_string(folder, path, min<u64>(sizeof folder, static_cast<u64>(name - path) + 1));
  Result<Ref<Dentry>> directory = proc_directory(folder);
  if (directory.ok()) (void)add_name(directory.value(), name, strlen(name), inode);
}

}  // namespace

Ref<Inode> proc_root() { return top->inode; }

Result<Ref<Dentry>> proc_directory(const char* path) {
  Ref<Dentry> at = top;
  for (;;) {
    while (*path == '/') path++;
    u64 length = 0;
    while (path[length] && path[length] != '/') length++;
    if (!length) return at;
    Dentry* child = at->child(path, length);
    static u64 next_number = 0x100;
    at = child ? Ref<Dentry>(child) : TRY(add_name(at, path, length, new ProcDirectory(proc_number(0, next_number++))));
    path += length;
  }
}

void add_proc_file(const char* path, u32 permissions, SystemText read, ProcWrite write) {
  add_stored(path, new SystemProcFile(permissions, read, write));
}

INIT_CODE void mount_proc() {
  Ref<Dentry> at = root_dentry->child("proc", 4);
  if (!at) at = add_name(root_dentry, "proc", 4, new Directory(0555)).take();
  Result<Mount*> mounted = mount_directory({"proc", proc_magic, 4, false}, "proc", at, new ProcRoot);
  if (!mounted.ok()) return;
  top = mounted.value()->root;
  for (u64 i = 0; i < system_file_count; i++) add_proc_file(system_files[i].name, 0444, system_files[i].write);
  add_stored("self", new SelfLink(proc_number(0, 14), false));
  add_stored("thread-self", new SelfLink(proc_number(0, 15), true));
  Ref<SharedString> to_mounts = SharedString::make("self/mounts");
  if (to_mounts) add_stored("mounts", new SymbolicLink(to_mounts));
  add_time_files();
  populate_proc_sys();
  add_stored("sys/fs/binfmt_misc", binfmt_misc_root());
}

}  // namespace lucid::kernel
