// SPDX-License-Identifier: MIT
// Registers by the names people type: rax, eax, r8d, ah, rip, cr3, fs_base, zf …
#pragma once
#include <optional>
#include <string_view>

#include "core/base/types.h"
#include "core/cpu/state.h"

namespace lucid::session {

/// A register, or bits of one.
struct RegisterName {
  enum class Kind : u8 { gpr, rip, rflags, control, debug, segment, segment_base, table_base, msr } kind = Kind::gpr;
  u8 index = 0;  // within the kind
  u8 shift = 0, bits = 64;

  bool is_signed() const { return kind == Kind::gpr && index != cpu::rsp && index != cpu::rbp; }
  friend bool operator==(const RegisterName&, const RegisterName&) = default;
};

std::optional<RegisterName> find_register(std::string_view name);
/// Not sign-extended.
u64 value_of(const cpu::State& state, RegisterName name);

}  // namespace lucid::session
