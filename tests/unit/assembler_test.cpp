// SPDX-License-Identifier: MIT
// The assembler's language: what GNU as cannot be asked (tests/assembler asks it about instructions).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <string>

#include "core/assembler/hex_bytes.h"
#include "core/assembler/program.h"
#include "core/assembler/round_trip.h"
#include "core/inspect/elf.h"
#include "core/inspect/instruction_fields.h"

namespace {

using namespace lucid;
using namespace lucid::assembler;

std::string hex(const std::vector<u8>& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const u8 byte : bytes) out += {digits[byte >> 4], digits[byte & 15]};
  return out;
}

std::string bytes_of(std::string_view text, const Options& options = {}) {
  const auto assembly = assemble(text, options);
  if (!assembly.ok()) return assembly.errors[0].text();
  return assembly.sections.empty() ? "" : hex(assembly.sections[0].bytes);
}

std::string error_of(std::string_view text) {
  const auto assembly = assemble(text, {});
  return assembly.ok() ? "no error" : assembly.errors[0].text();
}

}  // namespace

TEST_CASE("the example of the article") {
  CHECK(bytes_of("add eax, 512") == "0500020000");
  CHECK(bytes_of("ADD EAX, 200h ; the same") == "0500020000");
}

TEST_CASE("labels reach forwards and backwards, near only where short does not reach") {
  CHECK(bytes_of("a: jmp b\n nop\nb: jmp a") == "eb0190ebfb");
  CHECK(bytes_of("jz far_away\n resb 127\nfar_away:").substr(0, 4) == "747f");
  CHECK(bytes_of("jz far_away\n resb 128\nfar_away:").substr(0, 12) == "0f8480000000");
  CHECK(bytes_of("one:\n.x: jmp .x\ntwo:\n.x: jmp .x\n jmp one.x") == "ebfeebfeebfa");
  CHECK(bytes_of("jmp $") == "ebfe");
  CHECK(bytes_of("call after\nafter: ret") == "e800000000c3");
}

TEST_CASE("a chain of branches of which each pushes the next out of reach comes to rest") {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "jmp l" + std::to_string(i) + "\n";
  text += "resb 10\n";
  for (int i = 0; i < 60; ++i) text += "l" + std::to_string(i) + ": nop\n";
  const auto assembly = assemble(text, {});
  REQUIRE(assembly.ok());
  // The text means the same with every branch's length fixed by what came out.
  std::string fixed = text;
  for (size_t i = 0, at = 0; i < 60; ++i) {
    const bool is_near = assembly.pieces[i].size > 2;
    at = fixed.find("jmp l", at) + 4;
    fixed.insert(at, is_near ? "near " : "short ");
  }
  CHECK(hex(assemble(fixed, {}).sections[0].bytes) == hex(assembly.sections[0].bytes));
}

TEST_CASE("data, strings and real numbers") {
  CHECK(bytes_of("db 1, -1, 'a', \"b\\n\", 'c\\n'") == "01ff61620a635c6e");
  CHECK(bytes_of("dw 0x1234\n dd 1\n dq -2") == "341201000000feffffffffffffff");
  CHECK(bytes_of("dd 1.5\n dq -2.5") == "0000c03f00000000000004c0");
  CHECK(bytes_of("times 3 db 7\n align 4\n db 1") == "0707079001");
  CHECK(bytes_of("x dd 1, 2\n n equ ($ - x) / 4\n db n") == "010000000200000002");
  CHECK(bytes_of("a: dq a, $, $$", {.origin = 0x1000}) == "001000000000000000100000000000000010000000000000");
}

TEST_CASE("constants need no order; circles are told") {
  CHECK(bytes_of("mov al, n\n n equ m * 2\n m equ 3") == "b006");
  CHECK(error_of("a equ b\nb equ a\n mov eax, a").find("defined by itself") != std::string::npos);
  CHECK_FALSE(assemble("x: times $ - x + 1 - (y - x) db 0\ny:", {}).ok());
}

TEST_CASE("labels in memory operands are relative, numbers absolute") {
  CHECK(bytes_of("mov eax, [x]\nx:") == "8b0500000000");
  CHECK(bytes_of("mov eax, [abs x]\nx:") == "8b042507000000");
  CHECK(bytes_of("mov eax, [rel 0x10]") == "8b050a000000");
  CHECK(bytes_of("mov eax, [0x10]") == "8b042510000000");
  CHECK(bytes_of("lea rsi, [rip + x]\nx:") == "488d3500000000");
  CHECK(bytes_of("mov eax, [x + rcx*4]\nx:") == "8b048d07000000");
  CHECK(bytes_of("mov eax, x[rcx*4]\nx:") == "8b048d07000000");
  CHECK(bytes_of("mov rax, x\nx:", {.origin = 0x7fff00000000}) == "48b80a000000ff7f0000");
}

