// SPDX-License-Identifier: MIT
#include "core/session/source_texts.h"

namespace lucid::session {

std::string_view SourceTexts::line(const inspect::Images& images, const std::string& file, u32 number) const {
  auto [at, added] = cut_.try_emplace(file);
  Text& text = at->second;
  if (added || text.whole.empty()) {
    const std::string* packed = images.source_text(file);
    text.whole = packed ? *packed : added && reader_ ? reader_(file) : "";
    text.starts.clear();
    for (size_t start = 0; start < text.whole.size(); start = text.whole.find('\n', start) + 1) {
      text.starts.push_back(start);
      if (text.whole.find('\n', start) == std::string::npos) break;
    }
  }
  if (number == 0 || number > text.starts.size()) return {};
  const size_t start = text.starts[number - 1];
  std::string_view line = std::string_view(text.whole).substr(start);
  line = line.substr(0, line.find('\n'));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace lucid::session
