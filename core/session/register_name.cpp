// SPDX-License-Identifier: MIT
#include "core/session/register_name.h"

#include <iterator>

namespace lucid::session {
namespace {

using Kind = RegisterName::Kind;
using cpu::State;

constexpr std::string_view wide[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                     "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
constexpr std::string_view low_bytes[] = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
constexpr std::string_view high_bytes[] = {"ah", "ch", "dh", "bh"};
constexpr std::string_view segments[] = {"es", "cs", "ss", "ds", "fs", "gs"};

struct Named {
  std::string_view name;
  RegisterName at;
};
constexpr Named others[] = {
    {"rip", {Kind::rip, 0, 0, 64}},
    {"eip", {Kind::rip, 0, 0, 32}},
    {"rflags", {Kind::rflags, 0, 0, 64}},
    {"eflags", {Kind::rflags, 0, 0, 32}},
    {"cf", {Kind::rflags, 0, 0, 1}},
    {"pf", {Kind::rflags, 0, 2, 1}},
    {"af", {Kind::rflags, 0, 4, 1}},
    {"zf", {Kind::rflags, 0, 6, 1}},
    {"sf", {Kind::rflags, 0, 7, 1}},
    {"tf", {Kind::rflags, 0, 8, 1}},
    {"df", {Kind::rflags, 0, 10, 1}},
    {"of", {Kind::rflags, 0, 11, 1}},
    {"cr0", {Kind::control, 0, 0, 64}},
    {"cr2", {Kind::control, 2, 0, 64}},
    {"cr3", {Kind::control, 3, 0, 64}},
    {"cr4", {Kind::control, 4, 0, 64}},
    {"cr8", {Kind::control, 8, 0, 64}},
    {"dr0", {Kind::debug, 0, 0, 64}},
    {"dr1", {Kind::debug, 1, 0, 64}},
    {"dr2", {Kind::debug, 2, 0, 64}},
    {"dr3", {Kind::debug, 3, 0, 64}},
    {"dr6", {Kind::debug, 6, 0, 64}},
    {"dr7", {Kind::debug, 7, 0, 64}},
    {"gdtr", {Kind::table_base, 0}},
    {"idtr", {Kind::table_base, 1}},
    {"ldtr", {Kind::table_base, 2}},
    {"tr", {Kind::table_base, 3}},
    {"efer", {Kind::msr, 0}},
    {"star", {Kind::msr, 1}},
    {"lstar", {Kind::msr, 2}},
    {"sfmask", {Kind::msr, 3}},
    {"kernel_gs_base", {Kind::msr, 4}},
    {"mxcsr", {Kind::msr, 5, 0, 32}},
};

u64 control(const State& s, unsigned index) {
  return index == 0 ? s.cr0 : index == 2 ? s.cr2 : index == 3 ? s.cr3 : index == 4 ? s.cr4 : s.cr8;
}

u64 msr(const State& s, unsigned index) {
  const u64 values[] = {s.efer, s.star, s.lstar, s.sfmask, s.kernel_gs_base, s.mxcsr};
  return values[index];
}

u64 whole(const State& s, RegisterName name) {
  switch (name.kind) {
    case Kind::gpr:
      return s.gpr[name.index];
    case Kind::rip:
      return s.rip;
    case Kind::rflags:
      return s.rflags;
    case Kind::control:
      return control(s, name.index);
    case Kind::debug:
      return name.index < 4 ? s.dr[name.index] : name.index == 6 ? s.dr6 : s.dr7;
    case Kind::segment:
      return s.segment[name.index].selector;
    case Kind::segment_base:
      return s.segment[name.index].base;
    case Kind::table_base:
      return name.index == 0 ? s.gdtr.base : name.index == 1 ? s.idtr.base : name.index == 2 ? s.ldtr.base : s.tr.base;
    case Kind::msr:
      return msr(s, name.index);
  }
  return 0;
}

/// r8 … r15 with d, w or b behind it.
std::optional<RegisterName> new_register(std::string_view name) {
  const u8 bits = name.ends_with('d') ? 32 : name.ends_with('w') ? 16 : name.ends_with('b') ? 8 : 0;
  if (bits == 0) return std::nullopt;
  for (u8 i = 8; i < 16; ++i) {
    if (name.substr(0, name.size() - 1) == wide[i]) return RegisterName{Kind::gpr, i, 0, bits};
  }
  return std::nullopt;
}

}  // namespace

std::optional<RegisterName> find_register(std::string_view name) {
  if (name.size() < 2) return std::nullopt;
  for (u8 i = 0; i < 16; ++i) {
    if (name == wide[i]) return RegisterName{Kind::gpr, i, 0, 64};
    if (i >= 8) continue;
    if (name[0] == 'e' && name.substr(1) == wide[i].substr(1)) return RegisterName{Kind::gpr, i, 0, 32};
    if (name == wide[i].substr(1)) return RegisterName{Kind::gpr, i, 0, 16};
    if (name == low_bytes[i]) return RegisterName{Kind::gpr, i, 0, 8};
    if (i < 4 && name == high_bytes[i]) return RegisterName{Kind::gpr, i, 8, 8};
  }
  for (u8 i = 0; i < std::size(segments); ++i) {
    if (name == segments[i]) return RegisterName{Kind::segment, i, 0, 16};
    if (name.size() == 7 && name.substr(0, 2) == segments[i] && name.substr(2) == "_base")
      return RegisterName{Kind::segment_base, i, 0, 64};
  }
  for (const Named& other : others) {
    if (name == other.name) return other.at;
  }
  return new_register(name);
}

u64 value_of(const State& state, RegisterName name) {
  const u64 value = whole(state, name) >> name.shift;
  return name.bits == 64 ? value : value & ((u64{1} << name.bits) - 1);
}

}  // namespace lucid::session
