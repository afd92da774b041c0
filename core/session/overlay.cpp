// SPDX-License-Identifier: MIT
#include "core/session/overlay.h"

#include "core/inspect/archive.h"

namespace lucid::session {
namespace {

std::string nul_separated(const std::vector<std::string>& strings) {
  std::string text;
  for (const auto& string : strings) text.append(string.c_str(), string.size() + 1);
  return text;
}

}  // namespace

std::vector<std::string> default_environment() { return {"PATH=/bin:/sbin:/usr/bin", "HOME=/", "TERM=linux"}; }

std::vector<u8> program_overlay(const std::vector<std::string>& argv, const std::vector<std::string>& env,
                                Connection connection) {
  using namespace inspect;
  ArchiveWriter archive;
  archive.add("etc", mode::directory | 0755, {});
  archive.add("etc/lucid", mode::directory | 0755, {});
  archive.add_text("etc/lucid/mode", mode::regular | 0644, connection == Connection::raw ? "raw\n" : "tty\n");
  archive.add_text("etc/lucid/env", mode::regular | 0644, nul_separated(env));
  if (!argv.empty()) archive.add_text("etc/lucid/argv", mode::regular | 0644, nul_separated(argv));
  return archive.finish();
}

std::string command_line_for(Connection connection) {
  return connection == Connection::raw ? "console=ttyS1 quiet" : "console=ttyS0 quiet";
}

}  // namespace lucid::session
