// SPDX-License-Identifier: MIT
// What the exported functions share: the one machine of a WebAssembly instance, and the buffer in
// which text goes out, valid until the next call.
#pragma once
#include <string>

#include "web/host.h"

namespace lucid::web {

inline Host& host() {
  static Host instance;
  return instance;
}

inline std::string& buffer() {
  static std::string text;
  return text;
}

inline const char* keep(std::string text) {
  buffer() = std::move(text);
  return buffer().c_str();
}

}  // namespace lucid::web
