// SPDX-License-Identifier: MIT
// Writes JSON text, comma by comma. 64-bit values that JavaScript's numbers cannot hold go out as
// "0x…" strings.
#pragma once
#include <string>
#include <string_view>

#include "core/base/types.h"

namespace lucid::web {

class Json {
 public:
  Json& begin_object() { return open('{'); }
  Json& end_object() { return close('}'); }
  Json& begin_array() { return open('['); }
  Json& end_array() { return close(']'); }
  Json& key(std::string_view name);
  Json& text(std::string_view value);
  Json& number(u64 value);  // below 2^53
  Json& hex(u64 value);
  Json& boolean(bool value);

  const std::string& str() const { return out_; }

 private:
  Json& open(char bracket);
  Json& close(char bracket);
  void separate();

  std::string out_;
  bool first_ = true;  // in this object or array, or right after a key
};

}  // namespace lucid::web
