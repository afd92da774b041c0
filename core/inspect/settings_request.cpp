// SPDX-License-Identifier: MIT
#include "core/inspect/settings_request.h"

#include <algorithm>
#include <cstring>

namespace lucid::inspect {
namespace {

using abi::SettingsRequest;

SettingsRequest read_request(const KernelTables& kernel) {
  auto request = kernel.field<SettingsRequest>(Gva{kernel.header().settings_request_gva}, 0);
  request.text[SettingsRequest::most_text - 1] = 0;
  return request;
}

std::string_view text_of(const SettingsRequest& request) {
  return request.taken == request.written ? std::string_view() : std::string_view(request.text);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end != 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string_view name_of(std::string_view word) { return word.substr(0, word.find('=')); }

bool is_setting(const std::string& word) {
  const size_t sign = word.find('=');
  return sign != 0 && sign != std::string::npos && sign + 1 < word.size() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

std::optional<SettingsPoke> settings_request(const Guest& guest, std::string_view words) {
  const auto opened = KernelTables::open(guest);
  const auto added = split(words);
  if (!opened || added.empty() || !std::all_of(added.begin(), added.end(), is_setting)) return std::nullopt;
  const KernelTables& kernel = opened.value();
  SettingsRequest request = read_request(kernel);
  auto all = split(text_of(request));
  for (const std::string& word : added) {
    const auto same = [&](const std::string& other) { return name_of(other) == name_of(word); };
    all.erase(std::remove_if(all.begin(), all.end(), same), all.end());
    all.push_back(word);
  }
  std::string text;
  for (const std::string& word : all) text += (text.empty() ? "" : " ") + word;
  if (text.size() >= SettingsRequest::most_text) return std::nullopt;
  std::memset(request.text, 0, sizeof request.text);
  std::memcpy(request.text, text.data(), text.size());
  ++request.written;

  const Gva at{kernel.header().settings_request_gva};
  const auto found = mem::walk(guest.ram, guest.paging(kernel.header().kernel_page_root), at);
  if (found.outcome != mem::WalkResult::Outcome::mapped) return std::nullopt;
  const auto* bytes = reinterpret_cast<const u8*>(&request);
  return SettingsPoke{found.physical, {bytes, bytes + sizeof request}};
}

std::string settings_asked(const KernelTables& kernel) { return std::string(text_of(read_request(kernel))); }

}  // namespace lucid::inspect
