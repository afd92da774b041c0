// SPDX-License-Identifier: MIT
#include "core/scene/library.h"

#include <algorithm>
#include <set>

#include "core/base/hex.h"
#include "core/scene/words.h"

namespace lucid::scene {
namespace {

constexpr std::string_view mark = "=== ", scene_ending = ".scene";

struct Keys {
  std::set<std::string> needed, allowed;
};

Keys keys_of(const std::vector<Scene>& scenes) {
  Keys keys;
  for (const Scene& scene : scenes) {
    keys.needed.insert("chapter." + std::to_string(scene.chapter));
    keys.needed.insert(scene.id + ".title");
    keys.allowed.insert(scene.id + ".summary");
    for (size_t i = 0; i < scene.beats.size(); ++i) {
      const std::string beat = scene.id + "." + std::to_string(i + 1);
      keys.needed.insert(beat);
      keys.allowed.insert(beat + ".note");
      if (!scene.beats[i].choices) continue;
      keys.needed.insert(beat + ".question");
      for (unsigned k = 1; k <= scene.beats[i].choices; ++k) keys.needed.insert(beat + ".choice." + std::to_string(k));
    }
  }
  return keys;
}

/// Of its texts: one that is missing, or that belongs to nothing. "" = none.
std::string problem_of(const Library& library) {
  const Keys keys = keys_of(library.scenes);
  for (const std::string& key : keys.needed)
    if (!library.strings.has(key)) return ": the text of \"" + key + "\" is missing";
  for (const auto& [key, text] : library.strings.all()) {
    const bool of_a_scene = library.find(key.substr(0, key.find('.')));
    if (of_a_scene && !keys.needed.count(key) && !keys.allowed.count(key)) return ": nothing needs \"" + key + "\"";
  }
  return "";
}

/// The part of the firmware that a file of the pack holds; null when it is none.
std::vector<u8>* firmware_part(Firmware& firmware, std::string_view name) {
  if (name == "firmware/bios.bin") return &firmware.bios;
  if (name == "firmware/boot_sector.bin") return &firmware.boot_sector;
  return name == "firmware/loader.bin" ? &firmware.loader : nullptr;
}

bool read_digits(std::string_view text, std::vector<u8>& bytes) {
  const std::string_view digits = take_line(text);
  bytes.reserve(digits.size() / 2);
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes.push_back(static_cast<u8>(high << 4 | low));
  }
  return digits.size() % 2 == 0;
}

}  // namespace

const Scene* Library::find(std::string_view id) const {
  const auto found = std::find_if(scenes.begin(), scenes.end(), [id](const Scene& scene) { return scene.id == id; });
  return found == scenes.end() ? nullptr : &*found;
}

Result<Library, SceneError> open_library(std::string_view pack, const std::string& language, Texts texts) {
  Library library;
  const std::string strings_name = "strings/" + language + ".txt";
  bool has_strings = false;
  while (!pack.empty()) {
    const std::string_view head = take_line(pack);
    if (!head.starts_with(mark)) return SceneError{"the pack of scenes is damaged"};
    const std::string name(trimmed(head.substr(mark.size())));
    size_t end = pack.starts_with(mark) ? 0 : pack.find("\n" + std::string(mark));
    end = end == std::string_view::npos ? pack.size() : end ? end + 1 : 0;
    const std::string_view text = pack.substr(0, end);
    pack = pack.substr(end);
    if (name.ends_with(scene_ending)) {
      auto scene = parse_scene(text, name.substr(0, name.size() - scene_ending.size()));
      if (!scene) return scene.error();
      library.scenes.push_back(scene.take());
    } else if (name == strings_name) {
      auto strings = Strings::parse(text, name);
      if (!strings) return strings.error();
      library.strings = strings.take();
      has_strings = true;
    } else if (std::vector<u8>* part = firmware_part(library.firmware, name)) {
      if (!read_digits(text, *part)) return SceneError{name + " in the pack of scenes is damaged"};
    }
  }
  if (!has_strings) return SceneError{"there are no strings in the language \"" + language + "\""};
  std::sort(library.scenes.begin(), library.scenes.end(),
            [](const Scene& a, const Scene& b) { return a.order != b.order ? a.order < b.order : a.id < b.id; });
  if (texts == Texts::checked) {
    if (const std::string problem = problem_of(library); !problem.empty()) return SceneError{strings_name + problem};
  }
  return library;
}

}  // namespace lucid::scene
