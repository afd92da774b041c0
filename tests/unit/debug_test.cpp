// SPDX-License-Identifier: MIT
// Breakpoints and traps (oracle: SDM vol. 3, 17.2 and 17.3; AMD64 vol. 2 for SYSCALL and SYSRET).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "tests/unit/system_rig.h"

using namespace lucid;
using namespace lucid::test;
using namespace lucid::cpu;

namespace {

constexpr u64 fixed_dr6 = 0xffff0ff0, single_step = 1 << 14, detected = 1 << 13;
constexpr u64 trap_flag = 0x100, resume_flag = 0x10000;

/// DR7 with breakpoint 1 on: when 0 execution, 1 write, 2 port, 3 access; length as encoded.
constexpr u64 second(u64 when, u64 length = 0) { return 0x400 | 8 | when << 20 | length << 22; }

bool in_debug_handler(const System& m) { return m.vector_reached() == 1; }

}  // namespace

TEST_CASE("an instruction breakpoint comes before the instruction, and RF passes it once") {
  System m;
  m.code({0x90, 0xb0, 7, 0x90, 0xf4});
  m.state.dr[1] = code_at + 1, m.state.dr7 = second(0), m.state.dr6 |= 1;
  m.run(2);
  REQUIRE(in_debug_handler(m));
  CHECK(m.pushed(0) == code_at + 1);
  CHECK((m.pushed(2) & resume_flag) == 0);
  CHECK(m.state.dr6 == (fixed_dr6 | 2));  // the stale bit of breakpoint 0 is gone
  m.put64(m.state.gpr[rsp] + 16, m.pushed(2) | resume_flag);
  m.code({0x48, 0xcf}, handler_at + 16);  // IRETQ
  m.run(2);
  CHECK((m.state.gpr[rax] & 0xff) == 7);
  CHECK((m.state.rflags & resume_flag) == 0);
}

TEST_CASE("a data breakpoint traps behind the access that touches any of its bytes") {
  // mov [rbx], ecx; mov eax, [rbx]
  const std::vector<u8> code{0x89, 0x0b, 0x8b, 0x03, 0x90};
  struct Case {
    u64 when, length, offset;
    unsigned instructions;  // until the trap; 0 = never
  };
  for (const auto& [when, length, offset, instructions] :
       {Case{1, 0, 0, 1}, {1, 0, 3, 1}, {1, 0, 4, 0}, {3, 0, 0, 1}, {1, 3, 4, 0}, {1, 2, 6, 1}, {0, 0, 0, 0}}) {
    System m;
    m.code(code);
    m.state.gpr[rbx] = data_at, m.state.gpr[rcx] = 5;
    m.state.dr[1] = data_at + offset, m.state.dr7 = second(when, length);
    m.run(instructions ? instructions : 3);
    CHECK(in_debug_handler(m) == (instructions != 0));
    CHECK((m.state.dr6 & 15) == (instructions ? 2 : 0));
    CHECK(m.get64(data_at) == 5);
  }
  System m;  // of writes only: a read passes
  m.code({0x8b, 0x03, 0x89, 0x0b});
  m.state.gpr[rbx] = data_at, m.state.dr[1] = data_at, m.state.dr7 = second(1);
  m.run(2);
  CHECK(m.pushed(0) == code_at + 4);
}

TEST_CASE("a port breakpoint needs CR4.DE") {
  for (const bool extensions : {false, true}) {
    System m;
    m.code({0xe6, 0x80, 0x90, 0x90});  // out 0x80, al
    m.state.dr[1] = 0x80, m.state.dr7 = second(2);
    if (extensions) m.state.cr4 |= 8;
    m.run(2);
    CHECK(in_debug_handler(m) == extensions);
  }
}

TEST_CASE("MOV SS puts off its traps by one instruction") {
  System m;
  m.code({0x8e, 0x13, 0x90, 0x90});  // mov ss, [rbx]; nop
  m.put64(data_at, 0x10);
  m.state.gpr[rbx] = data_at, m.state.dr[1] = data_at, m.state.dr7 = second(3);
  m.state.rflags |= trap_flag;
  m.run(2);
  REQUIRE(in_debug_handler(m));
  CHECK(m.pushed(0) == code_at + 3);
  CHECK(m.state.dr6 == (fixed_dr6 | single_step | 2));
}

TEST_CASE("general detect: a #DB before MOV DR, after which it is off") {
  System m;
  m.code({0x0f, 0x21, 0xf0});  // mov rax, dr6
  m.state.dr7 = 0x2400;
  m.run(1);
  REQUIRE(in_debug_handler(m));
  CHECK(m.pushed(0) == code_at);
  CHECK(m.state.dr6 == (fixed_dr6 | detected));
  CHECK(m.state.dr7 == 0x400);
}

TEST_CASE("INT n is not stepped into, INT1 is a #DB without the step") {
  System m;
  m.code({0xcd, 0x40});
  m.state.rflags |= trap_flag;
  m.run(1);
  CHECK(m.vector_reached() == 0x40);
  CHECK((m.pushed(2) & trap_flag) != 0);
  System n;
  n.code({0xf1});
  n.state.rflags |= trap_flag;
  n.run(1);
  CHECK(in_debug_handler(n));
  CHECK(n.pushed(0) == code_at + 1);
  CHECK(n.state.dr6 == fixed_dr6);
}

TEST_CASE("SYSCALL with TF masked is not stepped into; SYSRET that sets TF traps at once") {
  System m;
  m.user();
  m.state.star = u64{0x13} << 48 | u64{8} << 32;
  m.state.lstar = 0x30000, m.state.sfmask = trap_flag, m.state.rflags |= trap_flag;
  m.code({0x0f, 0x05, 0x90});
  m.code({0x48, 0x0f, 0x07}, 0x30000);
  m.run(1);
  CHECK(m.state.rip == 0x30000);
  m.run(1);
  REQUIRE(in_debug_handler(m));
  CHECK(m.pushed(0) == code_at + 2);
  CHECK(m.pushed(1) == 0x23);
}

TEST_CASE("STAC and CLAC: the kernel's only") {
  System m;
  m.code({0x0f, 0x01, 0xcb, 0x0f, 0x01, 0xca});
  m.run(1);
  CHECK((m.state.rflags & 0x40000) != 0);
  m.run(1);
  CHECK((m.state.rflags & 0x40000) == 0);
  System user;
  user.user();
  user.code({0x0f, 0x01, 0xcb});
  user.run(1);
  CHECK(user.vector_reached() == 6);
}
