// SPDX-License-Identifier: MIT
// Every MMX and SSE instruction form the decoder knows, in register and memory form, executed by the simulated
// processor and by the host on the same operands; all vectors, general registers, flags, MXCSR and memory compared.
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

struct Form {
  std::string name;
  std::vector<u8> bytes;
  bool has_immediate;
};

bool is_simd(const isa::Instruction& insn) {
  switch (insn.info.meta.isa_set) {
    case ZYDIS_ISA_SET_SSE:
    case ZYDIS_ISA_SET_SSE2:
    case ZYDIS_ISA_SET_SSE2MMX:
    case ZYDIS_ISA_SET_SSEMXCSR:
    case ZYDIS_ISA_SET_SSE3:
    case ZYDIS_ISA_SET_SSSE3:
    case ZYDIS_ISA_SET_SSSE3MMX:
    case ZYDIS_ISA_SET_SSE4:
    case ZYDIS_ISA_SET_SSE42:
    case ZYDIS_ISA_SET_PENTIUMMMX:
      return true;
    default:
      return false;
  }
}

/// Register form xmm1/ecx, xmm2/edx; memory form with [rsi].
std::vector<Form> all_forms() {
  std::vector<Form> forms;
  for (int map = 0; map < 3; ++map)
    for (int prefix : {0, 0x66, 0xf3, 0xf2})
      for (int wide = 0; wide < 2; ++wide)
        for (int opcode = 0; opcode < 256; ++opcode)
          for (int modrm : {0xca, 0x0e, 0xd2, 0xe2, 0xf2, 0xda, 0xfa, 0x16, 0x1e}) {
            std::vector<u8> bytes;
            if (prefix) bytes.push_back(static_cast<u8>(prefix));
            if (wide) bytes.push_back(0x48);
            bytes.push_back(0x0f);
            if (map == 1) bytes.push_back(0x38);
            if (map == 2) bytes.push_back(0x3a);
            bytes.push_back(static_cast<u8>(opcode));
            bytes.push_back(static_cast<u8>(modrm));
            const size_t base = bytes.size();
            bytes.resize(15);
            isa::Instruction insn;
            if (isa::decode(bytes, isa::Mode::bits64, insn) != isa::DecodeResult::ok || !is_simd(insn)) continue;
            // Groups by ModRM.reg are tried with every reg; for all others the two canonical forms do.
            const bool group = insn.info.opcode >= 0x71 && insn.info.opcode <= 0x73 && map == 0;
            const bool ldst_mxcsr = insn.info.opcode == 0xae && map == 0;
            if (!group && !ldst_mxcsr && modrm != 0xca && modrm != 0x0e) continue;
            if (map == 0 && (opcode == 0x38 || opcode == 0x3a)) continue;
            if (insn.info.length < base) bytes.pop_back();  // no ModRM: EMMS
            bytes.resize(insn.info.length);
            forms.push_back({std::string(ZydisMnemonicGetString(insn.mnemonic())) + (modrm < 0xc0 ? " m" : ""), bytes,
                             insn.info.raw.imm[0].size == 8});
          }
  return forms;
}

u64 operand_bits(host::Random& random, unsigned kind) {
  static const std::vector<u64> doubles = host::double_corners();
  static const std::vector<u32> singles = host::single_corners();
  const u64 r = random.next();
  switch (kind) {
    case 0:
      return r;
    case 1:
      return host::random_double(random);
    case 2:
      return u64{host::random_single(random)} << 32 | host::random_single(random);
    case 3:
      return doubles[r % doubles.size()];
    case 4:
      return u64{singles[r % singles.size()]} << 32 | singles[(r >> 32) % singles.size()];
    case 5:
      return r & 0x0101010101010101 * (r >> 60 & 1 ? 0xff : 0x81);  // few different bytes
    case 6:
      return r >> (r & 63);
    default:
      return r & 0x1f;
  }
}

constexpr u32 mxcsr_modes[] = {0x1f80, 0x1fa0, 0x1fa0, 0x3f80, 0x5f80, 0x7f80, 0x9f80, 0x1fc0, 0x9fc0,
                               0x0000, 0x1f00, 0x1d80, 0x1b80, 0x1780, 0x0f80, 0x1e80, 0x8040};

