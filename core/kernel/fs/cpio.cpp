// SPDX-License-Identifier: MIT
// Format: Linux Documentation/driver-api/early-userspace/buffer-format.rst. A header is 110 bytes:
// "070701" and thirteen 8-digit hexadecimal numbers; then the name with its NUL, padded so that the
// data starts at a multiple of four; then the data, padded alike.
#include "core/kernel/fs/cpio.h"

#include "core/kernel/fs/devfs.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/pipe.h"
#include "core/kernel/fs/tmpfs.h"
#include "core/kernel/lib/log.h"

namespace lucid::kernel {
namespace {

constexpr u64 header_size = 110;
enum Field { inode, file_mode, uid, gid, links, mtime, file_size, major, minor, rmajor, rminor, name_size, check };

constexpr u64 longest_name = page_size;  // PATH_MAX, NULs included

struct Entry {
  u32 field[13];
  const char* name;
  u64 data_at;  // in the archive
};

/// -1 for anything but eight hexadecimal digits.
i64 hex8(const u8* digits) {
  i64 value = 0;
  for (u32 i = 0; i < 8; i++) {
    u8 c = digits[i];
    u32 d = c >= '0' && c <= '9'   ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : 16;
    if (d == 16) return -1;
    value = value << 4 | d;
  }
  return value;
}

/// Files with several names: the inode made for the first one.
struct Link {
  Link* next;
  u32 inode, major, minor;
  Ref<MemoryFile> file;
};

class Unpacker {
 public:
  explicit Unpacker(ArchiveBytes& archive) : archive_(archive) {}
  ~Unpacker() { forget_links(); }

  Status add(const Entry& e) {
    const char* name = e.name;
    while (*name == '/' || (name[0] == '.' && name[1] == '/')) name++;
    if (!*name || equal(name, ".")) return {};
    Parent parent;
    TRY(parent_of(name, parent));
    if (parent.special) return {};
    u32 m = e.field[file_mode];
    Dentry* old = parent.directory->child(parent.name, parent.length);
    if (old && old->inode->is(mode::directory) && (m & mode::type) == mode::directory) {
      set_owner(*old->inode, e);
      return {};
    }
    if (old) {
      parent.directory->remove_child(old);
      directory_ = nullptr;  // it may have been below what was replaced
    }
    Ref<Inode> made = TRY(make_inode(e));
    set_owner(*made, e);
    TRY(add_name(parent.directory, parent.name, parent.length, made));
    return {};
  }

  void forget_links() {
    while (links_) {
      Link* next = links_->next;
      delete links_;
      links_ = next;
    }
  }

 private:
  /// Finds the directory of a name, making those that the archive does not mention. Entries of one
  /// directory follow each other, so the last one is remembered.
  Status parent_of(const char* name, Parent& parent) {
    const char* last_slash = nullptr;
    for (const char* c = name; *c; c++)
      if (*c == '/' && c[1]) last_slash = c;
    u64 length = last_slash ? static_cast<u64>(last_slash - name) : 0;
    if (length >= sizeof directory_path_) return Errno::NAMETOOLONG;
    if (!directory_ || length != directory_length_ || memcmp(name, directory_path_, length) != 0) {
      directory_ = nullptr;
      directory_ = TRY(make_directories(name, length));
      memcpy(directory_path_, name, length);
      directory_length_ = length;
    }
    TRY(resolve_parent(directory_, last_slash ? last_slash + 1 : name, false, parent));
    return {};
  }

  Result<Ref<Dentry>> make_directories(const char* name, u64 length) {
    Ref<Dentry> at = root_dentry;
    for (u64 start = 0; start < length;) {
      u64 size = 0;
      while (start + size < length && name[start + size] != '/') size++;
      char part[name_max + 1];
      if (size > name_max) return Errno::NAMETOOLONG;
      memcpy(part, name + start, size);
      part[size] = 0;
      start += size + 1;
      if (size == 0) continue;
      Result<Ref<Dentry>> found = resolve(at, part, LastLink::follow);
      if (!found.ok()) found = add_name(at, part, size, new Directory(0755));
      at = TRY(static_cast<Result<Ref<Dentry>>&&>(found));
    }
    return at;
  }

