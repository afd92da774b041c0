// SPDX-License-Identifier: MIT
// Repeated string instructions over several pages, against the processor the test runs on: memory,
// registers and flags; overlapping operands, both directions, every width and alignment.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <random>

#include "tests/unit/cpu_rig.h"

using namespace lucid;
using namespace lucid::test;

#if defined(__x86_64__)
namespace {

constexpr u64 area = 4 * page_size;
constexpr u64 flag_mask = 0x8d5;

struct Registers {
  u64 rax, rcx, rsi, rdi, flags;
};

/// One repeated instruction on the host: `bytes` is its encoding.
template <int operation, int prefix, typename T>
void on_host(Registers& r, bool down) {
  u64 flags = 2;
  u32 set_direction = down;
#define RUN(prefix_text, name)                                                                                    \
  asm volatile("test %%edx, %%edx\n\tjz 1f\n\tstd\n1:\txor %%edx, %%edx\n\t" prefix_text " " name                 \
               "\n\tlea -128(%%rsp), %%rsp\n\tpushf\n\tpop %0\n\tlea 128(%%rsp), %%rsp\n\tcld"                    \
               : "=&r"(flags), "+a"(r.rax), "+c"(r.rcx), "+S"(r.rsi), "+D"(r.rdi), "+d"(set_direction)::"memory", \
                 "cc");
#define WIDTHS(prefix_text, name)                            \
  {                                                          \
    if constexpr (sizeof(T) == 1) RUN(prefix_text, name "b") \
    if constexpr (sizeof(T) == 2) RUN(prefix_text, name "w") \
    if constexpr (sizeof(T) == 4) RUN(prefix_text, name "l") \
    if constexpr (sizeof(T) == 8) RUN(prefix_text, name "q") \
  }
  if constexpr (operation == 0xa4)
    WIDTHS("rep", "movs")
  else if constexpr (operation == 0xaa)
    WIDTHS("rep", "stos")
  else if constexpr (operation == 0xac)
    WIDTHS("rep", "lods")
  else if constexpr (operation == 0xa6 && prefix == 0xf3)
    WIDTHS("repe", "cmps")
  else if constexpr (operation == 0xa6)
    WIDTHS("repne", "cmps")
  else if constexpr (prefix == 0xf3)
    WIDTHS("repe", "scas")
  else
    WIDTHS("repne", "scas")
#undef WIDTHS
#undef RUN
  r.flags = flags & flag_mask;
}

template <int operation, int prefix, typename T>
void compare_with_host(unsigned cases) {
  std::mt19937 random(operation * 256 + prefix + sizeof(T));
  const auto below = [&](u64 n) { return random() % n; };
  std::vector<u8> memory(area);
  Rig m;
  std::vector<u8> code;
  for (u8 page = 0; page < 4; ++page)
    code.insert(code.end(), {0x41, 0x80, 0x80, 0, static_cast<u8>(page << 4), 0, 0, 0});
  code.insert(code.end(), {0x31, 0xd2, static_cast<u8>(prefix)});  // add byte [r8 + page], 0; xor edx, edx
  if (sizeof(T) == 2) code.push_back(0x66);
  if (sizeof(T) == 8) code.push_back(0x48);
  code.insert(code.end(), {static_cast<u8>(sizeof(T) == 1 ? operation : operation + 1), 0xf4});
  m.code(code);
  for (unsigned i = 0; i < cases; ++i) {
    const u64 values = 1 + below(2);
    for (u8& byte : memory) byte = static_cast<u8>(below(400) == 0 ? values : 1);
    std::memcpy(m.ram.data() + data_at, memory.data(), area);
    const bool down = below(2), near = below(2);
    const u64 count = below(near ? 40 : 6000 / sizeof(T));
    const u64 edge = down ? count * sizeof(T) : 0;
    const u64 first = edge + below(area - 8 - count * sizeof(T));
    u64 second = edge + below(area - 8 - count * sizeof(T));
    if (near && first > edge + 20) second = first - below(20);
    Registers host{below(4) * 0x0101010101010101, count, 0, 0, 0};
    host.rsi = reinterpret_cast<u64>(memory.data()) + first;
    host.rdi = reinterpret_cast<u64>(memory.data()) + second;
    const Registers before = host;
    on_host<operation, prefix, T>(host, down);

    m.state = Rig::flat64(0);
    m.state.rflags = down ? 0x402 : 2;
    m.state.gpr[cpu::r8] = data_at;
    m.state.gpr[cpu::rax] = before.rax;
    m.state.gpr[cpu::rcx] = count;
    m.state.gpr[cpu::rsi] = data_at + first;
    m.state.gpr[cpu::rdi] = data_at + second;
    REQUIRE(m.run(100000) == cpu::StopReason::halted);
    CAPTURE(i);
    REQUIRE(m.state.gpr[cpu::rax] == host.rax);
    REQUIRE(m.state.gpr[cpu::rcx] == host.rcx);
    REQUIRE(m.state.gpr[cpu::rsi] - data_at == host.rsi - reinterpret_cast<u64>(memory.data()));
    REQUIRE(m.state.gpr[cpu::rdi] - data_at == host.rdi - reinterpret_cast<u64>(memory.data()));
    REQUIRE((m.state.rflags & flag_mask) == host.flags);
    REQUIRE(std::memcmp(m.ram.data() + data_at, memory.data(), area) == 0);
  }
}

template <int operation, int prefix>
void all_widths() {
  compare_with_host<operation, prefix, u8>(200);
  compare_with_host<operation, prefix, u16>(200);
  compare_with_host<operation, prefix, u32>(200);
  compare_with_host<operation, prefix, u64>(200);
}

}  // namespace

TEST_CASE("rep movs") { all_widths<0xa4, 0xf3>(); }
TEST_CASE("rep stos") { all_widths<0xaa, 0xf3>(); }
TEST_CASE("rep lods") { all_widths<0xac, 0xf3>(); }
TEST_CASE("repe cmps") { all_widths<0xa6, 0xf3>(); }
TEST_CASE("repne cmps") { all_widths<0xa6, 0xf2>(); }
TEST_CASE("repe scas") { all_widths<0xae, 0xf3>(); }
TEST_CASE("repne scas") { all_widths<0xae, 0xf2>(); }
#endif
