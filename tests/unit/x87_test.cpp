// SPDX-License-Identifier: MIT
// Every x87 encoding, D8..DF with every register form and every memory form, executed by the simulated processor
// and by the host from the same random x87 state, masked and unmasked; the whole state and memory compared.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#if defined(__x86_64__) && defined(__linux__)
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "core/isa/decoder.h"
#include "tests/unit/cpu_rig.h"
#include "tests/unit/host_fp.h"
#include "tests/unit/host_insn.h"

namespace {

using namespace lucid;

constexpr unsigned memory_bytes = 128;

struct Form {
  std::string name;
  std::vector<u8> bytes;
  bool approximate;  // transcendental: the last bit may differ
};

std::vector<Form> all_forms() {
  std::vector<Form> forms;
  for (int prefix : {0, 0x66})
    for (int opcode = 0xd8; opcode <= 0xdf; ++opcode)
      for (int modrm = 0; modrm < 256; ++modrm) {
        if (modrm < 0xc0 && (modrm & 0xc7) != 6) continue;  // memory only as [rsi]
        std::vector<u8> bytes;
        if (prefix) bytes.push_back(static_cast<u8>(prefix));
        bytes.push_back(static_cast<u8>(opcode));
        bytes.push_back(static_cast<u8>(modrm));
        isa::Instruction insn;
        if (isa::decode(bytes, isa::Mode::bits64, insn) != isa::DecodeResult::ok) continue;
        const bool approximate =
            opcode == 0xd9 && (modrm == 0xf9 || modrm == 0xfb || modrm >= 0xfe || (modrm >= 0xf0 && modrm <= 0xf3));
        forms.push_back({ZydisMnemonicGetString(insn.mnemonic()), bytes, approximate});
      }
  return forms;
}

cpu::F80 random_register(host::Random& random) {
  static constexpr u64 significands[] = {u64{1} << 63, u64{3} << 62, ~u64{0}, (u64{1} << 63) | 1, 0, 1, u64{1} << 62};
  static constexpr u16 exponents[] = {0,      1,      0x3fff, 0x4000, 0x3ffe, 0x401e,
                                      0x403e, 0x7ffe, 0x7fff, 0x3f80, 0x3c00, 0x43ff};
  const u64 shape = random.next();
  const u64 significand =
      shape & 3 ? random.next() | u64{1} << 63 : significands[(shape >> 8) % std::size(significands)];
  const u16 exponent =
      shape & 12 ? static_cast<u16>(0x3fff - 40 + (shape >> 16) % 80) : exponents[(shape >> 24) % std::size(exponents)];
  return {shape & 0x80 ? significand & ~u64{0} << 40 : significand,
          static_cast<u16>(exponent | (shape & 16 ? 0x8000 : 0))};
}

void fill_memory(u8* memory, host::Random& random) {
  const u64 kind = random.next() % 5;
  for (unsigned i = 0; i < memory_bytes / 8; ++i) {
    u64 bits = random.next();
    if (kind == 1) bits = host::random_double(random);
    if (kind == 2) bits = u64{host::random_single(random)} << 32 | host::random_single(random);
    if (kind == 3) bits >>= bits & 63;
    std::memcpy(memory + 8 * i, &bits, 8);
  }
  if (kind == 4) {  // an 80-bit value, or decimal digits
    const cpu::F80 value = random_register(random);
    std::memcpy(memory, &value.mantissa, 8);
    std::memcpy(memory + 8, &value.sign_exponent, 2);
    if (random.next() & 1)
      for (unsigned i = 0; i < 9; ++i) memory[i] = static_cast<u8>(random.next() % 10 << 4 | random.next() % 10);
  }
}

/// At most one unit in the last place apart.
bool neighbours(const cpu::F80& a, const cpu::F80& b) {
  const auto ordinal = [](const cpu::F80& v) { return u128{v.sign_exponent} << 63 | (v.mantissa & ~u64{0} >> 1); };
  return ordinal(a) - ordinal(b) + 1 <= 2;
}

class Comparison {
 public:
  Comparison() { memory_ = static_cast<u8*>(std::aligned_alloc(64, memory_bytes)); }
  ~Comparison() { std::free(memory_); }

