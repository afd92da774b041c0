// SPDX-License-Identifier: MIT
// A run for JavaScript (machine.mjs): what main.cpp is for the command line. One run per instance.
#include <emscripten.h>

#include <utility>

#include "tests/bench/machine/machine.h"

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

namespace {

using namespace lucid;

struct Instance {
  bench::Job job;
  std::unique_ptr<bench::Run> run;
  std::string text;  // returned last
};
Instance& instance() {
  static Instance the;
  return the;
}
const char* keep(std::string text) {
  instance().text = std::move(text);
  return instance().text.c_str();
}

}  // namespace

EXPORT void bench_kernel(const u8* bytes, u32 size) { instance().job.kernel.assign(bytes, bytes + size); }
EXPORT void bench_archive(const u8* bytes, u32 size) { instance().job.archives.emplace_back(bytes, bytes + size); }
EXPORT void bench_argument(const u8* bytes, u32 size) { instance().job.program.emplace_back(bytes, bytes + size); }
EXPORT void bench_observe() { instance().job.observed = true; }

/// "" = ready; else what is wrong.
EXPORT const char* bench_start() {
  auto run = bench::Run::start(instance().job);
  instance().job = {};
  if (!run) return keep(run.error().message);
  instance().run = run.take();
  return keep("");
}
EXPORT bool bench_advance(double instructions) { return instance().run->advance(static_cast<u64>(instructions)); }
EXPORT const char* bench_report() { return keep(instance().run->report()); }
