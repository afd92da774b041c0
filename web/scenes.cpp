// SPDX-License-Identifier: MIT
#include "web/scenes.h"

#include <utility>

#include "web/json.h"

namespace lucid::web {
namespace {

using scene::Library;
using scene::Scene;

constexpr const char* light_names[] = {"address", "page", "entry", "frame", "physical", "process", "event"};

void add_scene(Json& json, const Library& library, const Scene& scene) {
  json.key("id").text(scene.id);
  json.key("title").text(library.of(scene, "title"));
  json.key("summary").text(library.of(scene, "summary"));
  json.key("chapter").number(scene.chapter);
  json.key("chapterTitle").text(library.text("chapter." + std::to_string(scene.chapter)));
  json.key("beats").number(scene.beats.size());
  json.key("picture").number(scene.picture);
}

const std::string& choice(const Library& library, const Scene& scene, size_t beat, u64 number) {
  return library.of(scene, beat, "choice." + std::to_string(number));
}

}  // namespace

void Scenes::load(std::string_view pack) {
  stop();
  moments_.clear();
  library_ = {};
  pack_ = std::string(pack);
}

const scene::Library& Scenes::library() {
  if (const std::string pack = std::exchange(pack_, {}); !pack.empty()) {
    auto opened = scene::open_library(pack, "en", scene::Texts::trusted);
    problem_ = opened ? "" : opened.error().message;
    if (opened) library_ = opened.take();
  }
  return library_;
}

const std::string& Scenes::problem() {
  library();
  return problem_;
}

const Scenes::Moment* Scenes::moment_of(const Scene& scene) const {
  for (const Moment& each : moments_)
    if (each.scene == &scene) return &each;
  return nullptr;
}

void Scenes::remember(session::Session& session) {
  if (!player_ || moment_of(player_->scene()) || !player_->on_rails()) return;
  moments_.push_back({&player_->scene(), session.start_point(), player_->way()});
  if (moments_.size() > most_moments) moments_.pop_front();
}

std::unique_ptr<session::Session> Scenes::remembered(const Scene& scene) const {
  const Moment* moment = moment_of(scene);
  auto session = moment ? session::Session::create(moment->point) : Error{""};
  return session ? session.take() : nullptr;
}

void Scenes::resume(const Scene& scene, session::Session& session) {
  player_ = std::make_unique<scene::Player>(scene, session, moment_of(scene)->way);
}

std::string Scenes::list_json() {
  Json json;
  json.begin_array();
  for (const Scene& scene : library().scenes) {
    json.begin_object();
    add_scene(json, library_, scene);
    json.end_object();
  }
  return json.end_array().str();
}

std::string Scenes::now_json() {
  if (!player_ || player_->beat() == scene::Player::none) return "null";
  const Scene& scene = player_->scene();
  const size_t beat = player_->beat();
  const bool at_beat = player_->on_rails();
  Json json;
  json.begin_object();
  add_scene(json, library_, scene);
  json.key("beat").number(beat + 1);
  json.key("caption").text(library_.of(scene, beat));
  json.key("note").text(library_.of(scene, beat, "note"));
  json.key("atBeat").boolean(at_beat);
  if (const unsigned choices = scene.beats[beat].choices) {
    json.key("question").begin_object();
    json.key("text").text(library_.of(scene, beat, "question")).key("choices").begin_array();
    for (u64 i = 1; i <= choices; ++i) json.text(choice(library_, scene, beat, i));
    json.end_array().end_object();
  }
  const auto lights =
      at_beat ? player_->lights() : Result<std::vector<scene::LitThing>>(std::vector<scene::LitThing>{});
  if (lights && !lights.value().empty()) {
    const scene::LitThing& light = lights.value().front();
    json.key("light").begin_object();
    json.key("kind").text(light_names[static_cast<size_t>(light.kind)]);
    json.key("pid").number(light.pid);
    json.key("value").hex(light.value).key("size").number(light.size);
    json.end_object();
  }
  // What the machine says to an earlier question; only this very state can tell.
  const auto answer = at_beat ? player_->answer() : Result<u64>(u64{0});
  if (answer && answer.value() != 0) {
    const size_t asked = scene.asked_before(beat);
    json.key("answer").begin_object();
    json.key("beat").number(asked + 1);
    json.key("number").number(answer.value());
    json.key("text").text(choice(library_, scene, asked, answer.value()));
    json.end_object();
  }
  return json.end_object().str();
}

}  // namespace lucid::web
