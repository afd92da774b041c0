// SPDX-License-Identifier: MIT
// Command-line options as tables: a name, whether a value follows, and what to do with it.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/cli/exit_code.h"

namespace lucid::cli {

/// What is wrong with a value, or nothing.
using Problem = std::optional<std::string>;

/// An optional value only behind "="; an optional number also as the next word, when that is one.
enum class Takes { nothing, value, optional_value, optional_number };

template <typename Options>
struct Option {
  std::string_view name;
  Takes takes;
  Problem (*apply)(Options& options, const std::string& value);
};

inline Failure usage(std::string message) { return {exit_usage, std::move(message)}; }

/// One option found in the arguments, with its value.
struct GivenOption {
  std::string name, value;
  bool has_value = false;
};
inline GivenOption split_option(const std::string& argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos) return {argument, "", false};
  return {argument.substr(0, equals), argument.substr(equals + 1), true};
}

/// Applies the option at arguments[at] if `table` has it, and moves `at` onto its last word.
/// The value is false when the table lacks it.
template <typename Options>
Result<bool, Failure> apply_option(std::span<const Option<Options>> table, const std::vector<std::string>& arguments,
                                   size_t& at, Options& options) {
  GivenOption given = split_option(arguments[at]);
  for (const Option<Options>& option : table) {
    if (option.name != given.name) continue;
    if (given.has_value && option.takes == Takes::nothing) return usage(given.name + " takes no value");
    if (!given.has_value && option.takes == Takes::value) {
      if (++at == arguments.size()) return usage(given.name + " needs a value behind it");
      given.value = arguments[at];
    }
    const bool number_follows = at + 1 < arguments.size() && !arguments[at + 1].empty() &&
                                arguments[at + 1].find_first_not_of("0123456789") == std::string::npos;
    if (!given.has_value && option.takes == Takes::optional_number && number_follows) given.value = arguments[++at];
    if (const Problem problem = option.apply(options, given.value)) return usage(given.name + ": " + *problem);
    return true;
  }
  return false;
}

/// Applies options up to the first word that is none, or behind "--"; gives the index of that word.
/// Options derives from the types of all tables; `command` is for messages.
template <typename Options, typename... Parts>
Result<size_t, Failure> parse_options(const char* command, const std::vector<std::string>& arguments, Options& options,
                                      std::span<const Option<Parts>>... tables) {
  size_t at = 0;
  for (; at < arguments.size() && !options.help; ++at) {
    if (arguments[at] == "--") return at + 1;
    if (arguments[at].size() < 2 || arguments[at][0] != '-') break;
    const std::string name = split_option(arguments[at]).name;
    Result<bool, Failure> known = false;
    ((known && !known.value() ? void(known = apply_option<Parts>(tables, arguments, at, options)) : void()), ...);
    if (!known) return known.error();
    if (!known.value()) return usage("there is no option " + name + "; lucid86 " + command + " --help lists all");
  }
  return at;
}

}  // namespace lucid::cli
