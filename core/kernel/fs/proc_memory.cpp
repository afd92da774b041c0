// SPDX-License-Identifier: MIT
// Formats: proc(5); Linux Documentation/admin-guide/mm/pagemap.rst.
#include "core/kernel/fs/proc_memory.h"

#include "core/kernel/fs/page_cache.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/oom.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/mm/swap.h"

namespace lucid::kernel {
namespace {

constexpr u64 kib_per_page = page_size / 1024;

/// User frames, by what they hold.
struct UserFrames {
  u64 anonymous = 0, cached = 0, mapped_files = 0, dirty_files = 0, swap_cached = 0;
};

UserFrames count_user_frames() {
  UserFrames n;
  for (u64 i = 1; i < frame_count; i++) {
    const Frame& f = frames[i];
    if (f.kind == FrameKind::anonymous) {
      n.anonymous += f.references > (f.slot ? 1u : 0u);
      n.swap_cached += f.slot != 0;
    } else if (f.kind == FrameKind::file && f.cache) {
      n.cached++;
      n.mapped_files += f.references > 1;
      n.dirty_files += f.dirty;
    }
  }
  return n;
}

/// Page-table entries that map a frame, everywhere.
u64 mappings_of(u64 frame) {
  const Frame& f = frames[frame];
  if (f.kind == FrameKind::anonymous) return f.references - (f.slot ? 1 : 0);
  return f.references - 1;
}

/// What one VMA or a whole address space has in memory and in the swap area, in pages.
struct Use {
  u64 resident = 0, anonymous = 0, file = 0, shared_clean = 0, shared_dirty = 0, private_clean = 0, private_dirty = 0;
  u64 referenced = 0, swapped = 0;
  u64 proportional = 0, swap_proportional = 0;  // bytes
};

void add_use(Use& use, const AddressSpace& space, u64 start, u64 end) {
  for_each_page(space.root, start, end, [&](u64, u64* entry) {
    if (pte::swapped(*entry)) {
      use.swapped++;
      use.swap_proportional += page_size / max<u64>(slot_users(pte::slot(*entry)), 1);
      return;
    }
    u64 frame = pte::frame(*entry), owners = mappings_of(frame);
    bool anonymous = frames[frame].kind == FrameKind::anonymous;
    bool dirty = (*entry & pte::dirty) || (anonymous && !frames[frame].slot) || frames[frame].dirty;
    use.resident++;
    (anonymous ? use.anonymous : use.file)++;
    use.referenced += (*entry & pte::accessed) != 0;
    use.proportional += page_size / max<u64>(owners, 1);
    (owners > 1 ? dirty ? use.shared_dirty : use.shared_clean : dirty ? use.private_dirty : use.private_clean)++;
  });
}

void add_line(Text& out, const char* name, u64 pages) {
  out.add("%s:", name);
  for (u64 n = strlen(name) + 1; n < 16; n++) out.add(" ");
  out.add("%8lu kB\n", pages * kib_per_page);
}

constexpr u64 bytes_per_page = 8;

class Pagemap : public Inode {
 public:
  Pagemap(u64 n, u32 pid) : Inode(mode::regular | 0400), pid_(pid) { number = n; }
  SysResult read(File&, u64 at, IoBuffer& buffer) override {
    if (at % bytes_per_page || buffer.left() % bytes_per_page) return Errno::INVAL;
    Task* task = find_task(pid_);
    if (!task) return Errno::SRCH;
    Ref<AddressSpace> space = task->memory;
    u64 total = 0;
    for (; space && buffer.left() && at / bytes_per_page < user_end / page_size; at += bytes_per_page) {
      u64 value = describe(*space, at / bytes_per_page * page_size);
      if (buffer.put(&value, sizeof value) < sizeof value) return total ? SysResult(total) : Errno::FAULT;
      total += bytes_per_page;
    }
    return total;
  }

