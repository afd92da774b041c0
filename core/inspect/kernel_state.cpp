// SPDX-License-Identifier: MIT
#include "core/inspect/kernel_state.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "core/abi/swap_entry.h"
#include "core/inspect/names.h"
#include "core/inspect/process_details.h"
#include "core/inspect/settings_request.h"

namespace lucid::inspect {
namespace {

constexpr u64 most_slots = 1 << 20, most_name = 64, most_path = 4096, most_head = 4096;
constexpr unsigned most_binaries = 64;

void read_interrupts(KernelStateView& view, const KernelTables& kernel) {
  for (u32 line = 0; line < KernelStateView::irq_lines; ++line)
    view.irq_counts[line] = kernel.field<u64>(Gva{kernel.header().irq_counts_gva}, line * 8);
  view.spurious = kernel.field<u64>(Gva{kernel.header().spurious_gva}, 0);
}

void read_scheduler(KernelStateView& view, const KernelTables& kernel) {
  const Gva policy{kernel.field<u64>(Gva{kernel.header().policy_gva}, 0)};
  const u64 name = kernel.field<u64>(policy + kernel.header().policy_name, 0);
  if (name != 0) kernel.memory().string(Gva{name}, most_name, view.policy);
  view.numbers = kernel.field<abi::SchedNumbers>(Gva{kernel.header().sched_numbers_gva}, 0);
  view.asked = settings_asked(kernel);
  for (const Task& task : kernel.tasks()) view.sched.push_back(sched_view(kernel, task));
  std::sort(view.sched.begin(), view.sched.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
}

void read_swap(KernelStateView& view, const KernelTables& kernel) {
  const auto& header = kernel.header();
  const u64 count = std::min(kernel.field<u64>(Gva{header.swap_slot_count_gva}, 0), most_slots);
  const u64 slots = kernel.field<u64>(Gva{header.swap_slots_gva}, 0);
  if (slots != 0 && count != 0) {
    view.swap_slots = count - 1;
    const auto bytes = kernel.memory().bytes(Gva{slots}, count * sizeof(abi::SwapSlot));
    for (u64 at = sizeof(abi::SwapSlot); at + sizeof(abi::SwapSlot) <= bytes.size(); at += sizeof(abi::SwapSlot)) {
      abi::SwapSlot slot;
      std::memcpy(&slot, bytes.data() + at, sizeof slot);
      view.swap_used += slot.users != 0 || slot.frame != 0;
      view.swap_cached += slot.frame != 0;
    }
  }
  view.reclaim = kernel.field<abi::ReclaimCounters>(Gva{header.reclaim_gva}, 0);
  view.clock_hand = kernel.field<u64>(Gva{header.clock_hand_gva}, 0);
  view.low_watermark = kernel.field<u64>(Gva{header.low_watermark_gva}, 0);
}

/// Frames by kind, and those of files by file.
void read_frames(KernelStateView& view, const KernelTables& kernel) {
  const auto& header = kernel.header();
  const auto frames = kernel.frames();
  std::map<u64, CachedFileView> by_cache;
  for (u64 number = 0; number < frames.size(); ++number) {
    const Frame& frame = frames[number];
    if (frame.kind < abi::frame_kinds) ++view.frames_by_kind[frame.kind];
    if (frame.kind != static_cast<u8>(abi::FrameKind::file)) continue;
    const Gva entry{header.frames_gva + number * header.frame.stride};
    const u64 cache = kernel.field<u64>(entry, header.frame_use.cache);
    if (cache == 0) continue;
    CachedFileView& file = by_cache[cache];
    ++file.pages;
    file.dirty += kernel.field<u8>(entry, header.frame_use.dirty) != 0;
    file.mapped += frame.references > 1;
  }
  const auto paths = by_cache.empty() ? std::map<u64, std::string>{} : paths_of_inodes(kernel);
  for (auto& [cache, file] : by_cache) {
    const u64 inode = kernel.field<u64>(Gva{cache}, header.frame_use.cache_file);
    file.inode = kernel.field<u64>(Gva{inode}, header.files.number);
    if (const auto path = paths.find(inode); path != paths.end()) file.path = path->second;
    view.cached_files.push_back(std::move(file));
  }
  std::stable_sort(view.cached_files.begin(), view.cached_files.end(), [](const auto& a, const auto& b) {
    return a.pages != b.pages ? a.pages > b.pages : a.path < b.path;
  });
}

std::string shared_string(const KernelTables& kernel, Gva holder) {
  std::string text;
  const u64 string = kernel.field<u64>(holder, 0);
  const u64 at = string != 0 ? kernel.field<u64>(Gva{string}, kernel.header().binary.string_text) : 0;
  if (at != 0) kernel.memory().string(Gva{at}, most_path, text);
  return text;
}

void read_binaries(KernelStateView& view, const KernelTables& kernel) {
  const auto& layout = kernel.header().binary;
  std::set<u64> seen;
  u64 at = kernel.field<u64>(Gva{kernel.header().binaries_gva}, 0);
  for (; at != 0 && view.binaries.size() < most_binaries && seen.insert(at).second;
       at = kernel.field<u64>(Gva{at}, layout.next)) {
    const Gva binary{at};
    view.binaries.push_back({kernel.field<u32>(binary, layout.pid), kernel.field<u32>(binary, layout.depth),
                             shared_string(kernel, binary + layout.path),
                             shared_string(kernel, binary + layout.interpreter),
                             kernel.field<u64>(binary, layout.arguments), kernel.field<u64>(binary, layout.environment),
                             Gva{kernel.field<u64>(binary, layout.strings_top)},
                             kernel.memory().bytes(binary + layout.head, std::min<u64>(layout.head_size, most_head))});
  }
}

}  // namespace

KernelStateView kernel_state(const Guest& guest) {
  KernelStateView view;
  const auto opened = KernelTables::open(guest);
  if (!opened) {
    view.why_not = opened.error().message;
    return view;
  }
  view.valid = true;
  read_interrupts(view, opened.value());
  read_scheduler(view, opened.value());
  read_swap(view, opened.value());
  read_frames(view, opened.value());
  read_binaries(view, opened.value());
  return view;
}

}  // namespace lucid::inspect
