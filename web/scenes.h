// SPDX-License-Identifier: MIT
// The scenes of the page: the library, the one that plays, and what the page's story shows of it.
#pragma once
#include <deque>
#include <memory>
#include <string>

#include "core/scene/library.h"
#include "core/scene/player.h"

namespace lucid::web {

class Scenes {
 public:
  /// The pack of all scenes. It is opened when it is first asked for something: a page that shows none need not wait.
  void load(std::string_view pack);
  /// What is wrong with the pack; "" = nothing.
  const std::string& problem();
  const scene::Scene* find(std::string_view id) { return library().find(id); }

  const scene::Firmware& firmware() { return library().firmware; }

  void play(const scene::Scene& scene, session::Session& session) {
    player_ = std::make_unique<scene::Player>(scene, session);
  }
  /// Notes the moment at which the scene stands, for it to be opened there the next time.
  void remember(session::Session& session);
  /// A session at the moment noted of a scene; null when none is. resume() is next.
  std::unique_ptr<session::Session> remembered(const scene::Scene& scene) const;
  /// The scene plays on that session, at the beat where it stood.
  void resume(const scene::Scene& scene, session::Session& session);
  /// No scene plays; the session may go away.
  void stop() { player_.reset(); }
  scene::Player* player() { return player_.get(); }

  /// [{id, title, summary, chapter, chapterTitle, beats}] in their order.
  std::string list_json();
  /// The beat that was gone to last, and whether now is still that; "null" when none plays.
  std::string now_json();

 private:
  const scene::Library& library();

  std::string pack_;  // not opened yet
  std::string problem_;
  scene::Library library_;
  std::unique_ptr<scene::Player> player_;

  struct Moment {
    const scene::Scene* scene;
    std::shared_ptr<const session::StartPoint> point;
    scene::Player::Way way;
  };
  static constexpr size_t most_moments = 3;  // each holds what its machine had in memory
  const Moment* moment_of(const scene::Scene& scene) const;
  std::deque<Moment> moments_;
};

}  // namespace lucid::web
