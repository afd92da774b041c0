// SPDX-License-Identifier: MIT
// What somebody writes into the assembler's boxes, and its way from one module to another.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "core/session/packed_draft.h"

using namespace lucid;
using namespace lucid::session;

TEST_CASE("text becomes bytes, line by line") {
  const Draft draft = draft_of_text("add eax, 512 ; five bytes\n\ntext db 6, 7\nn equ 5\n", 3);
  CHECK(draft.errors.empty());
  CHECK(draft.other == "05 00 02 00 00 06 07");
  CHECK(draft.size == 7);
  CHECK(draft.same_again);
  REQUIRE(draft.lines.size() == 2);
  CHECK(draft.lines[0].line == 1);
  CHECK(draft.lines[0].instruction.fields.size() == 2);
  CHECK(draft.lines[1].line == 3);
  CHECK_FALSE(draft.lines[1].code);
  CHECK(draft.lines[1].instruction.address.value == draft.lines[0].instruction.address.value + 5);
}

TEST_CASE("sections come in the order of their addresses") {
  const Draft draft =
      draft_of_text("section .data\n a dd 1\nsection .text\n mov eax, [a]\nsection .bss\n resb 100000", 1);
  REQUIRE(draft.lines.size() == 3);
  for (size_t i = 1; i < 3; ++i)
    CHECK(draft.lines[i - 1].instruction.address.value < draft.lines[i].instruction.address.value);
  CHECK(draft.lines[2].size == 100000);
  CHECK(draft.lines[2].instruction.bytes.empty());
}

TEST_CASE("bytes become text, which becomes them again") {
  const Draft draft = draft_of_bytes("48 8b 44 cb 10\nc3");
  CHECK(draft.other == "mov rax, [rbx+rcx*8+0x10]\nret");
  CHECK(draft.same_again);
  // A longer encoding than the assembler's, and a byte that is no instruction in 64-bit code.
  CHECK_FALSE(draft_of_bytes("81 c0 05 00 00 00").same_again);
  CHECK(draft_of_bytes("06").other == "db 0x6");
  CHECK(draft_of_bytes("06").same_again);
  CHECK(draft_of_bytes("5").errors.size() == 1);
  CHECK(draft_of_bytes("").empty());
}

TEST_CASE("a draft survives being packed; damaged packs are refused") {
  for (const Draft& before :
       {draft_of_text("", 1), draft_of_text("lock add qword ptr [rbx + 8*r9 + 16], 500\n db 5", 2),
        draft_of_text("mov al, 500\n nonsense", 1), draft_of_bytes("f0 01 c0 eb fe"), draft_of_bytes("0g")}) {
    const auto packed = pack(before);
    const auto after = unpack_draft(packed);
    REQUIRE(after);
    CHECK(pack(*after) == packed);
    CHECK(after->text == before.text);
    REQUIRE(after->errors.size() == before.errors.size());
    for (size_t i = 0; i < before.errors.size(); ++i) CHECK(after->errors[i].text() == before.errors[i].text());
    REQUIRE(after->lines.size() == before.lines.size());
    for (size_t i = 0; i < before.lines.size(); ++i) {
      CHECK(after->lines[i].instruction.bytes == before.lines[i].instruction.bytes);
      CHECK(after->lines[i].instruction.text == before.lines[i].instruction.text);
      CHECK(after->lines[i].instruction.fields.size() == before.lines[i].instruction.fields.size());
    }
    for (size_t size = 0; size < packed.size(); ++size) CHECK_FALSE(unpack_draft(std::span(packed).first(size)));
    for (size_t at = 0; at < packed.size(); ++at) {
      auto damaged = packed;
      damaged[at] ^= 0x80;
      const auto other = unpack_draft(damaged);  // nothing, or one whose fields lie inside its bytes
      if (!other) continue;
      for (const DraftLine& line : other->lines)
        for (const auto& field : line.instruction.fields)
          CHECK(field.offset + field.size <= line.instruction.bytes.size());
    }
  }
}
