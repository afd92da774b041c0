// SPDX-License-Identifier: MIT
#include "core/kernel/boot/introspect.h"

#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/pit.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/page_table.h"
#include "core/kernel/proc/sched.h"

#pragma clang diagnostic ignored "-Winvalid-offsetof"

extern "C" char image_end[];

namespace lucid::kernel {
namespace {

abi::IntrospectHeader header;
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
  };
  trace(Trace::introspect, image_to_physical(&header));
}

void publish_tick_rate(u32 ticks_per_second) { header.hz = ticks_per_second; }

}  // namespace lucid::kernel
