// SPDX-License-Identifier: MIT
// The only face of the machine for ui/, web/, cli and tests: commands in, events and views out.
//
// A session owns one machine booted from a kernel and a root archive. Time passes only inside
// run() and the step calls. Views are values, computed when asked; they read the stopped machine
// and never change it. `revision()` changes whenever anything a view shows may have changed.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/inspect/descriptors.h"
#include "core/inspect/elf_parts.h"
#include "core/inspect/views.h"
#include "core/mem/cached_page.h"
#include "core/session/breakpoints.h"
#include "core/session/command.h"
#include "core/session/event_filter.h"
#include "core/session/grain.h"
#include "core/session/last_write.h"
#include "core/session/moment.h"
#include "core/session/output_capture.h"
#include "core/session/recorded_run.h"
#include "core/session/stats.h"
#include "core/trace/event_log.h"
#include "core/trace/event_record.h"

namespace lucid::session {

/// A file that the loader hands to the kernel: Multiboot or PVH module, Linux initrd.
struct Module {
  std::span<const u8> bytes;
  std::string name;
};

struct Config {
  u64 memory_bytes = 32 << 20;                // 8 MiB .. 2 GiB, whole MiB
  std::span<const u8> kernel;                 // ours, or any that machine::load_boot_image takes; copied
  std::vector<std::span<const u8>> archives;  // cpio "newc", later ones laid over earlier ones; copied
  std::string command_line;                   // the kernel's; init's arguments after "--"
  u64 history_bytes = 0;                      // budget of the recording that makes time travel possible; 0 = none
  u64 easy_history_bytes = 0;                 // only what keeps ways to any moment short may go beyond this; 0 = all
  std::string kernel_name;                    // Multiboot kernels read it as the first word of their command line
  std::span<const u8> disk;                   // the beginning of an ATA disk; copied
  u64 disk_bytes = 0;                         // its size, zeros behind `disk`; 0 and no `disk` = the machine has none
  std::vector<Module> modules;                // of foreign kernels, after the archives; copied
};

/// Why time stopped passing.
enum class Stop : u8 {
  limit,  // the instructions asked for have retired, or the time asked for has come
  idle,   // halted and nothing is scheduled: only a command can wake it
  event,  // one of RunLimits::stop_kinds was logged
  breakpoint,
  powered_off,  // the kernel ended the run; exit_status() is valid
  panicked,     // the kernel said so and halted
  dead,         // triple fault, or halted with interrupts off: death_reason()
};

struct RunLimits {
  u64 instructions = ~u64{0};  // at most this many from now
  u64 until_time = ~u64{0};    // and not past this virtual time (ticks); halted time is not skipped beyond it
  trace::KindSet stop_kinds;
};

struct StartPoint;  // start_point.cpp

class Session {
 public:
  /// Boots nothing yet: loads the kernel and leaves the machine at its entry point.
  static Result<std::unique_ptr<Session>> create(const Config& config);
  /// At the beginning of a recorded run, all of which is its future.
  static Result<std::unique_ptr<Session>> create(const RecordedRun& run, u64 history_bytes = 0,
                                                 u64 easy_history_bytes = 0);
  /// At a point of another session's run, with that run up to there as its past. It shares with that session, whether
  /// that is still there or not, what neither changes: the quick way to a machine that has booted (see start_point()).
  static Result<std::unique_ptr<Session>> create(std::shared_ptr<const StartPoint> point);
  ~Session();

  /// Line tables and texts of the kernel and the programs whose files carry none (core/inspect/
  /// source_pack.h); the program's or kernel's own debug information serves for others. Changes
  /// nothing in the machine; survives a reset.
  Result<bool> set_source_pack(std::span<const u8> pack);
  /// Where the text of a source file comes from when the pack has none, by the name in the debug
  /// information: for hosts with files. "" = there is none.
  using SourceReader = std::function<std::string(const std::string& file)>;
  void set_source_reader(SourceReader reader);

  // --- time ---
  Stop run(const RunLimits& limits);
  Stop step();  // one instruction (interrupts taken as they come)
  /// A CALL, REP, INT or SYSCALL as one, and in a program also the kernel's work on its faults and on
  /// interrupts; stops early at breakpoints and after 10^8 instructions.
  Stop step_over();
  /// One instruction of the program that runs, a SYSCALL and the kernel's work on its faults and on
  /// interrupts included; in the kernel the same as step().
  Stop step_in_program();
  /// Back to the entry point with the same kernel and archives; the command log is cleared.
  void reset();

