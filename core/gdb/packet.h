// SPDX-License-Identifier: MIT
// GDB's remote serial protocol, the framing: $text#checksum, + and - as answers, 0x03 as a wish to stop.
// Source: "Debugging with GDB", appendix E.1.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/types.h"

namespace lucid::gdb {

struct Incoming {
  enum class Kind : u8 { packet, damaged, interrupt, acknowledged, refused } kind = Kind::packet;
  std::string text;  // of a packet, unescaped
};

/// Puts packets together from bytes as they come. What stands between packets is dropped.
class PacketReader {
 public:
  static constexpr size_t longest = 1 << 16;  // bytes of a packet; a longer one is damaged

  std::vector<Incoming> feed(std::string_view bytes);

 private:
  enum class State : u8 { between, text, checksum_high, checksum_low } state_ = State::between;
  std::string text_;  // as it came
  u8 sum_ = 0;
  char high_ = 0;
};

/// With frame and checksum, and what must be escaped escaped.
std::string framed(std::string_view text);

std::string to_hex(std::string_view bytes);
/// False on an odd length or a letter that is no digit.
[[nodiscard]] bool from_hex(std::string_view digits, std::string& out);

/// Reads a hexadecimal number off the front of `text`; false when there is none or it has over 64 bits.
[[nodiscard]] bool take_number(std::string_view& text, u64& out);
[[nodiscard]] bool take(std::string_view& text, char wanted);

}  // namespace lucid::gdb
