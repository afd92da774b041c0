// SPDX-License-Identifier: MIT
#include "core/kernel/boot/introspect.h"

#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/pic.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/exec/binary.h"
#include "core/kernel/fs/path.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/page_table.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/mm/swap.h"
#include "core/kernel/proc/sched.h"
#include "core/kernel/sched/policy.h"
#include "core/kernel/sched/settings.h"

#pragma clang diagnostic ignored "-Winvalid-offsetof"

extern "C" char image_end[];

namespace lucid::kernel {

/// Of private members, too.
struct Offsets {
  static constexpr abi::FilesLayout files = {
      .table = offsetof(Task, files),
      .slots = offsetof(FileTable, slots_),
      .count = offsetof(FileTable, size_),
      .stride = sizeof(FileTable::Slot),
      .open_file = offsetof(FileTable::Slot, file),
      .close_on_exec = offsetof(FileTable::Slot, close_on_exec),
      .inode = offsetof(File, inode),
      .dentry = offsetof(File, dentry),
      .flags = offsetof(File, flags),
      .position = offsetof(File, position),
      .mode = offsetof(Inode, mode),
      .number = offsetof(Inode, number),
      .name = offsetof(Dentry, name),
      .parent = offsetof(Dentry, parent),
      .covers = offsetof(Dentry, covers),
      .first_child = offsetof(Dentry, first_child_),
      .next = offsetof(Dentry, next),
      .dentry_inode = offsetof(Dentry, inode),
  };
  static constexpr abi::SignalsLayout signals = {
      .blocked = offsetof(Task, blocked),
      .pending = offsetof(Task, pending) + offsetof(PendingSignals, set_),
      .group = offsetof(Task, group),
      .group_pending = offsetof(ThreadGroup, pending) + offsetof(PendingSignals, set_),
      .actions = offsetof(ThreadGroup, actions),
      .first = offsetof(SignalActions, of),
      .stride = sizeof(SignalAction),
      .handler = offsetof(SignalAction, handler),
      .flags = offsetof(SignalAction, flags),
      .mask = offsetof(SignalAction, mask),
      .limits = offsetof(ThreadGroup, limits),
  };
  static constexpr abi::FrameUseLayout frame_use = {
      .index = offsetof(Frame, index),
      .cache = offsetof(Frame, cache),
      .slot = offsetof(Frame, slot),
      .dirty = offsetof(Frame, dirty),
      .cache_file = offsetof(PageCache, file_),
  };
  static constexpr abi::BinaryLayout binary = {
      .next = offsetof(Binary, next),
      .pid = offsetof(Binary, pid),
      .depth = offsetof(Binary, depth),
      .head = offsetof(Binary, head),
      .head_size = sizeof(Binary::head),
      .arguments = offsetof(Binary, argument_count),
      .environment = offsetof(Binary, environment_count),
      .path = offsetof(Binary, path),
      .interpreter = offsetof(Binary, interpreter),
      .strings_top = offsetof(Binary, strings) + offsetof(ArgumentStrings, position_),
      .string_text = offsetof(SharedString, text_),
  };
};

namespace {

abi::IntrospectHeader header;
static_assert(sizeof(ReclaimTotals) == sizeof(abi::ReclaimCounters));
static_assert(sizeof(SchedSettings) == sizeof(abi::SchedNumbers));

template <typename T>
u64 address_of(const T& object) {
  return reinterpret_cast<u64>(&object);
}

constexpr abi::TaskLayout task_layout = {
    .next = offsetof(Task, next_task),
    .pid = offsetof(Task, pid),
    .parent = offsetof(Task, parent),
    .state = offsetof(Task, state),
    .wait_reason = offsetof(Task, wait_reason),
    .name = offsetof(Task, name),
    .exit_status = offsetof(Task, exit_status),
    .page_root = offsetof(Task, page_root),
    .vma_head = offsetof(Task, vma_head),
    .brk_start = offsetof(Task, brk_start),
    .brk_end = offsetof(Task, brk_end),
    .trapframe = offsetof(Task, frame),
    .kernel_stack = offsetof(Task, kernel_stack),
    .cpu_ticks = offsetof(Task, cpu_ticks),
    .slice_left = offsetof(Task, slice_left),
    .pgid = offsetof(Task, pgid),
    .sid = offsetof(Task, sid),
};
constexpr abi::VmaLayout vma_layout = {
    .next = offsetof(Vma, next),
    .start = offsetof(Vma, start),
    .end = offsetof(Vma, end),
    .flags = offsetof(Vma, flags),
    .kind = offsetof(Vma, kind),
    .file_name = offsetof(Vma, file_name),
    .file_offset = offsetof(Vma, file_offset),
};
constexpr abi::SchedLayout sched_layout = {
    .nice = offsetof(Task, nice),
    .policy = offsetof(Task, policy),
    .priority = offsetof(Task, priority),
    .weight = offsetof(Task, sched) + offsetof(SchedEntity, weight),
    .vruntime = offsetof(Task, sched) + offsetof(SchedEntity, vruntime),
    .deadline = offsetof(Task, sched) + offsetof(SchedEntity, deadline),
    .waited = offsetof(Task, sched) + offsetof(SchedEntity, waited),
    .switched_in = offsetof(Task, sched) + offsetof(SchedEntity, switched_in),
    .minor_faults = offsetof(Task, minor_faults),
    .major_faults = offsetof(Task, major_faults),
    .voluntary_switches = offsetof(Task, voluntary_switches),
    .involuntary_switches = offsetof(Task, involuntary_switches),
};
constexpr abi::FrameLayout frame_layout = {
    .stride = sizeof(Frame),
    .references = offsetof(Frame, references),
    .kind = offsetof(Frame, kind),
};

}  // namespace

INIT_CODE void publish_introspection() {
  header = {
      .magic = abi::introspect_magic,
      .version = abi::introspect_version,
      .size = sizeof header,
      .direct_map_gva = direct_map_base,
      .image_gva_start = image_base + image_start,
      .image_gva_end = reinterpret_cast<u64>(image_end),
      .image_gpa_start = image_start,
      .tasks_gva = address_of(task_list),
      .current_gva = address_of(running_task),
      .frames_gva = reinterpret_cast<u64>(frames),
      .frame_count = frame_count,
      .ticks_gva = address_of(tick_count),
      .kernel_page_root = kernel_page_root(),
      .run_queue_gva = reinterpret_cast<u64>(run_queue_head()),
      .run_queue_next = offsetof(Task, run_next),
      .hz = tick_rate(),
      .task = task_layout,
      .vma = vma_layout,
      .frame = frame_layout,
      .files = Offsets::files,
      .signals = Offsets::signals,
      .sched = sched_layout,
      .frame_use = Offsets::frame_use,
      .binary = Offsets::binary,
      .irq_counts_gva = address_of(irq_counts),
      .spurious_gva = address_of(spurious_interrupts),
      .policy_gva = reinterpret_cast<u64>(selected_policy_place()),
      .policy_name = offsetof(Policy, name),
      .swap_slots_gva = address_of(swap_slots),
      .swap_slot_count_gva = address_of(swap_slot_count),
      .reclaim_gva = address_of(reclaim_totals),
      .clock_hand_gva = address_of(clock_hand),
      .low_watermark_gva = address_of(low_watermark),
      .binaries_gva = address_of(Binary::first),
      .root_gva = address_of(root_dentry),
      .sched_numbers_gva = address_of(sched_settings),
      .settings_request_gva = address_of(settings_request),
  };
  trace(Trace::introspect, image_to_physical(&header));
}

void publish_tick_rate(u32 ticks_per_second) { header.hz = ticks_per_second; }

}  // namespace lucid::kernel
