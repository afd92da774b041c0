// SPDX-License-Identifier: MIT
// Which line of which source file every instruction of an image comes from, and back. Addresses are
// the file's, not relocated.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.h"

namespace lucid::inspect {

struct SourceLine {
  std::string_view file;  // normalised path; "" = unknown. Lives as long as the map
  u32 line = 0;
  explicit operator bool() const { return line != 0; }
};

/// What a compiler says of the code from `address` up to the next row.
struct LineRow {
  u64 address = 0;
  u32 file = 0;            // index into the names
  u32 line = 0;            // 0 = no line: code of the compiler's own
  bool statement = false;  // a place to stop at for this line
  friend bool operator==(const LineRow&, const LineRow&) = default;
};

/// Consecutive code: rows by address, the last of which only says where it ends.
using LineSequence = std::vector<LineRow>;

class SourceMap {
 public:
  SourceMap() = default;
  /// Sequences in any order; where some overlap, the one that starts first counts.
  SourceMap(std::vector<std::string> files, std::vector<LineSequence> sequences);

  bool empty() const { return rows_.empty(); }
  SourceLine line_of(u64 address) const;
  /// The row that covers an address and where the next one starts; null when none does.
  struct Span {
    const LineRow* row = nullptr;
    u64 end = 0;
  };
  Span row_of(u64 address) const;
  const std::string& file(u32 index) const { return files_[index]; }
  const std::vector<std::string>& files() const { return files_; }

  /// Where execution of a line begins, in order of address: to stop at all of them is to stop at the
  /// line. `file` is a whole path or the end of one ("fork.cpp", "mm/fork.cpp"). A line without code
  /// stands for the next one of its file that has some; `found` tells which. Empty = no such file, or
  /// nothing after it.
  std::vector<u64> addresses_of(std::string_view file, u32 line, u32* found = nullptr) const;

 private:
  std::vector<std::string> files_;
  /// By address; of several at one address the last is in force, the others are lines without code of
  /// their own. Line and file are 0 where nothing is known.
  std::vector<LineRow> rows_;
};

/// "a/./b//../c" → "a/c".
std::string normal_path(std::string_view path);
/// Whether `name` is the whole of a path or its last components.
bool names_file(std::string_view path, std::string_view name);

}  // namespace lucid::inspect
