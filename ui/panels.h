// SPDX-License-Identifier: MIT
// The panels, one file each in panels/; views.cpp says which are shown where.
#pragma once
#include "ui/pane.h"

namespace lucid::ui {

// clang-format off
void draw_registers(Pane& pane, Rect r);      // the right column: general registers and flags
void draw_instruction(Pane& pane, Rect r);    // the bytes at RIP by field
void draw_disassembly(Pane& pane, Rect r);    // code around RIP
void draw_backtrace(Pane& pane, Rect r);      // the calls that have not returned
void draw_stack(Pane& pane, Rect r);          // the words around RSP
void draw_assembler(Pane& pane, Rect r);      // text to bytes and back, field by field
void draw_breakpoints(Pane& pane, Rect r);    // what time stops for
void draw_control(Pane& pane, Rect r);        // control registers, segments
void draw_process_tree(Pane& pane, Rect r);   // who is whose child
void draw_process_table(Pane& pane, Rect r);
void draw_memory_map(Pane& pane, Rect r);     // the VMAs of the process shown
void draw_frames(Pane& pane, Rect r);         // RAM by owner
void draw_walk(Pane& pane, Rect r);           // from CR3 to the frame
void draw_walk_figure(Pane& pane, Rect r);    // the same at full size, bit by bit
void draw_bytes(Pane& pane, Rect r);          // memory in hexadecimal, with what it may mean
void draw_tlb(Pane& pane, Rect r);            // what the TLB remembers
void draw_all_registers(Pane& pane, Rect r);  // control, model-specific and segment registers, decoded
void draw_gdt(Pane& pane, Rect r);            // segments, and the TSS
void draw_idt(Pane& pane, Rect r);            // gates
void draw_spaces(Pane& pane, Rect r);         // the address spaces of several processes side by side
void draw_lives(Pane& pane, Rect r);          // processes from fork to reaping
void draw_areas(Pane& pane, Rect r);          // the VMAs of the process shown, a line each
void draw_open_files(Pane& pane, Rect r);     // descriptors of the process shown
void draw_signals(Pane& pane, Rect r);        // its signals: pending, blocked, handled
void draw_limits(Pane& pane, Rect r);         // its limits, and how it is scheduled
void draw_interrupts(Pane& pane, Rect r);     // how often each line called
void draw_trap(Pane& pane, Rect r);           // the system call under way or the last interrupt, from gate to return
void draw_execs(Pane& pane, Rect r);          // which formats execve asked, and what it has gathered
void draw_reclaim(Pane& pane, Rect r);        // frames by use, the clock hand, the swap area
void draw_page_cache(Pane& pane, Rect r);     // files with pages in memory
void draw_run_queue(Pane& pane, Rect r);      // who has the processor, and who waits for it
void draw_file_tree(Pane& pane, Rect r);      // the files the machine was started with
void draw_elf_map(Pane& pane, Rect r);        // one as a strip: its parts, its segments, the pages that hold them
void draw_elf(Pane& pane, Rect r);            // the parts of one, and its bytes
void draw_calls(Pane& pane, Rect r);          // system calls as strace lists them
void draw_events(Pane& pane, Rect r);         // what happened, newest first
void draw_counters(Pane& pane, Rect r);
void draw_timeline(Pane& pane, Rect r);       // who had the processor
void draw_console(Pane& pane, Rect r);
// clang-format on

/// The colour of a process, slate for the kernel and idle.
ImU32 process_colour(const Canvas& c, const Picture& p, u32 pid);
/// "stack", "heap", "text" …
const char* vma_text(const inspect::VmaView& vma);
/// The same with its file's name: "text of sh".
std::string area_name(const inspect::VmaView& vma);
/// All of it, in the address space of `pid`.
Thing area_thing(u32 pid, const inspect::VmaView& vma);
/// "r-xp", as /proc/PID/maps has it.
std::string permissions(const inspect::VmaView& vma);
/// A path without its folders.
std::string file_name(const std::string& path);
/// Of a level of page tables: "PDPT".
const char* level_name(u8 level);
/// Of a part of an ELF file.
ImU32 elf_colour(const Canvas& c, inspect::ElfPart::Kind kind);
/// "frame 0x1f3, 1 owner, written", "no frame yet …"
std::string page_text(const inspect::PageView& page);
const char* state_text(const inspect::ProcessView& process);

}  // namespace lucid::ui
