// SPDX-License-Identifier: MIT
#include "core/kernel/fs/procfs.h"

#include "core/kernel/fs/path.h"
#include "core/kernel/fs/proc_text.h"
#include "core/kernel/fs/tmpfs.h"

namespace lucid::kernel {
namespace {

/// Inode numbers that stay the same from lookup to lookup: by PID and place.
constexpr u64 proc_number(u32 pid, u64 place) { return u64{1} << 40 | static_cast<u64>(pid) << 16 | place; }

class ProcDirectory : public Directory {
 public:
  explicit ProcDirectory(u64 n) : Directory(0555) { number = n; }
  bool writable_directory() const override { return false; }

 protected:
  /// A fresh name for a fresh inode; nothing keeps it but its users.
  static Result<Ref<Dentry>> fresh(Dentry& self, const char* name, u64 length, Ref<Inode> inode) {
    if (!inode) return Errno::NOMEM;
    return Dentry::make(Ref<Dentry>(&self), name, length, inode);
  }
};

class ProcFile : public Inode {
 public:
  ProcFile(u64 n, u32 permissions, u32 pid, TaskText task_text, SystemText system_text)
      : Inode(mode::regular | permissions), pid_(pid), task_text_(task_text), system_text_(system_text) {
    number = n;
  }
  SysResult read(File&, u64 at, IoBuffer& buffer) override {
    if (at == 0 || !text_.data()) {
      text_ = {};
      if (system_text_) {
        system_text_(text_);
      } else {
        Task* t = find_task(pid_);
        if (!t) return Errno::SRCH;
        task_text_(text_, *t);
      }
    }
    if (at >= text_.size() || !buffer.left()) return 0;
    u64 done = buffer.put(text_.data() + at, text_.size() - at);
    return done ? SysResult(done) : Errno::FAULT;
  }

 private:
  u32 pid_;
  TaskText task_text_;
  SystemText system_text_;
  Text text_;
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

Ref<Inode> link_to(u64 n, Ref<Dentry> dentry) { return new MagicLink(n, dentry, dentry_path_string(*dentry)); }

class FdDirectory : public ProcDirectory {
 public:
  explicit FdDirectory(u32 pid) : ProcDirectory(proc_number(pid, 0x100)), pid_(pid) {}

  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    Task* t = find_task(pid_);
    if (!t || !t->files || length == 0 || length > 9) return Errno::NOENT;
    for (u64 i = 0; i < length; i++)
      if (name[i] < '0' || name[i] > '9') return Errno::NOENT;
    i32 fd = static_cast<i32>(parse_decimal(name));
    Result<Ref<File>> file = t->files->get_any(fd);
    if (!file.ok()) return Errno::NOENT;
    u64 n = proc_number(pid_, 0x200 + static_cast<u64>(fd));
    if (file.value()->dentry) return fresh(self, name, length, link_to(n, file.value()->dentry));
    // No name to lead to: one is made up that holds the inode itself.
    char text[name_max + 32];
    Inode& inode = *file.value()->inode;
    if (inode.anonymous_name())
      copy_string(text, inode.anonymous_name(), sizeof text);
    else
      format(text, sizeof text, "%s:[%lu]", inode.is(mode::fifo) ? "pipe" : "socket", inode.number);
    Ref<Dentry> nameless = TRY(Dentry::make(Ref<Dentry>(&self), text, strlen(text), file.value()->inode));
    return fresh(self, name, length, new MagicLink(n, nameless, SharedString::make(text)));
  }

  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    Task* t = find_task(pid_);
    if (!t || !t->files) return false;
    for (u64 fd = position - 2; fd < static_cast<u64>(t->files->size()); fd++) {
      if (!t->files->get_any(static_cast<i32>(fd)).ok()) continue;
      format(name_, sizeof name_, "%lu", fd);
      entry = {name_, proc_number(pid_, 0x200 + fd), mode::link, fd + 3};
      return true;
    }
    return false;
  }

