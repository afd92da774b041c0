// SPDX-License-Identifier: MIT
#include "tests/cosim/compare.h"

#include <Zydis/Zydis.h>

#include <cstdio>
#include <cstring>

namespace lucid::cosim {
namespace {

/// Arithmetic flags that the SDM (vol. 2, each instruction's "Flags Affected") leaves undefined.
u64 undefined_flags(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_SHLD:
    case ZYDIS_MNEMONIC_SHRD:
      return flag_of | flag_af;
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
      return flag_of | flag_af | flag_cf;
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
    case ZYDIS_MNEMONIC_RCL:
    case ZYDIS_MNEMONIC_RCR:
      return flag_of;
    case ZYDIS_MNEMONIC_MUL:
    case ZYDIS_MNEMONIC_IMUL:
      return flag_sf | flag_zf | flag_af | flag_pf;
    case ZYDIS_MNEMONIC_DIV:
    case ZYDIS_MNEMONIC_IDIV:
      return arithmetic_flags;
    case ZYDIS_MNEMONIC_BSF:
    case ZYDIS_MNEMONIC_BSR:
      return arithmetic_flags & ~flag_zf;
    case ZYDIS_MNEMONIC_BT:
    case ZYDIS_MNEMONIC_BTS:
    case ZYDIS_MNEMONIC_BTR:
    case ZYDIS_MNEMONIC_BTC:
      return flag_of | flag_sf | flag_af | flag_pf;
    default:
      return 0;
  }
}

const char* const register_names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

std::string flag_names(u64 bits) {
  static constexpr struct {
    u64 bit;
    const char* name;
  } names[] = {{flag_cf, "CF"}, {flag_pf, "PF"}, {flag_af, "AF"}, {flag_zf, "ZF"}, {flag_sf, "SF"},
               {flag_of, "OF"}, {flag_df, "DF"}, {flag_if, "IF"}, {flag_rf, "RF"}, {flag_ac, "AC"}};
  std::string text;
  for (const auto& n : names)
    if (bits & n.bit) text += std::string(" ") + n.name;
  return text.empty() ? " other" : text;
}

bool has_prefix(const Input& input, u8 prefix) { return input.code[0] == prefix || input.code[1] == prefix; }

bool moves_fpu_image(ZydisMnemonic mnemonic) {
  return mnemonic == ZYDIS_MNEMONIC_FNSTENV || mnemonic == ZYDIS_MNEMONIC_FLDENV || mnemonic == ZYDIS_MNEMONIC_FNSAVE ||
         mnemonic == ZYDIS_MNEMONIC_FRSTOR;
}

/// x87 stores of more than eight bytes happen in parts: a fault may leave the first one done.
bool stores_in_parts(ZydisMnemonic mnemonic) {
  return moves_fpu_image(mnemonic) || mnemonic == ZYDIS_MNEMONIC_FSTP || mnemonic == ZYDIS_MNEMONIC_FBSTP;
}

std::string compare_faults(ZydisMnemonic mnemonic, const Input& input, const Output& host, const Output& guest) {
  char text[96];
  if (host.faulted != guest.faulted || (host.faulted && host.vector != guest.vector)) {
    std::snprintf(text, sizeof text, "fault host %d guest %d", host.faulted ? host.vector : -1,
                  guest.faulted ? guest.vector : -1);
    return text;
  }
  if (!host.faulted) return "";
  if (host.vector == 14) {
    // An access with 32-bit addresses may wrap at 4 GiB in the middle.
    u64 compared = has_prefix(input, 0x67) ? 0xffffffff : ~u64{0};
    if (moves_fpu_image(mnemonic)) compared &= ~page_mask;  // which of its many bytes is reported is open
    if ((host.cr2 ^ guest.cr2) & compared) return "cr2";
    // Far from the case's own pages the host's mappings decide the P bit.
    const u32 mask = host.cr2 >= 2 * window_base ? 0x16 : 0x17;
    if ((host.error ^ guest.error) & mask) {
      std::snprintf(text, sizeof text, "#PF error host %x guest %x", host.error, guest.error);
      return text;
    }
  } else if (host.error != guest.error) {
    std::snprintf(text, sizeof text, "error code host %x guest %x", host.error, guest.error);
    return text;
  }
  return "";
}

constexpr u16 fsw_c1 = 0x200;

/// Equal, or neighbours where neighbours will do.
bool same_number(const FxImage& host, const FxImage& guest, int i, bool approximate) {
  const auto &a = host.st[i], &b = guest.st[i];
  if (a.mantissa == b.mantissa && a.sign_exponent == b.sign_exponent) return true;
  if (!approximate) return false;
  const u64 apart = a.mantissa > b.mantissa ? a.mantissa - b.mantissa : b.mantissa - a.mantissa;
  return a.sign_exponent == b.sign_exponent && apart <= 1;
}

std::string compare_fpu(const FxImage& host, const FxImage& guest, bool approximate) {
  char text[64];
  if (host.mxcsr != guest.mxcsr) {
    std::snprintf(text, sizeof text, "mxcsr host %x guest %x", host.mxcsr, guest.mxcsr);
    return text;
  }
  for (int i = 0; i < 16; ++i)
    if (std::memcmp(&host.xmm[i], &guest.xmm[i], 16) != 0) return "xmm" + std::to_string(i);
  if (host.control != guest.control) return "fcw";
  const u16 compared = static_cast<u16>(approximate ? ~fsw_c1 : 0xffff);
  if ((host.status ^ guest.status) & compared) {
    std::snprintf(text, sizeof text, "fsw bits %04x", host.status ^ guest.status);
    return text;
  }
  if (host.tag != guest.tag) return "ftw";
  for (int i = 0; i < 8; ++i)
    if (!same_number(host, guest, i, approximate)) return "st" + std::to_string(i);
  return "";
}

/// PUSHF on the host stores the trap flag that ends the case.
bool same_memory(ZydisMnemonic mnemonic, const Output& host, const Output& guest) {
  const bool pushes_flags = mnemonic == ZYDIS_MNEMONIC_PUSHF || mnemonic == ZYDIS_MNEMONIC_PUSHFQ;
  const u64 second_byte = host.end.gpr[cpu::rsp] + 1 - window_base;
  if (!pushes_flags || second_byte >= window_bytes) return std::memcmp(host.window, guest.window, window_bytes) == 0;
  if (std::memcmp(host.window, guest.window, second_byte) != 0) return false;
  if (host.window[second_byte] != (guest.window[second_byte] | 1)) return false;
  return std::memcmp(host.window + second_byte + 1, guest.window + second_byte + 1, window_bytes - second_byte - 1) ==
         0;
}

}  // namespace

