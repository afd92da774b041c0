// SPDX-License-Identifier: MIT
// One differential case: an instruction, the state it starts from, and what came out.
//
// Address space, the same on host and guest:
//   code_base    code_pages pages, readable, writable and executable, the next one unmapped
//   window_base  window_pages pages, readable and writable, unmapped neighbours on both sides
// In 64-bit mode GS is based at window_base. Legacy modes use the selectors below: flat ones of the
// GDT as Linux has them, and an LDT whose segments lie around the window. Everything else is unmapped
// on the guest, and unlikely to be hit on the host.
#pragma once
#include <array>
#include <string>

#include "core/base/types.h"
#include "core/cpu/state.h"
#include "core/isa/decoder.h"

namespace lucid::cosim {

constexpr u64 code_base = 0x10000000;
constexpr u64 code_pages = 2;
constexpr u64 code_bytes = code_pages * page_size;
constexpr u64 window_base = 0x20000000;
constexpr u64 window_pages = 2;
constexpr u64 window_bytes = window_pages * page_size;

/// Linux's user selectors, and those of the LDT that the host's child installs.
namespace selector {
constexpr u16 code32 = 0x23, data = 0x2b, code64 = 0x33, ldt_code16 = 0x07, ldt_data = 0x0f, ldt_stack32 = 0x17,
              ldt_stack16 = 0x1f;
}
constexpr u64 ldt_data_base = window_base - 0x4000;  // of 64 KiB; the code's segment starts at code_base
constexpr u64 ldt_limit = 0xffff;
constexpr u64 base_of(u16 segment) {
  return segment == selector::ldt_code16 ? code_base : segment & 4 ? ldt_data_base : 0;
}

constexpr u64 flag_cf = 1, flag_pf = 4, flag_af = 16, flag_zf = 64, flag_sf = 128, flag_tf = 256, flag_if = 512,
              flag_df = 1024, flag_of = 2048, flag_nt = 1 << 14, flag_rf = 1 << 16, flag_ac = 1 << 18,
              flag_id = 1 << 21;
constexpr u64 arithmetic_flags = flag_cf | flag_pf | flag_af | flag_zf | flag_sf | flag_of;

/// The FXSAVE64 image (SDM vol. 1, 10.5.1), as both sides report it.
struct alignas(16) FxImage {
  u16 control, status;
  u8 tag;  // abridged: 1 = not empty
  u8 reserved0;
  u16 opcode;
  u64 instruction_pointer, data_pointer;
  u32 mxcsr, mxcsr_mask;
  struct {
    u64 mantissa;
    u16 sign_exponent;
    u16 reserved[3];
  } st[8];
  struct {
    u64 low, high;
  } xmm[16];
  u8 rest[96];
};
static_assert(sizeof(FxImage) == 512);

struct Registers {
  std::array<u64, 16> gpr;  // in the order of cpu::Reg
  u64 rip;
  u64 rflags;
  FxImage fx;
};

struct Selectors {
  u16 cs = selector::code64, ss = selector::data, ds = 0, es = 0, fs = 0, gs = 0;
  friend bool operator==(const Selectors&, const Selectors&) = default;
};

constexpr unsigned max_code = 24;  // more than an instruction may have

struct Input {
  u32 form = 0;  // index into the generator's forms
  isa::Mode mode = isa::Mode::bits64;
  u8 length = 0;
  bool repeats = false;        // a REP form: the processor may stop between iterations
  bool loads_segment = false;  // may leave other selectors behind
  u8 code[max_code] = {};
  Selectors selectors;
  Registers start;

  u64 code_segment() const { return base_of(selectors.cs); }
};

struct Output {
  bool faulted = false;
  u8 vector = 0;
  u32 error = 0;
  u64 cr2 = 0;  // #PF only
  Registers end;
  Selectors selectors;
  u8 window[window_bytes];
};

}  // namespace lucid::cosim
