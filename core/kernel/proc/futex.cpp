// SPDX-License-Identifier: MIT
#include "core/kernel/proc/futex.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

namespace op {
constexpr u32 wait = 0, wake = 1, requeue = 3, cmp_requeue = 4, wake_op = 5, wait_bitset = 9, wake_bitset = 10,
              mask = 0x7f, own_process = 0x80, realtime = 0x100;
}
constexpr u32 any_bits = ~u32{0};

/// What makes a futex the same for all who use it.
struct Key {
  u64 space;  // page root; 0 for shared memory
  u64 address;
  bool operator==(const Key& other) const { return space == other.space && address == other.address; }
};

/// A sleeper, on its own kernel stack.
struct Waiter {
  Waiter* next;
  Key key;
  u32 bits;
  bool woken;
  WaitQueue queue;
};
Waiter* waiters = nullptr;  // oldest first

/// A shared word is known by its file and place in it: its frame may change.
Result<Key> key_of(u64 address, bool own_process) {
  if (address % sizeof(u32)) return Errno::INVAL;
  if (!user_range(address, sizeof(u32))) return Errno::FAULT;
  u64 root = current->memory->root;
  if (own_process) return Key{root, address};
  TRY(read_user(UserPtr<u32>{address}));
  Vma* vma = current->memory->find(address);
  if (!vma) return Errno::FAULT;
  if (!vma->shared()) return Key{root, address};
  return Key{reinterpret_cast<u64>(vma->file.get()), vma->file_offset + (address - vma->start)};
}

void remove(Waiter& waiter) {
  Waiter** link = &waiters;
  while (*link && *link != &waiter) link = &(*link)->next;
  if (*link) *link = waiter.next;
}

SysResult wait(u64 address, bool own_process, u32 expected, u64 deadline, u32 bits);

SysResult wait_again() {
  const RestartBlock& r = current->restart;
  return wait(r.arguments[0], r.arguments[1], static_cast<u32>(r.arguments[2]), r.deadline,
              static_cast<u32>(r.arguments[3]));
}

SysResult wait(u64 address, bool own_process, u32 expected, u64 deadline, u32 bits) {
  Key key = TRY(key_of(address, own_process));
  if (TRY(read_user(UserPtr<u32>{address})) != expected) return Errno::AGAIN;
  Waiter self{nullptr, key, bits, false, {}};
  Waiter** link = &waiters;
  while (*link) link = &(*link)->next;
  *link = &self;
  Wake result = Wake::event;
  while (!self.woken && result == Wake::event) result = sleep_on(self.queue, WaitReason::futex, deadline);
  if (self.woken) return 0;
  remove(self);
  if (result == Wake::timeout) return Errno::TIMEDOUT;
  if (!deadline) return Errno::RESTARTSYS;
  current->restart = {wait_again, deadline, {address, own_process, expected, bits}};
  return Errno::RESTART_BLOCK;
}

u64 wake_key(const Key& key, u64 count, u32 bits) {
  u64 woken = 0;
  for (Waiter* w = waiters; w && woken < count;) {
    Waiter* next = w->next;
    if (w->key == key && (w->bits & bits)) {
      remove(*w);
      w->woken = true;
      w->queue.wake_all();
      woken++;
    }
    w = next;
  }
  return woken;
}

/// FUTEX_WAKE_OP's third value: operation, comparison and their arguments (futex(2)).
///   31        28 27     24 23        12 11         0
///   shift? op    compare   argument     compared with
struct WakeOperation {
  u32 bits;
  i32 argument() const {
    i32 a = static_cast<i32>(bits << 8) >> 20;
    return bits >> 31 ? static_cast<i32>(1u << (a & 31)) : a;
  }
  Result<u32> apply(u32 old) const {
    u32 a = static_cast<u32>(argument());
    switch (bits >> 28 & 7) {
      case 0:
        return a;
      case 1:
        return old + a;
      case 2:
        return old | a;
      case 3:
        return old & ~a;
      case 4:
        return old ^ a;
      default:
        return Errno::NOSYS;
    }
  }
  Result<bool> compare(u32 value) const {
    i32 old = static_cast<i32>(value), with = static_cast<i32>(bits << 20) >> 20;
    switch (bits >> 24 & 15) {
      case 0:
        return old == with;
      case 1:
        return old != with;
      case 2:
        return old < with;
      case 3:
        return old <= with;
      case 4:
        return old > with;
      case 5:
        return old >= with;
      default:
        return Errno::NOSYS;
    }
  }
};

SysResult wake_with_operation(const Key& first, u64 first_count, u64 second_address, const Key& second,
                              u64 second_count, WakeOperation operation) {
  u32 old = TRY(read_user(UserPtr<u32>{second_address}));
  TRY(write_user(UserPtr<u32>{second_address}, TRY(operation.apply(old))));
  u64 woken = wake_key(first, first_count, any_bits);
  if (TRY(operation.compare(old))) woken += wake_key(second, second_count, any_bits);
  return woken;
}

