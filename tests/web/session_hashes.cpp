// SPDX-License-Identifier: MIT
// Boots a session as the page does, types the given commands one after the other, each when the
// machine is idle, and prints after each: instructions, events, hash of the events, hash of the
// machine. node_test.mjs compares with the same lines from WebAssembly.
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

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::vector<u8> kernel = file(argv[1]), root = file(argv[2]);
  session::Config config;
  config.kernel = kernel;
  config.archives = {root};
  config.command_line = "console=ttyS0";
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
}
