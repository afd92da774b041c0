// SPDX-License-Identifier: MIT
// One colour per process everywhere: an index into the palette, from the run's events alone, so
// that a process has the same colour whenever and wherever it is looked at.
#pragma once
#include <map>
#include <set>

#include "core/base/types.h"
#include "core/trace/event.h"

namespace lucid::session {

class ProcessColours {
 public:
  void observe(const trace::Event& event);
  /// Also of one that is gone, until its number is given again.
  u32 of(u32 pid) const;

 private:
  std::map<u32, u32> colours_{{1, 0}};  // init is never forked
  std::set<u32> alive_{1};
};

}  // namespace lucid::session
