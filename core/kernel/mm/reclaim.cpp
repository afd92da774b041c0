// SPDX-License-Identifier: MIT
#include "core/kernel/mm/reclaim.h"

#include "core/kernel/arch/cpu.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/mm/kswapd.h"
#include "core/kernel/mm/oom.h"
#include "core/kernel/mm/reverse_map.h"
#include "core/kernel/mm/swap.h"
#include "core/kernel/proc/task.h"

namespace lucid::kernel {

ReclaimTotals reclaim_totals;
u64 clock_hand = 1;

namespace {

constexpr u32 pause_after_failure = 16;
u32 pause;  // calls that will not look for pages: there were too few a moment ago
// Times in a row that the last frames were gone and hardly any was found: what little can go is what programs need at
// once, and everybody only takes it from everybody.
constexpr u32 most_struggles = 16;
u32 struggles;

/// What the entries of a page say.
struct Use {
  u64 mappings = 0;
  bool accessed = false, locked = false, dirty = false;
};

void forget_translation(const Mapping& m) {
  if ((read_cr3() & pte::address) == m.space.root * page_size) invalidate_page(m.address);
}

/// Reads the entries, and takes their A bits: the processor sets them again at the next access.
Use examine(u64 frame) {
  Use use;
  for_each_mapping(frame, [&](const Mapping& m) {
    use.mappings++;
    use.accessed |= (*m.entry & pte::accessed) != 0;
    use.dirty |= (*m.entry & pte::dirty) != 0;
    use.locked |= (m.vma.flags & vma_locked) != 0;
    if (!(*m.entry & pte::accessed)) return;
    *m.entry &= ~pte::accessed;
    forget_translation(m);
  });
  return use;
}

u32 pid_of(const AddressSpace& space) {
  for (Task* t = task_list; t; t = t->next_task)
    if (t->memory.get() == &space) return t->group->id;
  return 0;
}

void replace_entry(const Mapping& m, u64 value) {
  *m.entry = value;
  m.space.resident--;
  forget_translation(m);
}

bool swap_out(u64 frame, const Use& use) {
  Frame& f = frames[frame];
  if (f.references != use.mappings + (f.slot ? 1 : 0)) return false;  // held, or not all found
  if (!use.mappings && !f.slot) return false;                         // on its way to its first owner
  u32 slot = f.slot ? f.slot : take_slot(frame);
  if (!slot) return false;
  for_each_mapping(frame, [&](const Mapping& m) {
    replace_entry(m, pte::in_slot(slot));
    m.space.swapped++;
    share_slot(slot);
    release_frame(frame);
    trace(Trace::paged_out, slot, frame, pid_of(m.space), m.address);
  });
  return store_slot(slot).ok() && free_cached_frame(slot, frame);
}

bool drop_file_page(u64 frame, const Use& use) {
  Frame& f = frames[frame];
  if (f.references != use.mappings + 1) return false;
  if ((f.dirty || use.dirty) && !swap_free() && !f.cache->can_write_back(f.index)) return false;
  for_each_mapping(frame, [&](const Mapping& m) {
    if (*m.entry & pte::dirty) f.dirty = true;
    replace_entry(m, 0);
    release_frame(frame);
    trace(Trace::paged_out, 0, frame, pid_of(m.space), m.address);
  });
  return f.cache->evict(f.index, frame);
}

/// Is it a page that may have somewhere to go?
bool is_candidate(const Frame& f) {
  if (f.kind == FrameKind::file) return f.cache;
  if (f.kind != FrameKind::anonymous) return false;
  return f.slot ? !slot_busy(f.slot) : f.lineage && swap_free();
}

/// Looks at one frame; `force`: accessed or not.
bool try_frame(u64 frame, bool force) {
  bool file = frames[frame].kind == FrameKind::file;
  Use use = examine(frame);
  if (use.locked || (use.accessed && !force)) return false;
  bool gone = file ? drop_file_page(frame, use) : swap_out(frame, use);
  if (!gone) return false;
  reclaim_totals.reclaimed++;
  (file ? reclaim_totals.dropped : reclaim_totals.swapped_out)++;
  return true;
}

u64 root_of(u64 square) {
  u64 root = 0;
  while ((root + 1) * (root + 1) <= square) root++;
  return root;
}

}  // namespace

u64 low_watermark = ~u64{0};  // until somebody asks

Watermarks watermarks() {
  static u64 min_free = 0;
  if (!min_free) min_free = max<u64>(root_of(16 * usable_frames() * page_size / 1024) * 1024 / page_size, 32);
  low_watermark = min_free * 5 / 4;
  return {min_free, low_watermark, min_free * 3 / 2};
}

bool page_out(u64 frame) { return is_candidate(frames[frame]) && try_frame(frame, true); }

u64 reclaim(u64 wanted, u32 turns) {
  u64 freed = 0, looked = 0;
  if (!swap_free()) shed_swap_cache();
  for (; freed < wanted && looked < turns * frame_count; looked++) {
    u64 frame = clock_hand;
    clock_hand = clock_hand + 1 < frame_count ? clock_hand + 1 : 1;
    if (is_candidate(frames[frame])) freed += try_frame(frame, false);
  }
  reclaim_totals.scanned += looked;
  trace(Trace::reclaimed, wanted, freed, looked, free_frames());
  return freed;
}

void find_room(Otherwise otherwise) {
  Watermarks marks = watermarks();
  if (free_frames() >= marks.low) return;
  u64 least = marks.min / 2;
  if (pause && (free_frames() >= least || otherwise == Otherwise::go_on)) {
    pause--;
    return;
  }
  // Who is dying needs little and will give much.
  while (current->memory && !fatal_signal_pending(*current)) {
    const u64 wanted = marks.high - free_frames();
    const bool last_ones = free_frames() < least;
    // Without a swap area only text can go: not what is in use, as long as there is another way.
    const bool hardly_any = reclaim(wanted, last_ones || swap_free() ? 2 : 1) < wanted / 8;
    struggles = hardly_any ? struggles + last_ones : 0;
    prolong_slice();
    if (free_frames() >= marks.high) return;
    // For the last ones all that could go has gone, the text of running programs included.
    pause = pause_after_failure;
    if ((free_frames() >= least && struggles < most_struggles) || otherwise == Otherwise::go_on) return;
    struggles = 0;
    wake_kswapd();
    kill_for_memory();
    if (free_frames() >= marks.high) return;
  }
}

bool room_for_task() { return free_frames() >= watermarks().min; }

u64 available_frames() {
  u64 clean = 0;
  for (u64 n = 1; n < frame_count; n++)
    clean += frames[n].kind == FrameKind::file && frames[n].cache && !frames[n].dirty;
  return free_frames() + clean;
}

}  // namespace lucid::kernel
