// SPDX-License-Identifier: MIT
// What the reader looks at - the thing under the pointer, or else the selected one - and all that
// belongs to it: the frame behind an address and the entries that lead there, the pages that map a
// frame, the owner, the moment. A mark lights up when it overlaps any of that.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "core/session/session.h"
#include "ui/picture.h"
#include "ui/thing.h"

namespace lucid::ui {

class Focus {
 public:
  Focus() = default;
  /// Follows the page tables from `thing`; `picture` names the process shown.
  Focus(const session::Session& session, const Picture& picture, Thing thing);

  const Thing& thing() const { return thing_; }
  bool lights(const Thing& other) const;
  /// Where the thing is in the address space of the process shown, or else in the kernel's map of all RAM.
  std::optional<Gva> address() const;
  /// The register, or the bit of one, is what is looked at.
  bool lights_register(std::string_view name) const;
  /// The first byte of a file that is looked at, directly or by the memory it is mapped to.
  std::optional<u64> offset_in(const std::string& file) const;

 private:
  struct Range {
    u32 pid;  // 0 = any
    u64 from, to;
  };
  static bool covered(const std::vector<Range>& ranges, u32 pid, u64 from, u64 size);
  void follow_address(const session::Session& session, u32 pid, u64 address, u64 size);
  /// The bytes of the file that a part of the shown process's memory comes from, and back.
  void follow_to_file(const Picture& picture, u32 pid, u64 address, u64 size);
  void follow_from_file(const session::Session& session, const Picture& picture);
  /// The instructions shown that belong to a source line, and back.
  void follow_line(const Picture& picture);
  void follow_to_line(const Picture& picture, u64 address, u64 size);
  void find_mappings(const session::Session& session, const Picture& picture);

  Thing thing_;
  std::vector<Range> virtual_, physical_;
  Gva direct_map_;  // 0 = not known
  std::vector<Thing> lines_;
  std::string file_;
  std::vector<Range> in_file_;  // of file_
};

}  // namespace lucid::ui
