// SPDX-License-Identifier: MIT
// lucid86, the headless program: a table of subcommands.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/cli/assemble.h"
#include "core/cli/boot.h"
#include "core/cli/exit_code.h"
#include "core/cli/help.h"
#include "core/cli/make_disk.h"
#include "core/cli/replay.h"
#include "core/cli/run.h"
#include "core/cli/scene.h"

namespace {

struct Command {
  const char* name;
  int (*run)(const std::vector<std::string>& arguments);
  const char* help;
};

constexpr Command commands[] = {
    {"run", lucid::cli::run_command, lucid::cli::run_help},
    {"replay", lucid::cli::replay_command, lucid::cli::replay_help},
    {"boot", lucid::cli::boot_command, lucid::cli::boot_help},
    {"make-disk", lucid::cli::make_disk_command, lucid::cli::make_disk_help},
    {"scene", lucid::cli::scene_command, lucid::cli::scene_help},
    {"asm", lucid::cli::asm_command, lucid::cli::asm_help},
    {"disasm", lucid::cli::disasm_command, lucid::cli::disasm_help},
};

int print(const char* text) { return std::fputs(text, stdout) < 0 ? lucid::cli::exit_host : 0; }

const Command* find(const std::string& name) {
  for (const Command& command : commands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace lucid::cli;
  const std::vector<std::string> arguments(argv + (argc > 0), argv + argc);
  if (arguments.empty()) return std::fputs(general_help, stderr), exit_usage;
  const std::string& word = arguments[0];
  if (word == "--version") return print("lucid86 " LUCID_VERSION "\n");
  if (word == "help" || word == "--help" || word == "-h") {
    const Command* topic = arguments.size() > 1 ? find(arguments[1]) : nullptr;
    return print(topic ? topic->help : general_help);
  }
  if (const Command* command = find(word)) return command->run({arguments.begin() + 1, arguments.end()});
  std::fprintf(stderr, "lucid86: there is no command \"%s\"; lucid86 --help lists all\n", word.c_str());
  return exit_usage;
}
