// SPDX-License-Identifier: MIT
// All scenes and the strings of one language, from one pack: the files one after the other, each behind a line
// "=== NAME" (samples/scenes/make-pack.py). The firmware (core/firmware) is there in hexadecimal digits.
#pragma once
#include "core/scene/scene.h"
#include "core/scene/strings.h"

namespace lucid::scene {

/// Of a machine that boots from its disk.
struct Firmware {
  std::vector<u8> bios, boot_sector, loader;
};

struct Library {
  std::vector<Scene> scenes;  // in their order
  Strings strings;
  Firmware firmware;

  const Scene* find(std::string_view id) const;
  const std::string& text(const std::string& key) const { return strings.get(key); }
  /// "" when there is none. Beats count from 0 here, from 1 in the keys.
  const std::string& of(const Scene& scene, const std::string& what) const {
    return strings.get(scene.id + "." + what);
  }
  const std::string& of(const Scene& scene, size_t beat, const std::string& what = "") const {
    return of(scene, std::to_string(beat + 1) + (what.empty() ? "" : "." + what));
  }
};

/// Whether texts that are missing, or belong to nothing, are looked for. Whoever makes a pack does; readers trust it.
enum class Texts : u8 { checked, trusted };

/// Fails on the first line that is wrong.
Result<Library, SceneError> open_library(std::string_view pack, const std::string& language = "en",
                                         Texts texts = Texts::checked);

}  // namespace lucid::scene