SysResult requeue(const Key& from, u64 wake_count, const Key& to, u64 move_count) {
  u64 done = wake_key(from, wake_count, any_bits);
  for (Waiter* w = waiters; w && move_count; w = w->next)
    if (w->key == from) w->key = to, move_count--, done++;
  return done;
}

/// When to give up: nanoseconds since boot; 0 = never. FUTEX_WAIT's timeout is relative, FUTEX_WAIT_BITSET's not.
Result<u64> deadline_from(u64 timeout, u32 operation) {
  if (!timeout) return 0;
  Timespec t = TRY(read_user(UserPtr<Timespec>{timeout}));
  if (!t.valid()) return Errno::INVAL;
  if ((operation & op::mask) == op::wait) return nanoseconds_since_boot() + t.total();
  u64 base = operation & op::realtime ? real_time_at_boot() : 0;
  return t.total() > base ? t.total() - base : 1;
}

}  // namespace

u64 wake_futex(u64 address, u64 count) {
  Result<Key> key = key_of(address, false);
  return key.ok() ? wake_key(key.value(), count, any_bits) : 0;
}

extern "C" SysResult sys_futex(u64 address, u32 operation, u32 value, u64 fourth, u64 second, u32 third) {
  u32 what = operation & op::mask;
  bool own = operation & op::own_process;
  if ((operation & op::realtime) && what != op::wait && what != op::wait_bitset) return Errno::NOSYS;
  switch (what) {
    case op::wait:
    case op::wait_bitset: {
      u64 deadline = TRY(deadline_from(fourth, operation));
      u32 bits = what == op::wait_bitset ? third : any_bits;
      if (!bits) return Errno::INVAL;
      return wait(address, own, value, deadline, bits);
    }
    case op::wake:
      return wake_key(TRY(key_of(address, own)), max(value, 1u), any_bits);
    case op::wake_bitset:
      if (!third) return Errno::INVAL;
      return wake_key(TRY(key_of(address, own)), max(value, 1u), third);
    case op::wake_op: {
      Key first = TRY(key_of(address, own)), other = TRY(key_of(second, own));
      return wake_with_operation(first, value, second, other, fourth, WakeOperation{third});
    }
    case op::requeue:
    case op::cmp_requeue: {
      if (static_cast<i32>(value) < 0 || static_cast<i32>(fourth) < 0) return Errno::INVAL;
      Key from = TRY(key_of(address, own)), to = TRY(key_of(second, own));
      if (what == op::cmp_requeue && TRY(read_user(UserPtr<u32>{address})) != third) return Errno::AGAIN;
      return requeue(from, value, to, fourth & 0xffffffff);
    }
    default:
      return Errno::NOSYS;  // among them all that inherit priorities
  }
}

// ---- robust lists (Linux Documentation/locking/robust-futex-ABI.rst) ----

namespace {

struct RobustHead {
  u64 first;
  i64 futex_offset;
  u64 pending;  // being taken or released right now
};
constexpr u32 owner_mask = 0x3fffffff, owner_died = 0x40000000, has_waiters = 0x80000000;
constexpr u32 longest_robust_list = 2048;
constexpr u64 inherits_priority = 1;  // in the low bit of a pointer

Status mark_dead(u32 owner, u64 entry, i64 offset, bool pending) {
  UserPtr<u32> word{(entry & ~inherits_priority) + static_cast<u64>(offset)};
  if (word.address % sizeof(u32)) return Errno::INVAL;
  u32 value = TRY(read_user(word));
  if (pending && !value) wake_futex(word.address, 1);
  if ((value & owner_mask) != owner) return {};
  TRY(write_user(word, (value & has_waiters) | owner_died));
  if (value & has_waiters) wake_futex(word.address, 1);
  return {};
}

Status mark_list_dead(u32 owner, u64 head_address) {
  RobustHead head = TRY(read_user(UserPtr<RobustHead>{head_address}));
  u64 entry = head.first;
  for (u32 i = 0; i < longest_robust_list && (entry & ~inherits_priority) != head_address; i++) {
    // The next one first: once woken, a waiter may reuse this one.
    Result<u64> next = read_user(UserPtr<u64>{entry & ~inherits_priority});
    if ((entry ^ head.pending) & ~inherits_priority) TRY(mark_dead(owner, entry, head.futex_offset, false));
    entry = TRY(next);
  }
  if (head.pending & ~inherits_priority) TRY(mark_dead(owner, head.pending, head.futex_offset, true));
  return {};
}

}  // namespace

void mark_held_futexes_dead(Task& task) {
  if (task.robust_list && task.memory) (void)mark_list_dead(task.pid, task.robust_list);
  task.robust_list = 0;
}

extern "C" SysResult sys_set_robust_list(u64 head, u64 size) {
  if (size != sizeof(RobustHead)) return Errno::INVAL;
  current->robust_list = head;
  return 0;
}
extern "C" SysResult sys_get_robust_list(i32 pid, UserPtr<u64> head, UserPtr<u64> size) {
  Task* t = pid ? find_task(static_cast<u32>(pid)) : current;
  if (!t) return Errno::SRCH;
  TRY(write_user(size, u64{sizeof(RobustHead)}));
  return write_user(head, t->robust_list);
}

}  // namespace lucid::kernel
