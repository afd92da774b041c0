// SPDX-License-Identifier: MIT
#include "core/scene/player.h"

#include <algorithm>

#include "core/inspect/archive.h"
#include "core/scene/words.h"
#include "core/session/boot_disk.h"
#include "core/session/code_patch.h"
#include "core/session/disk_image.h"
#include "core/session/overlay.h"
#include "core/session/partition_table.h"
#include "core/session/register_name.h"

namespace lucid::scene {
namespace {

using session::Session;
using session::Stop;

/// An action that takes longer waits for something that does not come.
constexpr u64 most_instructions = 400'000'000;
constexpr u64 mebibyte = 1 << 20;

std::optional<u8> register_index(std::string_view name) {
  constexpr std::string_view names[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
  const auto found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<u8>(found - std::begin(names));
}

Result<std::unique_ptr<Session>> open_from_disk(const Scene& scene, const Images& images, std::span<const u8> overlay,
                                                session::Config config) {
  std::vector<u8> root;
  inspect::append_aligned(root, images.root, session::sector_size);
  inspect::append_aligned(root, overlay, session::sector_size);
  const Firmware& firmware = images.firmware;
  const auto disk = session::make_boot_disk({.boot_sector = firmware.boot_sector,
                                             .loader = firmware.loader,
                                             .kernel = images.kernel,
                                             .root = root,
                                             .command_line = config.command_line,
                                             .swap_bytes = scene.swap_mib * mebibyte});
  if (!disk) return disk.error();
  config.kernel = firmware.bios;
  config.archives.clear();
  config.command_line.clear();
  config.disk = disk.value();
  config.disk_bytes = disk.value().size();
  return Session::create(config);
}

}  // namespace

Result<std::unique_ptr<Session>> open_session(const Scene& scene, const Images& images, u64 history_bytes,
                                              u64 easy_history_bytes) {
  using session::Connection;
  const Connection connection = Connection::tty;  // its output is a console's, as in a shell
  const auto overlay = session::program_overlay(scene.program, session::default_environment(), connection);
  session::Config config;
  config.kernel = images.kernel;
  config.archives = {overlay};
  config.memory_bytes = scene.memory_mib * mebibyte;
  config.command_line = session::command_line_for(connection) + " " + scene.kernel_options;
  config.history_bytes = history_bytes;
  config.easy_history_bytes = easy_history_bytes;
  if (scene.boots_from_disk) return open_from_disk(scene, images, overlay, std::move(config));
  session::DiskPlan plan;
  plan.swap_bytes = scene.swap_mib * mebibyte;
  if (scene.root_on_disk) {
    plan.root = {images.root};
    config.command_line += " root=/dev/hda1";
  } else if (!scene.no_files) {
    config.archives.insert(config.archives.begin(), images.root);
  }
  const bool any = scene.root_on_disk || scene.swap_mib != 0;
  const session::DiskImage disk = any ? session::make_disk(plan) : session::DiskImage{};
  config.disk = disk.bytes;
  config.disk_bytes = disk.size;
  return Session::create(config);
}

Error Player::problem(const Action& action, const std::string& what) const {
  return {scene_.file + ":" + std::to_string(action.line) + ": " + what};
}

Facts Player::facts_at(size_t beat) const {
  return Facts(session_, reached_[beat].names, beat ? reached_[beat - 1].events : 0, assemble_);
}

bool Player::untouched(const Reached& reached) const {
  const auto& commands = session_.commands();
  if (commands.size() < reached.commands || session_.recording().end < reached.at) return false;
  for (size_t i = 0; i < commands.size() && (i < reached.commands || commands[i].time < reached.at.time); ++i) {
    if (i >= reached.commands || commands[i].time != given_[i].time || !(commands[i].command == given_[i].command))
      return false;
  }
  return true;
}

bool Player::on_rails() const {
  return beat_ != none && beat_ < reached_.size() && session_.time() == reached_[beat_].at.time &&
         session_.instruction() == reached_[beat_].at.instruction &&
         session_.commands_applied() <= reached_[beat_].applied && untouched(reached_[beat_]);
}

void Player::submit(session::Command command) {
  given_.push_back({session_.instruction(), session_.time(), command});
  session_.submit(std::move(command));
}

Result<bool> Player::go_to(size_t beat) {
  beat = std::min(beat, scene_.beats.size() - 1);
  // What was reached and has not been changed since is gone to by time travel.
  size_t good = std::min(beat + 1, reached_.size());
  while (good && !untouched(reached_[good - 1])) --good;
  if (good) {
    const Reached& there = reached_[good - 1];
    // A machine at rest takes what the reader does in no time, and going to the present moment is not going at all.
    if (session_.time() == there.at.time && session_.commands_applied() > there.applied)
      session_.seek_time(there.at.time - 1);
    if (!session_.seek_time(there.at.time)) return Error{"the session records nothing"};
  } else {
    session_.reset();
  }
  if (good < reached_.size() && good <= beat) {
    reached_.resize(good);
    given_.resize(good ? reached_[good - 1].commands : 0);
  }
  // What the reader did meanwhile is no part of the beats to come.
  if (good <= beat) session_.forget_future();
  for (; good <= beat; ++good) {
    auto done = perform(good);
    if (!done) return done;
  }
  beat_ = beat;
  return true;
}

Result<bool> Player::perform(size_t beat) {
  Reached reached;
  if (beat) reached.names = reached_[beat - 1].names;
  const u64 events_before = beat ? reached_[beat - 1].events : 0;
  for (const Action& action : scene_.beats[beat].actions) {
    auto done = act(action, reached.names, events_before);
    if (!done) return done;
  }
  reached.at = {session_.instruction(), session_.time()};
  reached.events = session_.events_before_now();
  reached.commands = given_.size();
  reached.applied = session_.commands_applied();
  reached_.push_back(std::move(reached));
  return true;
}

Result<bool> Player::patch(const Action& action) {
  const std::vector<u8> bytes(action.text.begin(), action.text.end());
  auto pokes = session::pokes_for(session_, session::next_instruction(session_), bytes);
  if (!pokes) return problem(action, pokes.error().message);
  for (auto& poke : pokes.value()) submit(std::move(poke));
  return true;
}

Result<bool> Player::act(const Action& action, Names& names, u64 events_before) {
  using Kind = Action::Kind;
  const auto value = [&]() -> Result<u64> {
    return Facts(session_, names, events_before, assemble_).value(action.value);
  };
  switch (action.kind) {
    case Kind::until:
      return run_until(action, names);
    case Kind::step:
      for (u64 i = 0; i < action.count; ++i) {
        const session::Grain grain = *grain_named(action.text);
        const session::Moment before{session_.instruction(), session_.time()};
        session_.step_forward(grain, most_instructions);
        if (before == session::Moment{session_.instruction(), session_.time()})
          return problem(action, "there is no further step");
      }
      return true;
    case Kind::run:
      session_.run({action.count, ~u64{0}, {}});
      return true;
    case Kind::idle:
    case Kind::end: {
      session_.run({most_instructions, ~u64{0}, {}});
      const bool arrived = action.kind == Kind::end ? session_.over() : session_.last_stop() == Stop::idle;
      if (!arrived)
        return problem(action, action.kind == Kind::end ? "the run does not end" : "the machine never waits");
      return true;
    }
    case Kind::type:
      submit(session::SerialInput{0, {action.text.begin(), action.text.end()}});
      return true;
    case Kind::keys:
      submit(session::KeyInput{{action.text.begin(), action.text.end()}});
      return true;
    case Kind::nmi:
      submit(session::PressNmi{});
      return true;
    case Kind::patch:
      return patch(action);
    case Kind::let: {
      auto result = value();
      if (!result) return problem(action, result.error().message);
      names[action.text] = result.value();
      return true;
    }
    case Kind::poke: {
      auto at = Facts(session_, names, events_before, assemble_).value(action.text);
      auto result = value();
      if (!at || !result) return problem(action, (at ? result.error() : at.error()).message);
      submit(session::poke_u64(Gpa{at.value()}, result.value()));
      return true;
    }
    case Kind::set: {
      auto result = value();
      if (!result) return problem(action, result.error().message);
      using Which = session::PokeRegister::Which;
      const auto index = register_index(action.text);
      if (!index && action.text != "rip") return problem(action, "there is no register \"" + action.text + "\"");
      submit(session::PokeRegister{index ? Which::gpr : Which::rip, index.value_or(0), result.value()});
      return true;
    }
  }
  return true;
}

Result<bool> Player::run_until(const Action& action, const Names& names) {
  auto text = Facts(session_, names, 0, assemble_).plain(action.text);
  if (!text) return problem(action, text.error().message);
  // The reader's own breakpoints do not count.
  std::vector<u32> disabled;
  for (const auto& each : session_.breakpoint_list()) {
    if (!each.enabled) continue;
    disabled.push_back(each.id);
    session_.enable_breakpoint(each.id, false);
  }
  auto added = session_.add_breakpoint(text.value());
  bool arrived = added.ok();
  for (u64 i = 0; arrived && i < action.count; ++i)
    arrived = session_.run({most_instructions, ~u64{0}, {}}) == Stop::breakpoint;
  if (added) session_.remove_breakpoint(added.value());
  for (const u32 id : disabled) session_.enable_breakpoint(id, true);
  if (!added) return problem(action, added.error().shown(text.value()));
  if (!arrived) return problem(action, "it does not become true: " + text.value());
  return true;
}

std::vector<CheckResult> Player::checks() const {
  std::vector<CheckResult> results;
  if (beat_ == none) return results;
  const Facts facts = facts_at(beat_);
  for (const Check& check : scene_.beats[beat_].checks) {
    auto value = facts.value(check.fact);
    CheckResult result{check.fact, value.ok() && value.value() != 0, ""};
    if (!value) result.why_not = value.error().message;
    if (value && !result.good) result.why_not = facts.plain(check.fact).value();
    results.push_back(std::move(result));
  }
  return results;
}

Result<std::vector<LitThing>> Player::lights() const {
  std::vector<LitThing> lit;
  if (beat_ == none) return lit;
  const Facts facts = facts_at(beat_);
  for (const Light& light : scene_.beats[beat_].lights) {
    LitThing thing{light.kind};
    if (light.kind == LightKind::event) {
      auto number = facts.newest(light.facts.empty() ? "" : light.facts[0]);
      if (!number) return number.error();
      if (!number.value()) continue;
      thing.value = *number.value();
      lit.push_back(thing);
      continue;
    }
    if (light.kind == LightKind::reg) {
      thing.file = light.facts.empty() ? "" : light.facts[0];
      if (!session::find_register(thing.file.substr(0, thing.file.find('.'))))
        return Error{scene_.file + ": there is no register \"" + thing.file + "\" to light"};
      lit.push_back(thing);
      continue;
    }
    std::vector<u64> values;
    for (size_t i = 0; i < light.facts.size(); ++i) {
      if (light.kind == LightKind::file && i == 0) {
        const auto path = unquoted(light.facts[0]);
        if (!path) return Error{scene_.file + ": a light on a file needs its path in quotes"};
        thing.file = *path;
        continue;
      }
      auto value = facts.value(light.facts[i]);
      if (!value) return value.error();
      values.push_back(value.value());
    }
    const bool of_process = light.kind <= LightKind::entry;
    if (values.size() < (of_process ? 2u : 1u)) return Error{scene_.file + ": a light needs more facts"};
    if (of_process) thing.pid = static_cast<u32>(values[0]);
    thing.value = values[of_process ? 1 : 0];
    const size_t size_at = of_process ? 2 : 1;
    if (values.size() > size_at) thing.size = values[size_at];
    if (light.kind == LightKind::page) thing.value &= ~page_mask, thing.size = page_size;
    if (light.kind == LightKind::entry) {
      const auto walk = session_.walk(thing.pid, Gva{thing.value}).result;
      if (walk.step_count == 0) continue;
      thing = {LightKind::physical, 0, walk.steps[walk.step_count - 1].entry_at.value, 8};
    }
    lit.push_back(thing);
  }
  return lit;
}

Result<u64> Player::answer() const {
  if (beat_ == none || scene_.beats[beat_].answer.empty()) return u64{0};
  auto answer = facts_at(beat_).value(scene_.beats[beat_].answer);
  const unsigned choices = scene_.beats[scene_.asked_before(beat_)].choices;
  if (answer && (answer.value() < 1 || answer.value() > choices))
    return Error{scene_.file + ": the answer at beat " + std::to_string(beat_ + 1) + " is " +
                 std::to_string(answer.value()) + " of " + std::to_string(choices)};
  return answer;
}

}  // namespace lucid::scene