  void once(const Form& form, host::Random& random) {
    host::Machine m;
    const u64 shape = random.next();
    for (unsigned i = 0; i < 8; ++i) {
      const cpu::F80 r = random_register(random);
      m.fx.put(32 + 16 * i, r.mantissa);
      m.fx.put(40 + 16 * i, r.sign_exponent);
    }
    const u16 masks = shape & 3 ? 0x3f : static_cast<u16>(random.next() & 0x3f);
    m.fx.put<u16>(
        0, static_cast<u16>(masks | 0x40 | (random.next() & 0xc00) | (shape & 4 ? 0x300 : random.next() & 0x300)));
    const u16 flags = shape & 8 ? static_cast<u16>(random.next() & 0x7f & (shape & 16 ? 0x7f : masks | 0x40)) : u16{0};
    m.fx.put<u16>(2, static_cast<u16>((random.next() & 0x7f00) | flags));
    m.fx.bytes[4] = shape & 0x60 ? 0xff : static_cast<u8>(random.next());
    if (shape & 0x40) m.fx.bytes[4] &= static_cast<u8>(random.next() | random.next());
    m.fx.put<u16>(6, random.next() & 0x7ff);
    m.fx.put<u64>(8, random.next() & 0xffffffff);
    m.fx.put<u64>(16, random.next() & 0xffffffff);
    m.fx.put<u32>(24, 0x1f80);
    fill_memory(memory_, random);
    m.rax = random.next();
    m.flags = 2 | (random.next() & 0x8d5);
    m.memory_address = reinterpret_cast<u64>(memory_);
    set_guest(m, form);
    const host::Machine before = m;
    const int signal = runner_.run(m, form.bytes);
    rig_.clock.retired = 0;
    rig_.run(1);
    const bool finished = rig_.state.rip == test::code_at + form.bytes.size();
    ++compared;
    const std::string difference = differs(before, m, signal, finished, form.approximate);
    if (difference.empty()) return;
    if (++different[form.name + " " + difference] <= 1) print(form, before, m, signal, finished);
  }

  u64 compared = 0, transcendental = 0, last_bit_off = 0;
  std::map<std::string, u64> different;

 private:
  void set_guest(const host::Machine& m, const Form& form) {
    cpu::State& s = rig_.state;
    s = test::Rig::flat64(0);
    s.fpu.control = m.fx.control();
    s.fpu.status = m.fx.status();
    if (s.fpu.status & ~s.fpu.control & 0x3f) s.fpu.status |= 0x8080;
    s.fpu.tag = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if (!(m.fx.bytes[4] >> i & 1)) s.fpu.tag |= static_cast<u16>(3 << 2 * i);
      s.fpu.reg[(i + (s.fpu.status >> 11)) & 7] = {m.fx.get<u64>(32 + 16 * i), m.fx.get<u16>(40 + 16 * i)};
    }
    s.fpu.opcode = m.fx.word(6);
    s.fpu.instruction_pointer = m.fx.get<u64>(8);
    s.fpu.data_pointer = m.fx.get<u64>(16);
    s.gpr[cpu::rax] = m.rax;
    s.gpr[cpu::rsi] = s.gpr[cpu::rdi] = test::data_at;
    s.rflags = m.flags;
    std::memcpy(rig_.ram.data() + test::data_at, memory_, memory_bytes);
    rig_.code(form.bytes);
  }

