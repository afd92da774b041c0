// SPDX-License-Identifier: MIT
// What panels, page, CLI and tests see: values copied out of the stopped machine. No pointers into
// it, bounded sizes, and honest when the guest is unreadable (`valid` false, with a reason).
#pragma once
#include <string>
#include <vector>

#include "core/abi/introspect.h"
#include "core/abi/tracepoint.h"
#include "core/base/types.h"
#include "core/cpu/state.h"
#include "core/mem/walk.h"

namespace lucid::inspect {

/// A place in code: symbol and offset, with its source line where known.
struct Place {
  std::string symbol;  // demangled; "" = unknown
  u64 offset = 0;
  std::string file;  // "" = unknown
  u32 line = 0;
  std::string text() const;    // "symbol+0x12" or ""
  std::string source() const;  // "file.c:12" without folders, or ""
};

/// The bytes of an instruction by field, for colouring.
enum class ByteField : u8 { prefix, rex, opcode, modrm, sib, displacement, immediate };

struct DisassemblyLine {
  Gva address;
  std::vector<u8> bytes;
  std::vector<ByteField> fields;  // one per byte
  std::string text;               // Intel syntax; "(unreadable)" or "(bad)" when so
  std::string symbol;             // "name" when a symbol starts here, else ""
  std::string file;               // of the source line it is part of, "" = unknown
  u32 line = 0;
  bool begins_line = false;  // the instruction before is part of another one
  std::string source;        // the text of that line when it begins here and is known
  bool current = false;      // RIP
};

/// A function that has not returned, as it stands on the stack.
struct StackFrame {
  Gva address;  // of the next instruction: of the innermost function RIP, of others where it is returned to
  Place place;  // of that instruction; its line is the call's
  Gva stack;    // RSP in it: its lowest byte
  // Zero where they are not known: the outermost frame, and code that keeps no frame pointer.
  Gva frame;           // where it ends, and its caller's begins
  Gva return_address;  // 8 below that
};

/// 8 bytes of a stack.
struct StackWord {
  Gva address;
  u64 value = 0;
  Place place;           // of the code it points to, "" = to none
  unsigned frame = ~0u;  // which of the stack's frames it belongs to, ~0 = none
  bool is_return_address = false;
};

struct StackView {
  std::vector<StackFrame> frames;  // innermost first
  std::vector<StackWord> words;    // by address
};

/// The way of the system call that the processor is at work on, from the program to the kernel and back.
struct SyscallPathView {
  enum class Door : u8 { syscall, sysenter, int80 } door = Door::syscall;
  u32 pid = 0;
  u64 number = 0, time = 0;  // of its event in the record
  u64 nr = 0;                // with abi::i386_call as in events
  std::string call;          // as strace writes it, up to what it returns
  Gva from;                  // the instruction; 0 = it is not there any more (execve), or not known yet (SYSENTER)
  Place from_place;
  Gva entry;  // what LSTAR, the gate or SYSENTER_EIP says
  Place entry_place;
  Gva stack;               // the top of the task's stack in the kernel
  Gva back;                // the instruction that it is gone back to, 0 = not known yet …
  u8 back_ring = 3;        // … in this ring
  bool by_sysret = false;  // else IRETQ
  Place back_place;
};

struct RegistersView {
  cpu::State state;
  u64 instruction = 0;    // retired
  u64 time = 0;           // ticks of 10 ns
  const char* mode = "";  // "64-bit", "compatibility", "protected 32-bit", "real" …
  Place place;            // of RIP
};

struct ProcessView {
  u32 pid = 0;
  u32 parent_pid = 0;
  std::string name;
  abi::TaskState state = abi::TaskState::unused;
  abi::WaitReason wait_reason = abi::WaitReason::none;
  bool current = false;
  u32 exit_status = 0;
  u64 page_root = 0;
  u64 cpu_ticks = 0;
  u32 slice_left = 0;
  u64 resident_frames = 0;  // user frames mapped
  std::string program;      // path of the executable it runs, "" = unknown or kernel thread
  u32 pgid = 0, sid = 0;
  u32 colour = 0;  // index into the process palette; the session's to give
};

struct ProcessesView {
  bool valid = false;
  std::string why_not;                 // e.g. "the kernel has not set up its tables yet"
  std::vector<ProcessView> processes;  // by pid
  u32 current_pid = 0;                 // 0 = idle or kernel
  std::vector<u32> run_queue;          // pids waiting for the processor, next first
  u64 kernel_ticks = 0;                // PIT ticks since boot
  u32 hz = 0;                          // of those ticks
};

struct VmaView {
  Gva start, end;
  u32 flags = 0;  // abi::VmaFlags
  abi::VmaKind kind = abi::VmaKind::anonymous;
  std::string file;
  u64 file_offset = 0;
  u64 resident_pages = 0;
  u64 swapped_pages = 0;
  u64 shared_pages = 0;  // resident, mapped read-only here and writable by the VMA: copy-on-write pending
};

/// One page of a process's address space, as its page tables have it now.
struct PageView {
  Gva address;
  bool present = false;
  u32 swap_slot = 0;  // where it lies in the swap area when it is not present; 0 = nowhere
  bool writable = false, no_execute = false, accessed = false, dirty = false;
  bool copy_on_write = false;  // mapped read-only although its VMA is private and writable
  u64 frame = 0;               // frame number when present
  u32 references = 0;          // the kernel's count of owners of that frame
};

struct MemoryMapView {
  bool valid = false;
  std::string why_not;
  u32 pid = 0;
  std::vector<VmaView> vmas;
};

/// A descriptor of a process.
struct OpenFileView {
  i32 descriptor = 0;
  Gva address;       // of the open file in the kernel: dup and fork share it
  u32 flags = 0;     // open(2)
  u64 position = 0;  // bytes
  bool close_on_exec = false;
  u32 mode = 0;  // stat(2)
  u64 inode = 0;
  std::string path;  // as the kernel's tree of names has it; "pipe:[7]" and the like for what has none
};

struct SignalView {
  bool pending = false, blocked = false;
  u64 handler = 0;  // 0 = default, 1 = ignored, else where it is
  u64 flags = 0;    // SA_…
  u64 mask = 0;     // blocked in the handler: bit n - 1 for signal n
};

struct LimitView {
  u64 soft = 0, hard = 0;  // ~0 = none
};

/// How a process takes part in the scheduler's game.
struct SchedView {
  u32 pid = 0;
  i32 nice = 0;
  u32 policy = 0, priority = 0;    // SCHED_…; of real-time tasks
  u32 weight = 0;                  // 1024 at nice 0
  u64 vruntime = 0, deadline = 0;  // weighted nanoseconds
  u64 waited = 0;                  // ticks in the run queue
  u64 switched_in = 0;             // times
  u64 voluntary_switches = 0, involuntary_switches = 0, minor_faults = 0, major_faults = 0;
};

/// What the kernel keeps about one process beyond its memory.
struct ProcessDetailsView {
  bool valid = false;
  std::string why_not;
  u32 pid = 0;
  std::vector<OpenFileView> files;  // by descriptor
  std::vector<SignalView> signals;  // 65, by number
  std::vector<LimitView> limits;    // 16, by RLIMIT_…
  SchedView sched;
};

/// A file of which pages are in memory.
struct CachedFileView {
  u64 inode = 0;
  std::string path;  // "" = it has no name
  u64 pages = 0, dirty = 0;
  u64 mapped = 0;  // pages with more than one owner: programs map them
};

/// A program on its way to being run: what execve gathers before it commits itself.
struct BinaryView {
  u32 pid = 0;
  u32 depth = 0;  // scripts rewritten into their interpreters so far
  std::string path, interpreter;
  u64 arguments = 0, environment = 0;
  Gva strings_top;
  std::vector<u8> head;
};

/// What the kernel keeps about the whole machine.
struct KernelStateView {
  static constexpr u32 irq_lines = 16;
  bool valid = false;
  std::string why_not;
  u64 irq_counts[irq_lines] = {};
  u64 spurious = 0;
  std::string policy;            // of the scheduler
  abi::SchedNumbers numbers{};   // nanoseconds
  std::string asked;             // settings that a front end asked for and the kernel has not looked at
  std::vector<SchedView> sched;  // by pid
  u64 swap_slots = 0, swap_used = 0, swap_cached = 0;  // that there are, taken, and with their bytes in memory, too
  abi::ReclaimCounters reclaim{};
  u64 clock_hand = 0, low_watermark = 0;  // frame number; frames
  u64 frames_by_kind[abi::frame_kinds] = {};
  std::vector<CachedFileView> cached_files;  // most pages first
  std::vector<BinaryView> binaries;
};

struct FrameView {
  abi::FrameKind kind = abi::FrameKind::free;
  u8 owner_count = 0;  // processes that map it (user half), at most 255
  u32 references = 0;  // the kernel's own count
  u32 owner_pid = 0;   // the first process that maps it, 0 = none
  u32 second_pid = 0;  // another one, for hatching
};

struct FramesView {
  bool valid = false;
  std::string why_not;
  std::vector<FrameView> frames;  // index = frame number
  u64 free_frames = 0;
  Gva direct_map;  // where the kernel has all of RAM mapped, from physical 0 on
};

/// A name in the kernel or in a program, for "go to" boxes.
struct SymbolView {
  std::string name;   // demangled
  std::string image;  // "kernel" or the path of the program
  Gva address;
  u64 size = 0;
  bool function = false;
};

/// A file of the root archives, as the kernel unpacked it at boot.
struct FileView {
  std::string path;  // with the leading slash
  u32 mode = 0;      // stat(2)
  u64 size = 0;
  std::string target;  // of a symbolic link
};

/// A text screen: two bytes for each cell, a character of code page 437 and its attribute (bits 3..0
/// foreground, 6..4 background, 7 blinking).
struct ScreenView {
  unsigned columns = 0, rows = 0;
  std::vector<u8> cells;
  int cursor = -1;  // its cell; -1 = hidden
};

struct WalkView {
  Gva address;
  u32 pid = 0;
  mem::WalkResult result;
  std::string explanation;  // one sentence: what the MMU finds
};

}  // namespace lucid::inspect
