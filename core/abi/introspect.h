// SPDX-License-Identifier: MIT
// Where the kernel keeps what the panels show. The kernel publishes one IntrospectHeader through
// Trace::introspect; it gives addresses of its tables and the offsets of fields in its own
// structures, so the kernel's types stay its own. The reader (core/inspect) checks and bounds
// everything: the guest may be in the middle of an update, or corrupt.
//
// Addresses named *_gva are kernel virtual and are read through the page tables of the current CR3
// (the kernel half is the same in all of them).
#pragma once
#include <stdint.h>

namespace lucid::abi {

constexpr uint64_t introspect_magic = 0x3638'6469'6375'6c00;  // "\0lucid86"
constexpr uint32_t introspect_version = 3;

enum class TaskState : uint32_t { unused = 0, created = 1, ready = 2, running = 3, sleeping = 4, stopped = 5, zombie = 6, dead = 7 };

enum class VmaKind : uint32_t { anonymous = 0, text = 1, data = 2, bss = 3, heap = 4, stack = 5, file = 6, vdso = 7 };

/// Bits of VmaLayout::flags' field.
enum VmaFlags : uint32_t { vma_read = 1, vma_write = 2, vma_exec = 4, vma_shared = 8, vma_grows_down = 16 };

enum class FrameKind : uint8_t {
  free = 0,
  kernel_image = 1,
  kernel_data = 2,   // heap, frame table
  page_table = 3,
  anonymous = 4,     // user memory
  file = 5,          // page cache, archive
  reserved = 6,      // not RAM, or firmware's
  zero = 7,          // the shared page of zeros
  kernel_stack = 8,
};
constexpr uint32_t frame_kinds = 9;

/// Offsets in bytes from the start of a task structure.
struct TaskLayout {
  uint32_t next;         // u64: address of the next task in the list of all tasks, 0 at the end
  uint32_t pid;          // u32
  uint32_t parent;       // u64: address of the parent task, 0 = none
  uint32_t state;        // u32: TaskState
  uint32_t wait_reason;  // u32: WaitReason while sleeping
  uint32_t name;         // char[16], NUL-padded
  uint32_t exit_status;  // u32: wait status once a zombie
  uint32_t page_root;    // u64: physical address that goes into CR3, 0 = kernel thread
  uint32_t vma_head;     // u64: address of the first VMA, 0 = none
  uint32_t brk_start;    // u64
  uint32_t brk_end;      // u64
  uint32_t trapframe;    // u64: address of the TrapFrame saved at kernel entry, 0 = none
  uint32_t kernel_stack; // u64: lowest address of its kernel stack
  uint32_t cpu_ticks;    // u64: TSC ticks of processor time used
  uint32_t slice_left;   // u32: PIT ticks left in the present slice
  uint32_t pgid;         // u32
  uint32_t sid;          // u32
  uint32_t reserved[3];
};
static_assert(sizeof(TaskLayout) == 80);

struct VmaLayout {
  uint32_t next;    // u64: address of the next VMA in ascending order, 0 at the end
  uint32_t start;   // u64
  uint32_t end;     // u64, exclusive
  uint32_t flags;   // u32: VmaFlags
  uint32_t kind;    // u32: VmaKind
  uint32_t file_name;    // u64: address of a NUL-terminated path, 0 = none
  uint32_t file_offset;  // u64
  uint32_t reserved;
};
static_assert(sizeof(VmaLayout) == 32);

/// One entry per physical frame, `stride` bytes apart from frames_gva.
struct FrameLayout {
  uint32_t stride;
  uint32_t references;  // u32: owners; 0 = free
  uint32_t kind;        // u8: FrameKind
  uint32_t reserved;
};
static_assert(sizeof(FrameLayout) == 16);

/// What a task has open.
struct FilesLayout {
  uint32_t table;          // task: u64, address of its table of descriptors; 0 = none any more
  uint32_t slots, count;   // table: u64, address of the slots; i32, their number
  uint32_t stride, open_file, close_on_exec;  // slot: u64, address of the open file, 0 = free; u8
  uint32_t inode, dentry, flags, position;    // open file: u64; u64, 0 = it has no name; u32 (open(2)); u64
  uint32_t mode, number;                      // inode: u32 (stat(2)), u64
  uint32_t name, parent, covers;  // dentry: u64, address of its text; u64; u64, of a mount's root: what it hides
  uint32_t first_child, next;     // dentry: u64, u64
  uint32_t dentry_inode;          // dentry: u64
};
static_assert(sizeof(FilesLayout) == 72);

/// Signals and limits. A set of signals is a u64 with bit n - 1 for signal n.
struct SignalsLayout {
  uint32_t blocked, pending;  // task: sets
  uint32_t group;             // task: u64, address of what the threads of a process share
  uint32_t group_pending;     // group: set
  uint32_t actions;           // group: u64, address of the actions
  uint32_t first, stride;     // actions: the one of signal 0, and from one to the next
  uint32_t handler, flags, mask;  // action: u64 (0 = default, 1 = ignored), u64 (SA_…), set
  uint32_t limits;                // group: 16 pairs of u64, soft and hard, by RLIMIT_…
  uint32_t reserved;
};
static_assert(sizeof(SignalsLayout) == 48);

/// Scheduling.
struct SchedLayout {
  uint32_t nice, policy, priority;  // task: i32; u32 (SCHED_…); u32, 0 = not real-time
  uint32_t weight;                  // task: u32, 1024 at nice 0
  uint32_t vruntime, deadline;      // task: u64, weighted nanoseconds
  uint32_t waited, switched_in;     // task: u64, TSC ticks in the run queue; u64, times
  uint32_t minor_faults, major_faults, voluntary_switches, involuntary_switches;  // task: u64
};
static_assert(sizeof(SchedLayout) == 48);

/// More about a frame.
struct FrameUseLayout {
  uint32_t index;      // u64: anonymous: page number of its virtual address; file: page of the file
  uint32_t cache;      // u64: file: address of the page cache it belongs to
  uint32_t slot;       // u32: anonymous: the slot of the swap area that holds its bytes, too; 0 = none
  uint32_t dirty;      // u8: file: differs from what is on disk
  uint32_t cache_file;  // page cache: u64, address of the inode
  uint32_t reserved;
};
static_assert(sizeof(FrameUseLayout) == 24);

/// A program on its way to being run (execve).
struct BinaryLayout {
  uint32_t next;                        // u64: address of another one, 0 = none
  uint32_t pid;                         // u32: for whom
  uint32_t depth;                       // u32: how many scripts have been rewritten into their interpreters
  uint32_t head, head_size;             // its first bytes, and how many
  uint32_t arguments, environment;      // u64, u64: counts
  uint32_t path, interpreter;           // u64, u64: address of a string; as given, and whose file is looked at
  uint32_t strings_top;                 // u64: where the new stack's strings begin
  uint32_t string_text;                 // string: u64, address of its text
  uint32_t reserved;
};
static_assert(sizeof(BinaryLayout) == 48);

/// Formats that a program is offered to, in this order (Trace::format_asked).
constexpr const char* binary_formats[] = {"misc", "script", "elf"};

/// Counters of memory reclaim: u64 each, one after the other.
struct ReclaimCounters {
  uint64_t scanned, reclaimed, dropped, swapped_out, killed;
};

/// The scheduler's numbers, nanoseconds: what /proc/sys/kernel/sched_* tell.
struct SchedNumbers {
  uint64_t slice, latency, granularity, wakeup_granularity, base_slice, real_time_slice;
};

/// The one thing here that is there to be written: a front end may ask for other settings of the scheduler, as a debugger
/// would change a variable. `text` has words like those of the command line ("sched=fair sched_latency_ns=6000000"); the
/// kernel takes them over at its next tick, or when something wakes it.
struct SettingsRequest {
  static constexpr uint32_t most_text = 504;
  uint32_t written;      // the front end's: one more with each change of the text, at the same time
  uint32_t taken;        // the kernel's: `written` of the text that it has taken over
  char text[most_text];  // NUL-terminated
};
static_assert(sizeof(SettingsRequest) == 512);

struct IntrospectHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t size;                // sizeof(IntrospectHeader)
  uint64_t direct_map_gva;      // virtual address at which physical 0 is mapped
  uint64_t image_gva_start;     // the kernel image
  uint64_t image_gva_end;
  uint64_t image_gpa_start;
  uint64_t tasks_gva;           // address of a u64: the first task
  uint64_t current_gva;         // address of a u64: the running task, 0 = idle
  uint64_t frames_gva;          // the frame table
  uint64_t frame_count;
  uint64_t ticks_gva;           // address of a u64: PIT ticks since boot
  uint64_t kernel_page_root;    // physical address of the kernel's own top-level table
  uint64_t run_queue_gva;       // address of a u64: first ready task, linked by run_queue_next
  uint32_t run_queue_next;      // offset in the task: u64
  uint32_t hz;                  // PIT ticks per second
  TaskLayout task;
  VmaLayout vma;
  FrameLayout frame;
  FilesLayout files;
  SignalsLayout signals;
  SchedLayout sched;
  FrameUseLayout frame_use;
  BinaryLayout binary;
  uint64_t irq_counts_gva;      // address of 16 u64: interrupts by line, as the kernel counted them
  uint64_t spurious_gva;        // address of a u64
  uint64_t policy_gva;          // address of a u64: address of the scheduling policy
  uint64_t policy_name;         // offset in it: u64, address of its name
  uint64_t swap_slots_gva;      // address of a u64: address of SwapSlot[], 0 = no swap area
  uint64_t swap_slot_count_gva; // address of a u64; the first is the header and never used
  uint64_t reclaim_gva;         // address of ReclaimCounters
  uint64_t clock_hand_gva;      // address of a u64: the frame the hand points to
  uint64_t low_watermark_gva;   // address of a u64: below so many free frames pages are taken
  uint64_t binaries_gva;        // address of a u64: the first program on its way to being run, 0 = none
  uint64_t root_gva;            // address of a u64: the root directory's dentry
  uint64_t sched_numbers_gva;     // address of SchedNumbers
  uint64_t settings_request_gva;  // address of SettingsRequest, all in one page
};
static_assert(sizeof(IntrospectHeader) == 112 + 80 + 32 + 16 + 72 + 48 + 48 + 24 + 48 + 13 * 8);

}  // namespace lucid::abi
