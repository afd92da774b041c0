// SPDX-License-Identifier: MIT
// How the kernel announces what it did. It fills a TraceRecord in its own memory and writes the
// record's physical address (below 4 GiB) to `trace_port` with one 32-bit OUT; the board copies
// the record at that moment. On a machine without the port the write does nothing.
// Facts only, in the past tense; the text is made by whoever shows them.
#pragma once
#include <stdint.h>

namespace lucid::abi {

constexpr uint16_t trace_port = 0x0d86;

enum class Trace : uint32_t {
  // args of each, in order
  introspect = 1,      // physical address of IntrospectHeader (once, when the tables are ready)
  boot_phase = 2,      // BootPhase
  forked = 3,          // parent pid, child pid, clone flags
  execed = 4,          // pid, comm low 8 bytes, comm high 8 bytes, entry address, stack pointer
  exec_failed = 5,     // pid, errno (positive)
  exited = 6,          // pid, wait status (WIFEXITED format), 1 if it became a zombie
  reaped = 7,          // parent pid, child pid
  reparented = 8,      // child pid, old parent pid, new parent pid
  switched = 9,        // previous pid, next pid (0 = idle), SwitchReason, ticks of next's slice (0 = no end),
                       // 1 if the previous one was interrupted inside the kernel
  fault_resolved = 10, // pid, faulting address, FaultOutcome, frame number now mapped, old frame (copy) or 0
  blocked = 11,        // pid, WaitReason
  woken = 12,          // pid, WaitReason it slept for
  signal_sent = 13,    // sender pid (0 = kernel), target pid, signal number
  signal_delivered = 14,  // pid, signal number, handler address (0 = default action)
  frame_allocated = 15,   // frame number, FrameKind
  frame_freed = 16,       // frame number
  panicked = 17,          // physical address of the message, its length
  powered_off = 18,       // exit status
  syscall_unknown = 19,   // pid, number
  policy_chosen = 20,     // scheduling policy: name (8 bytes), PIT ticks per second
  paged_out = 30,      // slot (0: a page of a file, dropped), frame, pid, address of the page
  paged_in = 31,       // slot, frame, pid, address of the page
  reclaimed = 32,      // frames wanted, freed, looked at by the clock's hand; free now
  out_of_memory = 33,  // pid killed, its resident pages, its pages in the swap area; free frames
  swap_on = 34,        // slots
  swap_off = 35,
  page_filled = 36,    // inode, page of the file, frame: the page cache read it from the disk
  page_written = 37,   // inode, page of the file, frame: what was changed was written to where it came from
  format_asked = 40,   // execve: pid, which format (binary_formats) | depth << 8, 0 (it took it) or errno,
                       // the file's first 16 bytes (two)
};

enum class BootPhase : uint64_t {
  entered = 1,      // first instruction, paging off
  paging_on = 2,    // CR0.PG set, long mode active
  higher_half = 3,  // running at the linked address, identity map no longer used
  memory_ready = 4,
  interrupts_on = 5,
  root_mounted = 6,
  init_started = 7,
  start_kernel = 8,       // interrupt table, memory, devices come next
  rest_init = 9,          // what remains is done by tasks: kernel_init and kthreadd are made, task 0 goes idle
  kernel_init = 10,       // task 1 runs
  init_memory_freed = 11,
  // Before the kernel, when the machine starts at the reset vector (core/firmware):
  firmware = 16,     // first instruction, real mode
  boot_sector = 17,  // the disk's first sector runs at 0x7c00
  loader = 18,
  protected_mode = 19,  // the loader has loaded the kernel and left real mode; `entered` comes next
};

/// preempted: its slice ended; outranked: a task that woke took the processor; lent: it wants into the
/// kernel and gives its turn to the task that is in there.
enum class SwitchReason : uint64_t { blocked = 1, preempted = 2, yielded = 3, exited = 4, idle_ended = 5, outranked = 6, lent = 7 };

enum class FaultOutcome : uint64_t {
  demand_zero = 1,   // first touch of anonymous memory: a zeroed frame
  file_page = 2,     // first touch of file-backed memory: the file's bytes
  cow_copied = 3,    // write to a shared frame: this process got its own copy
  cow_reused = 4,    // write to a copy-on-write frame with one owner left: made writable in place
  stack_grown = 5,
  spurious = 6,      // the mapping already allowed it (stale TLB entry)
  signalled = 7,     // no mapping allows it: SIGSEGV or SIGBUS
  kernel_fixup = 8,  // the kernel touched a bad user pointer: EFAULT
  swapped_in = 9,
};

enum class WaitReason : uint64_t { none = 0, child = 1, pipe_read = 2, pipe_write = 3, tty_read = 4, sleep = 5, stopped = 6, other = 7, poll = 8, futex = 9, disk = 10, signal = 11 };

struct TraceRecord {
  uint32_t kind;  // Trace
  uint32_t pid;   // current process, 0 = none or idle
  uint64_t args[6];
};
static_assert(sizeof(TraceRecord) == 56);

}  // namespace lucid::abi
