// SPDX-License-Identifier: MIT
// Everything one frame shows, as values; panels are functions of it.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>

#include "core/session/draft.h"
#include "core/session/process_colours.h"
#include "core/session/session.h"
#include "ui/event_filter.h"

namespace lucid::ui {

/// An address space page by page; VMAs longer than `most_pages` only as far as that.
struct Space {
  static constexpr u64 most_pages = 64;
  inspect::MemoryMapView map;
  std::vector<std::vector<inspect::PageView>> pages;  // by VMA
};

/// What took the processor to the kernel: the system call it is at work on, or else the last interrupt or exception.
struct Trap {
  bool known = false;
  u64 number = 0, time = 0;  // of its event
  u32 pid = 0;               // who was interrupted, 0 = the kernel or idle
  trace::Kind kind = trace::Kind::count;
  u8 vector = 0;
  u64 error = 0, cr2 = 0;
  bool has_error = false;
  Gva from;                                      // the instruction that was due, or that faulted
  inspect::Place place, handler;                 // of `from`, and of the gate's handler
  bool over = false;                             // the kernel has gone back to a program or switched since
  u64 over_at = 0;                               // ticks
  std::optional<inspect::SyscallPathView> call;  // … when it is a system call
};

/// What a register may point to.
struct RegisterNote {
  std::string symbol;  // "main+0x12"
  std::string text;    // printable characters it points to
};

/// A breakpoint, as the list shows it.
struct StopLine {
  session::BreakpointView breakpoint;
  std::string where;  // its first place
  bool hit = false;   // time stands still for it

  /// No more than a click in the margin sets: an address, perhaps in a process.
  bool plain() const {
    const auto& b = breakpoint;
    return b.places.size() == 1 && b.text.find(" if ") == std::string::npos && b.text.starts_with("0x");
  }
};

/// What is wrong with the text of a breakpoint.
struct Mistake {
  std::string text;
  session::ExpressionError error;
};

struct Picture {
  inspect::RegistersView registers;
  std::vector<inspect::DisassemblyLine> code;  // around current_code
  inspect::StackView stack;
  Gva current_code;  // linear RIP when the costly values were gathered
  inspect::ProcessesView processes;
  inspect::MemoryMapView map;  // of `pid`
  std::vector<Space> spaces;   // of all processes that have one
  inspect::FramesView frames;
  inspect::WalkView walk;
  std::vector<std::vector<u64>> walk_tables;  // by step: the aligned eight entries around the one taken
  // Few enough that the chosen address is in sight where a row has eight bytes and a dozen rows fit.
  static constexpr u64 bytes_before = 64;
  Gva bytes_at;           // the memory around the chosen address, so much before it …
  std::vector<u8> bytes;  // … up to the first page that is not there
  inspect::SystemTablesView tables;
  std::vector<inspect::Place> gates;    // the handlers of `tables.idt`
  inspect::ProcessDetailsView details;  // of `pid`
  inspect::KernelStateView kernel;
  Trap trap;
  std::array<RegisterNote, 17> notes;  // general registers and RIP
  std::vector<mem::CachedPage> tlb;
  std::vector<inspect::FileView> files;  // the root archives'
  std::string file;                      // the one shown
  inspect::ElfPartsView elf;             // of it
  std::vector<u8> file_bytes;            // of it, the first most_file_bytes
  u64 file_size = 0;
  static constexpr u64 most_file_bytes = 1 << 20;
  std::map<u64, std::string> call_texts;  // of system calls looked into, by number in the record
  EventFilter event_filter;
  std::vector<NumberedEvent> events;  // that fit it, newest first
  session::Stats stats;
  std::vector<StopLine> stops;  // all breakpoints
  std::string stopped;          // which breakpoints time stands still for, "" = none
  Mistake mistake;
  session::Draft draft;             // of the assembler
  u32 edited = 0;                   // the breakpoint whose text is in the box
  session::ProcessColours colours;  // also of processes that are gone or not there yet
  u32 pid = 0;                      // the process shown: the selected one, or the one that ran last
  bool following = true;            // not selected by the reader
  u64 memory_bytes = 0;
  bool over = false;
  std::string ending;                                    // why it is over
  std::vector<inspect::DisassemblyLine> code_elsewhere;  // around where the reader went in the listing; empty = at RIP
  const std::vector<inspect::DisassemblyLine>& listing() const {
    return code_elsewhere.empty() ? code : code_elsewhere;
  }
  Gva code_at;  // what is in the middle of the listing

  const inspect::ProcessView* process(u32 wanted) const {
    for (const auto& p : processes.processes)
      if (p.pid == wanted) return &p;
    return nullptr;
  }
};

}  // namespace lucid::ui
