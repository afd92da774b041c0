// SPDX-License-Identifier: MIT
#include "web/json.h"

#include <cstdio>

namespace lucid::web {
namespace {

void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {  // names come from the guest: any byte, taken as Latin-1
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    }
  }
  out += '"';
}

}  // namespace

void Json::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

Json& Json::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

Json& Json::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

Json& Json::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_ += ':';
  first_ = true;
  return *this;
}

Json& Json::text(std::string_view value) {
  separate();
  append_quoted(out_, value);
  return *this;
}

Json& Json::number(u64 value) {
  separate();
  out_ += std::to_string(value);
  return *this;
}

Json& Json::hex(u64 value) {
  separate();
  char digits[24];
  std::snprintf(digits, sizeof digits, "\"0x%llx\"", static_cast<unsigned long long>(value));
  out_ += digits;
  return *this;
}

Json& Json::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

}  // namespace lucid::web
