// SPDX-License-Identifier: MIT
#include "core/kernel/mm/swap.h"

#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/lib/string.h"
#include "core/kernel/mm/frames.h"
#include "core/kernel/mm/heap.h"
#include "core/kernel/mm/reclaim.h"
#include "core/kernel/proc/sched.h"

namespace lucid::kernel {

abi::SwapSlot* swap_slots;
u64 swap_slot_count;

namespace {

using abi::SwapSlot;
constexpr u64 sectors_per_slot = page_size / sector_size;
constexpr u64 least_slots = 10;  // Linux's mkswap makes none that is smaller

BlockDevice* device;
bool closing;  // swap_off is at work: nothing more goes out
u64 free_slots, next_slot, slots_read, slots_written;
WaitQueue transfers;

u32 find_free_slot() {
  if (!swap_free()) return 0;
  for (u64 looked = 0; looked < swap_slot_count; looked++) {
    if (++next_slot >= swap_slot_count) next_slot = 1;
    const SwapSlot& s = swap_slots[next_slot];
    if (s.users || s.frame || s.busy) continue;
    free_slots--;
    return static_cast<u32>(next_slot);
  }
  return 0;
}

/// Gives back what nobody holds on to any more.
void drop_unused(u32 slot) {
  SwapSlot& s = swap_slots[slot];
  if (s.busy || s.users) return;
  if (s.frame) {
    if (frames[s.frame].references > 1) return;
    u32 frame = s.frame;
    frames[frame].slot = 0;
    s.frame = 0;
    release_frame(frame);
  }
  s.stored = 0;
  free_slots++;
}

/// Marks a slot as busy while `move` runs, which sleeps.
template <typename F>
Status transfer(u32 slot, F move) {
  swap_slots[slot].busy = 1;
  Status done = move();
  swap_slots[slot].busy = 0;
  transfers.wake_all();
  return done;
}

}  // namespace

SwapTotals swap_totals() { return {swap_slot_count ? swap_slot_count - 1 : 0, free_slots, slots_read, slots_written}; }

u64 swap_free() { return closing ? 0 : free_slots; }

const char* swap_name() { return device ? device->name() : ""; }

Status swap_on(BlockDevice& d) {
  if (device) return Errno::BUSY;
  auto* header = static_cast<u8*>(allocate(page_size));
  if (!header) return Errno::NOMEM;
  Status read =
      d.sectors() < least_slots * sectors_per_slot ? Status(Errno::INVAL) : d.read(0, header, sectors_per_slot);
  u32 version, last;
  memcpy(&version, header + abi::swap_version_at, sizeof version);
  memcpy(&last, header + abi::swap_last_slot_at, sizeof last);
  bool marked = memcmp(header + abi::swap_signature_at, abi::swap_signature, sizeof abi::swap_signature - 1) == 0;
  deallocate(header);
  TRY(read);
  if (device) return Errno::BUSY;
  if (!marked || version != 1 || last < least_slots - 1) return Errno::INVAL;
  u64 count = min<u64>(u64{last} + 1, d.sectors() / sectors_per_slot);
  auto* table = static_cast<SwapSlot*>(allocate(count * sizeof(SwapSlot)));
  if (!table) return Errno::NOMEM;
  memset(table, 0, count * sizeof(SwapSlot));
  swap_slots = table, swap_slot_count = count;
  free_slots = count - 1, next_slot = 0;
  device = &d;
  log("Adding %luk swap on /dev/%s", free_slots * page_size / 1024, d.name());
  trace(Trace::swap_on, free_slots);
  return {};
}

Status swap_off() {
  if (!device || closing) return Errno::INVAL;
  if (swap_totals().slots - free_slots > available_frames()) return Errno::NOMEM;
  closing = true;
  Status emptied = empty_swap_area();
  closing = false;
  if (!emptied.ok()) return emptied;
  deallocate(swap_slots);
  swap_slots = nullptr;
  swap_slot_count = free_slots = 0;
  device = nullptr;
  trace(Trace::swap_off);
  return {};
}

u32 take_slot(u64 frame) {
  u32 slot = find_free_slot();
  if (!slot) return 0;
  swap_slots[slot] = {static_cast<u32>(frame), 0, 0, 0};
  frames[frame].slot = slot;
  share_frame(frame);
  return slot;
}

u32 take_bare_slot() {
  u32 slot = find_free_slot();
  if (slot) swap_slots[slot].users = 1;
  return slot;
}

void share_slot(u32 slot) { swap_slots[slot].users++; }

void release_slot(u32 slot) {
  if (swap_slots[slot].users-- == 0) panic("swap slot %u released twice", slot);
  drop_unused(slot);
}

u32 slot_users(u32 slot) { return swap_slots[slot].users; }
bool slot_busy(u32 slot) { return swap_slots[slot].busy; }

void wait_for_slot(u32 slot) {
  while (slot < swap_slot_count && swap_slots[slot].busy) sleep_uninterrupted(transfers, WaitReason::disk);
}

u64 cached_frame(u32 slot) { return swap_slots[slot].frame; }

Status fetch_slot(u32 slot) {
  SwapSlot& s = swap_slots[slot];
  if (s.busy) {
    wait_for_slot(slot);
    return {};
  }
  u64 frame = TRY(allocate_frame(FrameKind::anonymous));
  Status got = transfer(slot, [&] { return read_bare_slot(slot, frame_bytes(frame)); });
  if (!got.ok()) {
    release_frame(frame);
    drop_unused(slot);
    return got;
  }
  s.frame = static_cast<u32>(frame), s.stored = 1;
  frames[frame].slot = slot;
  drop_unused(slot);
  return {};
}

Status store_slot(u32 slot) {
  SwapSlot& s = swap_slots[slot];
  if (s.stored) return {};
  Status done = transfer(slot, [&] { return write_bare_slot(slot, frame_bytes(s.frame)); });
  s.stored = done.ok();
  drop_unused(slot);
  return done;
}

Status read_bare_slot(u32 slot, u8* page) {
  slots_read++;
  return device->read(slot * sectors_per_slot, page, sectors_per_slot);
}

Status write_bare_slot(u32 slot, const u8* page) {
  slots_written++;
  return device->write(slot * sectors_per_slot, page, sectors_per_slot);
}

void leave_swap_cache(u64 frame) {
  u32 slot = frames[frame].slot;
  frames[frame].slot = 0;
  swap_slots[slot].frame = 0;
  release_frame(frame);
  drop_unused(slot);
}

bool free_cached_frame(u32 slot, u64 frame) {
  SwapSlot& s = swap_slots[slot];
  if (s.frame != frame || s.busy || !s.stored || frames[frame].references > 1) return false;
  leave_swap_cache(frame);
  return true;
}

void shed_swap_cache() {
  for (u64 slot = 1; slot < swap_slot_count; slot++) {
    const SwapSlot& s = swap_slots[slot];
    if (s.frame && !s.users && !s.busy) leave_swap_cache(s.frame);
  }
}

void release_page(u64 frame) {
  u32 slot = frames[frame].kind == FrameKind::anonymous ? frames[frame].slot : 0;
  release_frame(frame);
  if (slot && frames[frame].references == 1) drop_unused(slot);
}

u64 page_owners(u64 frame) {
  const Frame& f = frames[frame];
  return f.slot ? f.references - 1 + swap_slots[f.slot].users : f.references;
}

}  // namespace lucid::kernel
