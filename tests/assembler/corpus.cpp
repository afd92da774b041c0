// SPDX-License-Identifier: MIT
// Instructions for the comparison with GNU as: corpus generate MODE PER_FORM SEED prints, for each form the
// processor executes and random operands, "bytes|text"; corpus assemble MODE reads texts, one a line, and
// prints the assembler's bytes of each, or "error: …"; corpus program MODE reads one text and prints its bytes;
// corpus text MODE reads bytes and prints what they
// disassemble to. MODE is 16, 32 or 64; everything lies at address 0.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <string>

#include "core/assembler/assembler.h"
#include "core/isa/disassembler.h"
#include "tests/cosim/forms.h"
#include "tests/cosim/random.h"

namespace {

using namespace lucid;

std::string hex(const std::vector<u8>& bytes) {
  std::string out;
  char pair[3];
  for (const u8 byte : bytes) {
    std::snprintf(pair, sizeof pair, "%02x", byte);
    out += pair;
  }
  return out;
}

std::vector<u8> unhex(const std::string& text) {
  std::vector<u8> out;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<u8>(std::strtoul(text.substr(i, 2).c_str(), nullptr, 16)));
  return out;
}

std::vector<u8> draw(const cosim::Form& form, isa::Mode mode, cosim::Random& random) {
  std::vector<u8> bytes;
  if (form.lock) bytes.push_back(0xf0);
  if (form.mandatory) bytes.push_back(form.mandatory);
  u8 rex = form.rex_w ? 0x48 : 0;
  if (mode == isa::Mode::bits64 && random.chance(40)) rex = static_cast<u8>(rex | 0x40 | random.below(8));
  if (rex) bytes.push_back(rex);
  if (form.map) bytes.push_back(0x0f);
  if (form.map == 2) bytes.push_back(0x38);
  if (form.map == 3) bytes.push_back(0x3a);
  bytes.push_back(form.opcode);
  if (form.has_modrm) {
    const u64 rm = form.rm != 0xff ? form.rm : random.below(8);
    const u64 mod = form.memory ? random.below(3) : 3;
    bytes.push_back(static_cast<u8>(mod << 6 | form.reg << 3 | rm));
  }
  // Small numbers now and then: their encodings are the short ones.
  const bool small = random.chance(30);
  while (bytes.size() < isa::max_length + 8) {
    bytes.push_back(static_cast<u8>(small && bytes.size() % 4 != 3 ? (random.chance(50) ? 0 : 0xff) : random.next()));
  }
  return bytes;
}

int generate(isa::Mode mode, unsigned per_form, u64 seed) {
  cosim::Random random(seed);
  for (const cosim::Form& form : cosim::enumerate_forms(mode, {})) {
    for (unsigned i = 0; i < per_form; ++i) {
      auto bytes = draw(form, mode, random);
      const auto decoded = isa::disassemble(bytes, mode, {0});
      if (!decoded.valid) continue;
      bytes.resize(decoded.length);
      std::printf("%s|%s\n", hex(bytes).c_str(), decoded.text.c_str());
    }
  }
  return 0;
}

int assemble(isa::Mode mode) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto result = assembler::assemble(line, {.mode = mode});
    if (!result.ok())
      std::printf("error: %s\n", result.errors[0].text().c_str());
    else
      std::puts(result.sections.empty() ? "" : hex(result.sections[0].bytes).c_str());
  }
  return 0;
}

int program(isa::Mode mode) {
  const std::string source{std::istreambuf_iterator<char>(std::cin), {}};
  const auto result = assembler::assemble(source, {.mode = mode});
  for (const auto& error : result.errors) std::puts(error.text().c_str());
  if (result.ok() && !result.sections.empty()) std::puts(hex(result.sections[0].bytes).c_str());
  return 0;
}

int text(isa::Mode mode) {
  for (std::string line; std::getline(std::cin, line);) {
    std::string out;
    const auto bytes = unhex(line);
    for (size_t at = 0; at < bytes.size();) {
      const auto decoded = isa::disassemble(std::span(bytes).subspan(at), mode, {at});
      out += (at ? "; " : "") + decoded.text;
      at += decoded.length;
    }
    std::puts(out.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: corpus generate|assemble|text MODE ...\n", stderr), 2;
  const std::string width = argv[2];
  const isa::Mode mode = width == "64" ? isa::Mode::bits64 : width == "32" ? isa::Mode::bits32 : isa::Mode::bits16;
  if (!std::strcmp(argv[1], "generate") && argc == 5)
    return generate(mode, static_cast<unsigned>(std::atoi(argv[3])), std::strtoull(argv[4], nullptr, 0));
  if (!std::strcmp(argv[1], "assemble")) return assemble(mode);
  if (!std::strcmp(argv[1], "program")) return program(mode);
  return text(mode);
}
