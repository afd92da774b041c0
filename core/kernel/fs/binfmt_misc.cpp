// SPDX-License-Identifier: MIT
#include "core/kernel/fs/binfmt_misc.h"

#include "core/kernel/exec/registered.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/proc_text.h"
#include "core/kernel/fs/tmpfs.h"

namespace lucid::kernel {
namespace {

constexpr u64 longest_write = 1920;
constexpr u64 first_number = 0x42494e00;

/// What may be written to "status" and to the file of a format.
enum class Order { none, disable, enable, remove };
Result<Order> order_of(const char* text) {
  if (!*text) return Order::none;
  if (equal(text, "0")) return Order::disable;
  if (equal(text, "1")) return Order::enable;
  if (equal(text, "-1")) return Order::remove;
  return Errno::INVAL;
}

class TextFile : public Inode {
 public:
  TextFile(u32 permissions, u64 n) : Inode(mode::regular | permissions) { number = n; }
  virtual void make(Text&) {}
  virtual Status take(const char* text) = 0;
  Status truncate(u64) override { return {}; }

  SysResult read(File&, u64 at, IoBuffer& buffer) override {
    Text text;
    make(text);
    if (at >= text.size() || !buffer.left()) return 0;
    u64 done = buffer.put(text.data() + at, text.size() - at);
    return done ? SysResult(done) : Errno::FAULT;
  }
  SysResult write(File&, u64, IoBuffer& buffer) override {
    u64 length = buffer.left();
    if (length > longest_write) return Errno::INVAL;
    Buffer text(length + 1);
    if (!text) return Errno::NOMEM;
    if (buffer.get(text.data(), length) < length) return Errno::FAULT;
    bool line = length && text.data()[length - 1] == '\n';
    text.data()[length - line] = 0;
    TRY(take(text.data()));
    return length;
  }
};

class RegisterFile : public TextFile {
 public:
  RegisterFile() : TextFile(0200, first_number + 1) {}
  Status take(const char* text) override { return register_format(text); }
};

class StatusFile : public TextFile {
 public:
  StatusFile() : TextFile(0644, first_number + 2) {}
  void make(Text& text) override { text.add(registered_formats_enabled ? "enabled\n" : "disabled\n"); }
  Status take(const char* text) override {
    Order order = TRY(order_of(text));
    if (order == Order::remove) remove_registered_formats();
    if (order == Order::enable || order == Order::disable) registered_formats_enabled = order == Order::enable;
    return {};
  }
};

void add_hex(Text& text, const char* name, const u8* bytes, u64 size) {
  text.add("%s ", name);
  for (u64 i = 0; i < size; i++) text.add("%02x", bytes[i]);
  text.add("\n");
}

/// Knows its format by name: that may be gone while somebody still has the file open.
class FormatFile : public TextFile {
 public:
  explicit FormatFile(Ref<SharedString> name) : TextFile(0644, first_number + 3), name_(name) {}
  void make(Text& text) override {
    const RegisteredFormat* f = format();
    if (!f) return;
    text.add("%s\ninterpreter %s\nflags: ", f->enabled ? "enabled" : "disabled", f->interpreter->text());
    text.add("%s%s%s%s\n", f->keeps_first_argument ? "P" : "", f->opens_file ? "O" : "", f->uses_credentials ? "C" : "",
             f->opened_interpreter ? "F" : "");
    if (!f->by_magic) {
      text.add("extension .%s\n", f->extension->text());
      return;
    }
    text.add("offset %lu\n", f->offset);
    add_hex(text, "magic", f->magic, f->size);
    if (f->masked) add_hex(text, "mask", f->mask, f->size);
  }
  Status take(const char* text) override {
    Order order = TRY(order_of(text));
    RegisteredFormat* f = format();
    if (!f) return Errno::NOENT;
    if (order == Order::remove) remove_registered_format(f);
    if (order == Order::enable || order == Order::disable) f->enabled = order == Order::enable;
    return {};
  }

 private:
  RegisteredFormat* format() const { return find_registered_format(name_->text(), strlen(name_->text())); }
  Ref<SharedString> name_;
};

class FormatsDirectory : public Directory {
 public:
  FormatsDirectory() : Directory(0755) { number = first_number; }
  u64 size() const override { return 0; }
  bool writable_directory() const override { return false; }

  Result<Ref<Dentry>> lookup(Dentry& self, const char* name, u64 length) override {
    Ref<Inode> inode;
    if (length == 8 && memcmp(name, "register", length) == 0) {
      inode = new RegisterFile;
    } else if (length == 6 && memcmp(name, "status", length) == 0) {
      inode = new StatusFile;
    } else {
      RegisteredFormat* f = find_registered_format(name, length);
      if (!f) return Errno::NOENT;
      inode = new FormatFile(f->name);
    }
    if (!inode) return Errno::NOMEM;
    inode->filesystem = filesystem;
    return Dentry::make(Ref<Dentry>(&self), name, length, inode);
  }

  bool entry_at(Dentry&, u64 position, Entry& entry) override {
    constexpr u64 first_position = 2;  // after . and ..
    u64 index = position > first_position ? position - first_position : 0;
    entry = {index == 0 ? "register" : "status", first_number + 1 + index, mode::regular, index + first_position + 1};
    if (index < 2) return true;
    const RegisteredFormat* f = registered_formats;
    for (u64 i = 2; f && i < index; i++) f = f->next;
    if (f) entry.name = f->name->text();
    return f;
  }
};

}  // namespace

Ref<Inode> binfmt_misc_root() {
  static Ref<Inode> root = new FormatsDirectory;
  return root;
}

}  // namespace lucid::kernel