struct Outcome {
  test::Rig rig;
  bool stopped = false;
};

/// More for those with many steps.
int cases_of(const Form& form) { return form.name.starts_with("dp") || form.name.starts_with("pcmp") ? 3000 : 150; }

class Comparison {
 public:
  Comparison() { memory_ = static_cast<u8*>(std::aligned_alloc(64, 64)); }
  ~Comparison() { std::free(memory_); }

  void once(Form form, host::Random& random) {
    if (form.has_immediate) form.bytes.back() = static_cast<u8>(random.next() >> (random.next() & 7));
    host::Machine m;
    const unsigned kind = random.next() % 8;
    for (unsigned i = 0; i < 32; ++i) m.fx.put(160 + 8 * i, operand_bits(random, kind));
    for (unsigned i = 0; i < 8; ++i) {
      m.fx.put(32 + 16 * i, operand_bits(random, kind));
      m.fx.put<u16>(40 + 16 * i, static_cast<u16>(random.next()));
    }
    m.fx.put<u16>(0, 0x37f);
    m.fx.put<u16>(2, static_cast<u16>(random.next() & 0x7800));
    m.fx.bytes[4] = static_cast<u8>(random.next());
    const u32 mxcsr = mxcsr_modes[random.next() % std::size(mxcsr_modes)];
    m.fx.put(24, mxcsr);
    for (unsigned i = 0; i < 8; ++i) {
      const u64 bits = operand_bits(random, kind);
      std::memcpy(memory_ + 8 * i, &bits, 8);
    }
    m.rax = random.next() >> (random.next() & 63);
    m.rcx = operand_bits(random, kind);
    m.rdx = random.next() >> (random.next() & 63);
    m.flags = 2 | (random.next() & 0x8d5);
    m.memory_address = reinterpret_cast<u64>(memory_);
    set_guest(m, form);
    const host::Machine before = m;
    u8 memory_before[64];
    std::memcpy(memory_before, memory_, 64);
    const int signal = runner_.run(m, form.bytes);
    rig_.clock.retired = 0;
    const bool finished = run_guest();
    ++compared;
    if (same(m, signal, finished)) return;
    ++different[form.name];
    if (different[form.name] <= 2) print(form, before, m, signal, finished, memory_before);
  }

  u64 compared = 0;
  std::map<std::string, u64> different;

