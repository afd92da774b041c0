// SPDX-License-Identifier: MIT
#include "core/kernel/drivers/pty.h"

#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/lib/format.h"

namespace lucid::kernel {
namespace {

constexpr u64 slave_major = 136;
constexpr u32 most_ptys = 64;

/// /dev/pts/N: the slave's node, there as long as the master is open.
class SlaveNode : public TtyNode {
 public:
  SlaveNode(u64 number, Ref<Tty> tty) : TtyNode(mode::character | 0620, number, tty) {}
  Pty& pty() { return static_cast<Pty&>(*tty_); }
  Status opened(File& file) override {
    if (pty().locked || gone) return Errno::IO;
    pty().slave_opened();
    return TtyNode::opened(file);
  }
  void closed(File&) override { pty().slave_closed(); }
  bool gone = false;
};

Ref<SlaveNode> slaves[most_ptys];
Ref<Dentry> pts;

class MasterNode : public Inode {
 public:
  MasterNode(u32 file_mode, u64 number, Ref<Pty> pty) : Inode(file_mode), pty_(pty) { device = number; }
  bool seekable() const override { return false; }
  bool pollable() const override { return true; }
  SysResult read(File& file, u64, IoBuffer& buffer) override { return pty_->master_read(file, buffer); }
  SysResult write(File& file, u64, IoBuffer& buffer) override { return pty_->master_write(file, buffer); }
  SysResult ioctl(File& file, u32 command, u64 argument) override {
    return pty_->master_ioctl(file, command, argument);
  }
  u32 poll(File&, PollTable& table) override { return pty_->master_poll(table); }
  void closed(File&) override { pty_->master_closed(); }

 private:
  Ref<Pty> pty_;
};

/// The root of devpts: an entry for each pair.
class PtsDirectory : public Directory {
 public:
  PtsDirectory() : Directory(0755) {}
  bool writable_directory() const override { return false; }
  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    for (u32 i = 0; i < most_ptys; i++) {
      format(name_, sizeof name_, "%u", i);
      if (slaves[i] && strlen(name_) == length && memcmp(name_, name, length) == 0)
        return Dentry::make(Ref<Dentry>(&self), name, length, Ref<Inode>(slaves[i]));
    }
    return Errno::NOENT;
  }
  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    for (u64 i = position - 2; i < most_ptys; i++) {
      if (!slaves[i]) continue;
      format(name_, sizeof name_, "%lu", i);
      entry = {name_, slaves[i]->number, slaves[i]->mode, i + 3};
      return true;
    }
    return false;
  }

 private:
  char name_[8];
};

}  // namespace

Pty::Pty(u32 i) : Tty(slave_major << 8 | i, first_termios), index(i) {}

Pty::~Pty() {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group && t->group->terminal == this) t->group->terminal = nullptr;
}

void Pty::transmit(const char* bytes, u64 count) {
  for (u64 i = 0; i < count; i++) printed_[(head_ + used_++) % sizeof printed_] = bytes[i];
  if (count) printing_.wake_all();
}

void Pty::discard_output() { used_ = min(used_, used_before_typing_); }

void Pty::discard_all() {
  used_ = 0;
  output_ready();
}

void Pty::slave_opened() {
  slaves_++;
  slave_was_open_ = true;
}

void Pty::slave_closed() {
  if (--slaves_) return;
  printing_.wake_all();
  typing_.wake_all();
}

void Pty::master_closed() {
  slaves[index]->gone = true;
  slaves[index] = nullptr;
  hang_up();
}

/// After the last slave closed what it printed can still be read; then EIO.
SysResult Pty::master_read(File& file, IoBuffer& buffer) {
  if (!buffer.left()) return 0;
  while (!used_) {
    if (slave_gone()) return Errno::IO;
    if (file.nonblocking()) return Errno::AGAIN;
    if (sleep_on(printing_, WaitReason::tty_read) == Wake::signal) return Errno::RESTARTSYS;
  }
  u64 total = 0;
  while (used_ && buffer.left()) {
    u64 wanted = min(min(used_, sizeof printed_ - head_), buffer.left()), done = buffer.put(printed_ + head_, wanted);
    head_ = (head_ + done) % sizeof printed_;
    used_ -= done, total += done;
    if (done < wanted) break;
  }
  output_ready();
  return total ? SysResult(total) : Errno::FAULT;
}

