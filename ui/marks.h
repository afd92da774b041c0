// SPDX-License-Identifier: MIT
// Which values changed lately, and how strongly that still shows.
#pragma once
#include <array>

#include "core/base/types.h"

namespace lucid::ui {

class ChangeMarks {
 public:
  static constexpr unsigned capacity = 40;
  static constexpr double decay_seconds = 1.6;

  /// Notes the value of item `i` now; a change lights it up.
  void note(unsigned i, u64 value, double now) {
    if (seen_[i] && values_[i] != value) changed_at_[i] = now;
    values_[i] = value;
    seen_[i] = true;
  }
  /// 1 just changed .. 0 long ago. A floor keeps the last step's changes readable until the next.
  float strength(unsigned i, double now) const {
    const double age = now - changed_at_[i];
    return age >= decay_seconds ? 0.0f : static_cast<float>(1 - age / decay_seconds * 0.999);
  }
  bool fading(double now) const {
    for (const double at : changed_at_)
      if (now - at < decay_seconds) return true;
    return false;
  }
  void forget() { *this = {}; }

 private:
  std::array<u64, capacity> values_{};
  std::array<bool, capacity> seen_{};
  std::array<double, capacity> changed_at_ = [] {
    std::array<double, capacity> a{};
    a.fill(-1e9);
    return a;
  }();
};

}  // namespace lucid::ui
