// SPDX-License-Identifier: MIT
// Every instruction form that the decoder accepts in a user mode and that both processors offer: found
// by enumeration, so that coverage is by construction.
#pragma once
#include <string>
#include <vector>

#include "core/base/types.h"
#include "core/isa/decoder.h"

namespace lucid::cosim {

/// What the first bytes of a form look like; the generator fills in the rest.
struct Form {
  isa::Mode mode = isa::Mode::bits64;
  u8 mandatory = 0;  // 0, 0x66, 0xf2, 0xf3
  u8 rex_w = 0;
  u8 lock = 0;
  u8 map = 0;  // 0: one byte, 1: 0f, 2: 0f38, 3: 0f3a
  u8 opcode = 0;
  bool has_modrm = false;
  bool memory = false;  // ModRM.mod != 3
  u8 reg = 0xff;        // fixed ModRM.reg, 0xff = free
  u8 rm = 0xff;         // fixed ModRM.rm (x87 register forms), 0xff = free
  u16 mnemonic = 0;     // ZydisMnemonic
  u8 immediate_bytes = 0;
  std::string name;  // "add [m] w66" …
};

struct FormFilter {
  bool integer = true, sse = true, mmx = true, x87 = true;
  bool approximate = true;  // the x87 functions whose last bit no document fixes (FSIN …)
  std::string mnemonic;     // only this one when not empty
};

/// FSIN, FYL2X … : results are compared to within one unit in the last place.
bool is_approximate(u16 mnemonic);

std::vector<Form> enumerate_forms(isa::Mode mode, const FormFilter& filter);

/// Zydis's name of a mode: 64-bit code, or compatibility mode's 32- and 16-bit code.
ZydisMachineMode machine_mode(isa::Mode mode);
ZydisDecoder decoder_for(isa::Mode mode);
const char* name_of(isa::Mode mode);

}  // namespace lucid::cosim