 private:
  u32 pid_;
  char name_[16];
};

class TaskDirectory : public ProcDirectory {
 public:
  explicit TaskDirectory(u32 pid) : ProcDirectory(proc_number(pid, 1)), pid_(pid) {}

  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    Task* t = find_task(pid_);
    if (!t) return Errno::NOENT;
    for (u64 i = 0; i < task_file_count; i++)
      if (strlen(task_files[i].name) == length && memcmp(task_files[i].name, name, length) == 0)
        return fresh(
            self, name, length,
            new ProcFile(proc_number(pid_, 2 + i), task_files[i].permissions, pid_, task_files[i].write, nullptr));
    if (is(name, length, "exe") && t->memory && t->memory->executable)
      return fresh(self, name, length, link_to(proc_number(pid_, 0x80), t->memory->executable));
    if (is(name, length, "cwd") && t->fs)
      return fresh(self, name, length, link_to(proc_number(pid_, 0x81), t->fs->working_directory));
    if (is(name, length, "root") && t->fs)
      return fresh(self, name, length, link_to(proc_number(pid_, 0x82), t->fs->root));
    if (is(name, length, "fd")) return fresh(self, name, length, new FdDirectory(pid_));
    return Errno::NOENT;
  }

  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    static constexpr const char* others[] = {"exe", "cwd", "root", "fd"};
    u64 i = position - 2;
    if (i < task_file_count)
      entry = {task_files[i].name, proc_number(pid_, 2 + i), mode::regular, position + 1};
    else if (i < task_file_count + 4)
      entry = {others[i - task_file_count], proc_number(pid_, 0x80 + i - task_file_count),
               i == task_file_count + 3 ? mode::directory : mode::link, position + 1};
    else
      return false;
    return true;
  }

 private:
  static bool is(const char* name, u64 length, const char* wanted) {
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
  }
  u32 pid_;
};

class ProcRoot : public ProcDirectory {
 public:
  ProcRoot() : ProcDirectory(proc_number(0, 1)) {}

  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    for (u64 i = 0; i < system_file_count; i++)
      if (strlen(system_files[i].name) == length && memcmp(system_files[i].name, name, length) == 0)
        return fresh(self, name, length, new ProcFile(proc_number(0, 16 + i), 0444, 0, nullptr, system_files[i].write));
    if (length == 4 && memcmp(name, "self", 4) == 0) {
      char pid[16];
      format(pid, sizeof pid, "%u", current->group->id);
      return fresh(self, name, length, new SymbolicLink(SharedString::make(pid)));
    }
    u64 pid = 0;
    for (u64 i = 0; i < length; i++) {
      if (name[i] < '0' || name[i] > '9' || length > 9) return Errno::NOENT;
      pid = pid * 10 + static_cast<u64>(name[i] - '0');
    }
    if (name[0] == '0' || !find_task(static_cast<u32>(pid))) return Errno::NOENT;
    return fresh(self, name, length, new TaskDirectory(static_cast<u32>(pid)));
  }

  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    u64 i = position - 2;
    if (i < system_file_count) {
      entry = {system_files[i].name, proc_number(0, 16 + i), mode::regular, position + 1};
      return true;
    }
    if (i == system_file_count) {
      entry = {"self", proc_number(0, 15), mode::link, position + 1};
      return true;
    }
    // Processes by PID, whatever comes and goes meanwhile.
    u64 least = i - system_file_count - 1;
    Task* best = nullptr;
    for (Task* t = task_list; t; t = t->next_task)
      if (t->is_leader() && t->pid >= least && (!best || t->pid < best->pid)) best = t;
    if (!best) return false;
    format(name_, sizeof name_, "%u", best->pid);
    entry = {name_, proc_number(best->pid, 1), mode::directory, system_file_count + 3 + best->pid + 1};
    return true;
  }

 private:
  char name_[16];
};

}  // namespace

void mount_proc() {
  Dentry* old = root_dentry->child("proc", 4);
  if (old) root_dentry->remove_child(old);
  (void)add_name(root_dentry, "proc", 4, new ProcRoot);
}

}  // namespace lucid::kernel
