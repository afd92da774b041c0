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
constexpr uint32_t introspect_version = 1;

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
};
static_assert(sizeof(IntrospectHeader) == 112 + 80 + 32 + 16);

}  // namespace lucid::abi
