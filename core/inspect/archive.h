// SPDX-License-Identifier: MIT
// cpio archives in the "newc" format, as Linux takes for an initial root file system: written for
// the guest, and read for display and checks. The guest's kernel unpacks them itself.
// Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace lucid::inspect {

/// The file type bits of a mode (stat(2)).
namespace mode {
constexpr u32 type_mask = 0170000, directory = 0040000, regular = 0100000, symlink = 0120000;
}

struct ArchiveEntry {
  std::string name;  // without "/" or "./" in front; "" is the root itself
  u32 mode = 0;
  u32 link_count = 1;
  std::pair<u64, u64> identity;  // device and inode: equal for hard links
  std::span<const u8> data;      // contents, or the target of a symbolic link

  bool is(u32 type) const { return (mode & mode::type_mask) == type; }
};

/// All entries of one archive, or of several put one after the other with zeros between them. The
/// error says what is wrong in words that follow the file's name.
Result<std::vector<ArchiveEntry>> read_archive(std::span<const u8> bytes);

/// Writes one archive: entries in the order given, times and owners zero, so equal input gives
/// equal bytes.
class ArchiveWriter {
 public:
  void add(std::string_view name, u32 mode, std::span<const u8> data);
  void add_text(std::string_view name, u32 mode, std::string_view text);
  std::vector<u8> finish();  // adds the trailer; the writer is empty afterwards

 private:
  std::vector<u8> bytes_;
  u32 next_inode_ = 1;
};

/// Appends an archive that read_archive() takes, changed so that the contents of every regular file of at least
/// `alignment` bytes start at a multiple of it in `to`: its name is followed by as many NULs as that takes. False,
/// and `to` as it was, for anything else.
bool append_aligned(std::vector<u8>& to, std::span<const u8> archive, u64 alignment);

/// The files of archives laid over each other, by path. Spans point into the archives.
class FileTree {
 public:
  /// Lays an archive over what is there. False, and nothing done, when it cannot be read.
  bool add(std::span<const u8> archive);
  /// The file a path leads to, through symbolic links; nullptr when there is none.
  const ArchiveEntry* find(std::string_view path) const;
  /// Regular files, by path without the leading slash.
  const std::map<std::string, ArchiveEntry, std::less<>>& entries() const { return entries_; }

 private:
  std::map<std::string, ArchiveEntry, std::less<>> entries_;
};

}  // namespace lucid::inspect
