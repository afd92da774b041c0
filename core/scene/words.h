// SPDX-License-Identifier: MIT
// Cutting lines of scene files into parts.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/types.h"
#include "core/session/grain.h"

namespace lucid::scene {

std::string_view trimmed(std::string_view text);
/// The first line, taken off `text`.
std::string_view take_line(std::string_view& text);
/// The first word, taken off `text`, which then begins with the next one.
std::string_view take_word(std::string_view& text);
/// Words, or texts in quotes.
std::vector<std::string> words(std::string_view text);
/// At commas outside of brackets and quotes; nothing from an empty text.
std::vector<std::string> split_list(std::string_view text);
/// Left and right of the first " = ".
std::pair<std::string_view, std::string_view> sides(std::string_view text);
std::optional<u64> decimal(std::string_view text);
std::optional<u64> hexadecimal(std::string_view text);
/// "a\n" with its quotes and escapes.
std::optional<std::string> unquoted(std::string_view text);
std::optional<session::Grain> grain_named(std::string_view name);

}  // namespace lucid::scene
