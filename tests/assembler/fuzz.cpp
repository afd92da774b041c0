// SPDX-License-Identifier: MIT
// Texts that are none, or nearly: fuzz-assembler COUNT SEED. For each the assembler gives errors that point
// into the text, or bytes that lie where it says; it never crashes (build with LUCID_SANITIZE) or hangs.
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/assembler/hex_bytes.h"
#include "core/assembler/program.h"
#include "core/inspect/instruction_fields.h"
#include "tests/cosim/random.h"

namespace {

using namespace lucid;
using cosim::Random;

constexpr const char* words[] = {"mov",   "add",     "jmp",   "call",  "lea",        "push",
                                 "movzx", "imul",    "shl",   "fadd",  "fld",        "cmpeqps",
                                 "movsd", "rep",     "lock",  "in",    "ret",        "rax",
                                 "eax",   "ax",      "al",    "r15",   "xmm3",       "st0",
                                 "st",    "cs",      "fs",    "cr0",   "rip",        "dword",
                                 "ptr",   "qword",   "byte",  "far",   "short",      "near",
                                 "rel",   "abs",     "db",    "dw",    "dd",         "dq",
                                 "resb",  "equ",     "times", "align", "section",    ".text",
                                 ".data", ".bss",    "bits",  "16",    "32",         "64",
                                 "a",     "b",       ".c",    "$",     "$$",         "label",
                                 "0",     "1",       "5",     "-1",    "0x7fffffff", "0xffffffffffffffff",
                                 "128",   "1.5",     "1e400", "0b1",   "12h",        "\"text\"",
                                 "'a'",   "\"\\n\"", "[",     "]",     "(",          ")",
                                 "+",     "-",       "*",     "/",     "%",          "<<",
                                 ">>",    "~",       "&",     "|",     "^",          ",",
                                 ":",     "=",       ";",     "\n",    "\n",         "\n",
                                 " ",     "global",  "bnd",   "a32",   "enter",      "offset"};

constexpr const char* whole[] = {"start: mov eax, [table + 4*rcx]\n",
                                 "jnz start\n",
                                 "a equ b + 1\n",
                                 "b equ 5\n",
                                 "b equ a\n",
                                 "table dd 1, 2, 3\n",
                                 "times 5 nop\n",
                                 "align 16\n",
                                 "section .data\n",
                                 "lea rsi, [rel table]\n",
                                 "add qword ptr [rbx-8], 500\n",
                                 "db \"hello\", 10, 0\n",
                                 "resb $ - start\n",
                                 "times $ - start db 0\n",
                                 "jmp far 1:2\n",
                                 "cmpltsd xmm0, [rbx]\n",
                                 "mov rax, 0x123456789abcdef\n",
                                 "align start\n",
                                 "resb 1048576\n",
                                 "times 1048576 nop\n",
                                 "lock xadd [rdi], ecx\n"};

/// Right in any order behind `frame`: what is changed in them is nearly right.
constexpr const char* frame = "start: nop\n.here: nop\ncount equ 3 * 4\n";
constexpr const char* right_lines[] = {"add eax, 512\n",
                                       "mov ecx, count ; a comment\n",
                                       "jnz start\n",
                                       "loop $\n",
                                       "lock add dword ptr [ebx + 4*ecx - 8], 500\n",
                                       "movzx eax, byte ptr [start + 2]\n",
                                       "table dd 1, 2, count, start\n",
                                       "db \"hello\", 10, 0, 'a'\n",
                                       "dq 1.5, -1, count << 2\n",
                                       "times count + 1 db $ - $$\n",
                                       "align 16\n",
                                       "rep movsb\n",
                                       "call far [ebx]\n",
                                       "imul edx, esi, -3\n",
                                       "fld qword ptr [ebx]\n",
                                       "movaps xmm1, [ecx]\n",
                                       "push count\n",
                                       "shld eax, ebx, cl\n"};

std::string nearly_right(Random& random) {
  std::string text = frame;
  bool has_table = false;
  for (u64 i = random.below(12); i > 0; --i) {
    const std::string line = right_lines[random.below(std::size(right_lines))];
    if (line.starts_with("table") && std::exchange(has_table, true)) continue;
    text += line;
  }
  return text;
}

template <size_t n>
const char* pick(Random& random, const char* const (&from)[n]) {
  return from[random.below(n)];
}

std::string make_text(Random& random) {
  std::string text;
  const u64 pieces = 1 + random.below(30);
  const u64 style = random.below(4);
  if (style == 3) text = nearly_right(random);
  for (u64 i = 0; i < pieces && style != 3; ++i) {
    if (style == 0)
      text += static_cast<char>(random.chance(80) ? ' ' + random.below(95) : random.below(256));
    else if (style == 1 || random.chance(30))
      text += std::string(pick(random, words)) + (random.chance(70) ? " " : "");
    else
      text += pick(random, whole);
  }
  for (u64 i = random.below(4); i > 0 && !text.empty(); --i) {
    const u64 at = random.below(text.size());
    if (random.chance(50))
      text.erase(at, 1 + random.below(3));
    else
      text.insert(at, 1, static_cast<char>(random.below(256)));
  }
  if (random.chance(1)) text = std::string(1 + random.below(5000), "([-~+*\"\n"[random.below(8)]) + text;
  return text;
}

bool check(const std::string& text, const assembler::Assembly& assembly) {
  u64 lines = 1;
  for (const char c : text) lines += c == '\n';
  for (const auto& error : assembly.errors) {
    if (error.message.empty() || error.line == 0 || error.line > lines + 5 || error.where.column == 0) return false;
    if (error.message.find('\n') != std::string::npos) return false;
  }
  if (!assembly.ok()) return assembly.errors.size() <= assembler::most_errors;
  for (const auto& piece : assembly.pieces) {
    const auto* section = assembly.section(piece.section);
    if (!section || piece.address < section->address || piece.address + piece.size > section->address + section->size)
      return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1000;
  Random random(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
  int right = 0;
  for (int i = 0; i < count; ++i) {
    const std::string text = make_text(random);
    static constexpr isa::Mode modes[] = {isa::Mode::bits16, isa::Mode::bits32, isa::Mode::bits64};
    const isa::Mode mode = modes[random.below(3)];
    const auto assembly = assembler::assemble(
        text, {.mode = mode, .origin = random.chance(50) ? 0 : random.next(), .one_section = random.chance(20)});
    right += assembly.ok();
    bool fine = check(text, assembly);
    if (random.chance(10)) fine = fine && check(text, assembler::make_program(text).assembly);
    if (const auto bytes = assembler::parse_hex_bytes(text); bytes) {
      u64 explained = 0;
      for (const auto& view : inspect::explain_code(bytes.value(), mode, {random.next()}, ~u64{0}))
        explained += view.bytes.size();
      fine = fine && explained == bytes.value().size();
    }
    if (!fine) return std::printf("FAILED, text %d:\n%s\n", i, text.c_str()), 1;
  }
  std::printf("%d texts, %d of them right\n", count, right);
  return 0;
}
