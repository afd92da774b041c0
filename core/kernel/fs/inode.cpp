// SPDX-License-Identifier: MIT
#include "core/kernel/fs/inode.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/fs/epoll.h"
#include "core/kernel/fs/locks.h"
#include "core/kernel/fs/mount.h"

namespace lucid::kernel {
namespace {

u64 next_inode_number = 1;
constexpr u64 bucket_count = 64, hash_from = 16;  // directories with fewer names are searched in order

u32 hash_of(const char* name, u64 length) {
  u32 h = 2166136261;  // FNV-1a
  for (u64 i = 0; i < length; i++) h = (h ^ static_cast<u8>(name[i])) * 16777619;
  return h;
}

}  // namespace

i64 now_for_files() { return static_cast<i64>(real_time_at_boot() + nanoseconds_since_boot()); }

Inode::Inode(u32 file_mode) : number(next_inode_number++), mode(file_mode) {
  accessed = modified = changed = now_for_files();
}

Result<Ref<Dentry>> Inode::lookup(Dentry& self, const char* name, u64 length) {
  Dentry* child = self.child(name, length);
  if (!child) return Errno::NOENT;
  return Ref<Dentry>(child);
}

bool Inode::entry_at(Dentry& self, u64 position, Entry& entry) {
  for (Dentry* d = self.first_child(); d; d = d->next) {
    if (d->cookie < position) continue;
    entry = {d->name, d->inode->number, d->inode->mode, d->cookie + 1};
    return true;
  }
  return false;
}

Result<Ref<Dentry>> Dentry::make(Ref<Dentry> parent, const char* name, u64 length, Ref<Inode> inode) {
  Ref<Dentry> d = new Dentry;
  if (!d || !(d->name = static_cast<char*>(allocate(length + 1)))) return Errno::NOMEM;
  memcpy(d->name, name, length);
  d->name[length] = 0;
  d->name_length = static_cast<u32>(length);
  d->hash = hash_of(name, length);
  d->parent = parent;
  d->inode = inode;
  return d;
}

Dentry::~Dentry() {
  while (first_child_) remove_child(first_child_);
  deallocate(buckets_);
  deallocate(name);
  // Parents whose last child this was go one by one: recursion would not fit on a kernel stack.
  Ref<Dentry> up = static_cast<Ref<Dentry>&&>(parent);
  while (up && up->references() == 1) {
    Ref<Dentry> above = static_cast<Ref<Dentry>&&>(up->parent);
    up = above;
  }
}

Dentry* Dentry::child(const char* wanted, u64 length) const {
  u32 h = hash_of(wanted, length);
  Dentry* d = buckets_ ? buckets_[h % bucket_count] : first_child_;
  for (; d; d = buckets_ ? d->hash_next_ : d->next)
    if (d->hash == h && d->name_length == length && memcmp(d->name, wanted, length) == 0) return d;
  return nullptr;
}

void Dentry::rehash() {
  if (!buckets_) buckets_ = static_cast<Dentry**>(allocate(bucket_count * sizeof(Dentry*)));
  if (!buckets_) return;
  memset(buckets_, 0, bucket_count * sizeof(Dentry*));
  for (Dentry* d = first_child_; d; d = d->next) {
    d->hash_next_ = buckets_[d->hash % bucket_count];
    buckets_[d->hash % bucket_count] = d;
  }
}

void Dentry::add_child(Dentry* child) {
  child->retain();
  child->linked = true;
  child->cookie = next_cookie_++;
  child->previous = last_child_;
  child->next = nullptr;
  (last_child_ ? last_child_->next : first_child_) = child;
  last_child_ = child;
  child_count_++;
  if (buckets_) {
    child->hash_next_ = buckets_[child->hash % bucket_count];
    buckets_[child->hash % bucket_count] = child;
  } else if (child_count_ > hash_from) {
    rehash();
  }
}

void Dentry::remove_child(Dentry* child) {
  (child->previous ? child->previous->next : first_child_) = child->next;
  (child->next ? child->next->previous : last_child_) = child->previous;
  child->next = child->previous = nullptr;
  child->linked = false;
  child_count_--;
  if (buckets_) {
    Dentry** link = &buckets_[child->hash % bucket_count];
    while (*link && *link != child) link = &(*link)->hash_next_;
    if (*link) *link = child->hash_next_;
  }
  child->release();
}

void Dentry::take_name(Dentry& other) {
  char* text = name;
  u32 length = name_length, old_hash = hash;
  name = other.name, name_length = other.name_length, hash = other.hash;
  other.name = text, other.name_length = length, other.hash = old_hash;
}

Result<Ref<File>> File::open(Ref<Inode> inode, Ref<Dentry> dentry, u32 flags) {
  Ref<File> file = new File;
  if (!file) return Errno::NOMEM;
  file->inode = inode, file->dentry = dentry, file->flags = flags;
  if (flags & open_flag::path) return file;
  TRY(inode->opened(*file));
  file->announced_ = true;
  if (file->writable()) file->inode->writers++, file->counted_writer_ = true;
  return file;
}

File::~File() {
  forget_watched_file(*this);
  if (inode->locks) release_file_locks(*this);
  if (counted_writer_) inode->writers--;
  if (announced_) inode->closed(*this);
  look_after_detached_mounts();
}

bool is_below(const Dentry& dentry, const Dentry& ancestor) {
  for (const Dentry* d = &dentry; d; d = d->covers ? d->covers : d->parent.get())
    if (d == &ancestor) return true;
  return false;
}

char* dentry_path(const Dentry& dentry, const Dentry* root, char* buffer, u64 size) {
  char* at = buffer + size - 1;
  *at = 0;
  for (const Dentry* d = &dentry; d != root; d = d->parent.get()) {
    while (!d->parent && d->covers && d != root) d = d->covers;
    if (d == root || !d->parent) break;
    if (static_cast<u64>(at - buffer) < d->name_length + 1u) return nullptr;
    at -= d->name_length;
    memcpy(at, d->name, d->name_length);
    *--at = '/';
  }
  if (!*at) *--at = '/';
  return at;
}

Ref<SharedString> dentry_path_string(const Dentry& dentry) {
  Buffer buffer(page_size);
  char* path = buffer ? dentry_path(dentry, nullptr, buffer.data(), buffer.size()) : nullptr;
  return path ? SharedString::make(path) : nullptr;
}

}  // namespace lucid::kernel
