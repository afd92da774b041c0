// SPDX-License-Identifier: MIT
#include "ui/terminal/parser.h"

#include <algorithm>

namespace lucid::ui {
namespace {

constexpr u8 escape_byte = 0x1b, cancel = 0x18, substitute = 0x1a, bell = 0x07, del = 0x7f;
constexpr char32_t replacement = 0xfffd;

}  // namespace

bool TerminalParser::take(u8 byte) {
  said_ = Said::nothing;
  if (state_ == State::ground) return ground(byte);
  if (byte == cancel || byte == substitute) {
    state_ = State::ground;
    return true;
  }
  if (state_ == State::string || state_ == State::string_escape) {
    // Until ST (ESC \) or, as xterm has it, BEL.
    const bool over = byte == bell || (state_ == State::string_escape && byte == '\\');
    state_ = over ? State::ground : byte == escape_byte ? State::string_escape : State::string;
    return true;
  }
  if (byte == escape_byte) {
    begin_sequence();
  } else if (byte < 0x20) {  // done in the middle of a sequence
    said_ = Said::control;
    final_ = byte;
  } else if (state_ == State::escape) {
    escape(byte);
  } else {
    csi(byte);
  }
  return true;
}

void TerminalParser::begin_sequence() {
  state_ = State::escape;
  prefix_ = intermediate_ = 0;
  count_ = 0;
}

/// RFC 3629; what is no UTF-8 becomes U+FFFD once for each broken beginning.
bool TerminalParser::ground(u8 byte) {
  const bool goes_on = (byte & 0xc0) == 0x80;
  if (missing_ > 0 && !goes_on) {
    missing_ = 0;
    said_ = Said::character;
    character_ = replacement;
    return false;
  }
  if (byte == escape_byte) {
    begin_sequence();
  } else if (byte < 0x20) {
    said_ = Said::control;
    final_ = byte;
  } else if (byte < del) {
    said_ = Said::character;
    character_ = byte;
  } else if (missing_ > 0) {
    character_ = character_ << 6 | (byte & 63);
    if (--missing_ > 0) return true;
    said_ = Said::character;
    const bool surrogate = character_ >= 0xd800 && character_ < 0xe000;
    if (character_ < least_ || character_ > 0x10ffff || surrogate) character_ = replacement;
    if (character_ >= 0x80 && character_ < 0xa0) said_ = Said::nothing;  // C1, which UTF-8 terminals leave alone
  } else if (byte >= 0xc2 && byte <= 0xf4) {
    missing_ = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    character_ = byte & (0x3fu >> missing_);
    least_ = missing_ == 3 ? 0x10000 : missing_ == 2 ? 0x800 : 0x80;
  } else if (byte != del) {
    said_ = Said::character;
    character_ = replacement;
  }
  return true;
}

void TerminalParser::escape(u8 byte) {
  if (byte < 0x30) {
    intermediate_ = byte;
    return;
  }
  state_ = State::ground;
  if (byte == del) return;
  if (intermediate_ == 0 && byte == '[') {
    state_ = State::csi;
  } else if (intermediate_ == 0 && (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_')) {
    state_ = State::string;
  } else {
    said_ = Said::escape;
    final_ = byte;
  }
}

void TerminalParser::csi(u8 byte) {
  if (byte >= 0x40 && byte != del) {
    if (state_ == State::csi) said_ = Said::sequence;
    final_ = byte;
    state_ = State::ground;
  } else if (byte >= '0' && byte <= '9') {
    if (count_ == 0) values_[count_] = 0, parts_[count_] = false, ++count_;
    u32& value = values_[count_ - 1];
    value = std::min(value * 10 + (byte - '0'), most);
  } else if (byte == ';' || byte == ':') {
    if (count_ == 0) values_[0] = 0, parts_[0] = false, count_ = 1;
    if (count_ == values_.size()) {
      state_ = State::csi_ignored;
      return;
    }
    values_[count_] = 0, parts_[count_] = byte == ':', ++count_;
  } else if (byte >= '<' && byte <= '?') {
    if (count_ > 0 || prefix_ != 0) state_ = State::csi_ignored;
    prefix_ = byte;
  } else if (byte < 0x30) {
    intermediate_ = byte;
  }
}

}  // namespace lucid::ui
