// SPDX-License-Identifier: MIT
// Where memory comes from when none is free. Below the watermark `low`, whoever is about to need some makes
// room first: a clock hand goes round over all frames; a user page that was accessed since the hand
// passed last (the A bit of one of its entries) gets a second chance, any other goes: clean pages of files are
// dropped, the rest is written to the swap area. When nothing can go, one process is killed (mm/oom.h).
//
// Rules of sleeping in the memory manager:
//  1. Allocating a frame, a page table or an object never sleeps. It takes from the reserve below `low`, or fails.
//  2. make_room() sleeps. It is called where a task holds nothing that others could change meanwhile: at the
//     start of a page fault, of a system call, of a read or write of the page cache, and before each page of
//     work that takes many.
//  3. So every access to user memory may sleep, and change what is mapped, cached or on a list. Raw pointers to
//     VMAs, page-table entries and frames that are not held (share_frame) are looked up again afterwards.
//  4. Between two sleeps the memory manager is alone: kernel code may be preempted, but nobody else is let into the
//     kernel then. Interrupt handlers neither allocate nor free.
#pragma once
#include "core/kernel/mm/frames.h"

namespace lucid::kernel {

/// Numbers of free frames (Linux: min_free_kbytes = 4 * sqrt(memory in KiB); 5/4 and 3/2 of it).
struct Watermarks {
  u64 min, low, high;
};
Watermarks watermarks();

struct ReclaimTotals {
  u64 scanned, reclaimed;    // frames the hand passed, frames it freed
  u64 dropped, swapped_out;  // of those: pages of files, pages written to or left in the swap area
  u64 killed;
};
extern ReclaimTotals reclaim_totals;

/// What if nothing more can go? A system call may find out by itself, and fail; a page fault must not.
enum class Otherwise { go_on, kill };
extern u64 low_watermark;
void find_room(Otherwise otherwise);
/// Sees to it that the reserve is free, if that can be had. Sleeps.
inline void make_room(Otherwise otherwise = Otherwise::go_on) {
  if (free_frames() < low_watermark) find_room(otherwise);
}
/// Is there enough for another task, after make_room()?
bool room_for_task();
/// Takes pages out of memory until `wanted` are, or the hand has made so many turns; returns how many went. In the second
/// turn nobody had time to access again what the first one found accessed. Sleeps.
u64 reclaim(u64 wanted, u32 turns);
/// Takes one page out of memory, whether it was accessed or not: false when it is locked, held or has nowhere
/// to go. Sleeps.
bool page_out(u64 frame);

/// Free frames and what could be had without the swap area.
u64 available_frames();
/// The frame the hand points to.
extern u64 clock_hand;

}  // namespace lucid::kernel
