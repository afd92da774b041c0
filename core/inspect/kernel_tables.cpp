// SPDX-License-Identifier: MIT
#include "core/inspect/kernel_tables.h"

#include <algorithm>
#include <cstring>
#include <set>

namespace lucid::inspect {
namespace {

constexpr unsigned max_tasks = 4096;
constexpr unsigned max_vmas = 65536;
constexpr u32 max_offset = 1 << 20;  // of a field in its structure
constexpr u64 max_path = 4096;

bool plausible(const abi::IntrospectHeader& header) {
  const auto* offsets = reinterpret_cast<const u32*>(&header.task);
  const auto* end = reinterpret_cast<const u32*>(&header.irq_counts_gva);
  return header.run_queue_next < max_offset && std::all_of(offsets, end, [](u32 value) { return value < max_offset; });
}

}  // namespace

Result<KernelTables> KernelTables::open(const Guest& guest) {
  if (guest.introspect_header.value == 0) return Error{"The kernel has not set up its tables yet."};
  abi::IntrospectHeader header;
  if (!guest.ram.read(guest.introspect_header, {reinterpret_cast<u8*>(&header), sizeof header})) {
    return Error{"The kernel announced its tables at an address outside memory."};
  }
  if (header.magic != abi::introspect_magic) return Error{"The kernel's description of its tables is overwritten."};
  if (header.version != abi::introspect_version || header.size != sizeof header) {
    return Error{"The kernel describes its tables in a version this program does not know."};
  }
  if (!plausible(header)) return Error{"The kernel's description of its tables makes no sense."};
  return KernelTables(guest, header);
}

KernelTables::KernelTables(const Guest& guest, const abi::IntrospectHeader& header)
    : ram_(&guest.ram), memory_(guest.ram, guest.paging(header.kernel_page_root)), header_(header) {}

bool KernelTables::read_task(Gva address, Task& out) const {
  const auto& layout = header_.task;
  u32 pid;
  if (!memory_.get(address + layout.pid, pid)) return false;
  out.address = address;
  out.pid = pid;
  out.parent = Gva{field<u64>(address, layout.parent)};
  out.state = field<u32>(address, layout.state);
  out.wait_reason = field<u32>(address, layout.wait_reason);
  out.exit_status = field<u32>(address, layout.exit_status);
  out.slice_left = field<u32>(address, layout.slice_left);
  out.pgid = field<u32>(address, layout.pgid);
  out.sid = field<u32>(address, layout.sid);
  out.page_root = field<u64>(address, layout.page_root);
  out.cpu_ticks = field<u64>(address, layout.cpu_ticks);
  out.vma_head = Gva{field<u64>(address, layout.vma_head)};
  out.trapframe = Gva{field<u64>(address, layout.trapframe)};
  memory_.string(address + layout.name, 16, out.name);
  return true;
}

std::vector<Task> KernelTables::tasks() const {
  std::vector<Task> found;
  std::set<u64> seen;
  u64 at = field<u64>(Gva{header_.tasks_gva}, 0);
  while (at != 0 && found.size() < max_tasks && seen.insert(at).second) {
    Task task;
    if (!read_task(Gva{at}, task)) break;
    if (task.state != static_cast<u32>(abi::TaskState::unused)) found.push_back(std::move(task));
    at = field<u64>(Gva{at}, header_.task.next);
  }
  return found;
}

bool KernelTables::find(u32 pid, Task& out) const {
  for (auto& task : tasks()) {
    if (task.pid != pid) continue;
    out = std::move(task);
    return true;
  }
  return false;
}

std::vector<Vma> KernelTables::vmas(const Task& task) const {
  std::vector<Vma> found;
  std::set<u64> seen;
  const auto& layout = header_.vma;
  u64 at = task.vma_head.value;
  while (at != 0 && found.size() < max_vmas && seen.insert(at).second) {
    const Gva base{at};
    Vma vma;
    if (!memory_.get(base + layout.start, vma.start.value)) break;
    vma.end = Gva{field<u64>(base, layout.end)};
    if (vma.end < vma.start) break;
    vma.flags = field<u32>(base, layout.flags);
    vma.kind = field<u32>(base, layout.kind);
    vma.file_offset = field<u64>(base, layout.file_offset);
    if (const u64 name = field<u64>(base, layout.file_name)) memory_.string(Gva{name}, max_path, vma.file);
    found.push_back(std::move(vma));
    at = field<u64>(base, layout.next);
  }
  return found;
}

u32 KernelTables::current_pid() const {
  const u64 task = field<u64>(Gva{header_.current_gva}, 0);
  return task == 0 ? 0 : field<u32>(Gva{task}, header_.task.pid);
}

std::vector<u32> KernelTables::run_queue() const {
  std::vector<u32> pids;
  std::set<u64> seen;
  u64 at = field<u64>(Gva{header_.run_queue_gva}, 0);
  while (at != 0 && pids.size() < max_tasks && seen.insert(at).second) {
    pids.push_back(field<u32>(Gva{at}, header_.task.pid));
    at = field<u64>(Gva{at}, header_.run_queue_next);
  }
  return pids;
}

u64 KernelTables::ticks() const { return field<u64>(Gva{header_.ticks_gva}, 0); }

u64 KernelTables::frame_count() const { return std::min<u64>(header_.frame_count, ram_->frame_count()); }

std::vector<Frame> KernelTables::frames() const {
  const auto& layout = header_.frame;
  const u64 stride = layout.stride;
  if (stride == 0 || stride > 256 || layout.references + sizeof(u32) > stride || layout.kind >= stride) return {};
  const auto bytes = memory_.bytes(Gva{header_.frames_gva}, frame_count() * stride);
  std::vector<Frame> found(bytes.size() / stride);
  for (u64 i = 0; i < found.size(); ++i) {
    const u8* entry = bytes.data() + i * stride;
    std::memcpy(&found[i].references, entry + layout.references, sizeof(u32));
    found[i].kind = entry[layout.kind];
  }
  return found;
}

Frame KernelTables::frame(u64 number) const {
  if (number >= frame_count()) return {};
  const Gva base{header_.frames_gva + number * header_.frame.stride};
  return {field<u32>(base, header_.frame.references), field<u8>(base, header_.frame.kind)};
}

}  // namespace lucid::inspect
