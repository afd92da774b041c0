// SPDX-License-Identifier: MIT
#include "tests/cosim/generator.h"

#include <Zydis/Zydis.h>

#include <cstring>

namespace lucid::cosim {
namespace {

using cpu::rax, cpu::rbp, cpu::rbx, cpu::rcx, cpu::rdi, cpu::rdx, cpu::rsi, cpu::rsp;

// What lies where in the window, for instructions that need more than any bytes.
constexpr u64 fx_image_at = 0x400, pointers_at = 0x600, frames_at = 0x1000;
constexpr u64 slots = 4, pointer_bytes = 32, frame_bytes = 64;  // four of each per operand size 16, 32, 64

u64 size_index(unsigned bits) { return bits == 16 ? 0 : bits == 32 ? 1 : 2; }
u64 pointer_slot(Random& random, unsigned bits) {
  return window_base + pointers_at + (size_index(bits) * slots + random.below(slots)) * pointer_bytes;
}
u64 frame_slot(Random& random, unsigned bits) {
  return window_base + frames_at + (size_index(bits) * slots + random.below(slots)) * frame_bytes;
}

u16 random_selector(Random& random) {
  static constexpr u16 some[] = {0,
                                 1,
                                 2,
                                 3,
                                 0x23,
                                 0x2b,
                                 0x33,
                                 0x20,
                                 0x2a,
                                 0x08,
                                 0x10,
                                 0x18,
                                 0x40,
                                 0x50,
                                 0x63,
                                 0x83,
                                 selector::ldt_code16,
                                 selector::ldt_data,
                                 selector::ldt_stack32,
                                 selector::ldt_stack16,
                                 0x27,
                                 0x0c,
                                 0xfff8};
  return random.chance(95) ? some[random.below(sizeof some / sizeof *some)]
                           : static_cast<u16>((random.next() & ~u64{0x78}) | 0x80);
}
u16 random_code_selector(Random& random) {
  static constexpr u16 some[] = {selector::code64, selector::code32, selector::ldt_code16};
  return random.chance(80) ? some[random.below(3)] : random_selector(random);
}

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

void random_registers(Random& random, Input& input) {
  Registers& regs = input.start;
  for (u64& r : regs.gpr) r = random.interesting();
  if (input.mode != isa::Mode::bits64)
    for (u64& r : regs.gpr) r = static_cast<u32>(r);
  regs.rflags = 0x202 | (random.next() & (arithmetic_flags | flag_df)) | (random.chance(3) ? flag_ac : 0);
  random_fpu(random, regs.fx);
}

/// 32-bit code has flat data segments or those of the LDT; 16-bit code always those of the LDT.
void choose_segments(Random& random, Input& input) {
  input.selectors = {};
  if (input.mode == isa::Mode::bits64) return;
  const bool narrow = input.mode == isa::Mode::bits16;
  const bool flat = !narrow && random.chance(60);
  input.selectors.cs = narrow ? selector::ldt_code16 : selector::code32;
  input.selectors.ds = input.selectors.es = flat ? selector::data : selector::ldt_data;
  const u16 local_stack = random.chance(50) ? selector::ldt_stack16 : selector::ldt_stack32;
  input.selectors.ss = flat ? selector::data : local_stack;
}

u64 segment_base(const Input& input, ZydisRegister segment) {
  const Selectors& s = input.selectors;
  switch (segment) {
    case ZYDIS_REGISTER_GS:
      return input.mode == isa::Mode::bits64 ? window_base : 0;
    case ZYDIS_REGISTER_CS:
      return input.code_segment();
    case ZYDIS_REGISTER_SS:
      return base_of(s.ss);
    case ZYDIS_REGISTER_ES:
      return base_of(s.es);
    default:
      return base_of(s.ds);
  }
}

unsigned register_number(ZydisRegister reg) {
  return static_cast<unsigned>(ZydisRegisterGetId(ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg)));
}

/// The bits of a register that an address of this width takes from it; the rest stays.
void set_address_register(Input& input, unsigned number, u64 value, unsigned width) {
  u64& r = input.start.gpr[number];
  if (width == 16)
    r = (r & ~u64{0xffff}) | (value & 0xffff);
  else
    r = input.mode == isa::Mode::bits64 ? value : static_cast<u32>(value);
}

/// Chooses base and index so that the operand's linear address is `target`.
void aim_operand(Random& random, const ZydisDecodedOperand& op, const ZydisDecodedInstruction& insn, u64 target,
                 Input& input) {
  auto& gpr = input.start.gpr;
  const u64 wanted = target - segment_base(input, op.mem.segment);
  const auto displacement = static_cast<u64>(op.mem.disp.has_displacement ? op.mem.disp.value : 0);
  const bool relative = op.mem.base == ZYDIS_REGISTER_RIP || op.mem.base == ZYDIS_REGISTER_EIP;
  const bool based = op.mem.base != ZYDIS_REGISTER_NONE && !relative;
  const bool indexed = op.mem.index != ZYDIS_REGISTER_NONE;
  const unsigned base = based ? register_number(op.mem.base) : 0;
  const unsigned index = indexed ? register_number(op.mem.index) : 0;
  const unsigned width = insn.address_width;
  if (based) {
    if (indexed && index != base) {
      if (random.chance(70)) set_address_register(input, index, random.below(64) - 16, width);
      set_address_register(input, base, wanted - displacement - gpr[index] * op.mem.scale, width);
    } else if (!indexed) {
      set_address_register(input, base, wanted - displacement, width);
    }
  } else if (indexed) {
    set_address_register(input, index, (wanted - displacement) / (op.mem.scale ? op.mem.scale : 1), width);
  }
  const bool patch_displacement = !based && insn.raw.disp.size >= 16 && (!indexed || random.chance(50));
  if (patch_displacement) {
    u64 value = wanted;
    if (relative)
      value = target - (input.start.rip + insn.length);
    else if (indexed)
      value = wanted - gpr[index] * op.mem.scale;
    std::memcpy(input.code + insn.raw.disp.offset, &value, insn.raw.disp.size / 8);
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

/// Prefixes in any order, now and then one more that changes nothing, or far too many.
unsigned emit_prefixes(Random& random, const Form& form, u8* code) {
  u8 list[5];
  unsigned count = 0;
  if (form.lock) list[count++] = 0xf0;
  if (form.mandatory) list[count++] = form.mandatory;
  if (random.chance(form.mode == isa::Mode::bits64 ? 3 : 10)) list[count++] = 0x67;
  static constexpr u8 segments[] = {0x65, 0x2e, 0x36, 0x3e, 0x26};
  if (random.chance(4)) list[count++] = segments[random.below(form.mode == isa::Mode::bits64 ? 2 : 5)];
  for (unsigned i = count; i > 1; --i) std::swap(list[i - 1], list[random.below(i)]);
  std::memcpy(code, list, count);
  return count;
}

bool is_far_return(ZydisMnemonic mnemonic) {
  return mnemonic == ZYDIS_MNEMONIC_IRET || mnemonic == ZYDIS_MNEMONIC_IRETD || mnemonic == ZYDIS_MNEMONIC_IRETQ;
}

/// Where the memory operand of this instruction should lie.
u64 place_of(Random& random, const ZydisDecodedInstruction& insn, const ZydisDecodedOperand& op) {
  switch (insn.mnemonic) {
    case ZYDIS_MNEMONIC_FXRSTOR:
    case ZYDIS_MNEMONIC_FXRSTOR64:
      if (random.chance(85)) return window_base + fx_image_at;
      break;
    case ZYDIS_MNEMONIC_LDS:
    case ZYDIS_MNEMONIC_LES:
    case ZYDIS_MNEMONIC_LFS:
    case ZYDIS_MNEMONIC_LGS:
    case ZYDIS_MNEMONIC_LSS:
    case ZYDIS_MNEMONIC_JMP:
    case ZYDIS_MNEMONIC_CALL:
      if (random.chance(80)) return pointer_slot(random, insn.operand_width);
      break;
    case ZYDIS_MNEMONIC_LAR:
    case ZYDIS_MNEMONIC_LSL:
    case ZYDIS_MNEMONIC_VERR:
    case ZYDIS_MNEMONIC_VERW:  // no selector that only the host has
      return random.chance(85) ? pointer_slot(random, 16) + 2 : window_base + window_bytes - random.below(2);
    case ZYDIS_MNEMONIC_MOV:
      if (op.size == 16 && random.chance(60)) return pointer_slot(random, 16) + 2;
      break;
    default:
      break;
  }
  return place_in_window(random, op.size ? op.size / 8 : 16);
}

/// Registers and immediates that let more than a fault come of it.
void help_along(Random& random, const ZydisDecodedInstruction& insn, const ZydisDecodedOperand* operands,
                Input& input) {
  auto& gpr = input.start.gpr;
  const u64 stack_base = base_of(input.selectors.ss);
  const auto stack_place = [&] { return window_base + 0x800 + (random.below(0x400) & ~u64{7}) - stack_base; };
  if (random.chance(90)) gpr[rsp] = stack_place();
  switch (insn.mnemonic) {
    case ZYDIS_MNEMONIC_LEAVE:
    case ZYDIS_MNEMONIC_ENTER:
      gpr[rbp] = stack_place();
      break;
    case ZYDIS_MNEMONIC_DIV:
    case ZYDIS_MNEMONIC_IDIV:  // often a quotient that fits
      if (random.chance(70))
        gpr[rdx] = insn.mnemonic == ZYDIS_MNEMONIC_IDIV && random.chance(50) ? ~u64{0} : random.below(3);
      if (input.mode != isa::Mode::bits64) gpr[rdx] = static_cast<u32>(gpr[rdx]);
      break;
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD:
    case ZYDIS_MNEMONIC_IRETQ:
      if (random.chance(85)) gpr[rsp] = frame_slot(random, insn.operand_width) - stack_base;
      break;
    case ZYDIS_MNEMONIC_RET:
      if (insn.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR && random.chance(85))
        gpr[rsp] = frame_slot(random, insn.operand_width) - stack_base;
      break;
    case ZYDIS_MNEMONIC_POP:
      if (input.loads_segment && random.chance(80)) gpr[rsp] = pointer_slot(random, 16) + 2 - stack_base;
      break;
    case ZYDIS_MNEMONIC_JMP:
    case ZYDIS_MNEMONIC_CALL: {  // a far pointer in the instruction
      // Pushes of 64-bit code below address 0 make some hypervisors' hosts hang.
      if (input.mode != isa::Mode::bits64 && gpr[rsp] < page_size) gpr[rsp] = stack_place();
      if (operands[0].type != ZYDIS_OPERAND_TYPE_POINTER || !random.chance(80)) break;
      const u16 target = random_code_selector(random);
      std::memcpy(input.code + insn.length - 2, &target, 2);
      break;
    }
    case ZYDIS_MNEMONIC_BOUND: {
      const unsigned number = register_number(operands[0].reg.value);
      if (random.chance(60)) gpr[number] = static_cast<u32>(random.below(100));
      break;
    }
    default:
      break;
  }
  for (unsigned i = 0; i < insn.operand_count; ++i) {  // selectors in registers
    const ZydisDecodedOperand& op = operands[i];
    const bool selector = input.loads_segment || insn.mnemonic == ZYDIS_MNEMONIC_LAR ||
                          insn.mnemonic == ZYDIS_MNEMONIC_LSL || insn.mnemonic == ZYDIS_MNEMONIC_VERR ||
                          insn.mnemonic == ZYDIS_MNEMONIC_VERW || insn.mnemonic == ZYDIS_MNEMONIC_ARPL;
    if (!selector || op.type != ZYDIS_OPERAND_TYPE_REGISTER) continue;
    if (ZydisRegisterGetClass(op.reg.value) == ZYDIS_REGCLASS_SEGMENT ||
        op.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN)
      continue;
    const unsigned number = register_number(op.reg.value);
    if (number != rsp && number < 16 && (!input.loads_segment || random.chance(85))) {
      const u64 kept = random.chance(50) ? gpr[number] & ~u64{0xffff} : 0;
      gpr[number] = kept | random_selector(random);
    }
  }
}

/// The instruction lies in the middle of a page, or where it ends or is cut by one of the code's pages.
void place_code(Random& random, Input& input) {
  u64 at = 0x800;
  if (random.chance(4)) at = (1 + random.below(code_pages)) * page_size - random.below(input.length + 1u);
  if (at >= code_bytes) at = code_bytes - 1;
  input.start.rip = code_base + at - input.code_segment();
}

/// LOCK, REP and segment prefixes until the instruction is longer than the architecture allows.
void overstretch(Random& random, Input& input) {
  const unsigned more = isa::max_length + 1 - input.length + static_cast<unsigned>(random.below(3));
  if (input.length + more > max_code) return;
  std::memmove(input.code + more, input.code, input.length);
  std::memset(input.code, 0x3e, more);
  input.length = static_cast<u8>(input.length + more);
}

bool changes_segment(const ZydisDecodedInstruction& insn, const ZydisDecodedOperand* operands) {
  for (unsigned i = 0; i < insn.operand_count; ++i) {
    const ZydisDecodedOperand& op = operands[i];
    const bool written = (op.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
    if (written && op.type == ZYDIS_OPERAND_TYPE_REGISTER &&
        ZydisRegisterGetClass(op.reg.value) == ZYDIS_REGCLASS_SEGMENT)
      return true;
  }
  return insn.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR || is_far_return(insn.mnemonic);
}

}  // namespace

bool generate(const std::vector<Form>& forms, u32 form_index, Random& random, Input& input) {
  static const ZydisDecoder decoders[] = {decoder_for(isa::Mode::bits16), decoder_for(isa::Mode::bits32),
                                          decoder_for(isa::Mode::bits64)};
  const Form& form = forms[form_index];
  input.mode = form.mode;
  choose_segments(random, input);
  random_registers(random, input);
  u8* code = input.code;
  unsigned n = emit_prefixes(random, form, code);
  u8 rex = form.rex_w ? 0x48 : 0;
  if (form.mode == isa::Mode::bits64 && random.chance(40)) rex |= static_cast<u8>(0x40 | random.below(8));
  if (rex) code[n++] = rex;
  if (form.map) code[n++] = 0x0f;
  if (form.map == 2) code[n++] = 0x38;
  if (form.map == 3) code[n++] = 0x3a;
  code[n++] = form.opcode;
  if (form.has_modrm) {
    const u8 rm = form.rm != 0xff ? form.rm : static_cast<u8>(random.below(8));
    const u8 mod = form.memory ? static_cast<u8>(random.below(3)) : 3;
    code[n++] = static_cast<u8>(mod << 6 | form.reg << 3 | rm);
  }
  while (n < max_code) code[n++] = static_cast<u8>(random.chance(20) ? random.below(16) : random.next());

  ZydisDecodedInstruction insn;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  const ZydisDecoder& decoder = decoders[static_cast<unsigned>(form.mode)];
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, 15, &insn, operands))) return false;
  if (insn.mnemonic != form.mnemonic) return false;
  if (insn.mnemonic == ZYDIS_MNEMONIC_INT && code[insn.length - 1] == 0x80) return false;  // a system call
  input.form = form_index;
  input.length = insn.length;
  input.repeats = (insn.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) != 0;
  input.loads_segment = changes_segment(insn, operands);
  std::memset(code + insn.length, 0xcc, max_code - insn.length);
  place_code(random, input);

