// SPDX-License-Identifier: MIT
#include "tests/cosim/exhaustive.h"

#include <Zydis/Zydis.h>

#include <cstring>

#include "tests/cosim/random.h"

namespace lucid::cosim {
namespace {

Form form_of(isa::Mode mode, ZydisMnemonic mnemonic, u8 opcode) {
  Form form;
  form.mode = mode;
  form.mnemonic = static_cast<u16>(mnemonic);
  form.opcode = opcode;
  form.name = std::string("every ") + ZydisMnemonicGetString(mnemonic);
  return form;
}

/// AL by CF and AF, for some values of AH.
Sweep decimal(ZydisMnemonic mnemonic, u8 opcode) {
  static constexpr u8 highs[] = {0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff};
  return {form_of(isa::Mode::bits32, mnemonic, opcode), 256 * 4 * sizeof highs, [opcode](u32 index, Input& input) {
            input.code[0] = opcode;
            input.length = 1;
            input.start.gpr[cpu::rax] = (index & 255) | u64{highs[index >> 10]} << 8;
            input.start.rflags |= (index >> 8 & 1 ? flag_cf : 0) | (index >> 9 & 1 ? flag_af : 0);
          }};
}

/// AL by every base for AAM, AX by base 10 for AAD.
Sweep ascii(ZydisMnemonic mnemonic, u8 opcode) {
  return {form_of(isa::Mode::bits32, mnemonic, opcode), 65536, [=](u32 index, Input& input) {
            input.code[0] = opcode;
            input.code[1] = mnemonic == ZYDIS_MNEMONIC_AAM ? static_cast<u8>(index >> 8) : u8{10};
            input.length = 2;
            input.start.gpr[cpu::rax] = index;
          }};
}

/// AL × BL.
Sweep product(ZydisMnemonic mnemonic, u8 modrm) {
  return {form_of(isa::Mode::bits64, mnemonic, 0xf6), 65536, [modrm](u32 index, Input& input) {
            input.code[0] = 0xf6;
            input.code[1] = modrm;
            input.length = 2;
            input.start.gpr[cpu::rax] = index & 255;
            input.start.gpr[cpu::rbx] = index >> 8;
          }};
}

/// Every control byte of PCMPxSTRx, each with strings over three letters and lengths around their ends.
Sweep strings(ZydisMnemonic mnemonic, u8 opcode) {
  constexpr u32 pairs = 64;
  Form form = form_of(isa::Mode::bits64, mnemonic, opcode);
  form.map = 3, form.mandatory = 0x66;
  return {form, 256 * pairs, [opcode](u32 index, Input& input) {
            const u8 code[] = {0x66, 0x0f, 0x3a, opcode, 0xca, static_cast<u8>(index / pairs)};  // XMM1, XMM2, imm8
            std::memcpy(input.code, code, sizeof code);
            input.length = sizeof code;
            Random random(index);
            const bool words = random.chance(50);
            for (unsigned i = 1; i <= 2; ++i) {
              u64 halves[2] = {};
              for (unsigned bit = 0; bit < 128; bit += words ? 16 : 8) {
                static constexpr u8 letters[] = {'a', 'b', 0x80, 'a', 'b', 0x80, 'a', 0};
                halves[bit / 64] |= u64{letters[random.below(8)]} << bit % 64;
              }
              input.start.fx.xmm[i].low = halves[0];
              input.start.fx.xmm[i].high = halves[1];
            }
            input.start.gpr[cpu::rax] = random.below(44) - 22;
            input.start.gpr[cpu::rdx] = random.below(44) - 22;
          }};
}

}  // namespace

std::vector<Sweep> sweeps() {
  return {decimal(ZYDIS_MNEMONIC_DAA, 0x27),       decimal(ZYDIS_MNEMONIC_DAS, 0x2f),
          decimal(ZYDIS_MNEMONIC_AAA, 0x37),       decimal(ZYDIS_MNEMONIC_AAS, 0x3f),
          ascii(ZYDIS_MNEMONIC_AAM, 0xd4),         ascii(ZYDIS_MNEMONIC_AAD, 0xd5),
          product(ZYDIS_MNEMONIC_MUL, 0xe3),       product(ZYDIS_MNEMONIC_IMUL, 0xeb),
          strings(ZYDIS_MNEMONIC_PCMPESTRM, 0x60), strings(ZYDIS_MNEMONIC_PCMPESTRI, 0x61),
          strings(ZYDIS_MNEMONIC_PCMPISTRM, 0x62), strings(ZYDIS_MNEMONIC_PCMPISTRI, 0x63)};
}

void prepare(const Sweep& sweep, u32 number, u32 index, Input& input) {
  input = {};
  input.form = number;
  input.mode = sweep.form.mode;
  input.start.rip = code_base + 0x800;
  input.start.rflags = 0x202;
  input.start.fx.control = 0x37f;
  input.start.fx.mxcsr = 0x1f80;
  std::memset(input.code, 0xcc, max_code);
  if (input.mode == isa::Mode::bits32)
    input.selectors = {selector::code32, selector::data, selector::data, selector::data, 0, 0};
  sweep.prepare(index, input);
}

}  // namespace lucid::cosim
