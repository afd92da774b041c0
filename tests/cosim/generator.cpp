// SPDX-License-Identifier: MIT
#include "tests/cosim/generator.h"

#include <Zydis/Zydis.h>

#include <cstring>

namespace lucid::cosim {
namespace {

using cpu::rax, cpu::rbp, cpu::rbx, cpu::rcx, cpu::rdi, cpu::rdx, cpu::rsi, cpu::rsp;

/// A place in the window, now and then across its ends or a page boundary.
u64 place_in_window(Random& random, unsigned access_bytes) {
  switch (random.below(12)) {
    case 0:
      return window_base + page_size - random.below(access_bytes + 1);
    case 1:
      return window_base + window_bytes - random.below(access_bytes + 8);
    case 2:
      return window_base - random.below(access_bytes + 1);
    case 3:
      return window_base + random.below(window_bytes);
    default:
      return window_base + (random.below(window_bytes - 64) & ~u64{15});
  }
}

void random_fpu(Random& random, FxImage& fx) {
  std::memset(&fx, 0, sizeof fx);
  const u64 rounding = random.below(4);
  const bool all_masked = random.chance(85);
  fx.mxcsr = static_cast<u32>((all_masked ? 0x1f80 : random.next() & 0x1f80) | random.below(4) << 13 |
                              (random.chance(10) ? 0x8000 : 0) | (random.chance(10) ? 0x40 : 0) |
                              (random.chance(20) ? random.next() & 0x3f : 0));
  static constexpr u16 precision[] = {0x300, 0x300, 0x200, 0x000};
  fx.control = static_cast<u16>((random.chance(85) ? 0x7f : (random.next() & 0x3f) | 0x40) |
                                precision[random.below(4)] | rounding << 10);
  const u64 top = random.below(8);
  // No pending unmasked exception at the start: it would fire before the instruction.
  u16 flags = random.chance(20) ? static_cast<u16>(random.next() & 0x7f) : 0;
  flags &= static_cast<u16>(fx.control & 0x3f) | 0x40;
  fx.status = static_cast<u16>(flags | top << 11 | (random.next() & 0x4700));
  fx.tag = static_cast<u8>(random.chance(70) ? 0xff : random.next());
  for (auto& st : fx.st) {
    st.mantissa = random.next() | u64{1} << 63;
    st.sign_exponent = static_cast<u16>((16383 + random.below(130) - 65) | (random.next() & 0x8000));
    switch (random.below(10)) {
      case 0:
        st.mantissa = 0, st.sign_exponent &= 0x8000;
        break;
      case 1:
        st.mantissa = u64{1} << 63, st.sign_exponent |= 0x7fff;
        break;
      case 2:
        st.mantissa = random.next() | u64{1} << 63, st.sign_exponent |= 0x7fff;
        break;
      case 3:
        st.mantissa = random.next() >> 1, st.sign_exponent &= 0x8000;
        break;  // denormal
      case 4:
        st.mantissa = random.next() << random.below(63) | u64{1} << 63;
        break;
      case 5:
        st.mantissa = u64{1} << 63, st.sign_exponent = static_cast<u16>(16383 + random.below(4));
        break;
      case 6:
        st.mantissa = random.next(), st.sign_exponent = static_cast<u16>(random.next());
        break;  // any, unnormal
      default:
        break;
    }
  }
  for (auto& x : fx.xmm) switch (random.below(3)) {
      case 0:
        x.low = random.interesting_double();
        x.high = random.interesting_double();
        break;
      case 1:
        x.low = random.interesting_float() | u64{random.interesting_float()} << 32;
        x.high = random.interesting_float() | u64{random.interesting_float()} << 32;
        break;
      default:
        x.low = random.interesting(), x.high = random.next();
        break;
    }
}

void random_registers(Random& random, Registers& regs) {
  for (u64& r : regs.gpr) r = random.interesting();
  regs.rflags = 0x202 | (random.next() & (arithmetic_flags | flag_df)) | (random.chance(3) ? flag_ac : 0);
  regs.rip = code_base + code_offset;
  random_fpu(random, regs.fx);
}

unsigned register_number(ZydisRegister reg) {
  return static_cast<unsigned>(ZydisRegisterGetId(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg)));
}

/// Chooses base and index so that the operand's address lies where place_in_window says.
void aim_operand(Random& random, const ZydisDecodedOperand& op, const ZydisDecodedInstruction& insn, Input& input) {
  auto& gpr = input.start.gpr;
  const unsigned bytes = op.size ? op.size / 8 : 16;
  const u64 target = place_in_window(random, bytes);
  const u64 segment = op.mem.segment == ZYDIS_REGISTER_GS ? window_base : 0;
  const u64 wanted = target - segment;
  const auto displacement = static_cast<u64>(op.mem.disp.has_displacement ? op.mem.disp.value : 0);
  const bool based =
      op.mem.base != ZYDIS_REGISTER_NONE && op.mem.base != ZYDIS_REGISTER_RIP && op.mem.base != ZYDIS_REGISTER_EIP;
  const bool indexed = op.mem.index != ZYDIS_REGISTER_NONE;
  const unsigned base = based ? register_number(op.mem.base) : 0;
  const unsigned index = indexed ? register_number(op.mem.index) : 0;
  if (based) {
    if (indexed && index != base) {
      if (random.chance(70)) gpr[index] = random.below(64) - 16;
      gpr[base] = wanted - displacement - gpr[index] * op.mem.scale;
    } else if (!indexed) {
      gpr[base] = wanted - displacement;
    }
  } else if (indexed) {
    gpr[index] = (wanted - displacement) / (op.mem.scale ? op.mem.scale : 1);
  }
  const bool patch_displacement = !based && insn.raw.disp.size == 32 && (!indexed || random.chance(50));
  if (patch_displacement) {
    u64 value = wanted;
    if (op.mem.base == ZYDIS_REGISTER_RIP || op.mem.base == ZYDIS_REGISTER_EIP)
      value = target - (input.start.rip + insn.length);
    else if (indexed)
      value = wanted - gpr[index] * op.mem.scale;
    const auto low = static_cast<u32>(value);
    std::memcpy(input.code + insn.raw.disp.offset, &low, 4);
  }
}

void aim_bit_string(Random& random, const ZydisDecodedInstruction& insn, const ZydisDecodedOperand* operands,
                    Input& input) {
  // BT m, r addresses memory far from its operand: keep the bit offset near.
  const bool bit_test = insn.mnemonic == ZYDIS_MNEMONIC_BT || insn.mnemonic == ZYDIS_MNEMONIC_BTS ||
                        insn.mnemonic == ZYDIS_MNEMONIC_BTR || insn.mnemonic == ZYDIS_MNEMONIC_BTC;
  if (bit_test && operands[0].type == ZYDIS_OPERAND_TYPE_MEMORY && operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
      random.chance(80))
    input.start.gpr[register_number(operands[1].reg.value)] = random.below(4096) - 2048;
}

}  // namespace

