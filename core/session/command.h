// SPDX-License-Identifier: MIT
// A wish from outside. Commands are applied between slices only, stamped with the instruction
// count at which they took effect and kept, so a run can be replayed exactly.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "core/base/types.h"

namespace lucid::session {

/// Bytes arrive on a serial line (0 = COM1, the console; 1 = COM2).
struct SerialInput {
  unsigned line = 0;
  std::vector<u8> bytes;
  bool operator==(const SerialInput&) const = default;
};
/// The other end hung up: carrier lost; readers see end of file once the input is drained.
struct SerialHangUp {
  unsigned line = 0;
  bool operator==(const SerialHangUp&) const = default;
};
/// Keys of the keyboard go down and up: bytes of scan code set 1 (0x1e = A pressed, 0x9e = released, 0xe0 first
/// for the grey keys).
struct KeyInput {
  std::vector<u8> codes;
  bool operator==(const KeyInput&) const = default;
};
struct PokeMemory {
  Gpa address;
  std::vector<u8> bytes;
  bool operator==(const PokeMemory&) const = default;
};
/// Eight bytes, as the guest would store them.
inline PokeMemory poke_u64(Gpa address, u64 value) {
  PokeMemory poke{address, std::vector<u8>(8)};
  for (unsigned i = 0; i < 8; ++i) poke.bytes[i] = static_cast<u8>(value >> 8 * i);
  return poke;
}
struct PokeRegister {
  enum class Which : u8 { gpr, rip, rflags } which = Which::gpr;
  u8 index = 0;  // of the general-purpose register
  u64 value = 0;
  bool operator==(const PokeRegister&) const = default;
};

/// The board's NMI button is pressed.
struct PressNmi {
  bool operator==(const PressNmi&) const = default;
};

/// Our kernel is asked for other settings of its scheduler, in words of its command line ("sched=fair hz=1000"): they
/// are written to where it looks for them (abi::SettingsRequest), and it does as with writes to /proc/sys/kernel.
struct ChangeSettings {
  std::string words;
  bool operator==(const ChangeSettings&) const = default;
};

/// The terminal on COM1 has another size. The guest can read it and is told by an interrupt
/// (core/devices/console_size.h); our kernel then sends SIGWINCH to whoever is in the foreground. Stays until another
/// one, or a reset.
struct ConsoleSize {
  u16 rows = 24, columns = 80;  // 2..200, 10..500: others are not applied
  bool operator==(const ConsoleSize&) const = default;
};
bool is_valid(const ConsoleSize& size);
ConsoleSize nearest_size(u64 rows, u64 columns);

using Command =
    std::variant<SerialInput, SerialHangUp, PokeMemory, PokeRegister, KeyInput, PressNmi, ChangeSettings, ConsoleSize>;

struct StampedCommand {
  u64 instruction = 0;  // applied when this many had retired …
  u64 time = 0;         // … at this virtual time: running a copy until then and submitting replays it
  Command command;
};

}  // namespace lucid::session
