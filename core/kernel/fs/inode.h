// SPDX-License-Identifier: MIT
// The three objects of the file system:
//   Inode   a file itself: its kind, owner and contents (a subclass per file system or device);
//   Dentry  a name in a directory; a tree of them is the name space;
//   File    an open file: an inode, a position and flags; shared by dup and fork.
#pragma once
#include "core/kernel/fs/io_buffer.h"
#include "core/kernel/lib/errno.h"
#include "core/kernel/lib/ref.h"
#include "core/kernel/lib/string_buffer.h"

namespace lucid::kernel {

namespace mode {
constexpr u32 type = 0170000, socket = 0140000, link = 0120000, regular = 0100000, block = 0060000, directory = 0040000,
              character = 0020000, fifo = 0010000, permissions = 07777, set_uid = 04000, set_gid = 02000,
              sticky = 01000, group_execute = 010;
}
namespace open_flag {
constexpr u32 access_mode = 3, write_only = 1, read_write = 2, create = 0100, exclusive = 0200, no_ctty = 0400,
              truncate = 01000, append = 02000, nonblock = 04000, directory = 0200000, no_follow = 0400000,
              direct = 040000, large_file = 0100000, no_access_time = 01000000, signals = 020000,
              close_on_exec = 02000000, path = 010000000, temporary = 020000000 | directory;
}
namespace poll_event {
constexpr u32 in = 1, priority = 2, out = 4, error = 8, hang_up = 16, invalid = 32, read_normal = 64,
              write_normal = 256, read_hang_up = 0x2000;
}

struct Vma;
class BlockDevice;
class File;
class Dentry;
class PollTable;
class Epoll;
class Pipe;
class Socket;
class EpollItem;
struct Filesystem;

class Inode : public Counted {
 public:
  Inode(u32 file_mode);
  bool is(u32 type) const { return (mode & mode::type) == type; }

  // Contents. Positions are bytes; SysResult is the count moved or an error.
  virtual u64 size() const { return 0; }
  virtual SysResult read(File&, u64, IoBuffer&) { return Errno::INVAL; }
  virtual SysResult write(File&, u64, IoBuffer&) { return Errno::INVAL; }
  virtual Status truncate(u64) { return Errno::INVAL; }
  /// Makes the bytes of a range exist (they read as zeros), or frees what they take.
  virtual Status reserve(u64, u64) { return Errno::NODEV; }
  virtual Status punch_hole(u64, u64) { return Errno::OPNOTSUPP; }
  /// The first byte from `at` on that is stored, or that is not; size() when there is none.
  virtual u64 next_data(u64 at) { return at; }
  virtual u64 next_hole(u64) { return size(); }
  /// Bytes of storage taken, for st_blocks.
  virtual u64 stored_bytes() const { return page_up(size()); }
  /// The page cache's frame with this page of the file, for mappings: 0 when it is not there;
  virtual u64 cached_page(u64) const { return 0; }
  /// fetched when it is not there, which may sleep.
  virtual Result<u64> page(u64) { return Errno::NODEV; }
  /// Writes what was changed of pages [first, end) to where they are kept, if that is more than memory. May sleep.
  virtual Status write_back(u64 first, u64 end) { return {}; }
  /// Would page() have to wait for a disk?
  virtual bool page_on_disk(u64) const { return false; }
  virtual bool mappable() const { return false; }
  virtual bool seekable() const { return true; }
  /// What would not block now (poll_event); where a change will be announced goes into the table.
  virtual u32 poll(File&, PollTable&) {
    return poll_event::in | poll_event::out | poll_event::read_normal | poll_event::write_normal;
  }
  /// May it be watched by epoll? Regular files and directories are always ready, and refused.
  virtual bool pollable() const { return is(mode::fifo) || is(mode::socket) || is(0); }
  virtual SysResult ioctl(File&, u32, u64) { return Errno::NOTTY; }
  /// May put another inode into the file in its own place (/dev/tty, /dev/ptmx).
  virtual Status opened(File&) { return {}; }
  virtual void closed(File&) {}
  virtual Result<Ref<SharedString>> link_target() { return Errno::INVAL; }
  // What kind of object this is, for the calls that only serve one kind.
  virtual Epoll* as_epoll() { return nullptr; }
  virtual Pipe* as_pipe() { return nullptr; }
  virtual Socket* as_socket() { return nullptr; }
  virtual BlockDevice* as_block_device() { return nullptr; }
  /// The socket that is bound to this node of the file system.
  virtual Socket* bound_socket() { return nullptr; }
  /// What an inode without a name is called in /proc/PID/fd: "anon_inode:[eventpoll]"; null: after its kind.
  virtual const char* anonymous_name() const { return nullptr; }
  /// Where a magic link (/proc/self/exe) really leads; null for ordinary links.
  virtual Ref<Dentry> link_dentry() { return nullptr; }

