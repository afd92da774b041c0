// SPDX-License-Identifier: MIT
// Random walks through recorded runs of every program of the root archive. The oracle is the same run made
// straight, without recording: wherever a walk arrives, state, events and output are the straight run's; and a
// step back followed by the step forward of the same grain leads to where it began.
//
// usage: travel_walks KERNEL ROOT [PROGRAM…]     without PROGRAM: all files below /bin and /sbin
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/session/overlay.h"
#include "core/session/session.h"

namespace {

using namespace lucid;
using namespace lucid::session;

constexpr u64 most_instructions = 3'000'000;  // of a run: some programs never end
constexpr u64 mebibyte = 1 << 20;
constexpr int moments = 16, walk_steps = 24;
/// A step that finds nothing to go to stops here, and is no step of its grain.
constexpr u64 most_of_a_step = 400'000;

std::vector<u8> file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Images {
  std::vector<u8> kernel, root;
};

std::unique_ptr<Session> boot(const Images& images, const std::string& program, u64 history_bytes) {
  const auto overlay = program_overlay({program}, default_environment(), Connection::raw);
  Config config;
  config.kernel = images.kernel;
  config.archives = {images.root, overlay};
  config.command_line = command_line_for(Connection::raw);
  config.history_bytes = history_bytes;
  config.memory_bytes = 8 * mebibyte;
  auto session = Session::create(config);
  if (session.ok()) return session.take();
  std::fprintf(stderr, "%s\n", session.error().message.c_str());
  std::exit(1);
}

struct Sight {
  u64 instruction, time, state, events, event_hash;
  std::string out;
  friend bool operator==(const Sight&, const Sight&) = default;
};
Sight look(const Session& s) {
  return {s.instruction(), s.time(), s.state_hash(), s.events().count(), s.events().hash(), s.output(0, 0)};
}

/// What is typed to those who read: a line when the machine waits for one.
void act(Session& s) {
  s.run({most_instructions, ~u64{0}, {}});
  if (s.last_stop() != Stop::idle) return;
  const std::string line = "one two\n";
  s.submit(SerialInput{0, {line.begin(), line.end()}});
  s.run({most_instructions, ~u64{0}, {}});
}

/// Runs on to a time, giving the commands of `acted` when they were given there.
class Straight {
 public:
  Straight(std::unique_ptr<Session> session, const Session& acted) : session_(std::move(session)), acted_(acted) {}
  Sight at(u64 time) {
    const auto& commands = acted_.commands();
    for (; next_ < commands.size() && commands[next_].time < time; ++next_) {
      session_->run({~u64{0}, commands[next_].time, {}});
      session_->submit(commands[next_].command);
    }
    session_->run({~u64{0}, time, {}});
    return look(*session_);
  }

 private:
  std::unique_ptr<Session> session_;
  const Session& acted_;
  size_t next_ = 0;
};

class Walk {
 public:
  Walk(const Images& images, const std::string& program, u64 seed)
      : images_(images), program_(program), random_(seed), s_(boot(images, program, 8 * mebibyte)) {}

  /// False when something differed; it has been told.
  bool go() {
    act(*s_);
    end_ = look(*s_);
    visited_[end_.time] = end_;
    for (int i = 0; i < walk_steps && good_; ++i) step();
    s_->seek_time(end_.time);
    expect(look(*s_) == end_, "the end is another one");
    compare_with_straight_run();
    return good_;
  }

 private:
  void expect(bool right, const char* what) {
    if (right) return;
    std::printf("%s: %s, at time %llu\n", program_.c_str(), what, static_cast<unsigned long long>(s_->time()));
    good_ = false;
  }
  /// One time names one state.
  void remember() {
    const Sight now = look(*s_);
    const auto [known, is_new] = visited_.try_emplace(now.time, now);
    expect(is_new || known->second == now, "the same time, another state");
  }
  void step() {
    if (random_() % 5 == 0) {
      s_->seek_time(random_() % (end_.time + 1));
      return remember();
    }
    const auto grain = static_cast<Grain>(random_() % (static_cast<u64>(Grain::function_return) + 1));
    if (random_() % 2) {
      s_->step_back(grain);
      return remember();
    }
    const Sight before = look(*s_);
    const Stop stop = s_->step_forward(grain, most_of_a_step);
    remember();
    const bool arrived = stop == Stop::event || (grain == Grain::instruction && stop == Stop::limit);
    if (!arrived || moves_by_lines(grain)) return;
    // Back and forth again leads to the same place, whatever lay between.
    const Sight after = look(*s_);
    if (!s_->step_back(grain)) return;
    expect(s_->time() <= before.time, "a step back leads behind where the step forward began");
    s_->step_forward(grain);
    if (s_->time() < after.time) s_->step_forward(grain);
    expect(look(*s_) == after, "back and forward does not lead back");
  }
  void compare_with_straight_run() {
    std::vector<u64> times;
    for (const auto& [time, sight] : visited_) times.push_back(time);
    std::shuffle(times.begin(), times.end(), random_);
    times.resize(std::min<size_t>(times.size(), moments));
    std::sort(times.begin(), times.end());
    Straight straight(boot(images_, program_, 0), *s_);
    for (const u64 time : times)
      if (time) expect(straight.at(time) == visited_[time], "the straight run was somewhere else");
  }

  const Images& images_;
  std::string program_;
  std::mt19937_64 random_;
  std::unique_ptr<Session> s_;
  Sight end_;
  std::map<u64, Sight> visited_;
  bool good_ = true;
};

std::vector<std::string> programs_of(const Images& images) {
  std::vector<std::string> names;
  for (const auto& entry : boot(images, "true", 0)->files())
    if (entry.path.starts_with("/bin/") || entry.path.starts_with("/sbin/")) names.push_back(entry.path);
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const Images images{file(argv[1]), file(argv[2])};
  std::vector<std::string> programs(argv + 3, argv + argc);
  if (programs.empty()) programs = programs_of(images);
  int bad = 0;
  u64 seed = 0;
  for (const std::string& program : programs) bad += !Walk(images, program, ++seed).go();
  std::printf("%zu programs, %d of them wrong\n", programs.size(), bad);
  return bad != 0 || programs.empty();
}
