// SPDX-License-Identifier: MIT
#include "core/isa/decoder.h"

namespace lucid::isa {
namespace {

ZydisDecoder make_decoder(Mode mode) {
  constexpr struct {
    ZydisMachineMode machine;
    ZydisStackWidth stack;
  } modes[] = {{ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16},
               {ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32},
               {ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64}};
  const auto& entry = modes[static_cast<unsigned>(mode)];
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, entry.machine, entry.stack);
  for (const ZydisDecoderMode absent : {ZYDIS_DECODER_MODE_MPX, ZYDIS_DECODER_MODE_LZCNT,
                                        ZYDIS_DECODER_MODE_TZCNT, ZYDIS_DECODER_MODE_CLDEMOTE}) {
    ZydisDecoderEnableMode(&decoder, absent, ZYAN_FALSE);
  }
  return decoder;
}

}  // namespace

DecodeResult decode(std::span<const u8> bytes, Mode mode, Instruction& out) {
  // Plain tables, filled at the first use and never changed again.
  static const ZydisDecoder decoders[] = {make_decoder(Mode::bits16), make_decoder(Mode::bits32),
                                          make_decoder(Mode::bits64)};
  const ZydisDecoder& decoder = decoders[static_cast<unsigned>(mode)];
  const ZyanStatus status = ZydisDecoderDecodeFull(&decoder, bytes.data(), bytes.size(), &out.info, out.operands);
  if (ZYAN_SUCCESS(status)) return DecodeResult::ok;
  if (status == ZYDIS_STATUS_NO_MORE_DATA) {
    return bytes.size() >= max_length ? DecodeResult::too_long : DecodeResult::truncated;
  }
  if (status == ZYDIS_STATUS_INSTRUCTION_TOO_LONG) return DecodeResult::too_long;
  return DecodeResult::invalid;
}

}  // namespace lucid::isa
