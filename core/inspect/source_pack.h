// SPDX-License-Identifier: MIT
// Line tables and sources of the kernel and of the built-in programs in one small file, so that the
// page need not load debug information: made by the build from the unstripped ELF files
// (core/inspect/tool), read by the session. Programs share the sequences of the library they share.
//
// All numbers are LEB128, signed ones "zigzag" (0, -1, 1, -2 …). In order:
//   "L86SRC1\n"
//   files       count; each: length, path
//   sequences   count; each: number of rows, the last one (the end) not counted
//   rows        bytes; each: zigzag(line - line before) << 2 | new file << 1 | statement
//   addresses   bytes; each row's and the end's distance from the row before
//   row files   bytes; the file of each row that says "new file"
//   images      count; each: hash (8 bytes) of the ELF file it describes, count of sequences; each:
//               zigzag(sequence - (sequence before + 1)), start - end of the one before
//   texts       count; each: file, length; then all texts
#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/inspect/source_map.h"

namespace lucid::inspect {

struct SourcePack {
  struct Placed {
    u32 sequence = 0;  // rows relative to its start
    u64 start = 0;
  };
  std::vector<std::string> files;
  std::vector<LineSequence> sequences;
  std::map<u64, std::vector<Placed>> images;  // by the hash of the ELF file that runs
  std::map<u32, std::string> texts;           // by file

  /// Of the image with this hash; empty when it is none of the pack's.
  SourceMap map_of(u64 hash) const;
};

/// Which ELF file a map belongs to.
u64 image_hash(std::span<const u8> file);

std::vector<u8> write_source_pack(const SourcePack& pack);
/// The error says what is wrong in words that follow the file's name.
Result<SourcePack> read_source_pack(std::span<const u8> bytes);

}  // namespace lucid::inspect
