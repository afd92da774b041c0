// SPDX-License-Identifier: MIT
// Runs cases on the processor this program runs on. Each case is entered and left through a
// signal frame: the handler of one case's trap or fault loads the next case's registers, so a case
// costs one exception. A forked child does it, so that whatever an instruction hits is only lost
// there; inputs and outputs lie in shared memory.
#pragma once
#include <memory>
#include <vector>

#include "tests/cosim/case.h"

namespace lucid::cosim {

class HostRunner {
 public:
  static constexpr unsigned batch = 512;

  HostRunner();
  ~HostRunner();

  Input& input(unsigned i);
  const Output& output(unsigned i) const;
  u8 (&window_template())[window_bytes];

  /// Runs the first `count` inputs; returns how many have an output (fewer when the child died on
  /// the one after).
  unsigned run(unsigned count);

  /// Whether Linux lets a program have the segments that legacy modes need.
  static bool offers_ldt();

  struct Shared;  // what parent and child both see

 private:
  Shared* shared_;
};

}  // namespace lucid::cosim
