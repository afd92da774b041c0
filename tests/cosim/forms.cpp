// SPDX-License-Identifier: MIT
#include "tests/cosim/forms.h"

#include <Zydis/Zydis.h>

#include <cstring>

namespace lucid::cosim {
namespace {

bool offered(const ZydisDecodedInstruction& insn, const FormFilter& filter) {
  switch (insn.meta.isa_ext) {
    case ZYDIS_ISA_EXT_BASE:
    case ZYDIS_ISA_EXT_LONGMODE:
    case ZYDIS_ISA_EXT_MOVBE:
    case ZYDIS_ISA_EXT_PAUSE:
      return filter.integer;
    case ZYDIS_ISA_EXT_SSE:
    case ZYDIS_ISA_EXT_SSE2:
    case ZYDIS_ISA_EXT_SSE3:
    case ZYDIS_ISA_EXT_SSSE3:
    case ZYDIS_ISA_EXT_SSE4: {
      // The SSE extensions' MMX forms count as MMX.
      return filter.sse;
    }
    case ZYDIS_ISA_EXT_MMX:
      return filter.mmx;
    case ZYDIS_ISA_EXT_X87:
      return is_approximate(static_cast<u16>(insn.mnemonic)) ? filter.approximate : filter.x87;
    default:
      return false;
  }
}

bool touches_mmx(const ZydisDecodedInstruction& insn, const ZydisDecodedOperand* operands) {
  for (unsigned i = 0; i < insn.operand_count; ++i)
    if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
        ZydisRegisterGetClass(operands[i].reg.value) == ZYDIS_REGCLASS_MMX)
      return true;
  return false;
}

/// Instructions that enter the kernel, depend on the machine (CPUID, time stamps), stop single-stepping
/// from being told apart (INT1), or that Linux emulates (UMIP).
bool comparable(const ZydisDecodedInstruction& insn) {
  switch (insn.mnemonic) {
    case ZYDIS_MNEMONIC_SYSCALL:
    case ZYDIS_MNEMONIC_SYSENTER:
    case ZYDIS_MNEMONIC_INT1:
    case ZYDIS_MNEMONIC_CPUID:
    case ZYDIS_MNEMONIC_RDTSC:
    case ZYDIS_MNEMONIC_RDTSCP:
    case ZYDIS_MNEMONIC_RDPMC:
    case ZYDIS_MNEMONIC_SGDT:
    case ZYDIS_MNEMONIC_SIDT:
    case ZYDIS_MNEMONIC_SLDT:
    case ZYDIS_MNEMONIC_STR:
    case ZYDIS_MNEMONIC_SMSW:
    case ZYDIS_MNEMONIC_RSM:
    case ZYDIS_MNEMONIC_FEMMS:
    case ZYDIS_MNEMONIC_XSAVE:
      return false;
    default:
      return true;
  }
}

/// Bytes that are prefixes, escapes or encodings of what is not offered (VEX, EVEX) in this mode.
bool starts_something_else(isa::Mode mode, unsigned map, u8 op) {
  if (map == 1) return op == 0x38 || op == 0x3a;
  if (map != 0) return false;
  if (mode == isa::Mode::bits64 && ((op >= 0x40 && op <= 0x4f) || op == 0xc4 || op == 0xc5 || op == 0x62)) return true;
  return op == 0x0f || op == 0x26 || op == 0x2e || op == 0x36 || op == 0x3e || (op >= 0x64 && op <= 0x67) ||
         op == 0xf0 || op == 0xf2 || op == 0xf3;
}

std::string describe(const Form& form) {
  std::string text = form.mode == isa::Mode::bits64 ? "" : std::string(name_of(form.mode)) + " ";
  text += ZydisMnemonicGetString(static_cast<ZydisMnemonic>(form.mnemonic));
  char rest[64];
  static const char* const maps[] = {"", "0f", "0f38", "0f3a"};
  std::snprintf(rest, sizeof rest, " %s%02x", maps[form.map], form.opcode);
  text += rest;
  if (form.reg != 0xff) text += "/" + std::to_string(form.reg);
  if (form.rm != 0xff) text += "." + std::to_string(form.rm);
  if (form.has_modrm) text += form.memory ? " mem" : " reg";
  if (form.mandatory) {
    std::snprintf(rest, sizeof rest, " %02x", form.mandatory);
    text += rest;
  }
  if (form.rex_w) text += " rexw";
  if (form.lock) text += " lock";
  return text;
}

}  // namespace

