// SPDX-License-Identifier: MIT
// A scene: a run of the machine told in beats. Data, one file each (samples/scenes/*.scene); what is shown to
// readers lies apart, by keys, in one file per language (strings.h). The format, line by line, blank lines and
// lines that begin with # left out:
//
//   chapter N                 of the article, 1..7
//   order N                   among all scenes
//   run PROGRAM [ARG…]        what init starts, on the console; "shell": the interactive shell instead
//   memory MIB                of the machine, 32 unless said
//   options WORD…             for the kernel's command line
//   swap MIB                  a disk with a swap partition of that size
//   boots-from-disk           the machine starts with its firmware, and everything else comes from the disk
//   no-files                  the kernel gets no root directory
//   root-on-disk              the files lie on the disk, and their pages come into memory when they are used
//   picture N                 the beat that its picture in the menu is of; 1 unless said
//   view LENS/VIEW            what is looked at, until a beat says otherwise
//   beat                      begins a beat; its caption is the string ID.N, N = 1, 2 … What follows belongs to it:
//     until EXPR              runs on to where EXPR is true (core/session/expression.h) …
//     until N EXPR            … for the N-th time from here
//     step GRAIN [N]          instruction, syscall, fault, interrupt, switch, process, line, line-over, out, return
//     run N                   instructions
//     idle · end              to where the machine waits for input · to the end of the run
//     type "TEXT"             on the console; \n, \t, \", \\, \xNN
//     keys NN…                scan codes in hexadecimal
//     nmi                     the button
//     poke FACT = FACT        eight bytes of RAM
//     set REGISTER = FACT     rax … r15, rip
//     patch "BYTES"           over the code that is due: pairs of hexadecimal digits
//     let NAME = FACT         a number to remember: $NAME in later facts
//     view LENS/VIEW
//     assemble "TEXT"         stands in the assembler's box from here on; disassemble "BYTES" in the one for bytes
//     light KIND FACT, …      what to look at (LightKind)
//     check FACT              must be true
//     ask N                   a question with N choices (strings ID.BEAT.question, .choice.1 …)
//     answer FACT             here the machine shows which choice was right: 1..N
//
// FACT is an expression of the present moment with $names and @functions (facts.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace lucid::scene {

struct SceneError {
  std::string message;  // "file:line: what is wrong"
};

enum class LightKind : u8 {
  address,   // PID ADDRESS [BYTES]: of a process, 0 = the one that runs
  page,      // PID ADDRESS
  entry,     // PID ADDRESS: the page-table entry that maps it
  frame,     // NUMBER
  physical,  // ADDRESS [BYTES]
  process,   // PID
  event,     // FILTER: the newest that it wants
  file,      // "PATH", OFFSET[, BYTES]: of a file
  reg,       // "register" NAME: rax, cr3, or a bit as cr0.PG
};

struct Light {
  LightKind kind = LightKind::address;
  std::vector<std::string> facts;
};

struct Action {
  enum class Kind : u8 { until, step, run, idle, end, type, keys, nmi, poke, set, let, patch };
  Kind kind = Kind::run;
  std::string text;   // expression, what is typed, name, bytes of a patch
  std::string value;  // of poke, set, let: a fact
  u64 count = 1;
  unsigned line = 0;  // of the file
};

struct Check {
  std::string fact;
  unsigned line = 0;
};

/// What the assembler's boxes hold.
struct Source {
  std::string text;  // "" = nothing is said about it
  bool bytes = false;
};

struct Beat {
  std::vector<Action> actions;
  std::vector<Check> checks;
  std::vector<Light> lights;
  unsigned choices = 0;  // of its question, 0 = it asks none
  std::string answer;    // to the last question before: a fact, "" = not here
  std::string view;      // "" = as before
  unsigned line = 0;     // of the file, where it begins
  Source source;
};

struct Scene {
  std::string id, file;
  unsigned chapter = 0, order = 0;
  std::vector<std::string> program;  // empty = the interactive shell
  u64 memory_mib = 32, swap_mib = 0;
  unsigned picture = 1;  // a beat, from 1
  bool root_on_disk = false, boots_from_disk = false, no_files = false;
  std::string kernel_options;
  std::vector<Beat> beats;

  /// Of a beat: the last `view` up to it.
  const std::string& view_at(size_t beat) const;
  /// The same for what is assembled.
  const Source* source_at(size_t beat) const;
  /// The beat whose question the answer of this one belongs to.
  size_t asked_before(size_t beat) const;
  std::string first_view;
};

/// `id` is the file's name without its ending.
Result<Scene, SceneError> parse_scene(std::string_view text, std::string id);

}  // namespace lucid::scene
