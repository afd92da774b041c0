// SPDX-License-Identifier: MIT
// Finds the function for a mnemonic.
#include <array>

#include "core/cpu/translate/functions.h"

namespace lucid::cpu::translate {
namespace {

struct Entry {
  Function function = nullptr;
  Op first = Op::count;
};

constexpr auto make_table() {
  std::array<Entry, ZYDIS_MNEMONIC_MAX_VALUE + 1> table{};
#define INSN(mnemonic, function, op) table[ZYDIS_MNEMONIC_##mnemonic] = {function, Op::op};
#include "core/cpu/translate/mnemonics.def"
#undef INSN
  return table;
}

constexpr auto table = make_table();

}  // namespace

bool instruction(Builder& builder) {
  const Entry& entry = table[builder.insn().mnemonic()];
  return entry.function != nullptr && entry.function(builder, entry.first);
}

}  // namespace lucid::cpu::translate