  if (input.repeats) {
    u64& count = input.start.gpr[rcx];
    count = random.below(24);
    if (insn.address_width == 32 && form.mode == isa::Mode::bits64 && random.chance(20)) count |= random.next() << 32;
    if (insn.address_width == 16 && random.chance(20)) count |= random.next() << 16 & 0xffff0000;
  }
  help_along(random, insn, operands, input);
  aim_bit_string(random, insn, operands, input);
  for (unsigned i = 0; i < insn.operand_count; ++i) {
    const ZydisDecodedOperand& op = operands[i];
    if (op.type != ZYDIS_OPERAND_TYPE_MEMORY) continue;
    if (op.mem.type == ZYDIS_MEMOP_TYPE_AGEN && random.chance(70)) continue;
    // The host's thread pointer lives there.
    if (op.mem.segment == ZYDIS_REGISTER_FS && form.mode == isa::Mode::bits64) return false;
    if (op.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN && op.mem.segment == ZYDIS_REGISTER_SS) continue;
    if (random.chance(4)) continue;  // wherever the random registers point
    aim_operand(random, op, insn, place_of(random, insn, op), input);
  }
  if (form.mode != isa::Mode::bits64)
    for (u64& r : input.start.gpr) r = static_cast<u32>(r);
  if (random.chance(1)) overstretch(random, input);
  return true;
}

