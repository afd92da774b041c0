// SPDX-License-Identifier: MIT
#include "tests/cosim/compare.h"

#include <Zydis/Zydis.h>
#include <cpuid.h>

#include <cstdio>
#include <cstring>

namespace lucid::cosim {
namespace {

/// Our processor leaves what is undefined as Intel's do (core/cpu/undefined.md).
bool host_is_intel() {
  static const bool intel = [] {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __get_cpuid(0, &eax, &ebx, &ecx, &edx) && ebx == signature_INTEL_ebx;
  }();
  return intel;
}

/// Arithmetic flags that the SDM (vol. 2, each instruction's "Flags Affected") leaves undefined.
u64 undefined_flags(ZydisMnemonic mnemonic) {
  if (host_is_intel()) return 0;
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
    case ZYDIS_MNEMONIC_DAA:
    case ZYDIS_MNEMONIC_DAS:
      return flag_of;
    case ZYDIS_MNEMONIC_AAA:
    case ZYDIS_MNEMONIC_AAS:
      return flag_of | flag_sf | flag_zf | flag_pf;
    case ZYDIS_MNEMONIC_AAM:
    case ZYDIS_MNEMONIC_AAD:
      return flag_of | flag_af | flag_cf;
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

bool moves_fx_image(ZydisMnemonic mnemonic) {
  return mnemonic == ZYDIS_MNEMONIC_FXSAVE || mnemonic == ZYDIS_MNEMONIC_FXSAVE64 ||
         mnemonic == ZYDIS_MNEMONIC_FXRSTOR || mnemonic == ZYDIS_MNEMONIC_FXRSTOR64;
}

/// x87 stores of more than eight bytes happen in parts: a fault may leave the first one done.
bool stores_in_parts(ZydisMnemonic mnemonic) {
  return moves_fpu_image(mnemonic) || moves_fx_image(mnemonic) || mnemonic == ZYDIS_MNEMONIC_FSTP ||
         mnemonic == ZYDIS_MNEMONIC_FBSTP;
}

/// Microcoded: which of their parts in memory is looked at first is open, and so is the order of #SS, #GP
/// for the target, and #AC.
bool is_far(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_RET:
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD:
    case ZYDIS_MNEMONIC_IRETQ:
    case ZYDIS_MNEMONIC_BOUND:
    case ZYDIS_MNEMONIC_LDS:
    case ZYDIS_MNEMONIC_LES:
    case ZYDIS_MNEMONIC_LFS:
    case ZYDIS_MNEMONIC_LGS:
    case ZYDIS_MNEMONIC_LSS:
      return true;
    default:
      return false;
  }
}

/// Of several places in memory the host checks one after the other, ours the segments of all first.
bool has_several_places(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_CMPSB:
    case ZYDIS_MNEMONIC_CMPSW:
    case ZYDIS_MNEMONIC_CMPSD:
    case ZYDIS_MNEMONIC_MASKMOVDQU:
    case ZYDIS_MNEMONIC_MASKMOVQ:
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_POP:
      return true;
    default:
      return false;
  }
}

/// A misaligned operand beyond a limit may be either fault; FXSAVE's may be #AC or #GP (SDM vol. 2).
bool alignment_or_segment(ZydisMnemonic mnemonic, const Input& input, const Output& host, const Output& guest) {
  if (moves_fx_image(mnemonic))
    return (host.vector == 13 || host.vector == 17) && (guest.vector == 13 || guest.vector == 17);
  if (input.mode == isa::Mode::bits64) return false;
  if (has_several_places(mnemonic)) return host.vector == 14 && (guest.vector == 12 || guest.vector == 13);
  return host.vector == 13 && guest.vector == 12;
}

/// The host's way back to user mode clears the RPL of null selectors.
/// Linux's per-processor segment, which the guest does not have.
bool names_cpu_number(const Selectors& s) {
  for (const u16 data : {s.ds, s.es, s.fs, s.gs})
    if ((data & ~3) == 0x78) return true;
  return false;
}
bool same_selectors(Selectors a, Selectors b) {
  for (Selectors* s : {&a, &b})
    for (u16* data : {&s->ds, &s->es, &s->fs, &s->gs})
      if (*data < 4) *data = 0;
  return a == b;
}

std::string compare_faults(ZydisMnemonic mnemonic, const Input& input, const Output& host, const Output& guest) {
  char text[96];
  const auto order_is_open = [](const Output& o) { return o.vector >= 12 && o.vector <= 17; };
  if (host.faulted && guest.faulted && is_far(mnemonic) && order_is_open(host) && order_is_open(guest) &&
      host.vector != guest.vector)
    return "";
  if (host.faulted && guest.faulted && alignment_or_segment(mnemonic, input, host, guest)) return "";
  if (host.faulted != guest.faulted || (host.faulted && host.vector != guest.vector)) {
    std::snprintf(text, sizeof text, "fault host %d guest %d", host.faulted ? host.vector : -1,
                  guest.faulted ? guest.vector : -1);
    return text;
  }
  if (!host.faulted) return "";
  if (host.vector == 14) {
    // An access with 32-bit addresses may wrap at 4 GiB in the middle.
    u64 compared = has_prefix(input, 0x67) ? 0xffffffff : ~u64{0};
    if (moves_fx_image(mnemonic) || is_far(mnemonic)) compared = 0;
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
bool same_memory(ZydisMnemonic mnemonic, const Input& input, const Output& host, const Output& guest) {
  const bool pushes_flags = !host.faulted && (mnemonic == ZYDIS_MNEMONIC_PUSHF || mnemonic == ZYDIS_MNEMONIC_PUSHFQ ||
                                              mnemonic == ZYDIS_MNEMONIC_PUSHFD);
  const u64 pointer_mask = input.selectors.ss == selector::ldt_stack16 ? 0xffff : ~u64{0};
  const u64 second_byte = (host.end.gpr[cpu::rsp] & pointer_mask) + 1 + base_of(input.selectors.ss) - window_base;
  if (!pushes_flags || second_byte >= window_bytes) return std::memcmp(host.window, guest.window, window_bytes) == 0;
  if (std::memcmp(host.window, guest.window, second_byte) != 0) return false;
  if (host.window[second_byte] != (guest.window[second_byte] | 1)) return false;
  return std::memcmp(host.window + second_byte + 1, guest.window + second_byte + 1, window_bytes - second_byte - 1) ==
         0;
}

/// Whether the switch to MMX state comes before the limit of the segment is open.
bool segment_stopped_mmx_store(const Form& form, const Input& input, const Output& host) {
  const bool store =
      form.map == 1 && (form.opcode == 0x7e || form.opcode == 0x7f || form.opcode == 0xe7 || form.opcode == 0xf7);
  return input.mode != isa::Mode::bits64 && host.faulted && host.vector != 14 && store;
}

/// An x87 store that an unmasked exception prevents: whether the segment's limit is looked at is open.
bool store_not_reached(const Form& form, const Input& input, const Output& host, const Output& guest) {
  const bool x87 = form.map == 0 && form.opcode >= 0xd8 && form.opcode <= 0xdf && form.memory;
  constexpr u16 unmasked_exception = 0x80;
  return x87 && input.mode != isa::Mode::bits64 && !host.faulted && (host.end.fx.status & unmasked_exception) &&
         guest.faulted && (guest.vector == 12 || guest.vector == 13);
}

}  // namespace

std::string compare(const Form& form, const Input& input, const Output& host, const Output& guest) {
  const auto mnemonic = static_cast<ZydisMnemonic>(form.mnemonic);
  const bool double_shift = mnemonic == ZYDIS_MNEMONIC_SHLD || mnemonic == ZYDIS_MNEMONIC_SHRD;
  if (names_cpu_number(host.selectors)) return "";
  if (store_not_reached(form, input, host, guest)) return "";
  if (std::string faults = compare_faults(mnemonic, input, host, guest); !faults.empty()) return faults;
  if (!host_is_intel() && double_shift && form.mandatory == 0x66 && !form.rex_w) {
    // A 16-bit double shift by more than 16 leaves result and flags undefined.
    const u8 count = form.opcode & 1 ? static_cast<u8>(input.start.gpr[cpu::rcx]) : input.code[input.length - 1];
    if ((count & 31) > 16) return "";
  }
  // A REP with 32-bit addresses that faults may or may not have cleared the upper halves.
  const bool lower_halves = host.faulted && input.repeats && has_prefix(input, 0x67);
  const u64 compared = lower_halves ? 0xffffffff : ~u64{0};
  // Outside 64-bit mode the upper halves are undefined; the host's kernel loses that of RSP.
  const u64 pointer_compared = host.selectors.cs == selector::code64 ? compared : 0xffffffff;
  for (size_t i = 0; i < 16; ++i)
    if ((host.end.gpr[i] ^ guest.end.gpr[i]) & (i == cpu::rsp ? pointer_compared : compared)) return register_names[i];
  if (host.end.rip != guest.end.rip) return "rip";
  if (!same_selectors(host.selectors, guest.selectors)) return "selectors";
  // RF in the frame of a fault is for the debugger; TF ends the host's case.
  u64 ignored = undefined_flags(mnemonic) | flag_rf | flag_tf;
  if (!host_is_intel() && host.faulted && host.vector == 0) ignored |= arithmetic_flags;
  // A fault in the middle of REP CMPS or SCAS may leave the flags of the start or of the last
  // iteration (SDM vol. 2, REP).
  if (host.faulted && input.repeats) ignored |= arithmetic_flags;
  if (const u64 different = (host.end.rflags ^ guest.end.rflags) & ~ignored) return "flags" + flag_names(different);
  const bool memory_is_open = host.faulted && (stores_in_parts(mnemonic) || mnemonic == ZYDIS_MNEMONIC_CALL);
  if (!memory_is_open && !same_memory(mnemonic, input, host, guest)) return "memory";
  if (segment_stopped_mmx_store(form, input, host)) return "";
  return compare_fpu(host.end.fx, guest.end.fx, is_approximate(form.mnemonic));
}

}  // namespace lucid::cosim
