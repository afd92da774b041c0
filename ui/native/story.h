// SPDX-License-Identifier: MIT
// The story of the scene that plays in the native window: what the page has as DOM (web/scenes.mjs).
#pragma once
#include <map>
#include <string>

#include "core/scene/library.h"
#include "core/scene/player.h"
#include "ui/app.h"
#include "ui/draw.h"

namespace lucid::gui {

class Story {
 public:
  /// All outlive the story; the session is at the scene's beginning.
  Story(const scene::Library& library, const scene::Scene& scene, session::Session& session, ui::App& app)
      : library_(library), scene_(scene), session_(session), app_(app), player_(scene, session) {}

  /// From 1, to the last one at most; "" or what is wrong with the scene.
  std::string go_to(size_t beat);
  std::string next() { return go_to(on_rails() ? number() + 1 : number()); }
  std::string back() { return go_to(number() > 1 ? number() - 1 : 1); }
  bool on_rails() const { return player_.on_rails(); }

  /// Draws into the place the panels leave for it.
  void draw(const ui::Canvas& canvas, ui::Rect area);
  /// What it needs, as of the last draw.
  float height() const { return height_; }

 private:
  size_t number() const { return player_.beat() + 1; }
  void draw_question(const ui::Canvas& canvas, ui::Rect& rest);
  void draw_buttons(const ui::Canvas& canvas, ui::Rect rest);

  const scene::Library& library_;
  const scene::Scene& scene_;
  session::Session& session_;
  ui::App& app_;
  scene::Player player_;
  std::map<size_t, unsigned> chosen_;  // by beat, from 0: what the reader guessed, from 1
  float height_ = 240;
};

}  // namespace lucid::gui