 private:
  void set_guest(const host::Machine& m, const Form& form) {
    cpu::State& s = rig_.state;
    s = test::Rig::flat64(0);
    for (unsigned i = 0; i < 16; ++i) s.xmm[i] = {m.fx.get<u64>(160 + 16 * i), m.fx.get<u64>(168 + 16 * i)};
    s.fpu.control = 0x37f;
    s.fpu.status = m.fx.status();
    s.fpu.tag = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if (!(m.fx.bytes[4] >> i & 1)) s.fpu.tag |= static_cast<u16>(3 << 2 * i);
      s.fpu.reg[(i + (s.fpu.status >> 11)) & 7] = {m.fx.get<u64>(32 + 16 * i), m.fx.get<u16>(40 + 16 * i)};
    }
    s.mxcsr = m.fx.get<u32>(24);
    s.gpr[cpu::rax] = m.rax;
    s.gpr[cpu::rcx] = m.rcx;
    s.gpr[cpu::rdx] = m.rdx;
    s.gpr[cpu::rsi] = s.gpr[cpu::rdi] = test::data_at;
    s.rflags = m.flags;
    std::memcpy(rig_.ram.data() + test::data_at, memory_, 64);
    rig_.code(form.bytes);
    next_rip_ = test::code_at + form.bytes.size();
  }

  bool run_guest() {
    rig_.run(1);
    return rig_.state.rip == next_rip_;
  }

  bool same(const host::Machine& m, int signal, bool finished) {
    const cpu::State& s = rig_.state;
    if ((signal == 0) != finished) return false;
    if (m.fx_after.get<u32>(24) != s.mxcsr) return false;
    if (signal != 0) return true;
    for (unsigned i = 0; i < 16; ++i)
      if (s.xmm[i].low != m.fx_after.get<u64>(160 + 16 * i) || s.xmm[i].high != m.fx_after.get<u64>(168 + 16 * i))
        return false;
    for (unsigned i = 0; i < 8; ++i) {
      const cpu::F80& r = s.fpu.reg[(i + (s.fpu.status >> 11)) & 7];
      if (r.mantissa != m.fx_after.get<u64>(32 + 16 * i) || r.sign_exponent != m.fx_after.get<u16>(40 + 16 * i))
        return false;
      if (((s.fpu.tag >> 2 * i & 3) != 3) != (m.fx_after.bytes[4] >> i & 1)) return false;
    }
    if (s.fpu.status != m.fx_after.status()) return false;
    if (s.gpr[cpu::rax] != m.rax || s.gpr[cpu::rcx] != m.rcx || s.gpr[cpu::rdx] != m.rdx) return false;
    if ((s.rflags ^ m.flags) & 0x8d5) return false;
    return std::memcmp(rig_.ram.data() + test::data_at, memory_, 64) == 0;
  }

  void print(const Form& form, const host::Machine& before, const host::Machine& m, int signal, bool finished,
             const u8* memory) {
    const cpu::State& s = rig_.state;
    std::printf("%s:", form.name.c_str());
    for (u8 b : form.bytes) std::printf(" %02x", b);
    const auto ll = [](u64 v) { return static_cast<unsigned long long>(v); };
    u64 mem[2];
    std::memcpy(mem, memory, 16);
    std::printf("\n  mxcsr %04x xmm1 %016llx:%016llx xmm2 %016llx:%016llx [] %016llx:%016llx mm1 %016llx mm2 %016llx\n",
                before.fx.get<u32>(24), ll(before.fx.get<u64>(184)), ll(before.fx.get<u64>(176)),
                ll(before.fx.get<u64>(200)), ll(before.fx.get<u64>(192)), ll(mem[1]), ll(mem[0]),
                ll(before.fx.get<u64>(48)), ll(before.fx.get<u64>(64)));
    std::printf(
        "  host signal %d mxcsr %04x xmm1 %016llx:%016llx xmm2.. %016llx mm1 %016llx rcx %llx flags %llx status %04x\n",
        signal, m.fx_after.get<u32>(24), ll(m.fx_after.get<u64>(184)), ll(m.fx_after.get<u64>(176)),
        ll(m.fx_after.get<u64>(192)), ll(m.fx_after.get<u64>(48)), ll(m.rcx), ll(m.flags & 0x8d5), m.fx_after.status());
    std::printf(
        "  ours finished %d mxcsr %04x xmm1 %016llx:%016llx xmm2.. %016llx mm1 %016llx rcx %llx flags %llx status "
        "%04x\n",
        finished, s.mxcsr, ll(s.xmm[1].high), ll(s.xmm[1].low), ll(s.xmm[2].low),
        ll(s.fpu.reg[(1 + (s.fpu.status >> 11)) & 7].mantissa), ll(s.gpr[cpu::rcx]), ll(s.rflags & 0x8d5),
        s.fpu.status);
  }

  host::Runner runner_;
  test::Rig rig_;
  u8* memory_;
  u64 next_rip_ = 0;
};

TEST_CASE("every SIMD form on random operands") {
  if (!host::is_recent_intel()) return;  // RCPPS and RSQRTPS are each maker's own
  const auto forms = all_forms();
  host::Random random{3};
  Comparison comparison;
  for (const Form& form : forms)
    for (int i = 0; i < cases_of(form); ++i) comparison.once(form, random);
  for (const auto& [name, count] : comparison.different)
    std::printf("%s: %llu different\n", name.c_str(), static_cast<unsigned long long>(count));
  MESSAGE(forms.size(), " forms, ", comparison.compared, " compared");
  CHECK(forms.size() > 500);
  CHECK(comparison.different.empty());
}

}  // namespace
#endif
