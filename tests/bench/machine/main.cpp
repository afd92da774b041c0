// SPDX-License-Identifier: MIT
// bench_machine [--observed] KERNEL [ARCHIVE…] [-- PROGRAM ARGUMENT…]: runs to the end and prints
// Run::report() with the time it took ("milliseconds"). Exit status 1 = the host could not do it.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "tests/bench/machine/machine.h"

namespace {

using namespace lucid;

std::vector<u8> file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) std::fprintf(stderr, "bench_machine: %s cannot be read\n", path), std::exit(1);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
  bench::Job job;
  int at = 1;
  if (at < argc && std::strcmp(argv[at], "--observed") == 0) job.observed = true, ++at;
  if (at == argc)
    return std::fprintf(stderr, "usage: bench_machine [--observed] KERNEL [ARCHIVE...] [-- PROGRAM...]\n"), 1;
  job.kernel = file(argv[at++]);
  for (; at < argc && std::strcmp(argv[at], "--") != 0; ++at) job.archives.push_back(file(argv[at]));
  for (++at; at < argc; ++at) job.program.push_back(argv[at]);
  const auto begin = std::chrono::steady_clock::now();
  auto run = bench::Run::start(job);
  if (!run) return std::fprintf(stderr, "bench_machine: %s\n", run.error().message.c_str()), 1;
  while (run.value()->advance(1'000'000'000)) {
  }
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - begin;
  std::string report = run.value()->report();
  report.pop_back();
  std::printf("%s,\"milliseconds\":%.3f}\n", report.c_str(), passed.count());
}
