// SPDX-License-Identifier: MIT
// What time travel costs: a long run with and without recording, then jumps all over it.
// usage: travel_figures KERNEL ROOT INSTRUCTIONS PROGRAM [ARG…]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>

#include "core/session/overlay.h"
#include "core/session/session.h"

namespace {

using namespace lucid;
using namespace lucid::session;

constexpr u64 budget = u64{64} << 20;
constexpr u64 slice = 4'000'000;  // a frame of the page at full speed, about

std::vector<u8> file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_of(auto what) {
  const auto begin = std::chrono::steady_clock::now();
  what();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void tell(const char* name, std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  std::printf("%-34s median %7.1f ms, 95 %% %7.1f ms, most %7.1f ms (%zu times)\n", name,
              seconds[seconds.size() / 2] * 1e3, seconds[seconds.size() * 95 / 100] * 1e3, seconds.back() * 1e3,
              seconds.size());
}

struct Run {
  std::unique_ptr<Session> session;
  double seconds = 0;
  u64 most_bytes = 0;
};

Run run(const Config& config, u64 instructions) {
  Run r{Session::create(config).take()};
  const double begin = processor_seconds();
  while (r.session->instruction() < instructions && !r.session->over()) {
    r.session->run({std::min(slice, instructions - r.session->instruction()), ~u64{0}, {}});
    r.most_bytes = std::max(r.most_bytes, r.session->recording().bytes);
  }
  r.seconds = processor_seconds() - begin;
  return r;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: travel_figures KERNEL ROOT INSTRUCTIONS PROGRAM [ARG...]\n");
    return 2;
  }
  const std::vector<u8> kernel = file(argv[1]), root = file(argv[2]);
  const u64 instructions = std::strtoull(argv[3], nullptr, 10);
  const auto overlay = program_overlay({argv + 4, argv + argc}, default_environment(), Connection::raw);
  Config config;
  config.kernel = kernel;
  config.archives = {root, overlay};
  config.command_line = command_line_for(Connection::raw);

  // In turn, twice, so that a busy host troubles both alike.
  double plain = 1e9, recorded = 1e9;
  Run last;
  for (int i = 0; i < 2; ++i) {
    config.history_bytes = 0;
    plain = std::min(plain, run(config, instructions).seconds);
    config.history_bytes = budget;
    last = {};
    last = run(config, instructions);
    recorded = std::min(recorded, last.seconds);
  }
  Session& s = *last.session;
  const auto recording = s.recording();
  const u64 end = recording.end.time;
  std::printf("%.3g instructions: %.2f s without recording, %.2f s with: %+.1f %%\n",
              static_cast<double>(s.instruction()), plain, recorded, (recorded / plain - 1) * 100);
  std::printf("%llu keyframes, at most %.1f MiB of a budget of %.0f: %s\n",
              static_cast<unsigned long long>(recording.keyframes), static_cast<double>(last.most_bytes) / (1 << 20),
              static_cast<double>(budget) / (1 << 20), last.most_bytes <= budget ? "kept" : "NOT KEPT");

  std::mt19937_64 random(1);
  std::vector<double> seeks, first_back, back, calls;
  for (int i = 0; i < 60; ++i) {
    const u64 time = random() % end;
    seeks.push_back(seconds_of([&] { s.seek_time(time); }));
    first_back.push_back(seconds_of([&] { s.step_back(Grain::instruction); }));
    for (int k = 0; k < 5; ++k) back.push_back(seconds_of([&] { s.step_back(Grain::instruction); }));
    calls.push_back(seconds_of([&] { s.step_back(Grain::interrupt); }));
  }
  tell("seek to anywhere", seeks);
  tell("first step back after it", first_back);
  tell("steps back after that", back);
  tell("back to the last interrupt", calls);
  return last.most_bytes <= budget ? 0 : 1;
}
