// SPDX-License-Identifier: MIT
#include "core/inspect/process_details.h"

#include <algorithm>

#include "core/inspect/names.h"

namespace lucid::inspect {
namespace {

constexpr i32 most_descriptors = 4096;
constexpr unsigned signal_count = 64, limit_count = 16;

std::vector<OpenFileView> open_files(const KernelTables& kernel, const Task& task) {
  const auto& layout = kernel.header().files;
  std::vector<OpenFileView> files;
  const Gva table{kernel.field<u64>(task.address, layout.table)};
  if (table.value == 0) return files;
  const Gva slots{kernel.field<u64>(table, layout.slots)};
  const i32 count = std::clamp(kernel.field<i32>(table, layout.count), 0, most_descriptors);
  for (i32 i = 0; i < count && slots.value != 0; ++i) {
    const Gva slot = slots + static_cast<u64>(i) * layout.stride;
    const Gva file{kernel.field<u64>(slot, layout.open_file)};
    if (file.value == 0) continue;
    OpenFileView view;
    view.descriptor = i;
    view.address = file;
    view.close_on_exec = kernel.field<u8>(slot, layout.close_on_exec) != 0;
    view.flags = kernel.field<u32>(file, layout.flags);
    view.position = kernel.field<u64>(file, layout.position);
    const Gva inode{kernel.field<u64>(file, layout.inode)};
    view.mode = kernel.field<u32>(inode, layout.mode);
    view.inode = kernel.field<u64>(inode, layout.number);
    const Gva dentry{kernel.field<u64>(file, layout.dentry)};
    view.path = dentry.value != 0 ? path_of(kernel, dentry) : nameless(view.mode, view.inode);
    files.push_back(std::move(view));
  }
  return files;
}

std::vector<SignalView> signals(const KernelTables& kernel, const Task& task, Gva group) {
  const auto& layout = kernel.header().signals;
  const u64 blocked = kernel.field<u64>(task.address, layout.blocked);
  const u64 pending = kernel.field<u64>(task.address, layout.pending) | kernel.field<u64>(group, layout.group_pending);
  const Gva actions{kernel.field<u64>(group, layout.actions)};
  std::vector<SignalView> all(signal_count + 1);
  for (unsigned number = 1; number <= signal_count; ++number) {
    const Gva action = actions + layout.first + u64{number} * layout.stride;
    all[number] = {(pending >> (number - 1) & 1) != 0, (blocked >> (number - 1) & 1) != 0,
                   kernel.field<u64>(action, layout.handler), kernel.field<u64>(action, layout.flags),
                   kernel.field<u64>(action, layout.mask)};
  }
  return all;
}

}  // namespace

SchedView sched_view(const KernelTables& kernel, const Task& task) {
  const auto& layout = kernel.header().sched;
  const auto wide = [&](u32 offset) { return kernel.field<u64>(task.address, offset); };
  SchedView view;
  view.pid = task.pid;
  view.nice = kernel.field<i32>(task.address, layout.nice);
  view.policy = kernel.field<u32>(task.address, layout.policy);
  view.priority = kernel.field<u32>(task.address, layout.priority);
  view.weight = kernel.field<u32>(task.address, layout.weight);
  view.vruntime = wide(layout.vruntime);
  view.deadline = wide(layout.deadline);
  view.waited = wide(layout.waited);
  view.switched_in = wide(layout.switched_in);
  view.voluntary_switches = wide(layout.voluntary_switches);
  view.involuntary_switches = wide(layout.involuntary_switches);
  view.minor_faults = wide(layout.minor_faults);
  view.major_faults = wide(layout.major_faults);
  return view;
}

ProcessDetailsView process_details(const Guest& guest, u32 pid) {
  ProcessDetailsView view;
  view.pid = pid;
  const auto opened = KernelTables::open(guest);
  if (!opened) {
    view.why_not = opened.error().message;
    return view;
  }
  const KernelTables& kernel = opened.value();
  Task task;
  if (!kernel.find(pid, task)) {
    view.why_not = "There is no process with this number.";
    return view;
  }
  view.valid = true;
  view.files = open_files(kernel, task);
  view.sched = sched_view(kernel, task);
  const Gva group{kernel.field<u64>(task.address, kernel.header().signals.group)};
  if (group.value == 0) return view;
  view.signals = signals(kernel, task, group);
  for (unsigned i = 0; i < limit_count; ++i) {
    const Gva at = group + kernel.header().signals.limits + u64{i} * 16;
    view.limits.push_back({kernel.field<u64>(at, 0), kernel.field<u64>(at, 8)});
  }
  return view;
}

}  // namespace lucid::inspect
