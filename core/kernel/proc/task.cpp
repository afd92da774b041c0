// SPDX-License-Identifier: MIT
#include "core/kernel/proc/task.h"

#include "core/kernel/arch/fpu.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/reclaim.h"

namespace lucid::kernel {

Task* task_list;

namespace {

u32 last_pid = 0;
constexpr u32 pid_max = 32768, first_reused_pid = 300;  // Linux: RESERVED_PIDS
constexpr u64 stack_frames = kernel_stack_size / page_size;

/// Freed stacks kept for the next fork: neighbouring frames are hard to find again.
struct SpareStack {
  SpareStack* next;
};
SpareStack* spare_stacks = nullptr;
u32 spare_count = 0;
constexpr u32 spare_limit = 16;

Result<u64> make_stack() {
  if (SpareStack* s = spare_stacks) {
    spare_stacks = s->next;
    spare_count--;
    return reinterpret_cast<u64>(s);
  }
  return reinterpret_cast<u64>(frame_bytes(TRY(allocate_run(stack_frames, FrameKind::kernel_stack))));
}

void free_stack(u64 stack) {
  if (spare_count >= spare_limit) {
    release_run(pointer_to_physical(reinterpret_cast<void*>(stack)) / page_size);
    return;
  }
  auto* s = reinterpret_cast<SpareStack*>(stack);
  s->next = spare_stacks;
  spare_stacks = s;
  spare_count++;
}

bool id_in_use(u32 id) {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->pid == id || t->pgid == id || t->sid == id || (t->group && t->group->id == id)) return true;
  return false;
}

u32 next_pid() {
  do {
    if (++last_pid >= pid_max) last_pid = first_reused_pid;
  } while (last_pid >= first_reused_pid && id_in_use(last_pid));
  return last_pid;
}

}  // namespace

ThreadGroup::ThreadGroup() {
  for (ResourceLimit& l : limits) l = {unlimited, unlimited};
  limits[limit::stack] = {8 << 20, unlimited};
  limits[limit::core] = {0, unlimited};
  limits[limit::files] = {1024, 4096};
  limits[limit::processes] = {1024, 1024};
  limits[8] = {8 << 20, 8 << 20};    // MEMLOCK
  limits[11] = {1024, 1024};         // SIGPENDING
  limits[12] = {819200, 819200};     // MSGQUEUE
  limits[13] = limits[14] = {0, 0};  // NICE, RTPRIO
}

Result<Task*> make_task() {
  if (!room_for_task()) return Errno::NOMEM;
  u64 stack = TRY(make_stack());
  Task* task = new (or_null) Task;
  if (!task) {
    free_stack(stack);
    return Errno::NOMEM;
  }
  task->kernel_stack = stack;
  *reinterpret_cast<u64*>(stack) = stack_end_mark;
  task->frame = reinterpret_cast<TrapFrame*>(stack + kernel_stack_size) - 1;
  memset(task->frame, 0, sizeof(TrapFrame));
  task->pid = next_pid();
  task->started_at = nanoseconds_since_boot();
  init_fpu(task->fpu);
  Task** link = &task_list;
  while (*link) link = &(*link)->next_task;
  *link = task;
  return task;
}

void unlist_task(Task& task) {
  Task** link = &task_list;
  while (*link && *link != &task) link = &(*link)->next_task;
  if (*link) *link = task.next_task;
}

void free_task(Task* task) {
  unlist_task(*task);
  free_stack(task->kernel_stack);
  delete task;
}

Task* find_task(u32 pid) {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->pid == pid) return t;
  return nullptr;
}

Task* find_process(u32 pid) {
  Task* t = find_task(pid);
  return t && t->is_leader() ? t : nullptr;
}

void publish_memory(const AddressSpace& memory) {
  for (Task* t = task_list; t; t = t->next_task) {
    if (t->memory.get() != &memory) continue;
    t->page_root = memory.root * page_size;
    t->vma_head = memory.first;
    t->brk_start = memory.brk_start;
    t->brk_end = memory.brk_end;
  }
}

u64 task_count() {
  u64 n = 0;
  for (Task* t = task_list; t; t = t->next_task) n++;
  return n;
}

}  // namespace lucid::kernel