 private:
  static u64 describe(const AddressSpace& space, u64 address) {
    constexpr u64 present = u64{1} << 63, swapped = u64{1} << 62, of_file = u64{1} << 61, exclusive = u64{1} << 56;
    const u64* entry = find_entry(space.root, address, nullptr);
    if (!entry || !*entry) return 0;
    bool may_see = current->credentials.effective_uid == 0;
    if (pte::swapped(*entry)) return swapped | (may_see ? u64{pte::slot(*entry)} << 5 : 0);
    u64 frame = pte::frame(*entry);
    u64 value = present | (may_see ? frame : 0);
    if (frames[frame].kind == FrameKind::file) value |= of_file;
    if (frames[frame].kind != FrameKind::zero && mappings_of(frame) == 1) value |= exclusive;
    return value;
  }
  u32 pid_;
};

}  // namespace

void meminfo(Text& out) {
  UserFrames user = count_user_frames();
  SwapTotals swap = swap_totals();
  add_line(out, "MemTotal", frame_count);
  add_line(out, "MemFree", free_frames());
  add_line(out, "MemAvailable", free_frames() + user.cached - user.dirty_files);
  add_line(out, "Buffers", 0);
  add_line(out, "Cached", user.cached);
  add_line(out, "SwapCached", user.swap_cached);
  add_line(out, "SwapTotal", swap.slots);
  add_line(out, "SwapFree", swap.free);
  add_line(out, "AnonPages", user.anonymous);
  add_line(out, "Mapped", user.mapped_files);
  add_line(out, "Shmem", user.dirty_files);
  add_line(out, "Slab", frames_of(FrameKind::kernel_data));
  add_line(out, "KernelStack", frames_of(FrameKind::kernel_stack));
  add_line(out, "PageTables", frames_of(FrameKind::page_table));
  add_line(out, "CommitLimit", usable_frames() + swap.slots);
}

void vmstat(Text& out) {
  UserFrames user = count_user_frames();
  SwapTotals swap = swap_totals();
  Watermarks marks = watermarks();
  const ReclaimTotals& r = reclaim_totals;
  out.add("nr_free_pages %lu\nnr_anon_pages %lu\nnr_mapped %lu\nnr_file_pages %lu\nnr_swapcached %lu\n", free_frames(),
          user.anonymous, user.mapped_files, user.cached, user.swap_cached);
  out.add("nr_page_table_pages %lu\nnr_kernel_stack %lu\nnr_slab_unreclaimable %lu\n", frames_of(FrameKind::page_table),
          frames_of(FrameKind::kernel_stack) * kib_per_page, frames_of(FrameKind::kernel_data));
  out.add("nr_watermark_min %lu\nnr_watermark_low %lu\nnr_watermark_high %lu\n", marks.min, marks.low, marks.high);
  out.add("pgpgin %lu\npgpgout %lu\n", (file_pages_read + swap.read) * kib_per_page, swap.written * kib_per_page);
  out.add("pswpin %lu\npswpout %lu\npgfault %lu\npgmajfault %lu\n", swap.read, swap.written, fault_totals.all,
          fault_totals.major);
  out.add("pgscan_direct %lu\npgsteal_direct %lu\npgsteal_file %lu\npgsteal_anon %lu\noom_kill %lu\n", r.scanned,
          r.reclaimed, r.dropped, r.swapped_out, r.killed);
}

void swaps(Text& out) {
  out.add("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
  SwapTotals swap = swap_totals();
  if (!swap.slots) return;
  char name[48];
  format(name, sizeof name, "/dev/%s", swap_name());
  out.add("%-39s\tpartition\t%lu\t\t%lu\t\t-2\n", name, swap.slots * kib_per_page,
          (swap.slots - swap.free) * kib_per_page);
}

void add_vma_line(Text& out, const Vma& v) {
  char line[512];
  bool has_file = v.file && v.kind != VmaKind::vdso;
  u64 n = format(line, sizeof line, "%08lx-%08lx %c%c%c%c %08lx %s %lu ", v.start, v.end,
                 v.flags & abi::vma_read ? 'r' : '-', v.flags & abi::vma_write ? 'w' : '-',
                 v.flags & abi::vma_exec ? 'x' : '-', v.shared() ? 's' : 'p', v.file_offset,
                 has_file ? "00:01" : "00:00", has_file ? v.file->number : 0);
  const char* name = v.kind == VmaKind::heap ? "[heap]" : v.file_name;
  constexpr u64 name_column = 73;
  while (name && n < name_column) line[n++] = ' ';
  line[n] = 0;
  out.add("%s%s\n", line, name ? name : "");
}

void smaps(Text& out, Task& t) {
  Ref<AddressSpace> space = t.memory;
  for (Vma* v = space ? space->first : nullptr; v; v = v->next) {
    Use use;
    add_use(use, *space, v->start, v->end);
    add_vma_line(out, *v);
    add_line(out, "Size", (v->end - v->start) / page_size);
    add_line(out, "KernelPageSize", 1);
    add_line(out, "MMUPageSize", 1);
    add_line(out, "Rss", use.resident);
    add_line(out, "Pss", use.proportional / page_size);
    add_line(out, "Shared_Clean", use.shared_clean);
    add_line(out, "Shared_Dirty", use.shared_dirty);
    add_line(out, "Private_Clean", use.private_clean);
    add_line(out, "Private_Dirty", use.private_dirty);
    add_line(out, "Referenced", use.referenced);
    add_line(out, "Anonymous", use.anonymous);
    add_line(out, "Swap", use.swapped);
    add_line(out, "SwapPss", use.swap_proportional / page_size);
    add_line(out, "Locked", v->flags & vma_locked ? use.resident : 0);
    out.add("VmFlags: %s%s%s%s%s%s%s\n", v->flags & abi::vma_read ? "rd " : "", v->flags & abi::vma_write ? "wr " : "",
            v->flags & abi::vma_exec ? "ex " : "", v->shared() ? "sh " : "", v->flags & vma_may_write ? "mw " : "",
            v->flags & abi::vma_grows_down ? "gd " : "", v->flags & vma_locked ? "lo " : "");
  }
}

void statm(Text& out, Task& t) {
  Use use;
  u64 text = 0;
  if (t.memory) {
    add_use(use, *t.memory, 0, user_end);
    for (Vma* v = t.memory->first; v; v = v->next)
      if (v->kind == VmaKind::text) text += (v->end - v->start) / page_size;
  }
  out.add("%lu %lu %lu %lu 0 %lu 0\n", t.memory ? t.memory->mapped_bytes() / page_size : 0, use.resident, use.file,
          text, t.memory ? t.memory->data_bytes() / page_size : 0);
}

void add_memory_status(Text& out, const Task& t) {
  if (!t.memory) return;
  const AddressSpace& space = *t.memory;
  Use use;
  add_use(use, space, 0, user_end);
  u64 locked = 0, tables = 0, stack = 0;
  for (Vma* v = space.first; v; v = v->next) {
    if (v->flags & vma_locked) locked += v->end - v->start;
    if (v->kind == VmaKind::stack) stack += v->end - v->start;
  }
  for (u64 table = space.root; table; table = frames[table].next) tables++;
  out.add("VmSize:\t%8lu kB\nVmLck:\t%8lu kB\nVmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\n", space.mapped_bytes() / 1024,
          locked / 1024, space.most_resident * kib_per_page, use.resident * kib_per_page);
  out.add(
      "RssAnon:\t%8lu kB\nRssFile:\t%8lu kB\nVmData:\t%8lu kB\nVmStk:\t%8lu kB\nVmPTE:\t%8lu kB\nVmSwap:\t%8lu kB\n",
      use.anonymous * kib_per_page, use.file * kib_per_page, space.data_bytes() / 1024, stack / 1024,
      tables * kib_per_page, use.swapped * kib_per_page);
}

void oom_score_text(Text& out, Task& t) { out.add("%lu\n", oom_score(*t.group)); }
void oom_score_adj(Text& out, Task& t) { out.add("%d\n", t.group->oom_adjustment); }

Status set_oom_score_adj(Task& t, const char* text) {
  bool negative = *text == '-';
  const char* digits = text + negative;
  i32 value = static_cast<i32>(min<u64>(parse_decimal(digits), 10000));
  if (*digits < '0' || *digits > '9' || value > 1000) return Errno::INVAL;
  if (negative) value = -value;
  if (value < t.group->oom_adjustment && current->credentials.effective_uid) return Errno::ACCES;
  t.group->oom_adjustment = value;
  return {};
}

Ref<Inode> make_pagemap(u64 number, u32 pid) { return new Pagemap(number, pid); }

}  // namespace lucid::kernel