bool generate(const std::vector<Form>& forms, u32 form_index, Random& random, Input& input) {
  static const ZydisDecoder decoder = [] {
    ZydisDecoder d;
    ZydisDecoderInit(&d, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    return d;
  }();
  const Form& form = forms[form_index];
  random_registers(random, input.start);
  u8* code = input.code;
  std::memset(code, 0, 15);
  unsigned n = 0;
  if (random.chance(3)) code[n++] = 0x65;  // GS
  if (random.chance(3)) code[n++] = 0x67;
  if (form.lock) code[n++] = 0xf0;
  if (form.mandatory) code[n++] = form.mandatory;
  u8 rex = form.rex_w ? 0x48 : 0;
  if (random.chance(40)) rex |= static_cast<u8>(0x40 | random.below(8));
  if (rex) code[n++] = rex;
  if (form.map) code[n++] = 0x0f;
  if (form.map == 2) code[n++] = 0x38;
  if (form.map == 3) code[n++] = 0x3a;
  code[n++] = form.opcode;
  if (form.has_modrm) {
    const u8 reg = form.reg;
    const u8 rm = form.rm != 0xff ? form.rm : static_cast<u8>(random.below(8));
    const u8 mod = form.memory ? static_cast<u8>(random.below(3)) : 3;
    code[n++] = static_cast<u8>(mod << 6 | reg << 3 | rm);
  }
  while (n < 15) code[n++] = static_cast<u8>(random.chance(20) ? random.below(16) : random.next());

  ZydisDecodedInstruction insn;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, 15, &insn, operands))) return false;
  if (insn.mnemonic != form.mnemonic) return false;
  input.form = form_index;
  input.length = insn.length;
  input.repeats = (insn.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) != 0;

  auto& gpr = input.start.gpr;
  if (random.chance(90)) gpr[rsp] = window_base + 0x800 + (random.below(0x400) & ~u64{7});
  if (insn.mnemonic == ZYDIS_MNEMONIC_LEAVE || insn.mnemonic == ZYDIS_MNEMONIC_ENTER)
    gpr[rbp] = window_base + 0x800 + (random.below(0x400) & ~u64{7});
  if (input.repeats) {
    gpr[rcx] = random.below(24);
    if (insn.address_width == 32 && random.chance(20)) gpr[rcx] |= random.next() << 32;
  }
  aim_bit_string(random, insn, operands, input);
  for (unsigned i = 0; i < insn.operand_count; ++i) {
    const ZydisDecodedOperand& op = operands[i];
    if (op.type != ZYDIS_OPERAND_TYPE_MEMORY) continue;
    if (op.mem.type == ZYDIS_MEMOP_TYPE_AGEN && random.chance(70)) continue;
    if (op.mem.segment == ZYDIS_REGISTER_FS) return false;  // the host's thread pointer lives there
    if (op.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN && op.mem.base == ZYDIS_REGISTER_RSP) continue;
    if (random.chance(4)) continue;  // wherever the random registers point
    aim_operand(random, op, insn, input);
  }
  // Division: often a quotient that fits.
  if ((insn.mnemonic == ZYDIS_MNEMONIC_DIV || insn.mnemonic == ZYDIS_MNEMONIC_IDIV) && random.chance(70))
    gpr[rdx] = insn.mnemonic == ZYDIS_MNEMONIC_IDIV && random.chance(50) ? ~u64{0} : random.below(3);
  return true;
}

