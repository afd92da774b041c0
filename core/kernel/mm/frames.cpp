// SPDX-License-Identifier: MIT
// Two sources: frames never used yet lie above `fresh` and need no list (so boot does not touch them
// all); freed ones are on a doubly linked list, so that a run can be taken out of its middle.
#include "core/kernel/mm/frames.h"

#include "core/kernel/boot/init_section.h"
#include "core/kernel/drivers/tracepoint.h"
#include "core/kernel/lib/log.h"
#include "core/kernel/lib/string.h"

extern "C" char image_end[];

namespace lucid::kernel {

Frame* frames;
u64 frame_count;

u64 frame_counts[abi::frame_kinds];

namespace {

constexpr u32 none = 0;  // frame 0 is never free: it ends lists
u32 free_head = none;
u64 fresh, zero_page, usable;
u64& count_of(FrameKind kind) { return frame_counts[static_cast<u32>(kind)]; }

/// A frame's new life.
void become(u64 number, FrameKind kind, u32 references, u16 run) {
  Frame& f = frames[number];
  count_of(f.kind)--;
  f = {};
  f.references = references, f.kind = kind, f.run = run;
  count_of(kind)++;
}

void push_free(u64 number) {
  become(number, FrameKind::free, 0, 0);
  frames[number].next = free_head;
  if (free_head) frames[free_head].previous = static_cast<u32>(number);
  free_head = static_cast<u32>(number);
}

void unlink_free(u64 number) {
  Frame& f = frames[number];
  if (f.previous) frames[f.previous].next = f.next;
  if (f.next) frames[f.next].previous = f.previous;
  if (free_head == number) free_head = f.next;
}

/// The next never-used frame, stepping over reserved ones.
u64 take_fresh() {
  while (fresh < frame_count && frames[fresh].kind != FrameKind::free) fresh++;
  return fresh == frame_count ? none : fresh++;
}

u64 fresh_run(u64 count) {
  u64 length = 0;
  for (u64 n = fresh; n < frame_count; n++) {
    length = frames[n].kind == FrameKind::free ? length + 1 : 0;
    if (length < count) continue;
    u64 first = n + 1 - count;
    for (u64 skipped = fresh; skipped < first; skipped++)
      if (frames[skipped].kind == FrameKind::free) push_free(skipped);
    fresh = n + 1;
    return first;
  }
  return none;
}

u64 recycled_run(u64 count) {
  u64 length = 0;
  for (u64 n = 1; n < fresh; n++) {
    length = frames[n].kind == FrameKind::free ? length + 1 : 0;
    if (length < count) continue;
    u64 first = n + 1 - count;
    for (u64 i = first; i <= n; i++) unlink_free(i);
    return first;
  }
  return none;
}

void reserve(u64 start, u64 end, FrameKind kind) {
  for (u64 n = start / page_size; n < page_up(end) / page_size && n < frame_count; n++) become(n, kind, 1, 0);
}

}  // namespace

INIT_CODE void setup_frames(u64 memory_end, u64 reserved_start, u64 reserved_end) {
  frame_count = memory_end / page_size;
  u64 table = page_up(image_to_physical(image_end));
  u64 table_end = page_up(table + frame_count * sizeof(Frame));
  if (table < reserved_end && table_end > reserved_start) panic("No room for the frame table");
  frames = static_cast<Frame*>(physical_to_pointer(table));
  memset(frames, 0, frame_count * sizeof(Frame));
  count_of(FrameKind::free) = frame_count;
  reserve(0, image_start, FrameKind::reserved);
  reserve(image_start, table, FrameKind::kernel_image);
  reserve(table, table_end, FrameKind::kernel_data);
  reserve(reserved_start, reserved_end, FrameKind::file);
  fresh = table_end / page_size;
  usable = free_frames();
  zero_page = allocate_zeroed_frame(FrameKind::zero).take();
}

Result<u64> allocate_frame(FrameKind kind) {
  u64 number = free_head;
  if (number)
    unlink_free(number);
  else if (!(number = take_fresh()))
    return Errno::NOMEM;
  become(number, kind, 1, 1);
  trace(Trace::frame_allocated, number, static_cast<u64>(kind));
  return number;
}

Result<u64> allocate_zeroed_frame(FrameKind kind) {
  u64 number = TRY(allocate_frame(kind));
  memset(frame_bytes(number), 0, page_size);
  return number;
}

Result<u64> allocate_run(u64 count, FrameKind kind) {
  if (count == 1) return allocate_frame(kind);
  if (count == 0 || count > 0xffff) return Errno::NOMEM;
  u64 first = fresh_run(count);
  if (!first) first = recycled_run(count);
  if (!first) return Errno::NOMEM;
  for (u64 n = first; n < first + count; n++) {
    become(n, kind, 1, 0);
    trace(Trace::frame_allocated, n, static_cast<u64>(kind));
  }
  frames[first].run = static_cast<u16>(count);
  return first;
}

void release_run(u64 first) {
  u64 count = frames[first].run;
  for (u64 n = first; n < first + count; n++) release_frame(n);
}

void release_frame(u64 number) {
  Frame& f = frames[number];
  if (f.references == 0) panic("frame %lx released twice", number);
  if (--f.references) return;
  trace(Trace::frame_freed, number);
  push_free(number);
}

void free_reserved(u64 start, u64 end) {
  for (u64 n = page_up(start) / page_size; n < end / page_size; n++, usable++) release_frame(n);
}

u64 zero_frame() { return zero_page; }
u64 frames_of(FrameKind kind) { return count_of(kind); }
u64 usable_frames() { return usable; }

}  // namespace lucid::kernel
