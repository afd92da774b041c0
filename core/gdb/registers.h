// SPDX-License-Identifier: MIT
// The registers as GDB numbers and names them: the features it knows for x86-64 (i386.core, i386.sse,
// i386.segments) and one of ours with the system registers.
#pragma once
#include <string>
#include <string_view>

#include "core/session/session.h"

namespace lucid::gdb {

/// The description that GDB asks for as target.xml.
std::string target_description();

unsigned register_count();
/// Little-endian bytes; "" = there is no such register.
std::string register_bytes(const cpu::State& state, unsigned number);
/// All of them, one after the other, as `g` answers.
std::string all_registers(const cpu::State& state);
/// How many bytes it has, 0 = there is none.
unsigned register_size(unsigned number);
/// The wish to write it; nothing for those that cannot be written from outside.
std::optional<session::PokeRegister> poke_of(unsigned number, std::string_view bytes);

}  // namespace lucid::gdb