void fill_window(Random& random, u8 (&window)[window_bytes]) {
  for (u64 i = 0; i < window_bytes; i += 16) {
    u64 pair[2] = {random.interesting(), random.interesting()};
    switch (random.below(5)) {
      case 0:
        pair[0] = random.interesting_double(), pair[1] = random.interesting_double();
        break;
      case 1:
        for (u64& p : pair) p = random.interesting_float() | u64{random.interesting_float()} << 32;
        break;
      case 2:  // an 80-bit number
        pair[0] = random.next() | u64{1} << 63;
        pair[1] = ((16383 + random.below(200) - 100) | (random.next() & 0x8000)) | random.next() << 16;
        break;
      case 3:  // packed decimal
        for (u64& p : pair) {
          p = 0;
          for (int d = 0; d < 16; ++d) p = p << 4 | random.below(10);
        }
        pair[1] &= 0x80ff;
        break;
      default:
        break;
    }
    std::memcpy(window + i, pair, 16);
  }
}

std::string disassemble(const Input& input) {
  ZydisDisassembledInstruction text;
  std::string result;
  char hex[4];
  for (unsigned i = 0; i < input.length; ++i) {
    std::snprintf(hex, sizeof hex, "%02x ", input.code[i]);
    result += hex;
  }
  if (ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LONG_64, input.start.rip, input.code, 15, &text)))
    result += std::string(" ") + text.text;
  return result;
}

}  // namespace lucid::cosim