  // --- time travel; needs Config::history_bytes ---
  /// What is kept of the run so that any moment of it can be gone back to.
  struct Recording {
    bool on = false;
    Moment end;  // the furthest that was reached; now is in the past when it is before that
    u64 keyframes = 0;
    u64 bytes = 0, budget = 0;
  };
  Recording recording() const;
  /// The moments that can be gone back to at once, in order; all others are reached from the one before them.
  std::vector<Moment> keyframes() const;
  /// Now, for other sessions to begin at; what was submitted and not applied yet is left out. Costs what was written to
  /// memory since the last keyframe. Without a history those have none either.
  std::shared_ptr<const StartPoint> start_point();
  /// Now is before the end of the recording. Running on repeats it; a command given now starts
  /// another future: what was recorded after now is dropped (front ends ask first).
  bool in_past() const;
  /// To a time (ticks), at most the recording's end. False when nothing is recorded.
  bool seek_time(u64 time);
  /// The same, and what was given at that very time is not applied: a machine at rest shows it without time passing.
  bool seek_before_commands(u64 time);
  /// To the first moment at which so many instructions have retired.
  bool seek_instruction(u64 instruction);
  /// On to the next moment of a kind, and back to the last one: after each other they cancel out.
  Stop step_forward(Grain grain, u64 most_instructions = ~u64{0});
  bool step_back(Grain grain);  // false, and nothing moved, when there is none
  /// Undoes step_in_program(). False when the program has no instruction before this one.
  bool step_back_in_program();
  /// Back to the last moment before now at which a breakpoint was true: where a run forward would
  /// have stopped (`after` an access), or with `before` where the instruction that accessed watched
  /// memory is due. False, and nothing moved, when there is none; last_hit() tells otherwise.
  bool run_back(AccessSide side = AccessSide::after);
  /// Back to the last write of something, to right before or after the instruction that did it. The
  /// error says why there is none; nothing has moved then.
  Result<LastWrite> last_write(const Written& what, AccessSide side = AccessSide::before);
  /// The events of the recording, those after now included; `events_before_now` of them lie before.
  const trace::EventRecord& record() const;
  u64 events_before_now() const;
  /// All of them that are held: a JSON object a line, or a trace for Perfetto.
  enum class EventFormat : u8 { json_lines, perfetto };
  std::string events_text(EventFormat format) const;
  /// A system call as strace writes it, with the strings it was given and what it returned; `entered`
  /// is the number of its event in the record. "" when that is not one, or not held any more.
  std::string call_text(u64 entered);
  /// Changes when now was reached in another way than by time passing (a seek, a reset): whoever
  /// follows output or events by their number begins anew.
  u64 jumps() const;
  /// The run up to now, to be kept in a file. `version` says who made it.
  RecordedRun recorded_run(std::string version) const;
  RecordedRun::End where() const;  // now, with its hashes

  u64 instruction() const;  // retired so far
  u64 time() const;         // ticks
  Stop last_stop() const;
  u32 current_pid() const;  // as the kernel last announced it; 0 = kernel or idle
  bool halted() const;      // the processor waits in HLT for an interrupt
  /// When a halted machine wakes by itself (ticks), bus::never if only a command can wake it. For
  /// front ends that let virtual time pass no faster than the clock on the wall.
  u64 wakes_at() const;
  bool over() const;                 // powered off, panicked or dead: run() does nothing until reset()
  int exit_status() const;           // 0..255 after powered_off
  std::string death_reason() const;  // one sentence for a person, after panicked or dead
  u64 revision() const;

  // --- commands ---
  void submit(Command command);                         // applied at the start of the next slice
  const std::vector<StampedCommand>& commands() const;  // of the whole recording
  u64 commands_applied() const;                         // those of them that the present state shows
  /// What was submitted and not yet applied, and what was recorded after now: another future begins here.
  void forget_future();

  // --- breakpoints (breakpoints.h): run() and the like return Stop::breakpoint where one is true ---
  /// An expression as expression.h describes it; gives its number. Places in the text are of symbols
  /// as resolve() finds them.
  Result<u32, ExpressionError> add_breakpoint(std::string_view expression);
  bool remove_breakpoint(u32 id);  // false = there is none
  bool enable_breakpoint(u32 id, bool on);
  std::vector<BreakpointView> breakpoint_list() const;
  /// Why the last run() stopped with Stop::breakpoint: which ones were true.
  const BreakpointHit& last_hit() const;
  /// The same for an address alone, in every process.
  void set_breakpoint(Gva address, bool on);
  std::vector<Gva> breakpoints() const;  // all places of enabled ones, sorted
  void clear_breakpoints();
  /// Symbols are looked for in this program first ("hello", "/bin/hello").
  void prefer_program(std::string program);
  /// For --filter: symbols are those of resolve().
  Result<EventFilter, ExpressionError> event_filter(std::string_view expression) const;
  /// The value of an expression now; nothing when it needs memory that is not there.
  Result<std::optional<u64>, ExpressionError> evaluate(std::string_view expression) const;
  /// "0xffffffff80101234", "main", "sys_fork+0x12", "hello:main": a symbol of the preferred program
  /// first, then of the program of the current process, of the kernel, of any program of the archives
  /// ("file:symbol" says which; "kernel:symbol"). "fork.cpp:12": the first place of a source line.
  Result<Gva> resolve(std::string_view expression) const;
  /// All places to stop at for a source line as far as it is loaded now, in the program that resolve()
  /// would choose; "file.c:12" stands for the next line that has code. Empty when there is none.
  std::vector<Gva> addresses_of_line(std::string_view file_and_line) const;