SysResult Pty::master_write(File& file, IoBuffer& buffer) {
  u64 total = 0;
  used_before_typing_ = used_;
  while (buffer.left()) {
    if (slave_gone()) return total ? SysResult(total) : Errno::IO;
    if (input_full()) {
      if (file.nonblocking()) return total ? SysResult(total) : Errno::AGAIN;
      if (sleep_on(typing_, WaitReason::other) == Wake::signal) return total ? SysResult(total) : Errno::RESTARTSYS;
      used_before_typing_ = used_;
      continue;
    }
    u8 byte;
    if (!buffer.get(&byte, 1)) return total ? SysResult(total) : Errno::FAULT;
    (void)input(byte);
    total++;
  }
  return total;
}

u32 Pty::master_poll(PollTable& table) {
  table.add(printing_);
  table.add(typing_);
  u32 events = 0;
  if (used_) events |= poll_event::in | poll_event::read_normal;
  if (!input_full()) events |= poll_event::out | poll_event::write_normal;
  if (slave_gone()) events |= poll_event::hang_up;
  return events;
}

SysResult Pty::open_peer(u32 flags) {
  char name[8];
  u64 length = format(name, sizeof name, "%u", index);
  Ref<Dentry> d = TRY(Dentry::make(pts, name, length, Ref<Inode>(slaves[index])));
  Ref<File> file = TRY(File::open(d->inode, d, flags & ~open_flag::close_on_exec));
  file->flags &= ~open_flag::no_ctty;
  return TRY(current->files->add(file, flags & open_flag::close_on_exec));
}

SysResult Pty::master_ioctl(File& file, u32 command, u64 argument) {
  using namespace tty_request;
  switch (command) {
    case get_pty_number:
      return write_user(UserPtr<u32>{argument}, index);
    case lock_pty:
      locked = TRY(read_user(UserPtr<u32>{argument})) != 0;
      return 0;
    case get_pty_lock:
      return write_user(UserPtr<u32>{argument}, static_cast<u32>(locked));
    case get_peer:
      return open_peer(static_cast<u32>(argument));
    case get_group:
      return write_user(UserPtr<u32>{argument}, foreground);
    case get_session:
      if (!session) return Errno::NOTTY;
      return write_user(UserPtr<u32>{argument}, session);
    case input_queue:
      return write_user(UserPtr<u32>{argument}, static_cast<u32>(used_));
    case set_controlling:
    case give_up:
      return Errno::NOTTY;
    case flush:
      discard_all();
      return 0;
    default:
      return ioctl(file, command, argument);
  }
}

Status PtmxNode::opened(File& file) {
  u32 i = 0;
  while (i < most_ptys && slaves[i]) i++;
  if (i == most_ptys) return Errno::NOSPC;
  Ref<Pty> pty = new Pty(i);
  if (!pty) return Errno::NOMEM;
  Ref<SlaveNode> slave = new SlaveNode(slave_major << 8 | i, Ref<Tty>(pty));
  Ref<Inode> master = new MasterNode(mode, device, pty);
  if (!slave || !master) return Errno::NOMEM;
  slave->uid = current->credentials.effective_uid, slave->gid = current->credentials.effective_gid;
  slave->filesystem = pts ? pts->inode->filesystem : nullptr;
  master->number = number, master->filesystem = filesystem, master->uid = uid, master->gid = gid;
  slaves[i] = slave;
  file.inode = master;
  return {};
}

void mount_pts(Ref<Dentry> dev) {
  Ref<Dentry> at = dev->child("pts", 3);
  if (!at) at = add_name(dev, "pts", 3, new Directory(0755)).take();
  Result<Mount*> mounted = mount_directory({"devpts", devpts_magic, 0, false}, "devpts", at, new PtsDirectory);
  if (mounted.ok()) pts = mounted.value()->root;
}

}  // namespace lucid::kernel