  Result<Ref<Inode>> make_inode(const Entry& e) {
    u32 m = e.field[file_mode];
    Inode* made = nullptr;
    switch (m & mode::type) {
      case mode::regular:
        return file_inode(e);
      case mode::directory:
        made = new Directory(m & mode::permissions);
        break;
      case mode::link: {
        char target[1024];
        u64 length = min<u64>(e.field[file_size], sizeof target - 1);
        TRY(archive_.read(e.data_at, target, length));
        target[length] = 0;
        Ref<SharedString> text = SharedString::make(target);
        if (text) made = new SymbolicLink(text);
        break;
      }
      case mode::fifo:
        made = new Pipe(m & mode::permissions, Pipe::Kind::fifo);
        break;
      default:
        return make_device(m, static_cast<u64>(e.field[rmajor]) << 8 | e.field[rminor]);
    }
    if (!made) return Errno::NOMEM;
    return Ref<Inode>(made);
  }

  Status set_bytes(MemoryFile& file, const Entry& e) {
    if (!e.field[file_size]) return {};
    Ref<BackingStore> store = archive_.store(e.data_at, e.field[file_size]);
    if (!store) return Errno::NOMEM;
    file.set_store(store);
    return {};
  }

  Result<Ref<Inode>> file_inode(const Entry& e) {
    bool several = e.field[links] > 1;
    for (Link* l = links_; l && several; l = l->next) {
      if (l->inode != e.field[inode] || l->major != e.field[major] || l->minor != e.field[minor]) continue;
      l->file->links++;
      if (e.field[file_size]) TRY(set_bytes(*l->file, e));
      return Ref<Inode>(l->file);
    }
    Ref<MemoryFile> file = new MemoryFile(e.field[file_mode] & mode::permissions);
    if (!file) return Errno::NOMEM;
    TRY(set_bytes(*file, e));
    if (several) {
      Link* l = new (or_null) Link{links_, e.field[inode], e.field[major], e.field[minor], file};
      if (l) links_ = l;
    }
    return Ref<Inode>(file);
  }

  void set_owner(Inode& made, const Entry& e) {
    made.mode = (made.mode & mode::type) | (e.field[file_mode] & mode::permissions);
    made.uid = e.field[uid], made.gid = e.field[gid];
    made.modified = made.changed = made.accessed = static_cast<i64>(e.field[mtime]) * 1'000'000'000;
  }

  ArchiveBytes& archive_;
  Link* links_ = nullptr;
  Ref<Dentry> directory_;  // named by the first directory_length_ bytes of directory_path_
  char directory_path_[1024];
  u64 directory_length_ = 0;
};

/// Reads one entry, its name into a buffer of longest_name bytes; false when the bytes at `at` are not one.
/// `next` is where the following starts.
bool parse(ArchiveBytes& archive, u64 at, char* name, Entry& e, u64& next) {
  const u64 size = archive.size();
  u8 header[header_size];
  if (size - at < header_size || !archive.read(at, header, header_size).ok()) return false;
  if (memcmp(header, "07070", 5) != 0 || (header[5] != '1' && header[5] != '2')) return false;
  for (u32 i = 0; i < 13; i++) {
    i64 value = hex8(header + 6 + 8 * i);
    if (value < 0) return false;
    e.field[i] = static_cast<u32>(value);
  }
  const u64 name_at = at + header_size, length = e.field[name_size];
  e.data_at = (name_at + length + 3) & ~u64{3};
  const u64 end = e.data_at + e.field[file_size];
  if (length == 0 || length > longest_name || e.data_at > size || end > size) return false;
  if (!archive.read(name_at, name, length).ok() || name[length - 1]) return false;
  e.name = name;
  next = min((end + 3) & ~u64{3}, size);
  return true;
}

}  // namespace

u64 unpack_archive(ArchiveBytes& archive) {
  Unpacker unpacker(archive);
  Buffer name(longest_name);
  const u64 size = archive.size();
  u64 count = 0, padding = 0;
  for (u64 at = 0, next; name && at + header_size <= size; at = next) {
    u8 first = 0;
    if (archive.read(at, &first, 1).ok() && first == 0) {
      next = at + 4;
      if ((padding += 4) > archive.most_padding()) break;
      continue;
    }
    padding = 0;
    Entry e;
    if (!parse(archive, at, name.data(), e, next)) {
      log_always("root archive: broken cpio entry at byte %lu of %lu; the rest is ignored", at, size);
      break;
    }
    if (equal(e.name, "TRAILER!!!")) {
      unpacker.forget_links();
      continue;
    }
    Status s = unpacker.add(e);
    if (!s.ok()) log_always("root archive: cannot make %s (error %d)", e.name, static_cast<i32>(s.error()));
    count++;
  }
  return count;
}

}  // namespace lucid::kernel
