// SPDX-License-Identifier: MIT
// One colour per process everywhere: an index into the palette, from the run's events alone, so
// that a process has the same colour whenever and wherever it is looked at. Copies are cheap, for
// keyframes of runs with very many processes: blocks that did not change are shared.
#pragma once
#include <array>
#include <memory>
#include <set>
#include <vector>

#include "core/base/types.h"
#include "core/trace/event.h"

namespace lucid::session {

class ProcessColours {
 public:
  void observe(const trace::Event& event);
  /// Also of one that is gone, until its number is given again.
  u32 of(u32 pid) const;

 private:
  using Block = std::array<u32, 1024>;

  std::vector<std::shared_ptr<Block>> blocks_;  // of numbers in a row; null = none of them was seen
  std::set<u32> alive_{1};                      // init is never forked
};

}  // namespace lucid::session
