// SPDX-License-Identifier: MIT
#include "core/kernel/fs/locks.h"

namespace lucid::kernel {
namespace {

constexpr u64 to_the_end = ~u64{0} >> 1;

enum class Kind : u8 { range, whole };

struct Lock {
  Lock* next;
  Kind kind;
  LockType type;
  u64 start, last;  // both inclusive
  const void* owner;
  i32 pid;  // -1 for open-file locks
};

struct FileLocks : Counted {
  ~FileLocks() override {
    while (first) {
      Lock* l = first;
      first = l->next;
      delete l;
    }
  }
  Lock* first = nullptr;  // ranges of one owner do not overlap
  WaitQueue released;
};

/// Who sleeps for whom, to see circles.
struct Waiter {
  Waiter* next;
  const void *owner, *blocked_by;
};
Waiter* waiters = nullptr;

bool would_deadlock(const void* owner, const void* blocked_by) {
  constexpr u32 longest_chain = 10;  // Linux: MAX_DEADLK_ITERATIONS
  for (u32 i = 0; i < longest_chain; i++) {
    Waiter* w = waiters;
    while (w && w->owner != blocked_by) w = w->next;
    if (!w) return false;
    if (w->blocked_by == owner) return true;
    blocked_by = w->blocked_by;
  }
  return false;
}

FileLocks* locks_of(Inode& inode) { return static_cast<FileLocks*>(inode.locks.get()); }

Lock* conflict_with(FileLocks& locks, const Lock& wanted) {
  for (Lock* l = locks.first; l; l = l->next)
    if (l->kind == wanted.kind && l->owner != wanted.owner && l->start <= wanted.last && wanted.start <= l->last &&
        (l->type == LockType::write || wanted.type == LockType::write))
      return l;
  return nullptr;
}

/// Takes [start, last] out of what the owner holds.
Status carve(FileLocks& locks, Kind kind, const void* owner, u64 start, u64 last) {
  for (Lock** link = &locks.first; *link;) {
    Lock* l = *link;
    if (l->kind != kind || l->owner != owner || l->last < start || l->start > last) {
      link = &l->next;
      continue;
    }
    if (l->start < start && l->last > last) {
      auto* upper = new (or_null) Lock(*l);
      if (!upper) return Errno::NOLCK;
      upper->start = last + 1;
      l->next = upper;
      l->last = start - 1;
      return {};
    }
    if (l->start < start) {
      l->last = start - 1;
      link = &l->next;
    } else if (l->last > last) {
      l->start = last + 1;
      link = &l->next;
    } else {
      *link = l->next;
      delete l;
    }
  }
  return {};
}

/// Waits until nobody is in the way, then puts the lock in.
Status acquire(Inode& inode, const Lock& wanted, LockWait wait) {
  if (!inode.locks) inode.locks = new FileLocks;
  FileLocks* locks = locks_of(inode);
  if (!locks) return Errno::NOLCK;
  while (wanted.type != LockType::none) {
    Lock* other = conflict_with(*locks, wanted);
    if (!other) break;
    if (wait == LockWait::no) return Errno::AGAIN;
    if (wanted.kind == Kind::range && would_deadlock(wanted.owner, other->owner)) return Errno::DEADLK;
    Waiter self{waiters, wanted.owner, other->owner};
    waiters = &self;
    Wake w = sleep_on(locks->released, WaitReason::other);
    Waiter** link = &waiters;
    while (*link != &self) link = &(*link)->next;
    *link = self.next;
    if (w == Wake::signal) return Errno::RESTARTSYS;
  }
  Lock* added = nullptr;
  if (wanted.type != LockType::none && !(added = new (or_null) Lock(wanted))) return Errno::NOLCK;
  Status carved = carve(*locks, wanted.kind, wanted.owner, wanted.start, wanted.last);
  if (!carved.ok()) {
    delete added;
    return carved;
  }
  if (added) {
    added->next = locks->first;
    locks->first = added;
  }
  locks->released.wake_all();
  return {};
}

const void* owner_of(File& file, LockOwner owner) {
  return owner == LockOwner::process ? static_cast<const void*>(current->files.get()) : &file;
}

/// The bytes that (whence, start, length) mean.
Result<Lock> range_of(File& file, const FlockRequest& r, LockOwner owner) {
  enum : i16 { set, from_current, from_end };
  i64 base = 0;
  switch (r.whence) {
    case set:
      break;
    case from_current:
      base = static_cast<i64>(file.position);
      break;
    case from_end:
      base = static_cast<i64>(file.inode->size());
      break;
    default:
      return Errno::INVAL;
  }
  i64 start, last;
  if (__builtin_add_overflow(base, r.start, &start)) return Errno::OVERFLOW_;
  if (start < 0) return Errno::INVAL;
  if (r.length > 0) {
    if (__builtin_add_overflow(start, r.length - 1, &last)) return Errno::OVERFLOW_;
  } else if (r.length < 0) {
    last = start - 1;
    start += r.length;
    if (start < 0) return Errno::INVAL;
  } else {
    last = static_cast<i64>(to_the_end);
  }
  return Lock{nullptr,
              Kind::range,
              r.type,
              static_cast<u64>(start),
              static_cast<u64>(last),
              owner_of(file, owner),
              owner == LockOwner::process ? static_cast<i32>(current->group->id) : -1};
}

void release(Inode& inode, Kind kind, const void* owner) {
  FileLocks* locks = locks_of(inode);
  if (!locks || !locks->first) return;
  (void)carve(*locks, kind, owner, 0, to_the_end);
  locks->released.wake_all();
}

}  // namespace

Status lock_range(File& file, FlockRequest r, LockOwner owner, LockWait wait) {
  if (r.type > LockType::none) return Errno::INVAL;
  if (owner == LockOwner::open_file && r.pid) return Errno::INVAL;
  Lock wanted = TRY(range_of(file, r, owner));
  if (r.type == LockType::read && !file.readable()) return Errno::BADF;
  if (r.type == LockType::write && !file.writable()) return Errno::BADF;
  return acquire(*file.inode, wanted, wait);
}

Status test_range(File& file, FlockRequest& r, LockOwner owner) {
  if (r.type > LockType::write) return Errno::INVAL;
  if (owner == LockOwner::open_file && r.pid) return Errno::INVAL;
  Lock wanted = TRY(range_of(file, r, owner));
  FileLocks* locks = locks_of(*file.inode);
  Lock* other = locks ? conflict_with(*locks, wanted) : nullptr;
  if (!other) {
    r.type = LockType::none;
    return {};
  }
  r.type = other->type;
  r.whence = 0;
  r.start = static_cast<i64>(other->start);
  r.length = other->last == to_the_end ? 0 : static_cast<i64>(other->last - other->start + 1);
  r.pid = other->pid;
  return {};
}

Status lock_whole(File& file, LockType type, LockWait wait) {
  // A lock that changes its kind is given up first: others may come in between (flock(2)).
  if (type != LockType::none) release(*file.inode, Kind::whole, &file);
  return acquire(*file.inode, {nullptr, Kind::whole, type, 0, to_the_end, &file, -1}, wait);
}

void release_process_locks(Inode& inode, const void* table) { release(inode, Kind::range, table); }

void release_file_locks(File& file) {
  release(*file.inode, Kind::range, &file);
  release(*file.inode, Kind::whole, &file);
}

}  // namespace lucid::kernel
