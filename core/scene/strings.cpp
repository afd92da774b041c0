// SPDX-License-Identifier: MIT
#include "core/scene/strings.h"

#include "core/scene/words.h"

namespace lucid::scene {

Result<Strings, SceneError> Strings::parse(std::string_view text, const std::string& file) {
  Strings strings;
  for (unsigned number = 1; !text.empty(); ++number) {
    const std::string_view line = trimmed(take_line(text));
    if (line.empty() || line.front() == '#') continue;
    const auto [key, value] = sides(line);
    const std::string place = file + ":" + std::to_string(number) + ": ";
    if (value.empty()) return SceneError{place + "expected \"key = text\""};
    if (!strings.texts_.emplace(key, value).second)
      return SceneError{place + "\"" + std::string(key) + "\" is there already"};
  }
  return strings;
}

const std::string& Strings::get(const std::string& key) const {
  static const std::string none;
  const auto found = texts_.find(key);
  return found == texts_.end() ? none : found->second;
}

}  // namespace lucid::scene