TEST_CASE("errors point at the token and say what would fit") {
  CHECK(error_of("mov eax, bl") ==
        "1:10: mov cannot take this here; it takes a 32-bit register, a segment register, "
        "dword ptr memory or a number of 32 bits");
  CHECK(error_of(" nop\n  mvo eax, 1") == "2:3: there is no instruction \"mvo\"; did you mean mov?");
  CHECK(error_of("vaddps xmm0, xmm1, xmm2") == "1:1: this processor has no instruction vaddps");
  CHECK(error_of("inc [rax]") == "1:5: how many bytes? write byte ptr, word ptr, dword ptr or qword ptr before it");
  CHECK(error_of("add eax") == "1:1: add takes 2 operands");
  CHECK(error_of("nop\nadd eax, ebx, ecx") == "2:15: add takes 2 operands");
  CHECK(error_of("lock mov [rax], ebx").substr(0, 4) == "1:1:");
  CHECK(error_of("mov eax, [nowhere]") == "1:11: there is no label or constant nowhere");
  CHECK(error_of("daa") == "1:1: daa does not exist in 64-bit code");
  CHECK(error_of("loop far_away\n resb 200\nfar_away:") ==
        "1:6: the target is 200 bytes away, and this branch reaches -128 to 127");
  CHECK(error_of("add al, 300").find("it takes") != std::string::npos);
  CHECK(error_of("db 256") == "1:4: this does not fit 8 bits");
  CHECK(error_of("db \"open") == "1:4: the closing \" is missing");
  CHECK(error_of("a: nop\na: nop") == "2:1: a is defined a second time; first in line 1");
  CHECK(error_of("mov eax, [rax + rbx + rcx]").substr(0, 5) == "1:23:");
  CHECK(error_of("section .data\nx: resb -1").find("2:9:") == 0);
  CHECK(error_of("jmp 12 34") == "1:8: the line should end here");
}

TEST_CASE("all errors of a text are told, in order") {
  const auto assembly = assemble("mvo\nnop\nadd eax\nmov al, [nowhere]", {});
  REQUIRE(assembly.errors.size() == 3);
  CHECK(assembly.errors[0].line == 1);
  CHECK(assembly.errors[1].line == 3);
  CHECK(assembly.errors[2].line == 4);
}

TEST_CASE("a program is an ELF file with the labels as symbols") {
  const auto program = make_program(
      "section .data\nmsg: db \"hi\"\nsection .bss\nroom: resb 5000\nsection .text\n_start: lea rsi, [msg]\n");
  REQUIRE(program.assembly.ok());
  const auto image = inspect::read_elf(program.elf);
  REQUIRE(image);
  CHECK(image.value().entry == 0x401000);
  REQUIRE(image.value().named("_start") != nullptr);
  CHECK(image.value().named("_start")->address == 0x401000);
  CHECK(image.value().named("msg")->address == 0x402000);
  CHECK(image.value().named("room")->address == 0x403000);
  REQUIRE(image.value().segments.size() == 4);
  CHECK(image.value().segments[0].flags == 5);
  CHECK(image.value().segments[1].flags == 6);
  CHECK(image.value().segments[2].memory_size == 5000);
  CHECK(image.value().segments[2].file_size == 0);
}

TEST_CASE("bytes are explained by field") {
  const auto view = inspect::explain_instruction(parse_hex_bytes("48 83 44 88 f8 05").value(), isa::Mode::bits64, {0});
  CHECK(view.text == "add qword ptr [rax+rcx*4-0x8], 0x5");
  REQUIRE(view.fields.size() == 6);
  CHECK(view.fields[0].name == "REX");
  CHECK(view.fields[0].bits[1].value == 1);
  CHECK(view.fields[2].name == "ModRM");
  CHECK(view.fields[2].bits[0].value == 1);
  CHECK(view.fields[2].bits[1].meaning == "part of the opcode");
  CHECK(view.fields[3].bits[0].meaning == "* 4");
  CHECK(view.fields[3].bits[1].meaning == "rcx");
  CHECK(view.fields[3].bits[2].meaning == "rax");
  CHECK(view.fields[4].meaning == "-8");
  CHECK(view.fields[5].meaning == "5");
}

TEST_CASE("text to bytes to text to bytes again") {
  CHECK(comes_back(assemble("a: add rax, [rbx+8*rcx]\n jz a\n times 3 nop\n db 6, 7\n call a", {.origin = 0x401000})));
  CHECK(comes_back(assemble("lea rsi, [text]\n text db 5", {.origin = 0x401000})));
  CHECK(comes_back(assemble("", {})));
}

TEST_CASE("bytes are read as people write them") {
  CHECK(hex(parse_hex_bytes("05 00,0x02 \\x00\n00h").value()) == "0500020000");
  CHECK(hex(parse_hex_bytes("0500020000").value()) == "0500020000");
  CHECK(parse_hex_bytes("05 0").error().text() == "1:4: the second digit of this byte is missing: write 00");
  CHECK(parse_hex_bytes("05\n zz").error().text() ==
        "2:2: bytes are written as two hexadecimal digits each: 05 00 02 00 00");
}