  // Directories.
  virtual Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length);
  /// May names be made and removed here?
  virtual bool writable_directory() const { return true; }
  struct Entry {
    const char* name;
    u64 number;
    u32 mode;
    u64 next;  // position after this entry
  };
  /// The entry at or after `position`; false at the end.
  virtual bool entry_at(Dentry& self, u64 position, Entry& entry);

  u64 number;
  u32 mode;
  u32 uid = 0, gid = 0;
  u32 links = 1;
  Filesystem* filesystem = nullptr;  // null: pipes, sockets and their like
  u64 device = 0;                    // of device nodes: major << 8 | minor
  i64 accessed, modified, changed;   // nanoseconds since 1970
  Vma* mappings = nullptr;           // all VMAs of this file
  u32 writers = 0;                   // open for writing
  u32 executing = 0;                 // programs running it: no writers then
  bool linkable = false;             // made by O_TMPFILE: a first name may still be given to it
  Ref<Counted> locks;                // FileLocks, once somebody has locked it
};

/// A name. The parent's list owns its children; a child keeps its parent.
class Dentry : public Counted {
 public:
  static Result<Ref<Dentry>> make(Ref<Dentry> parent, const char* name, u64 length, Ref<Inode> inode);
  ~Dentry() override;

  Dentry* child(const char* name, u64 length) const;
  void add_child(Dentry* child);
  void remove_child(Dentry* child);
  /// Swaps names with a dentry that is in no directory; this one is in none either.
  void take_name(Dentry& other);
  bool has_children() const { return first_child_; }
  Dentry* first_child() const { return first_child_; }

  Ref<Dentry> parent;  // null for the root
  Ref<Inode> inode;
  char* name = nullptr;
  u32 name_length = 0;
  u32 hash = 0;
  u64 cookie = 0;                               // position in the directory, for getdents64
  Dentry *next = nullptr, *previous = nullptr;  // siblings
  bool linked = false;
  Ref<Dentry> mounted;       // root of what is mounted over this directory
  Dentry* covers = nullptr;  // of the root of a mount: the directory it hides

 private:
  friend struct Offsets;
  Dentry *first_child_ = nullptr, *last_child_ = nullptr;
  Dentry** buckets_ = nullptr;  // by hash, made when the directory grows
  Dentry* hash_next_ = nullptr;
  u64 child_count_ = 0, next_cookie_ = 2;
  void rehash();
};

class File : public Counted {
 public:
  static Result<Ref<File>> open(Ref<Inode> inode, Ref<Dentry> dentry, u32 flags);
  ~File() override;
  // Access mode 0 reads, 1 writes, 2 does both, and Linux's 3 (for ioctl only) neither.
  bool readable() const { return ((flags & open_flag::access_mode) + 1) & 1 && !(flags & open_flag::path); }
  bool writable() const { return ((flags & open_flag::access_mode) + 1) & 2 && !(flags & open_flag::path); }
  bool nonblocking() const { return flags & open_flag::nonblock; }

  Ref<Inode> inode;
  Ref<Dentry> dentry;
  u32 flags = 0;
  u64 position = 0;
  Ref<Counted> state;                // what the inode keeps for this opening
  i32 signal_owner = 0;              // F_SETOWN
  EpollItem* epoll_items = nullptr;  // who watches this file through an Epoll

 private:
  bool counted_writer_ = false, announced_ = false;
};

/// Is it `ancestor` or somewhere below, mounts crossed?
bool is_below(const Dentry& dentry, const Dentry& ancestor);

/// The absolute path of a dentry, written at the end of buffer[size]; null if it does not fit.
char* dentry_path(const Dentry& dentry, const Dentry* root, char* buffer, u64 size);
Ref<SharedString> dentry_path_string(const Dentry& dentry);
i64 now_for_files();

}  // namespace lucid::kernel
