// SPDX-License-Identifier: MIT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "core/isa/disassembler.h"

using namespace lucid;
using namespace lucid::isa;
using F = ByteField;

namespace {
Disassembly at(std::vector<u8> bytes, Mode mode = Mode::bits64, u64 rip = 0x1000) {
  return disassemble(bytes, mode, {rip});
}
}  // namespace

TEST_CASE("text and fields of an instruction with every part") {
  const Disassembly d = at({0xf0, 0x48, 0x81, 0x84, 0xcd, 0x10, 0, 0, 0, 0x78, 0x56, 0x34, 0x12});
  CHECK(d.text == "lock add qword ptr [rbp+rcx*8+0x10], 0x12345678");
  CHECK(d.length == 13);
  CHECK(d.fields == std::vector<F>{F::prefix, F::rex, F::opcode, F::modrm, F::sib, F::displacement, F::displacement,
                                   F::displacement, F::displacement, F::immediate, F::immediate, F::immediate,
                                   F::immediate});
}

TEST_CASE("targets and calls") {
  const Disassembly call = at({0xe8, 0x01, 0x02, 0, 0});
  CHECK(call.is_call);
  CHECK(call.has_target);
  CHECK(call.target.value == 0x1206);
  CHECK(at({0x0f, 0x05}).is_call);
  CHECK_FALSE(at({0xc3}).is_call);
  CHECK(at({0xf3, 0xa4}).is_rep);
}

TEST_CASE("the same bytes in another mode are another instruction") {
  CHECK(at({0x40}, Mode::bits32).text == "inc eax");
  CHECK(at({0x06}, Mode::bits32).text == "push es");
  CHECK(at({0x06}).text == "(bad)");
  CHECK(at({0xb8, 0x34, 0x12}, Mode::bits16).text == "mov ax, 0x1234");
}

TEST_CASE("what is no instruction") {
  CHECK_FALSE(at({0x0f, 0xff, 0xc0}).text.empty());
  CHECK_FALSE(at({0x48}).valid);
  CHECK(at({}).length == 0);
  Instruction insn;
  const std::vector<u8> long_one(15, 0x66);
  CHECK(decode(long_one, Mode::bits64, insn) == DecodeResult::too_long);
  const std::vector<u8> cut = {0x48, 0xb8, 1, 2};
  CHECK(decode(cut, Mode::bits64, insn) == DecodeResult::truncated);
  const std::vector<u8> bad_lock = {0xf0, 0x90};
  CHECK(decode(bad_lock, Mode::bits64, insn) == DecodeResult::invalid);
}

TEST_CASE("encodings of absent extensions fall back to what they were") {
  CHECK(at({0xf3, 0x0f, 0xbc, 0xc1}).text == "bsf eax, ecx");
  CHECK(at({0xf3, 0x0f, 0xbd, 0xc1}).text == "bsr eax, ecx");
  CHECK(at({0xf3, 0x0f, 0x1e, 0xfa}).text == "endbr64");
}