  std::string differs(const host::Machine& before, const host::Machine& m, int signal, bool finished,
                      bool approximate) {
    const cpu::X87& x = rig_.state.fpu;
    if ((signal == 0) != finished) return "fault";
    if (signal != 0) return "";
    const u16 ignored = approximate ? 0x200 : 0;
    if ((x.status ^ m.fx_after.status()) & ~ignored) return "status";
    if (x.control != m.fx_after.control()) return "control";
    for (unsigned i = 0; i < 8; ++i) {
      const cpu::F80& r = x.reg[(i + (x.status >> 11)) & 7];
      if (((x.tag >> 2 * i & 3) != 3) != (m.fx_after.bytes[4] >> i & 1)) return "tags";
      const u64 expected = m.fx_after.get<u64>(32 + 16 * i);
      const u16 expected_exponent = m.fx_after.get<u16>(40 + 16 * i);
      const bool equal = r.mantissa == expected && r.sign_exponent == expected_exponent;
      transcendental += approximate && i == 0;
      last_bit_off += approximate && i == 0 && !equal;
      if (approximate && i < 2 && neighbours(r, {expected, expected_exponent})) continue;
      if (!equal) return "registers";
    }
    if (x.opcode != m.fx_after.word(6)) return "opcode";
    if ((x.instruction_pointer == before.fx.get<u64>(8)) != (m.fx_after.get<u64>(8) == before.fx.get<u64>(8)))
      return "fip";
    const u64 pointer = x.data_pointer == test::data_at ? m.memory_address : x.data_pointer;
    if (pointer != m.fx_after.get<u64>(16)) return "fdp";
    if (rig_.state.gpr[cpu::rax] != m.rax) return "rax";
    if ((rig_.state.rflags ^ m.flags) & 0x8d5) return "flags";
    if (std::memcmp(rig_.ram.data() + test::data_at, memory_, memory_bytes) != 0) return "memory";
    return "";
  }

  void print(const Form& form, const host::Machine& before, const host::Machine& m, int signal, bool finished) {
    const cpu::X87& x = rig_.state.fpu;
    const auto ll = [](u64 v) { return static_cast<unsigned long long>(v); };
    std::printf("%s:", form.name.c_str());
    for (u8 b : form.bytes) std::printf(" %02x", b);
    const auto image = [&](const char* name, const host::FxImage& fx) {
      std::printf("\n  %s control %04x status %04x used %02x fop %03x fip %llx fdp %llx", name, fx.control(),
                  fx.status(), fx.bytes[4], fx.word(6), ll(fx.get<u64>(8)), ll(fx.get<u64>(16)));
      for (unsigned i = 0; i < 3; ++i) std::printf(" %04x.%016llx", fx.word(40 + 16 * i), ll(fx.get<u64>(32 + 16 * i)));
    };
    image("before", before.fx);
    image("host  ", m.fx_after);
    std::printf("\n  ours   control %04x status %04x tag %04x fop %03x fip %llx fdp %llx", x.control, x.status, x.tag,
                x.opcode, ll(x.instruction_pointer), ll(x.data_pointer));
    for (unsigned i = 0; i < 3; ++i) {
      const cpu::F80& r = x.reg[(i + (x.status >> 11)) & 7];
      std::printf(" %04x.%016llx", r.sign_exponent, ll(r.mantissa));
    }
    std::printf("\n  signal %d, ours finished %d, flags %llx %llx\n", signal, finished, ll(m.flags),
                ll(rig_.state.rflags));
  }

  host::Runner runner_;
  test::Rig rig_;
  u8* memory_;
};

TEST_CASE("every x87 form on random states") {
  if (!host::is_recent_intel()) return;  // another oracle answers some questions differently
  const auto forms = all_forms();
  host::Random random{4};
  Comparison comparison;
  for (const Form& form : forms)
    for (int i = 0; i < (form.approximate ? 2000 : 200); ++i) comparison.once(form, random);
  MESSAGE("transcendental results: ", comparison.transcendental, ", off by the last bit: ", comparison.last_bit_off);
  CHECK(comparison.last_bit_off * 50 < comparison.transcendental);
  for (const auto& [name, count] : comparison.different)
    std::printf("%s: %llu different\n", name.c_str(), static_cast<unsigned long long>(count));
  MESSAGE(forms.size(), " forms, ", comparison.compared, " compared");
  CHECK(forms.size() > 800);
  CHECK(comparison.different.empty());
}

}  // namespace
#endif
