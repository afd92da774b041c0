// SPDX-License-Identifier: MIT
// The swap area: pages of a block device (slots) that hold what RAM has no room for. A slot is free when it
// has neither users (page-table entries, page caches) nor a frame.
//
// The swap cache: a slot whose bytes are in memory as well knows the frame, and the frame knows the slot
// (Frame::slot) and counts it as one owner. So what fork shares stays one page, on disk and in memory. A frame
// in the swap cache is never mapped writable: its bytes and the slot's cannot differ.
//
// What sleeps says so. Nobody else touches a slot that is `busy`; it stays taken meanwhile.
#pragma once
#include "core/abi/swap_entry.h"
#include "core/kernel/drivers/block_device.h"
#include "core/kernel/lib/types.h"

namespace lucid::kernel {

struct SwapTotals {
  u64 slots, free;  // the header is none of them
  u64 read, written;
};
SwapTotals swap_totals();
/// Slots that can be taken.
u64 swap_free();
/// Of the area in use; "" = there is none.
const char* swap_name();

/// Starts to use a device that mkswap prepared: EINVAL without its mark, EBUSY when one is in use. Sleeps.
Status swap_on(BlockDevice& device);
/// Brings everything back and lets go of the device: ENOMEM when it does not fit. Sleeps.
Status swap_off();

/// Takes a free slot for a frame, which becomes part of the swap cache: 0 = none is free.
u32 take_slot(u64 frame);
/// Takes a slot for bytes that are in no cache; it has one user.
u32 take_bare_slot();
void share_slot(u32 slot);
/// One user less.
void release_slot(u32 slot);
u32 slot_users(u32 slot);
bool slot_busy(u32 slot);
/// Waits until a transfer of the slot is over (it may be somebody else's by then). Sleeps.
void wait_for_slot(u32 slot);
/// The frame that has the slot's bytes, complete: 0 = they have to be fetched.
u64 cached_frame(u32 slot);

/// Brings the slot's bytes into the swap cache; looks again who comes back. Sleeps.
Status fetch_slot(u32 slot);
/// Writes a frame of the swap cache out, if the disk has it not yet. Sleeps.
Status store_slot(u32 slot);
/// The same without the cache: for a page whose owner keeps it from changing or does not mind. Sleep.
Status read_bare_slot(u32 slot, u8* page);
Status write_bare_slot(u32 slot, const u8* page);

/// Parts a frame from its slot, whose bytes go when it has no users.
void leave_swap_cache(u64 frame);
/// One owner of a user page less: of a frame that only the swap cache holds on to for nobody, too.
void release_page(u64 frame);
/// Owners of an anonymous page, present or swapped out: page-table entries everywhere.
u64 page_owners(u64 frame);

/// Frees a frame that only the swap cache holds and whose bytes are on the disk; false if it is another one.
bool free_cached_frame(u32 slot, u64 frame);
/// Gives back the slots that have no users, only a frame that is in use itself.
void shed_swap_cache();

/// Brings back all pages that lie in the area (mm/swap_off.cpp). Sleeps.
Status empty_swap_area();

/// For whoever looks from outside.
extern abi::SwapSlot* swap_slots;
extern u64 swap_slot_count;

}  // namespace lucid::kernel
