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
  u64 shared_pages = 0;  // resident, mapped read-only here and writable by the VMA: copy-on-write pending
};

/// One page of a process's address space, as its page tables have it now.
struct PageView {
  Gva address;
  bool present = false;
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
