// SPDX-License-Identifier: MIT
#include "core/scene/words.h"

#include <charconv>

namespace lucid::scene {
namespace {

constexpr std::string_view blanks = " \t\r";

std::optional<u64> in_base(std::string_view text, int base) {
  u64 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const size_t end = text.find_first_of(blanks);
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : trimmed(text.substr(end));
  return word;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (text = trimmed(text); !text.empty();) {
    if (text.front() == '"') {
      size_t end = 1;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
      all.push_back(unquoted(text.substr(0, end)).value_or(std::string(text.substr(0, end))));
      text = trimmed(text.substr(end));
    } else {
      all.emplace_back(take_word(text));
    }
  }
  return all;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  int depth = 0;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    if (c == '"' && i < text.size()) quoted = !quoted;
    if (quoted) continue;
    if (c == '(' || c == '[') depth++;
    if (c == ')' || c == ']') depth--;
    if (c != ',' || (depth > 0 && i < text.size())) continue;
    parts.emplace_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  if (parts.size() == 1 && parts[0].empty()) parts.clear();
  return parts;
}

std::pair<std::string_view, std::string_view> sides(std::string_view text) {
  const size_t at = text.find(" = ");
  if (at == std::string_view::npos) return {trimmed(text), {}};
  return {trimmed(text.substr(0, at)), trimmed(text.substr(at + 3))};
}

std::optional<u64> decimal(std::string_view text) { return in_base(text, 10); }
std::optional<u64> hexadecimal(std::string_view text) { return in_base(text, 16); }

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return std::nullopt;
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    switch (text[i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'x': {
        const auto value = hexadecimal(text.substr(i + 1, 2));
        if (!value) return std::nullopt;
        out += static_cast<char>(*value);
        i += 2;
        break;
      }
      default:
        out += text[i];
    }
  }
  return out;
}

std::optional<session::Grain> grain_named(std::string_view name) {
  using session::Grain;
  constexpr std::pair<std::string_view, Grain> grains[] = {{"instruction", Grain::instruction},
                                                           {"syscall", Grain::system_call},
                                                           {"fault", Grain::fault},
                                                           {"interrupt", Grain::interrupt},
                                                           {"switch", Grain::context_switch},
                                                           {"process", Grain::process},
                                                           {"line", Grain::line},
                                                           {"line-over", Grain::line_over},
                                                           {"out", Grain::out},
                                                           {"return", Grain::function_return}};
  for (const auto& [each, grain] : grains)
    if (each == name) return grain;
  return std::nullopt;
}

}  // namespace lucid::scene
