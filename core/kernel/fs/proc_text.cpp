// SPDX-License-Identifier: MIT
#include "core/kernel/fs/proc_text.h"

#include "core/kernel/boot/command_line.h"
#include "core/kernel/drivers/clock.h"
#include "core/kernel/drivers/disks.h"
#include "core/kernel/drivers/tty.h"
#include "core/kernel/fs/mount.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/fs/proc_cpuinfo.h"
#include "core/kernel/fs/proc_memory.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sched/proc_files.h"
#include "core/kernel/sys/uts.h"

namespace lucid::kernel {

bool Text::reserve(u64 size) {
  if (length_ + size <= buffer_.size()) return true;
  Buffer grown(max(buffer_.size() * 2, length_ + size + 512));
  if (!grown) return false;
  if (length_) memcpy(grown.data(), buffer_.data(), length_);
  buffer_ = static_cast<Buffer&&>(grown);
  return true;
}

void Text::add_bytes(const char* bytes, u64 size) {
  if (!reserve(size)) return;
  memcpy(buffer_.data() + length_, bytes, size);
  length_ += size;
}

void Text::add(const char* f, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, f);
  add_bytes(line, format_va(line, sizeof line, f, arguments));
  va_end(arguments);
}

namespace {

char state_letter(const Task& t) {
  switch (t.state) {
    case TaskState::running:
    case TaskState::ready:
    case TaskState::created:
      return 'R';
    case TaskState::sleeping:
      return 'S';
    case TaskState::stopped:
      return 'T';
    case TaskState::zombie:
      return 'Z';
    default:
      return 'X';
  }
}

const char* state_name(char letter) {
  switch (letter) {
    case 'R':
      return "running";
    case 'S':
      return "sleeping";
    case 'T':
      return "stopped";
    case 'Z':
      return "zombie";
    default:
      return "dead";
  }
}

u32 parent_of(const Task& t) { return t.parent ? t.parent->group->id : 0; }

struct SignalSets {
  u64 ignored = 0, caught = 0;
};
SignalSets signal_sets(const Task& t) {
  SignalSets sets;
  for (u32 n = 1; n <= sig::count; n++) {
    u64 handler = t.group->actions->of[n].handler;
    if (handler == sig::ignore_handler) sets.ignored |= sig::bit(n);
    if (handler > sig::ignore_handler) sets.caught |= sig::bit(n);
  }
  return sets;
}

/// Where the parts of a program lie.
struct Layout {
  u64 text_start = 0, text_end = 0, data_start = 0, data_end = 0, stack = 0;
  u64 arguments = 0, arguments_end = 0, environment = 0, environment_end = 0;
};
Layout layout_of(const AddressSpace& space) {
  Layout at;
  for (const Vma* v = space.first; v; v = v->next) {
    if (v->kind == VmaKind::text && !at.text_end) at.text_start = v->start, at.text_end = v->end;
    if (v->kind == VmaKind::data && (v->flags & abi::vma_write) && !at.data_end)
      at.data_start = v->start, at.data_end = v->end;
  }
  at.stack = space.stack_start;
  at.arguments = space.argument_start, at.arguments_end = space.argument_end;
  at.environment = space.environment_start, at.environment_end = space.environment_end;
  return at;
}

void stat(Text& out, Task& t) {
  u64 resident = t.memory ? t.memory->resident_pages() : 0, mapped = t.memory ? t.memory->mapped_bytes() : 0;
  const Tty* tty = t.group->terminal;
  u32 terminal = tty ? static_cast<u32>(tty->device) : 0;
  i32 foreground = tty && tty->foreground ? static_cast<i32>(tty->foreground) : -1;
  u64 user = user_time(t), all = processor_time(t);
  const auto& past = t.group->children;
  i32 priority = t.is_real_time() ? -1 - static_cast<i32>(t.priority) : 20 + t.nice;
  out.add("%u (%s) %c %u %u %u %u %d 0 %lu %lu %lu %lu %lu %lu %lu %lu %d %d %u 0 %lu ", t.pid, t.name, state_letter(t),
          parent_of(t), t.pgid, t.sid, terminal, foreground, t.minor_faults, past.minor_faults, t.major_faults,
          past.major_faults, to_clock_ticks(user), to_clock_ticks(all - user), to_clock_ticks(past.user_ns),
          to_clock_ticks(past.ns - past.user_ns), priority, t.nice, t.group->live, to_clock_ticks(t.started_at));
  const SignalSets signals = signal_sets(t);
  Layout at;
  if (t.memory) at = layout_of(*t.memory);
  out.add("%lu %lu 18446744073709551615 %lu %lu %lu 0 0 %lu %lu %lu %lu 0 0 0 17 0 %u %u 0 0 0 ", mapped, resident,
          at.text_start, at.text_end, at.stack, t.pending.set(), t.blocked, signals.ignored, signals.caught, t.priority,
          t.policy);
  out.add("%lu %lu %lu %lu %lu %lu %lu %u\n", at.data_start, at.data_end, t.brk_start, at.arguments, at.arguments_end,
          at.environment, at.environment_end, t.exit_status);
}

void status(Text& out, Task& t) {
  char s = state_letter(t);
  out.add("Name:\t%s\nUmask:\t%04o\nState:\t%c (%s)\nTgid:\t%u\nNgid:\t0\nPid:\t%u\nPPid:\t%u\nTracerPid:\t0\n", t.name,
          t.fs ? t.fs->umask : 0, s, state_name(s), t.group->id, t.pid, parent_of(t));
  const Credentials& c = t.credentials;
  out.add("Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", c.uid, c.effective_uid, c.saved_uid, c.effective_uid, c.gid,
          c.effective_gid, c.saved_gid, c.effective_gid);
  add_memory_status(out, t);
  out.add("Threads:\t%u\nSigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n", t.group->live, t.pending.set(),
          t.group->pending.set(), t.blocked);
  const SignalSets signals = signal_sets(t);
  out.add("SigIgn:\t%016lx\nSigCgt:\t%016lx\nvoluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
          signals.ignored, signals.caught, t.voluntary_switches, t.involuntary_switches);
}

/// Bytes of the process's own memory, fetched from the swap area when they lie there.
void memory_range(Text& out, Ref<AddressSpace> space, u64 start, u64 end) {
  for (u64 at = start; at < end;) {
    u64 part = min(end - at, page_size - at % page_size);
    u64* entry = find_entry(space->root, at, nullptr);
    if (!entry || !*entry) return;
    if (pte::swapped(*entry)) {
      if (space->fault(at, Access::read, 0) != FaultResult::resolved) return;
      continue;
    }
    out.add_bytes(reinterpret_cast<char*>(frame_bytes(pte::frame(*entry))) + at % page_size, part);
    at += part;
  }
}
void cmdline(Text& out, Task& t) {
  if (t.memory) memory_range(out, t.memory, t.memory->argument_start, t.memory->argument_end);
}
void environ(Text& out, Task& t) {
  if (t.memory) memory_range(out, t.memory, t.memory->environment_start, t.memory->environment_end);
}
void comm(Text& out, Task& t) { out.add("%s\n", t.name); }

void maps(Text& out, Task& t) {
  for (Vma* v = t.memory ? t.memory->first : nullptr; v; v = v->next) add_vma_line(out, *v);
}

Status set_comm(Task& t, const char* text) {
  if (t.group != current->group) return Errno::INVAL;
  copy_string(t.name, text, sizeof t.name);
  return {};
}

/// A path as /proc/mounts writes it: blanks in octal.
void add_escaped(Text& out, const char* text) {
  for (; *text; text++)
    if (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\\')
      out.add("\\%03o", static_cast<u32>(*text));
    else
      out.add_bytes(text, 1);
}

/// Where a mount is as the task sees it; null when it lies outside of the task's root.
Ref<SharedString> place_of(const Mount& m, const Task& t) {
  const Dentry* root = t.fs ? t.fs->root.get() : nullptr;
  Buffer buffer(path_max);
  char* path = buffer ? dentry_path(*m.root, root, buffer.data(), buffer.size()) : nullptr;
  return path ? SharedString::make(path) : nullptr;
}

void mounts_text(Text& out, Task& t) {
  for (Mount* m = mounts; m; m = m->next) {
    Ref<SharedString> place = place_of(*m, t);
    if (!place) continue;
    add_escaped(out, m->source);
    out.add(" ");
    add_escaped(out, place->text());
    out.add(" %s %s,relatime 0 0\n", m->filesystem->type, m->filesystem->read_only ? "ro" : "rw");
  }
}

u32 mount_id_around(const Mount& inner) {
  for (const Dentry* d = inner.at.get(); d; d = d->covers ? d->covers : d->parent.get())
    for (Mount* m = mounts; m; m = m->next)
      if (m->root.get() == d) return m->id;
  return inner.id;
}

void mountinfo(Text& out, Task& t) {
  for (Mount* m = mounts; m; m = m->next) {
    Ref<SharedString> place = place_of(*m, t);
    if (!place) continue;
    const char* access = m->filesystem->read_only ? "ro" : "rw";
    out.add("%u %u 0:%lu / ", m->id, mount_id_around(*m), m->filesystem->device);
    add_escaped(out, place->text());
    out.add(" %s,relatime - %s ", access, m->filesystem->type);
    add_escaped(out, m->source);
    out.add(" %s\n", access);
  }
}

void nothing(Text&, Task&) {}

void limits_text(Text& out, Task& t) {
  out.add("Limit                     Soft Limit           Hard Limit           Units     \n");
  out.add("Max stack size            %-20lu %-20lu bytes     \n", t.group->limits[limit::stack].soft,
          t.group->limits[limit::stack].hard);
  out.add("Max open files            %-20lu %-20lu files     \n", t.group->limits[limit::files].soft,
          t.group->limits[limit::files].hard);
}

void version(Text& out) { out.add("Linux version %s (lucid86) %s\n", uts_name.release, uts_name.version); }
void loadavg(Text& out) {
  u32 running = 0, last = 0;
  for (Task* t = task_list; t; t = t->next_task)
    running += t->state == TaskState::running || t->state == TaskState::ready, last = t->pid;
  out.add("0.00 0.00 0.00 %u/%lu %u\n", running, task_count(), last);
}
void filesystems(Text& out) { out.add("nodev\trootfs\nnodev\tramfs\nnodev\ttmpfs\nnodev\tproc\n"); }
void devices(Text& out) {
  out.add(
      "Character devices:\n  1 mem\n  4 ttyS\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n136 pts\n240 uart\n\n"
      "Block devices:\n  3 ide0\n");
}
void partitions(Text& out) {
  out.add("major minor  #blocks  name\n\n");
  for (u64 minor = 0; minor < disk_minors; minor++)
    if (const BlockDevice* disk = find_disk(disk_major << 8 | minor))
      out.add("%4lu  %7lu %10lu %s\n", disk_major, minor, disk->sectors() / 2, disk->name());
}
void command_line_text(Text& out) { out.add("%s\n", command_line()); }

}  // namespace

const TaskFile task_files[] = {
    {"stat", 0444, stat},
    {"status", 0444, status},
    {"statm", 0444, statm},
    {"cmdline", 0444, cmdline},
    {"environ", 0400, environ},
    {"comm", 0644, comm, set_comm},
    {"maps", 0444, maps},
    {"limits", 0444, limits_text},
    {"mounts", 0444, mounts_text},
    {"mountinfo", 0444, mountinfo},
    {"oom_score_adj", 0644, oom_score_adj, set_oom_score_adj},
    {"oom_score", 0444, oom_score_text},
    {"smaps", 0444, smaps},
    {"cgroup", 0444, nothing},
    {"sched", 0444, sched_text},
    {"schedstat", 0444, schedstat_text},
};
const u64 task_file_count = sizeof task_files / sizeof task_files[0];
const SystemFile system_files[] = {
    {"meminfo", meminfo},      {"vmstat", vmstat},           {"version", version},           {"loadavg", loadavg},
    {"cpuinfo", cpuinfo_text}, {"filesystems", filesystems}, {"cmdline", command_line_text}, {"devices", devices},
    {"swaps", swaps},          {"partitions", partitions},
};
const u64 system_file_count = sizeof system_files / sizeof system_files[0];

}  // namespace lucid::kernel
