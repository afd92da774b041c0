// SPDX-License-Identifier: MIT
// Bytes for a terminal, cut into what they say: characters (UTF-8), control characters, escape and
// control sequences (ECMA-48, ISO 2022), as the state diagram of DEC's video terminals has it. Strings
// (OSC, DCS, APC …) are swallowed. Knows no screen. Whatever comes is parsed in bounded memory.
#pragma once
#include <array>

#include "core/base/types.h"

namespace lucid::ui {

class TerminalParser {
 public:
  enum class Said : u8 { nothing, character, control, escape, sequence };

  /// Takes a byte; false = it ended something broken and is to be taken once more.
  bool take(u8 byte);
  Said said() const { return said_; }

  char32_t character() const { return character_; }  // of character
  u8 control() const { return final_; }              // of control
  // Of escape and sequence: "ESC ( 0" is '0' after '('; "CSI ? 25 h" is 'h' with the prefix '?'.
  u8 final_byte() const { return final_; }
  u8 prefix() const { return prefix_; }
  u8 intermediate() const { return intermediate_; }

  unsigned parameters() const { return count_; }
  /// 0 when it is missing, as is the one that is left out.
  u32 parameter(unsigned i) const { return i < count_ ? values_[i] : 0; }
  /// At least 1.
  u32 count_parameter(unsigned i) const { return parameter(i) == 0 ? 1 : parameter(i); }
  /// A colon, not a semicolon, stands before it: part of the one before (ITU T.416).
  bool is_part(unsigned i) const { return i < count_ && parts_[i]; }

 private:
  enum class State : u8 { ground, escape, csi, csi_ignored, string, string_escape };
  bool ground(u8 byte);
  void escape(u8 byte);
  void csi(u8 byte);
  void begin_sequence();

  static constexpr u32 most = 9999;  // of a parameter
  State state_ = State::ground;
  Said said_ = Said::nothing;
  char32_t character_ = 0, least_ = 0;
  unsigned missing_ = 0;  // bytes of the character under way
  u8 final_ = 0, prefix_ = 0, intermediate_ = 0;
  std::array<u32, 24> values_{};
  std::array<bool, 24> parts_{};
  unsigned count_ = 0;
};

}  // namespace lucid::ui
