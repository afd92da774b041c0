// SPDX-License-Identifier: MIT
#include "core/kernel/fs/mount.h"

#include "core/kernel/fs/binfmt_misc.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/procfs.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

Mount *mounts, *detached_mounts;

namespace {

u32 next_mount_id = 1;
u64 next_device = 32;  // anonymous device numbers: major 0

/// Does any process stand in, run from or hold open something below?
bool in_use(const Dentry& root) {
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->fs && (is_below(*t->fs->working_directory, root) || is_below(*t->fs->root, root))) return true;
    if (t->memory && t->memory->executable && is_below(*t->memory->executable, root)) return true;
    for (i32 fd = 0; t->files && fd < t->files->size(); fd++) {
      Result<Ref<File>> file = t->files->get_any(fd);
      if (file.ok() && file.value()->dentry && is_below(*file.value()->dentry, root)) return true;
    }
  }
  for (Mount* m = mounts; m; m = m->next)
    if (m->at && m->root.get() != &root && is_below(*m->at, root)) return true;
  return false;
}

/// Takes all names out of a tree: a directory and what is in it keep each other alive.
void empty_tree(Ref<Dentry> root) {
  Ref<Dentry> at = root;
  for (;;) {
    if (Dentry* child = at->first_child()) {
      at = Ref<Dentry>(child);
      continue;
    }
    if (at == root) return;
    Ref<Dentry> above = at->parent;
    above->remove_child(at.get());
    at = above;
  }
}

Mount* mount_of(const Dentry& root) {
  for (Mount* m = mounts; m; m = m->next)
    if (m->root.get() == &root) return m;
  return nullptr;
}

}  // namespace

Ref<Dentry> topmost(Ref<Dentry> dentry) {
  while (dentry->mounted) dentry = dentry->mounted;
  return dentry;
}

Result<Mount*> mount_directory(const Filesystem& filesystem, const char* source, Ref<Dentry> at, Ref<Inode> root) {
  if (!root) return Errno::NOMEM;
  auto* m = new (or_null) Mount;
  auto* own = new (or_null) Filesystem(filesystem);
  if (!m || !own) return Errno::NOMEM;
  Result<Ref<Dentry>> top = Dentry::make(nullptr, "", 0, root);
  if (!top.ok()) return top.error();
  if (!own->device) own->device = next_device++;
  m->filesystem = own;
  m->root = top.value();
  m->at = at;
  m->id = next_mount_id++;
  copy_string(m->source, source, sizeof m->source);
  root->filesystem = own;
  if (at) {
    at->mounted = m->root;
    m->root->covers = at.get();
  }
  Mount** link = &mounts;
  while (*link) link = &(*link)->next;
  *link = m;
  return m;
}

Status mount_filesystem(const char* type, const char* source, Ref<Dentry> at, bool read_only) {
  if (!at->inode->is(mode::directory)) return Errno::NOTDIR;
  at = topmost(at);
  if (equal(type, "tmpfs") || equal(type, "ramfs")) {
    const char* name = equal(type, "tmpfs") ? "tmpfs" : "ramfs";
    TRY(mount_directory({name, tmpfs_magic, 0, true, read_only}, source, at, new Directory(01777)));
    return {};
  }
  if (equal(type, "proc")) {
    TRY(mount_directory({"proc", proc_magic, 0, false, read_only}, source, at, proc_root()));
    return {};
  }
  if (equal(type, "binfmt_misc")) {
    TRY(mount_directory({"binfmt_misc", binfmt_misc_magic, 0, false, read_only}, source, at, binfmt_misc_root()));
    return {};
  }
  return Errno::NODEV;
}

Status remount(Dentry& root, bool read_only) {
  Mount* m = mount_of(root);
  if (!m) return Errno::INVAL;
  m->filesystem->read_only = read_only;
  return {};
}

Status unmount(Ref<Dentry> root, bool detach) {
  Mount* m = mount_of(*root);
  if (!m) return Errno::INVAL;
  bool used = in_use(*root);
  if (!m->at || (!detach && used)) return Errno::BUSY;
  Mount** link = &mounts;
  while (*link != m) link = &(*link)->next;
  *link = m->next;
  m->at->mounted = nullptr;
  root->covers = nullptr;
  if (!root->inode->writable_directory()) {  // /proc is one for all its mounts
    delete m;
    return {};
  }
  m->at = nullptr;
  m->next = detached_mounts;
  detached_mounts = m;
  root = nullptr;
  free_detached_mounts();
  return {};
}

void free_detached_mounts() {
  for (Mount** link = &detached_mounts; *link;) {
    Mount* m = *link;
    if (in_use(*m->root)) {
      link = &m->next;
      continue;
    }
    *link = m->next;
    empty_tree(m->root);
    delete m;
    link = &detached_mounts;
  }
}

}  // namespace lucid::kernel
