// SPDX-License-Identifier: MIT
#include "core/inspect/processes.h"

#include <algorithm>

#include "core/abi/swap_entry.h"
#include "core/inspect/page_tables.h"

namespace lucid::inspect {
namespace {

bool private_writable(const Vma& vma) { return (vma.flags & abi::vma_write) && !(vma.flags & abi::vma_shared); }

const Vma* vma_at(const std::vector<Vma>& vmas, Gva address) {
  for (const auto& vma : vmas) {
    if (vma.start <= address && address < vma.end) return &vma;
  }
  return nullptr;
}

u64 pages_in(const MappedPage& page, Gva start, Gva end) {
  const u64 from = std::max(page.address.value, start.value);
  const u64 to = std::min(page.address.value + page.bytes, end.value);
  return to > from ? (to - from + page_size - 1) / page_size : 0;
}

ProcessView process_view(const Guest& guest, const KernelTables& kernel, const Task& task) {
  ProcessView view;
  view.pid = task.pid;
  view.name = task.name;
  view.state = static_cast<abi::TaskState>(task.state);
  view.wait_reason = static_cast<abi::WaitReason>(task.wait_reason);
  view.exit_status = task.exit_status;
  view.page_root = task.page_root;
  view.cpu_ticks = task.cpu_ticks;
  view.slice_left = task.slice_left;
  view.pgid = task.pgid;
  view.sid = task.sid;
  if (task.page_root != 0) {
    view.program = program_path(kernel.vmas(task));
    const auto paging = guest.paging(task.page_root);
    visit_pages(guest.ram, paging, Gva{0}, user_half_end(paging), [&](const MappedPage& page) {
      if (page.user) view.resident_frames += page.bytes / page_size;
    });
  }
  return view;
}

}  // namespace

std::string program_path(const std::vector<Vma>& vmas) {
  const std::string* first = nullptr;
  for (const auto& vma : vmas) {
    if (vma.file.empty()) continue;
    if (vma.kind == static_cast<u32>(abi::VmaKind::text) && (vma.flags & abi::vma_exec)) return vma.file;
    if (!first) first = &vma.file;
  }
  return first ? *first : "";
}

ProcessesView processes(const Guest& guest) {
  ProcessesView view;
  auto opened = KernelTables::open(guest);
  if (!opened) {
    view.why_not = opened.error().message;
    return view;
  }
  const KernelTables& kernel = opened.value();
  const auto tasks = kernel.tasks();
  view.valid = true;
  view.current_pid = kernel.current_pid();
  view.run_queue = kernel.run_queue();
  view.kernel_ticks = kernel.ticks();
  view.hz = kernel.hz();
  for (const auto& task : tasks) {
    auto process = process_view(guest, kernel, task);
    process.current = process.pid == view.current_pid;
    for (const auto& other : tasks) {
      if (task.parent.value != 0 && other.address == task.parent) process.parent_pid = other.pid;
    }
    view.processes.push_back(std::move(process));
  }
  std::stable_sort(view.processes.begin(), view.processes.end(),
                   [](const ProcessView& a, const ProcessView& b) { return a.pid < b.pid; });
  return view;
}

u32 current_pid(const Guest& guest) {
  auto kernel = KernelTables::open(guest);
  return kernel.ok() ? kernel.value().current_pid() : 0;
}

mem::PagingState paging_of(const Guest& guest, u32 pid) {
  if (pid == 0) return guest.paging();
  auto kernel = KernelTables::open(guest);
  Task task;
  if (!kernel || !kernel.value().find(pid, task) || task.page_root == 0) return guest.paging();
  return guest.paging(task.page_root);
}

MemoryMapView memory_map(const Guest& guest, u32 pid) {
  MemoryMapView view;
  view.pid = pid;
  auto kernel = KernelTables::open(guest);
  Task task;
  if (!kernel) {
    view.why_not = kernel.error().message;
  } else if (!kernel.value().find(pid, task)) {
    view.why_not = "There is no process with this number.";
  } else if (task.page_root == 0) {
    view.why_not = "It has no address space of its own.";
  }
  if (!view.why_not.empty()) return view;
  view.valid = true;
  for (const auto& vma : kernel.value().vmas(task)) {
    VmaView out{vma.start, vma.end, vma.flags, static_cast<abi::VmaKind>(vma.kind), vma.file, vma.file_offset, 0, 0, 0};
    const auto absent = [&](Gva, u64 entry) { out.swapped_pages += abi::is_swap_entry(entry); };
    visit_pages(
        guest.ram, guest.paging(task.page_root), vma.start, vma.end.value,
        [&](const MappedPage& page) {
          const u64 count = pages_in(page, vma.start, vma.end);
          out.resident_pages += count;
          if (private_writable(vma) && !page.writable) out.shared_pages += count;
        },
        absent);
    view.vmas.push_back(std::move(out));
  }
  return view;
}

std::vector<PageView> pages(const Guest& guest, u32 pid, Gva start, u64 count) {
  constexpr u64 most = 65536;
  start = start.page();
  count = std::min({count, most, (~u64{0} - start.value) / page_size});
  std::vector<PageView> views(count);
  for (u64 i = 0; i < count; ++i) views[i].address = start + i * page_size;
  auto kernel = KernelTables::open(guest);
  Task task;
  const bool known = kernel.ok() && kernel.value().find(pid, task);
  const auto vmas = known ? kernel.value().vmas(task) : std::vector<Vma>{};
  const Gva end = start + count * page_size;
  const auto absent = [&](Gva page, u64 entry) {
    if (abi::is_swap_entry(entry))
      views[(page.value - start.value) / page_size].swap_slot = static_cast<u32>(abi::swap_slot(entry));
  };
  visit_pages(
      guest.ram, paging_of(guest, pid), start, end.value,
      [&](const MappedPage& page) {
        const u64 first = std::max(page.address, start).value;
        for (u64 at = first; at < end.value && at - page.address.value < page.bytes; at += page_size) {
          PageView& view = views[(at - start.value) / page_size];
          view.present = true;
          view.writable = page.writable;
          view.no_execute = page.no_execute;
          view.accessed = page.accessed;
          view.dirty = page.dirty;
          view.frame = (page.physical + (at - page.address.value)).frame_number();
          if (kernel.ok()) view.references = kernel.value().frame(view.frame).references;
          const Vma* vma = vma_at(vmas, Gva{at});
          view.copy_on_write = vma && private_writable(*vma) && !page.writable;
        }
      },
      absent);
  return views;
}

FramesView frames(const Guest& guest) {
  FramesView view;
  auto kernel = KernelTables::open(guest);
  if (!kernel) {
    view.why_not = kernel.error().message;
    return view;
  }
  view.valid = true;
  view.direct_map = Gva{kernel.value().header().direct_map_gva};
  for (const auto& frame : kernel.value().frames()) {
    const auto kind =
        frame.kind < abi::frame_kinds ? static_cast<abi::FrameKind>(frame.kind) : abi::FrameKind::reserved;
    view.frames.push_back({kind, 0, frame.references, 0, 0});
    if (kind == abi::FrameKind::free) ++view.free_frames;
  }
  for (const auto& task : kernel.value().tasks()) {
    if (task.page_root == 0 || task.pid == 0) continue;
    const auto paging = guest.paging(task.page_root);
    visit_pages(guest.ram, paging, Gva{0}, user_half_end(paging), [&](const MappedPage& page) {
      if (!page.user) return;
      for (u64 number = page.physical.frame_number(), i = 0; i < page.bytes / page_size; ++i, ++number) {
        if (number >= view.frames.size()) return;
        FrameView& frame = view.frames[number];
        if (frame.owner_pid == task.pid || frame.second_pid == task.pid) continue;  // mapped twice by one process
        if (frame.owner_count < 255) ++frame.owner_count;
        if (frame.owner_pid == 0)
          frame.owner_pid = task.pid;
        else if (frame.second_pid == 0)
          frame.second_pid = task.pid;
      }
    });
  }
  return view;
}

std::vector<u8> read_memory(const Guest& guest, u32 pid, Gva address, u64 size) {
  constexpr u64 most = 16 << 20;
  return GuestMemory(guest.ram, paging_of(guest, pid)).bytes(address, std::min(size, most));
}

}  // namespace lucid::inspect
