// SPDX-License-Identifier: MIT
#include "core/assembler/shorthand.h"

namespace lucid::assembler {
namespace {

bool is_shift(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
    case ZYDIS_MNEMONIC_RCL:
    case ZYDIS_MNEMONIC_RCR:
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
      return true;
    default:
      return false;
  }
}

Argument register_argument(ZydisRegister reg) { return {.kind = Operand::Kind::reg, .reg = reg}; }
Argument number_argument(i64 number) { return {.number = number}; }

/// FADD and the like without operands pop.
ZydisMnemonic popping(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_FADD:
      return ZYDIS_MNEMONIC_FADDP;
    case ZYDIS_MNEMONIC_FMUL:
      return ZYDIS_MNEMONIC_FMULP;
    case ZYDIS_MNEMONIC_FSUB:
      return ZYDIS_MNEMONIC_FSUBP;
    case ZYDIS_MNEMONIC_FSUBR:
      return ZYDIS_MNEMONIC_FSUBRP;
    case ZYDIS_MNEMONIC_FDIV:
      return ZYDIS_MNEMONIC_FDIVP;
    case ZYDIS_MNEMONIC_FDIVR:
      return ZYDIS_MNEMONIC_FDIVRP;
    default:
      return mnemonic;
  }
}

}  // namespace

std::vector<Question> meanings(const Question& q) {
  std::vector<Question> out;
  const auto add = [&](ZydisMnemonic mnemonic, std::vector<Argument> arguments) {
    Question other = q;
    other.mnemonic = mnemonic;
    other.arguments = std::move(arguments);
    out.push_back(std::move(other));
  };
  const auto& given = q.arguments;
  const char* const name = ZydisMnemonicGetString(q.mnemonic);
  if (is_shift(q.mnemonic) && given.size() == 1) add(q.mnemonic, {given[0], number_argument(1)});
  if (q.mnemonic == ZYDIS_MNEMONIC_IMUL && given.size() == 2) add(q.mnemonic, {given[0], given[0], given[1]});
  if ((q.mnemonic == ZYDIS_MNEMONIC_TEST || q.mnemonic == ZYDIS_MNEMONIC_XCHG) && given.size() == 2)
    add(q.mnemonic, {given[1], given[0]});
  if ((q.mnemonic == ZYDIS_MNEMONIC_AAM || q.mnemonic == ZYDIS_MNEMONIC_AAD) && given.empty())
    add(q.mnemonic, {number_argument(10)});
  if (q.mnemonic == ZYDIS_MNEMONIC_MOVSX) add(ZYDIS_MNEMONIC_MOVSXD, given);
  if (name[0] == 'f') {
    const Argument st0 = register_argument(ZYDIS_REGISTER_ST0), st1 = register_argument(ZYDIS_REGISTER_ST1);
    if (given.empty()) add(popping(q.mnemonic), {st1, st0});
    if (given.empty()) add(q.mnemonic, {st1});
    if (given.empty()) add(q.mnemonic, {st0, st1});
    if (given.size() == 1) add(q.mnemonic, {st0, given[0]});
    if (given.size() == 1) add(q.mnemonic, {given[0], st0});
    if (given.size() == 2 && given[0].reg == ZYDIS_REGISTER_ST0) add(q.mnemonic, {given[1]});
  }
  return out;
}

std::vector<u64> prefix_readings(u64 prefixes) {
  std::vector<u64> out{prefixes};
  constexpr u64 either = ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE;
  if (prefixes & either) out.push_back(prefixes ^ either);
  return out;
}

}  // namespace lucid::assembler