bool is_approximate(u16 mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_F2XM1:
    case ZYDIS_MNEMONIC_FYL2X:
    case ZYDIS_MNEMONIC_FYL2XP1:
    case ZYDIS_MNEMONIC_FPTAN:
    case ZYDIS_MNEMONIC_FPATAN:
    case ZYDIS_MNEMONIC_FSIN:
    case ZYDIS_MNEMONIC_FCOS:
    case ZYDIS_MNEMONIC_FSINCOS:
      return true;
    default:
      return false;
  }
}

ZydisMachineMode machine_mode(isa::Mode mode) {
  return mode == isa::Mode::bits64   ? ZYDIS_MACHINE_MODE_LONG_64
         : mode == isa::Mode::bits32 ? ZYDIS_MACHINE_MODE_LONG_COMPAT_32
                                     : ZYDIS_MACHINE_MODE_LONG_COMPAT_16;
}

ZydisDecoder decoder_for(isa::Mode mode) {
  ZydisDecoder decoder;
  const ZydisStackWidth width = mode == isa::Mode::bits64   ? ZYDIS_STACK_WIDTH_64
                                : mode == isa::Mode::bits32 ? ZYDIS_STACK_WIDTH_32
                                                            : ZYDIS_STACK_WIDTH_16;
  ZydisDecoderInit(&decoder, machine_mode(mode), width);
  return decoder;
}

const char* name_of(isa::Mode mode) {
  return mode == isa::Mode::bits64 ? "64-bit" : mode == isa::Mode::bits32 ? "32-bit" : "16-bit";
}

std::vector<Form> enumerate_forms(isa::Mode mode, const FormFilter& filter) {
  const ZydisDecoder decoder = decoder_for(mode);
  const u8 rex_choices = mode == isa::Mode::bits64 ? 2 : 1;
  std::vector<Form> forms;
  static constexpr u8 mandatories[] = {0, 0x66, 0xf2, 0xf3};
  for (u8 map = 0; map < 4; ++map)
    for (unsigned opcode = 0; opcode < 256; ++opcode)
      for (const u8 mandatory : mandatories)
        for (u8 w = 0; w < rex_choices; ++w)
          for (u8 lock = 0; lock < 2; ++lock)
            for (unsigned modrm_case = 0; modrm_case < 8 + 64; ++modrm_case) {
              // memory: 8 values of reg; register: 64 of reg and rm
              const bool memory = modrm_case < 8;
              const u8 reg = static_cast<u8>(memory ? modrm_case : (modrm_case - 8) / 8);
              const u8 rm = static_cast<u8>(memory ? 3 : (modrm_case - 8) % 8);
              u8 bytes[24] = {};
              unsigned n = 0;
              if (lock) bytes[n++] = 0xf0;
              if (mandatory) bytes[n++] = mandatory;
              if (w) bytes[n++] = 0x48;
              if (map) bytes[n++] = 0x0f;
              if (map == 2) bytes[n++] = 0x38;
              if (map == 3) bytes[n++] = 0x3a;
              const u8 op = static_cast<u8>(opcode);
              if (starts_something_else(mode, map, op)) break;
              bytes[n++] = op;
              bytes[n] = static_cast<u8>((memory ? 0 : 0xc0) | reg << 3 | rm);
              ZydisDecodedInstruction insn;
              ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
              if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, 15, &insn, operands))) continue;
              FormFilter effective = filter;
              if (touches_mmx(insn, operands)) effective.sse = effective.integer = effective.mmx;
              if (!offered(insn, effective) || !comparable(insn)) {
                if (!(insn.attributes & ZYDIS_ATTRIB_HAS_MODRM)) break;
                continue;
              }
              if (!filter.mnemonic.empty() && filter.mnemonic != ZydisMnemonicGetString(insn.mnemonic)) {
                if (!(insn.attributes & ZYDIS_ATTRIB_HAS_MODRM)) break;
                continue;
              }
              Form form;
              form.mode = mode;
              form.mandatory = mandatory;
              form.rex_w = w;
              form.lock = lock;
              form.map = map;
              form.opcode = op;
              form.mnemonic = static_cast<u16>(insn.mnemonic);
              form.has_modrm = (insn.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0;
              form.memory = form.has_modrm && memory;
              form.immediate_bytes = static_cast<u8>((insn.raw.imm[0].size + insn.raw.imm[1].size) / 8);
              if (form.has_modrm) {
                form.reg = reg;
                const bool fixed_rm = !memory && map == 0 && op >= 0xd8 && op <= 0xdf;
                if (!memory && !fixed_rm && rm != 3) continue;  // one row stands for all registers
                if (fixed_rm) form.rm = rm;
              }
              form.name = describe(form);
              forms.push_back(form);
              if (!form.has_modrm) break;
            }
  return forms;
}

}  // namespace lucid::cosim
