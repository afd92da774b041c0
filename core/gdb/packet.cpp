// SPDX-License-Identifier: MIT
#include "core/gdb/packet.h"

#include "core/base/hex.h"

namespace lucid::gdb {
namespace {

constexpr char digits[] = "0123456789abcdef";
constexpr char escape = '}';
constexpr char escape_bit = 0x20;

std::string unescaped(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == escape && i + 1 < text.size())
      out += static_cast<char>(text[++i] ^ escape_bit);
    else
      out += text[i];
  }
  return out;
}

}  // namespace

std::vector<Incoming> PacketReader::feed(std::string_view bytes) {
  using Kind = Incoming::Kind;
  std::vector<Incoming> out;
  for (const char c : bytes) {
    if (state_ != State::between && c == '$') state_ = State::between;  // the end of the one before was lost
    switch (state_) {
      case State::between:
        if (c == '$') state_ = State::text, text_.clear(), sum_ = 0;
        if (c == 3) out.push_back({Kind::interrupt, {}});
        if (c == '+') out.push_back({Kind::acknowledged, {}});
        if (c == '-') out.push_back({Kind::refused, {}});
        break;
      case State::text:
        if (c == '#') {
          state_ = State::checksum_high;
        } else {
          sum_ = static_cast<u8>(sum_ + static_cast<u8>(c));
          if (text_.size() <= longest) text_ += c;
        }
        break;
      case State::checksum_high:
        high_ = c;
        state_ = State::checksum_low;
        break;
      case State::checksum_low: {
        const int high = hex_digit(high_), low = hex_digit(c);
        const bool good = high >= 0 && low >= 0 && (high << 4 | low) == sum_ && text_.size() <= longest;
        out.push_back(good ? Incoming{Kind::packet, unescaped(text_)} : Incoming{Kind::damaged, {}});
        state_ = State::between;
        break;
      }
    }
  }
  return out;
}

std::string framed(std::string_view text) {
  std::string out = "$";
  u8 sum = 0;
  const auto put = [&](char c) { out += c, sum = static_cast<u8>(sum + static_cast<u8>(c)); };
  for (const char c : text) {
    const bool special = c == '$' || c == '#' || c == escape || c == '*';
    if (special) put(escape);
    put(special ? static_cast<char>(c ^ escape_bit) : c);
  }
  return out + '#' + digits[sum >> 4] + digits[sum & 15];
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<u8>(c) >> 4];
    out += digits[c & 15];
  }
  return out;
}

bool from_hex(std::string_view text, std::string& out) {
  out.clear();
  if (text.size() % 2 != 0) return false;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high << 4 | low);
  }
  return true;
}

bool take_number(std::string_view& text, u64& out) {
  size_t count = 0;
  out = 0;
  for (; count < text.size() && hex_digit(text[count]) >= 0; ++count) {
    if (out >> 60 != 0) return false;
    out = out << 4 | static_cast<u64>(hex_digit(text[count]));
  }
  text.remove_prefix(count);
  return count != 0;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace lucid::gdb
