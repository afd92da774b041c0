// SPDX-License-Identifier: MIT
#include "core/cli/options.h"

#include <functional>
#include <string_view>

#include "core/machine/machine.h"

namespace lucid::cli {
namespace {

constexpr u64 mebibyte = 1 << 20;
constexpr u64 least_mib = machine::min_memory / mebibyte, most_mib = machine::max_memory / mebibyte;

/// What is wrong with a value, or nothing.
using Problem = std::optional<std::string>;

enum class Takes { nothing, value, optional_value };  // an optional value only behind "="

struct Option {
  std::string_view name;
  Takes takes;
  Problem (*apply)(RunOptions& options, const std::string& value);
};

Problem set_memory(RunOptions& options, const std::string& value) {
  const auto mib = parse_number(value);
  if (!mib || *mib < least_mib || *mib > most_mib) {
    return "the machine can have " + std::to_string(least_mib) + " to " + std::to_string(most_mib) +
           " MiB of memory, not \"" + value + "\"";
  }
  options.memory_mib = mib;
  return std::nullopt;
}

Problem set_max_instructions(RunOptions& options, const std::string& value) {
  const auto count = parse_number(value);
  if (!count || *count == 0) return "a number of instructions is needed, 1 or more, not \"" + value + "\"";
  options.max_instructions = *count;
  return std::nullopt;
}

Problem add_environment(RunOptions& options, const std::string& value) {
  const size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0) return "NAME=VALUE is needed, not \"" + value + "\"";
  options.environment.push_back(value);
  return std::nullopt;
}

Problem set_file(std::string& file, const std::string& value) {
  if (value.empty()) return std::string("a file name is needed");
  file = value;
  return std::nullopt;
}

constexpr Option table[] = {
    {"--root", Takes::value,
     [](RunOptions& o, const std::string& v) -> Problem {
       if (v.empty()) return "a directory or cpio file is needed";
       o.roots.push_back(v);
       return std::nullopt;
     }},
    {"--memory", Takes::value, set_memory},
    {"--strace", Takes::optional_value,
     [](RunOptions& o, const std::string& v) -> Problem { return o.strace = true, o.strace_file = v, std::nullopt; }},
    {"--events", Takes::value, [](RunOptions& o, const std::string& v) { return set_file(o.events_file, v); }},
    {"--stats", Takes::nothing,
     [](RunOptions& o, const std::string&) -> Problem { return o.stats = true, std::nullopt; }},
    {"--max-insns", Takes::value, set_max_instructions},
    {"--tty", Takes::nothing, [](RunOptions& o, const std::string&) -> Problem { return o.tty = true, std::nullopt; }},
    {"--env", Takes::value, add_environment},
    {"--boot-log", Takes::nothing,
     [](RunOptions& o, const std::string&) -> Problem { return o.boot_log = true, std::nullopt; }},
    {"--kernel", Takes::value, [](RunOptions& o, const std::string& v) { return set_file(o.kernel_file, v); }},
    {"--no-builtin-root", Takes::nothing,
     [](RunOptions& o, const std::string&) -> Problem { return o.builtin_root = false, std::nullopt; }},
    {"--append", Takes::value,
     [](RunOptions& o, const std::string& v) -> Problem { return o.append = v, std::nullopt; }},
    {"--help", Takes::nothing,
     [](RunOptions& o, const std::string&) -> Problem { return o.help = true, std::nullopt; }},
    {"-h", Takes::nothing, [](RunOptions& o, const std::string&) -> Problem { return o.help = true, std::nullopt; }},
};

Failure usage(std::string message) { return {exit_usage, std::move(message)}; }

}  // namespace

std::optional<u64> parse_number(const std::string& text) {
  if (text.empty() || text.size() > 19) return std::nullopt;
  u64 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<u64>(c - '0');
  }
  return value;
}

Result<RunOptions, Failure> parse_run_options(const std::vector<std::string>& arguments) {
  RunOptions options;
  size_t at = 0;
  for (; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    if (argument == "--") {
      ++at;
      break;
    }
    if (argument.size() < 2 || argument[0] != '-') break;
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const Option* option = nullptr;
    for (const Option& entry : table) {
      if (entry.name == name) option = &entry;
    }
    if (!option) return usage("there is no option " + name + "; lucid86 run --help lists all");
    std::string value;
    if (equals != std::string::npos) {
      if (option->takes == Takes::nothing) return usage(name + " takes no value");
      value = argument.substr(equals + 1);
    } else if (option->takes == Takes::value) {
      if (++at == arguments.size()) return usage(name + " needs a value behind it");
      value = arguments[at];
    }
    if (const Problem problem = option->apply(options, value)) return usage(name + ": " + *problem);
    if (options.help) return options;
  }
  options.program.assign(arguments.begin() + static_cast<std::ptrdiff_t>(at), arguments.end());
  if (!options.program.empty() && options.program[0].empty()) return usage("the name of PROGRAM is empty");
  return options;
}

}  // namespace lucid::cli
