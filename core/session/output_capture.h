// SPDX-License-Identifier: MIT
// What one serial line sent: the newest bytes, and how many there were in all. Copies are cheap,
// for keyframes: full blocks are shared.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/session/command.h"

namespace lucid::session {

/// From byte `from` of a line on its terminal had this size.
struct SizeChange {
  u64 from = 0;
  ConsoleSize size;
  bool operator==(const SizeChange&) const = default;
};

class OutputCapture {
 public:
  static constexpr u64 kept = 1 << 20;  // bytes, at least
  static constexpr u64 block = 4096;

  void append(std::string_view bytes);
  void append(const ConsoleSize& size) { sizes_.push_back({total_, size}); }
  u64 total() const { return total_; }
  /// From byte `from` of the line on; from the oldest kept if that is too old.
  std::string from(u64 from) const;

  /// All of them, in order.
  const std::vector<SizeChange>& sizes() const { return sizes_; }

 private:
  std::deque<std::shared_ptr<const std::string>> full_;  // of `block` bytes each
  std::string last_;
  u64 total_ = 0;
  std::vector<SizeChange> sizes_;
};

}  // namespace lucid::session