namespace {

void plant_fx_image(Random& random, u8 (&window)[window_bytes]) {
  FxImage image;
  random_fpu(random, image);
  std::memcpy(window + fx_image_at, &image, 416);
}

/// Far pointers, and frames for far returns (IP, CS, FLAGS, SP, SS), in the three operand sizes.
void plant_pointers(Random& random, u8 (&window)[window_bytes]) {
  for (u64 size = 0; size < 3; ++size)
    for (u64 slot = 0; slot < slots; ++slot) {
      const u64 bytes = u64{2} << size;
      const u16 code = random_code_selector(random);
      const u64 target = base_of(code) || size == 0 ? 0x900 + random.below(64) : code_base + 0x900 + random.below(64);
      const u64 flags = 0x302 | (random.next() & arithmetic_flags);
      const u16 stack = random.chance(70) ? selector::data : random_selector(random);
      const u64 frame[5] = {target, code, flags, window_base + 0x900 - base_of(stack), stack};
      for (u64 i = 0; i < 5; ++i)
        std::memcpy(window + frames_at + (size * slots + slot) * frame_bytes + i * bytes, &frame[i], bytes);
      const u16 any = random.chance(50) ? code : random_selector(random);
      std::memcpy(window + pointers_at + (size * slots + slot) * pointer_bytes, &target, bytes);
      std::memcpy(window + pointers_at + (size * slots + slot) * pointer_bytes + bytes, &any, 2);
    }
}

}  // namespace

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
  plant_fx_image(random, window);
  plant_pointers(random, window);
}

std::string disassemble(const Input& input) {
  ZydisDisassembledInstruction text;
  std::string result;
  char hex[4];
  for (unsigned i = 0; i < input.length; ++i) {
    std::snprintf(hex, sizeof hex, "%02x ", input.code[i]);
    result += hex;
  }
  if (ZYAN_SUCCESS(ZydisDisassembleIntel(machine_mode(input.mode), input.start.rip, input.code, 15, &text)))
    result += std::string(" ") + text.text;
  return result;
}

}  // namespace lucid::cosim
