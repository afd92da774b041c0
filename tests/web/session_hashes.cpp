// SPDX-License-Identifier: MIT
// Boots a session as the page does, types the given commands one after the other, each when the
// machine is idle, and prints after each: instructions, events, hash of the events, hash of the
// machine. Then it walks through the recorded time, back and forth, and prints where each step led.
// node_test.mjs compares with the same lines from WebAssembly.
//
// usage: session_hashes KERNEL ROOT COMMAND…
#include <cstdio>
#include <fstream>
#include <iterator>

#include "core/session/session.h"

namespace {

using namespace lucid;

std::vector<u8> file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run_until_idle(session::Session& session) {
  while (session.run({}) == session::Stop::limit) {
  }
  std::printf("%llu %llu 0x%llx %llu\n", static_cast<unsigned long long>(session.instruction()),
              static_cast<unsigned long long>(session.events().count()),
              static_cast<unsigned long long>(session.events().hash()),
              static_cast<unsigned long long>(session.state_hash()));
}

/// The same numbers in node_test.mjs.
class Dice {
 public:
  u32 below(u32 limit) {
    state_ = state_ * 1664525 + 1013904223;
    return (state_ >> 8) % limit;
  }

 private:
  u32 state_ = 2026;
};

void walk(session::Session& session) {
  constexpr int steps = 120;
  constexpr u32 grains = 6;
  constexpr u64 most_instructions = 100'000'000;  // as the page's steps
  Dice dice;
  for (int i = 0; i < steps; ++i) {
    const u32 what = dice.below(5);
    const auto grain = static_cast<session::Grain>(dice.below(grains));
    const u64 end = session.recording().end.time;
    if (what == 0)
      session.seek_time(end / 1000 * dice.below(1000));
    else if (what < 3)
      session.step_back(grain);
    else
      session.step_forward(grain, most_instructions);
    std::printf("%llu %llu %llu\n", static_cast<unsigned long long>(session.time()),
                static_cast<unsigned long long>(session.instruction()),
                static_cast<unsigned long long>(session.state_hash()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::vector<u8> kernel = file(argv[1]), root = file(argv[2]);
  session::Config config;
  config.kernel = kernel;
  config.archives = {root};
  config.command_line = "console=ttyS0";
  config.history_bytes = u64{64} << 20;
  auto session = session::Session::create(config);
  if (!session) {
    std::fprintf(stderr, "%s\n", session.error().message.c_str());
    return 1;
  }
  run_until_idle(*session.value());
  for (int i = 3; i < argc; ++i) {
    const std::string line = std::string(argv[i]) + "\r";
    session.value()->submit(session::SerialInput{0, {line.begin(), line.end()}});
    run_until_idle(*session.value());
  }
  walk(*session.value());
}
