// SPDX-License-Identifier: MIT
#include "core/kernel/proc/rusage.h"

#include "core/kernel/proc/clocks.h"

namespace lucid::kernel {
namespace {

/// What a task, a group and the children that are gone all count.
template <typename T>
void add_counts(Usage& u, const T& of) {
  u.minor_faults += static_cast<i64>(of.minor_faults);
  u.major_faults += static_cast<i64>(of.major_faults);
  u.voluntary += static_cast<i64>(of.voluntary_switches);
  u.involuntary += static_cast<i64>(of.involuntary_switches);
}

void set_times(Usage& u, u64 all, u64 user) {
  u.user = to_timeval(user);
  u.system = to_timeval(all - user);
}

u64 resident_kib(const ThreadGroup& g) {
  const AddressSpace* memory = g.leader->memory.get();
  return max(g.most_resident_kib, memory ? memory->most_resident * page_size / 1024 : 0);
}

}  // namespace

Usage usage_of(const Task& task) {
  Usage u;
  set_times(u, processor_time(task), user_time(task));
  add_counts(u, task);
  u.max_resident = static_cast<i64>(resident_kib(*task.group));
  return u;
}

Usage usage_of(const ThreadGroup& g) {
  Usage u;
  set_times(u, processor_time(g), user_time(g));
  u.max_resident = static_cast<i64>(resident_kib(g));
  add_counts(u, g);
  for (Task* t = task_list; t; t = t->next_task)
    if (t->group.get() == &g) add_counts(u, *t);
  return u;
}

Usage children_usage_of(const ThreadGroup& g) {
  Usage u;
  set_times(u, g.children.ns, g.children.user_ns);
  u.max_resident = static_cast<i64>(g.children.most_resident_kib);
  add_counts(u, g.children);
  return u;
}

Usage whole_usage_of(const ThreadGroup& g) {
  Usage u = usage_of(g);
  set_times(u, processor_time(g) + g.children.ns, user_time(g) + g.children.user_ns);
  u.max_resident = max(u.max_resident, static_cast<i64>(g.children.most_resident_kib));
  add_counts(u, g.children);
  return u;
}

void add_to_children(ThreadGroup& parent, const ThreadGroup& child) {
  Usage u = whole_usage_of(child);
  auto& c = parent.children;
  c.ns += processor_time(child) + child.children.ns;
  c.user_ns += user_time(child) + child.children.user_ns;
  c.minor_faults += static_cast<u64>(u.minor_faults);
  c.major_faults += static_cast<u64>(u.major_faults);
  c.voluntary_switches += static_cast<u64>(u.voluntary);
  c.involuntary_switches += static_cast<u64>(u.involuntary);
  c.most_resident_kib = max(c.most_resident_kib, static_cast<u64>(u.max_resident));
}

}  // namespace lucid::kernel
