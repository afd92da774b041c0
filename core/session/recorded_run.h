// SPDX-License-Identifier: MIT
// A run as what went into it and what came of it, in a file: since the machine is deterministic,
// that is the whole run. Large parts that the reader has anyway (the built-in kernel and root) are
// stored by their hash.
//
// Format: the line "lucid86 recording 2\n", then fields one after the other: numbers as LEB128, blobs
// as [size of the known part; if not 0 its hash, 8 bytes][size of the rest][the rest]; at the end the
// hash of all that comes before it, 8 bytes little-endian.
#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/session/command.h"

namespace lucid::session {

struct RecordedRun {
  std::string version;  // of the program that recorded it
  u64 memory_bytes = 0;
  std::string command_line, kernel_name;
  std::vector<u8> kernel;
  std::vector<u8> archives;  // one after the other
  std::vector<u8> disk;      // as Config::disk
  u64 disk_bytes = 0;
  std::vector<std::pair<std::vector<u8>, std::string>> modules;
  std::vector<StampedCommand> commands;

  struct End {
    u64 instruction = 0, time = 0;
    u64 events = 0, event_hash = 0, state_hash = 0;
    friend bool operator==(const End&, const End&) = default;
  } end;
};

/// `known`: blobs of at least 4 KiB that the reader will have.
std::vector<u8> pack(const RecordedRun& run, const std::vector<std::span<const u8>>& known);
/// The error says what is wrong: no recording, cut off, changed, of other built-in files.
Result<RecordedRun> unpack(std::span<const u8> file, const std::vector<std::span<const u8>>& known);

}  // namespace lucid::session
