// SPDX-License-Identifier: MIT
// What readers of scenes read, in one language: samples/scenes/strings/LANGUAGE.txt, lines "key = text".
//
//   chapter.N               title of a chapter
//   ID.title                of a scene; ID.summary: a sentence for the menu, if it has one
//   ID.N                    caption of its N-th beat: at most two sentences
//   ID.N.question, ID.N.choice.1 …
//   ID.N.note               where the article, or Linux, differ from what is shown, if they do
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "core/scene/scene.h"

namespace lucid::scene {

class Strings {
 public:
  static Result<Strings, SceneError> parse(std::string_view text, const std::string& file);
  /// "" when there is none.
  const std::string& get(const std::string& key) const;
  bool has(const std::string& key) const { return texts_.count(key) != 0; }
  const std::map<std::string, std::string>& all() const { return texts_; }

 private:
  std::map<std::string, std::string> texts_;
};

}  // namespace lucid::scene
