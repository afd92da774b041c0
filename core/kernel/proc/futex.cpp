// SPDX-License-Identifier: MIT
#include "core/kernel/proc/futex.h"

#include "core/kernel/drivers/clock.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sys/dispatch.h"

namespace lucid::kernel {
namespace {

namespace op {
constexpr u32 wait = 0, wake = 1, requeue = 3, cmp_requeue = 4, wait_bitset = 9, wake_bitset = 10, mask = 0x7f,
              realtime = 0x100;
}
constexpr u32 any_bits = ~u32{0};

/// A sleeper, on its own kernel stack.
struct Waiter {
  Waiter* next;
  u64 key;
  u32 bits;
  bool woken;
  WaitQueue queue;
};
Waiter* waiters = nullptr;  // oldest first

/// The physical address of the word: the same for everyone who shares it. The word has just been
/// read or is about to be, so its page is there; a private page that forks is a new futex, rightly.
Result<u64> key_of(u64 address) {
  if (address % sizeof(u32)) return Errno::INVAL;
  TRY(read_user(UserPtr<u32>{address}));
  Vma* vma = current->memory->find(address);
  if (!vma) return Errno::FAULT;
  if (!vma->shared()) return address ^ current->memory->root << 48;
  u64* entry = find_entry(current->memory->root, address, nullptr);
  if (!entry || !(*entry & pte::occupied)) return Errno::FAULT;
  return pte::frame(*entry) * page_size + address % page_size;
}

void remove(Waiter& waiter) {
  Waiter** link = &waiters;
  while (*link && *link != &waiter) link = &(*link)->next;
  if (*link) *link = waiter.next;
}

SysResult wait(u64 address, u32 expected, u64 deadline, u32 bits) {
  u64 key = TRY(key_of(address));
  if (TRY(read_user(UserPtr<u32>{address})) != expected) return Errno::AGAIN;
  Waiter self{nullptr, key, bits, false, {}};
  Waiter** link = &waiters;
  while (*link) link = &(*link)->next;
  *link = &self;
  Wake result = Wake::event;
  while (!self.woken && result == Wake::event) result = sleep_on(self.queue, WaitReason::futex, deadline);
  if (self.woken) return 0;
  remove(self);
  return result == Wake::timeout ? Errno::TIMEDOUT : deadline ? Errno::INTR : Errno::RESTARTSYS;
}

u64 wake_key(u64 key, u64 count, u32 bits) {
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

}  // namespace

u64 wake_futex(u64 address, u64 count) {
  Result<u64> key = key_of(address);
  return key.ok() ? wake_key(key.value(), count, any_bits) : 0;
}

extern "C" SysResult sys_futex(u64 address, u32 operation, u32 value, u64 fourth, u64 second, u32 third) {
  u32 what = operation & op::mask;
  switch (what) {
    case op::wait:
    case op::wait_bitset: {
      u64 deadline = 0;
      if (fourth) {
        Timespec t = TRY(read_user(UserPtr<Timespec>{fourth}));
        if (!t.valid()) return Errno::INVAL;
        bool absolute = what == op::wait_bitset;
        u64 base = operation & op::realtime ? boot_time_seconds() * 1'000'000'000 : 0;
        deadline = absolute ? (t.total() > base ? t.total() - base : 1) : nanoseconds_since_boot() + t.total();
      }
      u32 bits = what == op::wait_bitset ? third : any_bits;
      if (!bits) return Errno::INVAL;
      return wait(address, value, deadline, bits);
    }
    case op::wake:
      return wake_key(TRY(key_of(address)), value, any_bits);
    case op::wake_bitset:
      return third ? SysResult(wake_key(TRY(key_of(address)), value, third)) : Errno::INVAL;
    case op::requeue:
    case op::cmp_requeue: {
      u64 from = TRY(key_of(address)), to = TRY(key_of(second));
      if (what == op::cmp_requeue && TRY(read_user(UserPtr<u32>{address})) != third) return Errno::AGAIN;
      u64 done = wake_key(from, value, any_bits), limit = fourth;
      for (Waiter* w = waiters; w && limit; w = w->next)
        if (w->key == from) w->key = to, limit--, done++;
      return done;
    }
    default:
      return Errno::NOSYS;
  }
}

}  // namespace lucid::kernel
