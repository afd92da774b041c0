// SPDX-License-Identifier: MIT
// The texts of source files, cut into lines when first asked for.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/inspect/images.h"

namespace lucid::session {

class SourceTexts {
 public:
  using Reader = std::function<std::string(const std::string& file)>;
  void set_reader(Reader reader) { reader_ = std::move(reader), cut_.clear(); }

  /// Lines count from 1; "" when there is none. Valid until the next call.
  std::string_view line(const inspect::Images& images, const std::string& file, u32 number) const;

 private:
  struct Text {
    std::string whole;
    std::vector<size_t> starts;  // of its lines
  };
  Reader reader_;
  mutable std::map<std::string, Text> cut_;
};

}  // namespace lucid::session