std::string compare(const Form& form, const Input& input, const Output& host, const Output& guest) {
  const auto mnemonic = static_cast<ZydisMnemonic>(form.mnemonic);
  const bool double_shift = mnemonic == ZYDIS_MNEMONIC_SHLD || mnemonic == ZYDIS_MNEMONIC_SHRD;
  if (std::string faults = compare_faults(mnemonic, input, host, guest); !faults.empty()) return faults;
  if (double_shift && form.mandatory == 0x66 && !form.rex_w) {
    // A 16-bit double shift by more than 16 leaves result and flags undefined.
    const u8 count = form.opcode & 1 ? static_cast<u8>(input.start.gpr[cpu::rcx]) : input.code[input.length - 1];
    if ((count & 31) > 16) return "";
  }
  // A REP with 32-bit addresses that faults may or may not have cleared the upper halves.
  const bool lower_halves = host.faulted && input.repeats && has_prefix(input, 0x67);
  const u64 compared = lower_halves ? 0xffffffff : ~u64{0};
  for (size_t i = 0; i < 16; ++i)
    if ((host.end.gpr[i] ^ guest.end.gpr[i]) & compared) return register_names[i];
  if (host.end.rip != guest.end.rip) return "rip";
  // RF in the frame of a fault is for the debugger; TF ends the host's case; Linux does not put NT
  // and ID back when a signal handler returns, so the host's are those of an earlier case.
  u64 ignored = undefined_flags(mnemonic) | flag_rf | flag_tf | flag_nt | flag_id;
  if (host.faulted && host.vector == 0) ignored |= arithmetic_flags;
  // A fault in the middle of REP CMPS or SCAS may leave the flags of the start or of the last
  // iteration (SDM vol. 2, REP).
  if (host.faulted && input.repeats) ignored |= arithmetic_flags;
  if (const u64 different = (host.end.rflags ^ guest.end.rflags) & ~ignored) return "flags" + flag_names(different);
  const bool memory_is_open = host.faulted && stores_in_parts(mnemonic);
  if (!memory_is_open && !same_memory(mnemonic, host, guest)) return "memory";
  return compare_fpu(host.end.fx, guest.end.fx, is_approximate(form.mnemonic));
}

}  // namespace lucid::cosim
