// SPDX-License-Identifier: MIT
// Physical frames: who owns each, and how many owners it has. A frame is named by its number
// (physical address / 4096). Free frames are linked through the table itself.
#pragma once
#include "core/abi/introspect.h"
#include "core/kernel/lib/errno.h"
#include "core/kernel/mm/layout.h"

namespace lucid::kernel {

using abi::FrameKind;

class Lineage;
class PageCache;

/// What else is known of a frame depends on its kind.
struct Frame {
  u32 references;  // owners; 0 = free
  FrameKind kind;
  u8 slab_class;  // heap: which size of object it is cut into
  u16 run;        // of the first frame of an allocation: its length; heap: objects in use
  union {
    struct {
      u32 next, previous;  // free: the free list; page table: `next` table of the same space; heap: frames with room
    };
    u64 index;  // anonymous: page number of its virtual address; file: page of the file
  };
  union {
    Lineage* lineage;   // anonymous and mapped: which address spaces may map it
    PageCache* cache;   // file: whose page it is
    void* free_object;  // heap: the first free one of the objects it is cut into
  };
  u32 slot;    // anonymous: the slot of the swap area that holds its bytes too; 0 = none
  bool dirty;  // file: differs from what is on disk
};
static_assert(sizeof(Frame) == 32);

extern Frame* frames;
extern u64 frame_count;

/// Takes over RAM up to `memory_end`; the image, low memory and [reserved_start, reserved_end) stay out.
void setup_frames(u64 memory_end, u64 reserved_start, u64 reserved_end);

/// A frame with one owner; contents are whatever was there. Takes from what is free and never sleeps: whoever
/// needs much calls make_room() (mm/reclaim.h) before.
Result<u64> allocate_frame(FrameKind kind);
/// The same, zeroed.
Result<u64> allocate_zeroed_frame(FrameKind kind);
/// `count` neighbouring frames, released together by release_run().
Result<u64> allocate_run(u64 count, FrameKind kind);
void release_run(u64 first);

inline void share_frame(u64 number) { frames[number].references++; }
/// One owner less; the last one frees it.
void release_frame(u64 number);
/// Gives the frames of [start, end), until now reserved, to the free list.
void free_reserved(u64 start, u64 end);

inline u8* frame_bytes(u64 number) { return static_cast<u8*>(physical_to_pointer(number * page_size)); }

/// The shared page of zeros; its reference count is at least one for ever.
u64 zero_frame();

extern u64 frame_counts[abi::frame_kinds];
inline u64 free_frames() { return frame_counts[static_cast<u32>(FrameKind::free)]; }
/// How many frames are of a kind.
u64 frames_of(FrameKind kind);
/// The frames that the kernel gives out: all but its image, the frame table and what is reserved.
u64 usable_frames();

}  // namespace lucid::kernel
