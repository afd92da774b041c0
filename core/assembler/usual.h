// SPDX-License-Identifier: MIT
// Where Zydis' encoder takes another of two equal encodings than other assemblers do, or does not know one: what it
// is asked instead, and what becomes of its bytes.
#pragma once
#include "core/assembler/request.h"

namespace lucid::assembler {

ZydisMnemonic mnemonic_to_ask(const Question& question);
ZydisRegister register_to_ask(const Question& question, ZydisRegister reg);
/// `bytes` are the encoder's for what it was asked.
void make_usual(const Question& question, Bytes& bytes);

}  // namespace lucid::assembler