  // --- events ---
  const trace::EventLog& events() const;
  void set_observed(bool on);  // per-instruction events
  /// Called for every event in order. `text` is the whole system call, with arguments and result,
  /// at its return while set_strace is on; else empty. Must not call the session back. Empty = off.
  using EventSink = std::function<void(const trace::Event& event, const std::string& text)>;
  void set_event_sink(EventSink sink);
  /// Decodes the system calls and signals of the processes below init (not init's own) while they
  /// happen. Changes nothing in the machine; costs a short stop per system call.
  void set_strace(bool on);
  /// The lines finished since the last call, in the format of strace -f, each with its newline.
  std::string take_strace();
  /// Hash of all architectural and device state and RAM: equal states, equal hashes.
  u64 state_hash() const;

  // --- serial output (bytes since the start; the session keeps the newest 1 MiB of each line) ---
  u64 output_size(unsigned line) const;
  std::string output(unsigned line, u64 from) const;  // up to the newest byte; from is moved up if too old

  /// How large COM1's terminal was said to be, and between which bytes of its output; empty = nobody said, and it has
  /// 24 rows of 80 columns.
  const std::vector<SizeChange>& console_sizes() const;
  ConsoleSize console_size() const;  // now

  // --- views ---
  /// What the display shows: 80 x 25 characters and attributes (VGA text mode), and the cursor.
  inspect::ScreenView screen() const;
  inspect::RegistersView registers() const;
  /// `before` and `after` instructions around an address; before is found from symbols, best effort.
  std::vector<inspect::DisassemblyLine> disassembly(Gva around, unsigned before, unsigned after) const;
  inspect::Place place(Gva address) const;
  /// The calls that led here, innermost first (core/inspect/backtrace.h).
  std::vector<inspect::StackFrame> backtrace(unsigned most = 64) const;
  /// The same with the stack's words, from `below` bytes under RSP to `above` over it.
  inspect::StackView stack(u64 below, u64 above) const;
  /// How the processor came to be at work on a system call; nothing when it is not (core/inspect/syscall_path.h).
  std::optional<inspect::SyscallPathView> syscall_path() const;
  /// The text of a line as a place names it; "" when it is not known.
  std::string source_line(const std::string& file, u32 line) const;
  inspect::ProcessesView processes() const;
  /// Open files, signals, limits, scheduling of a process.
  inspect::ProcessDetailsView process_details(u32 pid) const;
  /// Interrupts, page cache, swap, programs on their way to being run.
  inspect::KernelStateView kernel_state() const;
  inspect::MemoryMapView memory_map(u32 pid) const;
  /// `count` pages from `start` (at most 65536).
  std::vector<inspect::PageView> pages(u32 pid, Gva start, u64 count) const;
  inspect::FramesView frames() const;
  inspect::SystemTablesView system_tables() const;  // GDT, IDT, TSS
  /// The pages in the TLBs. No part of the state: empty after a jump in time.
  std::vector<mem::CachedPage> tlb() const;
  inspect::WalkView walk(u32 pid, Gva address) const;  // pid 0: the present CR3
  /// Virtual memory of a process as bytes; shorter than asked where unmapped.
  std::vector<u8> read_memory(u32 pid, Gva address, u64 size) const;
  std::vector<u8> read_physical(Gpa address, u64 size) const;
  /// The disk as it is now; empty when there is none.
  std::vector<u8> disk_contents() const;
  /// As a program file or the kernel's has it, for addresses that are not mapped (yet): of the preferred
  /// program and the kernel, where they are linked.
  std::vector<u8> read_file_image(Gva address, u64 size) const;
  /// The files the machine was started with, by path; "/boot/kernel.elf" is the kernel.
  std::vector<inspect::FileView> files() const;
  /// Bytes of one of them; shorter than asked at its end, empty when there is no such file.
  std::vector<u8> file_bytes(std::string_view path, u64 offset, u64 size) const;
  inspect::ElfPartsView elf_parts(std::string_view path) const;
  /// Symbols whose name contains `text`, of the current process's programs and the kernel; at most `limit`.
  std::vector<inspect::SymbolView> symbols(std::string_view text, u64 limit) const;
  Stats stats() const;

  struct Impl;  // the inside (impl.h)

 private:
  Session();
  std::unique_ptr<Impl> impl_;
};

}  // namespace lucid::session
