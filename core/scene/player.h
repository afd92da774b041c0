// SPDX-License-Identifier: MIT
// Plays a scene on a session: from beat to beat, forwards by running, backwards and anywhere by time travel. The
// reader may leave the rails at any moment (step, type, poke) and come back: a beat always is the same state.
#pragma once
#include <memory>

#include "core/scene/facts.h"
#include "core/scene/library.h"
#include "core/scene/scene.h"
#include "core/session/session.h"

namespace lucid::scene {

/// What scenes run on: copied by the session.
struct Images {
  std::span<const u8> kernel, root;
  const Firmware& firmware;  // Library has it
};

/// A session at the beginning of the scene, with time travel.
Result<std::unique_ptr<session::Session>> open_session(const Scene& scene, const Images& images, u64 history_bytes,
                                                       u64 easy_history_bytes = 0);

/// A light with its facts worked out.
struct LitThing {
  LightKind kind = LightKind::address;
  u32 pid = 0;
  u64 value = 0;  // address, frame number, PID, number of the event in the record
  u64 size = 1;
  std::string file = {};  // its path; the name of a register
};

struct CheckResult {
  std::string fact;
  bool good = false;
  std::string why_not;  // "" = it is false
};

class Player {
 public:
  static constexpr size_t none = ~size_t{0};

  struct Reached {
    session::Moment at;
    u64 events = 0;    // before it
    u64 commands = 0;  // given by the scene up to it
    u64 applied = 0;   // of those
    Names names;
  };
  /// What a player knows of the way that its session has come.
  struct Way {
    std::vector<Reached> reached;  // by beat
    std::vector<session::StampedCommand> given;
    size_t beat = none;
  };

  /// Both outlive the player. The session must be at its beginning.
  /// `assemble` is for checks; without it those of texts cannot be made.
  Player(const Scene& scene, session::Session& session, Assemble assemble = {})
      : scene_(scene), session_(session), assemble_(std::move(assemble)) {}

  /// On a session that begins where that of another player of the scene stood (Session::start_point()).
  Player(const Scene& scene, session::Session& session, Way way)
      : scene_(scene),
        session_(session),
        reached_(std::move(way.reached)),
        given_(std::move(way.given)),
        beat_(way.beat) {}
  Way way() const { return {reached_, given_, beat_}; }

  const Scene& scene() const { return scene_; }
  /// The beat that was gone to last; none before the first.
  size_t beat() const { return beat_; }
  /// Is now exactly that beat, and nothing that the reader did lies before it?
  bool on_rails() const;

  /// To a beat, from wherever now is. The error is one of the scene: what it waits for does not come.
  Result<bool> go_to(size_t beat);
  Result<bool> next() { return go_to(beat_ == none ? 0 : beat_ + 1); }
  Result<bool> back() { return go_to(beat_ == none || beat_ == 0 ? 0 : beat_ - 1); }

  /// At the present beat.
  std::vector<CheckResult> checks() const;
  Result<std::vector<LitThing>> lights() const;
  /// The right choice of the question whose answer is shown here: 0 when none is.
  Result<u64> answer() const;

 private:
  Result<bool> perform(size_t beat);
  Result<bool> patch(const Action& action);
  Result<bool> act(const Action& action, Names& names, u64 events_before);
  Result<bool> run_until(const Action& action, const Names& names);
  Error problem(const Action& action, const std::string& what) const;
  bool untouched(const Reached& reached) const;
  void submit(session::Command command);
  Facts facts_at(size_t beat) const;

  const Scene& scene_;
  session::Session& session_;
  Assemble assemble_;
  std::vector<Reached> reached_;
  std::vector<session::StampedCommand> given_;
  size_t beat_ = none;
};

}  // namespace lucid::scene
