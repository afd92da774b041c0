// SPDX-License-Identifier: MIT
// The processor as a whole: precision, self-modifying code, exceptions, privilege, determinism.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "tests/unit/system_rig.h"

using namespace lucid;
using namespace lucid::test;
using namespace lucid::cpu;

namespace {

constexpr u64 pt_at = 0x7000;
constexpr u64 far_data = 0x3ff000;  // the last page of the mapping: the next one is not there

}  // namespace

TEST_CASE("a loop computes, counts exactly and halts") {
  System m;
  // mov ecx,1000; xor eax,eax; L: add rax,rcx; dec rcx; jnz L; hlt
  m.code({0xb9, 0xe8, 3, 0, 0, 0x31, 0xc0, 0x48, 0x01, 0xc8, 0x48, 0xff, 0xc9, 0x75, 0xf8, 0xf4});
  CHECK(m.run(1'000'000) == StopReason::halted);
  CHECK(m.state.gpr[rax] == 500500);
  CHECK(m.clock.retired == 3003);
}

TEST_CASE("run equals step, and both equal observed") {
  const auto final_hash = [](u64 step, bool observed) {
    System m;
    // mov edi,data; mov ecx,300; L: push rcx; imul eax,ecx,77; stosd; pop rcx; loop L; mov ecx,5000; rep movsb; hlt
    m.code({0xbf, 0,    0,    0x20, 0,    0xb9, 0x2c, 1, 0, 0,    0x51, 0x69, 0xc1, 77, 0,    0,    0,
            0xab, 0x59, 0xe2, 0xf5, 0xb9, 0x88, 0x13, 0, 0, 0xbe, 0,    0,    0x20, 0,  0xf3, 0xa4, 0xf4});
    m.cpu.set_state(m.state);
    m.cpu.set_observed(observed);
    while (m.cpu.run(m.clock.retired + step) == StopReason::limit) {
    }
    u64 hash = m.clock.retired;
    for (u64 i = 0; i < ram_bytes; i += 8) hash = (hash ^ m.get64(i)) * 0x100000001b3;
    for (const u64 r : m.cpu.state().gpr) hash = (hash ^ r) * 0x100000001b3;
    return hash ^ m.cpu.state().rflags;
  };
  const u64 whole = final_hash(1'000'000, false);
  CHECK(final_hash(1, false) == whole);
  CHECK(final_hash(7, false) == whole);
  CHECK(final_hash(1'000'000, true) == whole);
  CHECK(final_hash(3, true) == whole);
}

TEST_CASE("a store into the instruction after it takes effect at once") {
  System m;
  // mov byte [rip+1],0x40 -> patches the immediate of: mov al,0x11; hlt
  m.code({0xc6, 0x05, 1, 0, 0, 0, 0x40, 0xb0, 0x11, 0xf4});
  m.run(10);
  CHECK((m.state.gpr[rax] & 0xff) == 0x40);
}

TEST_CASE("code that was executed and then changed runs as changed") {
  System m;
  // L: mov al,1; add bl,al; inc byte [rip-9] (the 1); dec ecx; jnz L; hlt
  m.code({0xb0, 1, 0x00, 0xc3, 0xfe, 0x05, 0xf7, 0xff, 0xff, 0xff, 0xff, 0xc9, 0x75, 0xf2, 0xf4});
  m.state.gpr[rcx] = 10;
  m.run(1000);
  CHECK((m.state.gpr[rbx] & 0xff) == 55);
}

TEST_CASE("accessed and dirty bits that land in decoded code change it") {
  // The code is the page directory: entry 2 maps 4 MiB, and its first byte is XCHG (87) until the
  // XCHG itself has set A and D; from then on it is OUT imm8, EAX (e7).
  Rig m;
  m.put64(pd_at + 16, 0x400087);
  m.code({0xc0, 0xeb, 0xf5}, pd_at + 24);  // the end of ADD AL, AL; a jump back to entry 2
  m.put64(0x400000, 0x400100);
  m.state.rip = pd_at + 16;
  m.state.gpr[cpu::rax] = 0x400000;
  m.run(6);
  CHECK(m.get64(pd_at + 16) == 0x4000e7);
  CHECK(m.state.gpr[cpu::rax] == 0x400100);
  CHECK(m.state.rip == pd_at + 18);
}

TEST_CASE("a store into other code leaves the storing block as it is") {
  System m;
  // L: mov byte [rdi],0x90; call rdi; dec ecx; jnz L; hlt, with a RET-only function in another page
  m.code({0xc6, 0x07, 0x90, 0xff, 0xd7, 0xff, 0xc9, 0x75, 0xf7, 0xf4});
  m.code({0x90, 0xff, 0xc3, 0xc3}, 0x12000);  // nop; inc ebx; ret
  m.state.gpr[rdi] = 0x12000;
  m.state.gpr[rcx] = 10;
  CHECK(m.run(1000) == StopReason::halted);
  CHECK(m.state.gpr[rbx] == 10);
  CHECK(m.clock.retired == 71);
}

TEST_CASE("a poke from outside is noticed after memory_changed") {
  System m;
  m.code({0xb0, 1, 0xeb, 0xfc});
  m.cpu.set_state(m.state);
  m.cpu.run(100);
  m.code({0xb0, 9, 0xf4});
  m.cpu.memory_changed();
  m.cpu.run(200);
  CHECK((m.cpu.state().gpr[rax] & 0xff) == 9);
}

TEST_CASE("a store across into a missing page writes nothing and restarts") {
  System m;
  m.code({0x48, 0x89, 0x07, 0xf4});  // mov [rdi], rax
  m.state.gpr[rdi] = far_data + 0xffc;
  m.state.gpr[rax] = ~u64{0};
  m.put64(far_data + 0xff8, 0x1122334455667788);
  m.run(10);
  CHECK(m.vector_reached() == 14);
  CHECK(m.get64(far_data + 0xff8) == 0x1122334455667788);
  CHECK(m.state.cr2 == far_data + 0x1000);
  CHECK(m.pushed(0) == 2);  // a supervisor's write to a page that is not there
  CHECK(m.pushed(1) == code_at);
}

TEST_CASE("instructions that fault leave every register as it was") {
  const std::vector<std::vector<u8>> all = {
      {0x50},                          // push rax
      {0x58},                          // pop rax
      {0xc3},                          // ret
      {0xff, 0xd0},                    // call rax
      {0xc9},                          // leave
      {0xc8, 16, 0, 2},                // enter 16,2
      {0x48, 0x87, 0x07},              // xchg [rdi],rax
      {0x48, 0x0f, 0xc1, 0x07},        // xadd [rdi],rax
      {0x48, 0x0f, 0xb1, 0x0f},        // cmpxchg [rdi],rcx
      {0x48, 0xa5},                    // movsq
      {0xf3, 0x48, 0xab},              // rep stosq
      {0x8f, 0x07},                    // pop [rdi]
      {0x48, 0x11, 0x07},              // adc [rdi],rax
      {0x48, 0xd1, 0x17},              // rcl qword [rdi],1
      {0x48, 0xf7, 0xf1},              // div rcx (zero)
      {0xf0, 0x48, 0x0f, 0xc7, 0x0f},  // lock cmpxchg16b [rdi]
  };
  for (const auto& bytes : all) {
    System m;
    m.code(bytes);
    m.gate(0, handler_at, 0x8e, 1);
    m.gate(13, handler_at + 13 * 16, 0x8e, 1);
    m.gate(14, handler_at + 14 * 16, 0x8e, 1);
    State& s = m.state;
    for (unsigned i = 0; i < 16; ++i) s.gpr[i] = 0x1000 + i;
    s.gpr[rdi] = s.gpr[rsp] = s.gpr[rbp] = 0x500000;  // not mapped
    s.gpr[rsi] = data_at;
    s.gpr[rcx] = 0;
    if (bytes[0] == 0xf3) s.gpr[rcx] = 4;
    s.rflags = 0x8d7;
    const State before = s;
    m.run(2);
    CAPTURE(bytes[0]);
    CHECK(m.vector_reached() < 32);
    State after = m.state;
    for (unsigned i = 0; i < 16; ++i) {
      if (i != rsp) CHECK(after.gpr[i] == before.gpr[i]);
    }
    const unsigned first = m.vector_reached() == 0 ? 0 : 1;
    CHECK(m.pushed(first) == code_at);
    CHECK((m.pushed(first + 2) & 0xfd5) == (before.rflags & 0xfd5));
    CHECK(m.pushed(first + 3) == before.gpr[rsp]);
  }
}

TEST_CASE("instruction fetch faults at the exact byte") {
  System m;
  m.put64(pd_at + 8, pt_at | 7);  // 0x200000.. by 4 KiB pages, only the first present
  m.put64(pt_at, 0x200000 | 7);
  m.code({0x48, 0xb8}, 0x200ffe);  // a mov rax, imm64 that needs eight bytes more
  m.state.rip = 0x200ffe;
  m.state.gpr[rsp] = 0x100000;
  m.run(2);
  CHECK(m.vector_reached() == 14);
  CHECK(m.state.cr2 == 0x201000);
  CHECK(m.pushed(1) == 0x200ffe);
}

TEST_CASE("an instruction across two pages follows the mapping of the second") {
  System m;
  m.put64(pd_at + 8, pt_at | 7);
  m.put64(pt_at, 0x200000 | 7);
  m.put64(pt_at + 8, 0x201000 | 7);
  m.code({0xb8, 0x11}, 0x200ffe);
  m.code({0x22, 0x33, 0x44, 0xf4}, 0x201000);
  m.code({0x55, 0x66, 0x77, 0xf4}, 0x300000);
  m.state.rip = 0x200ffe;
  m.state.gpr[rsp] = 0x100000;
  State start = m.state;
  m.cpu.set_state(start);
  m.cpu.run(1);
  CHECK(m.cpu.state().gpr[rax] == 0x44332211);
  m.put64(pt_at + 8, 0x300000 | 7);
  start.cr3 = pml4_at;
  m.cpu.set_state(start);
  m.cpu.run(2);
  CHECK(m.cpu.state().gpr[rax] == 0x77665511);
}

TEST_CASE("unknown opcodes raise #UD in the guest and are logged") {
  System m;
  m.code({0x0f, 0x0b});
  m.run(2);
  CHECK(m.vector_reached() == 6);
  CHECK(m.logged(trace::Kind::invalid_opcode));
  CHECK(m.log.at(m.log.first()).args[0] == code_at);
}

TEST_CASE("sixteen bytes are too many") {
  System m;
  m.code(std::vector<u8>(20, 0x66));
  m.run(2);
  CHECK(m.vector_reached() == 13);
}

TEST_CASE("user code: privileged instructions, kernel memory, and the switch of stacks") {
  System m;
  m.user();
  SUBCASE("HLT") {
    m.code({0xf4});
    m.run(2);
    CHECK(m.vector_reached() == 13);
    CHECK(m.pushed(1) == code_at);
  }
  SUBCASE("OUT without permission") {
    m.code({0xe6, 0x80});
    m.run(2);
    CHECK(m.vector_reached() == 13);
  }
  SUBCASE("a supervisor's page") {
    m.put64(pd_at + 8, 0x200000 | 0x83);
    m.state.gpr[rsp] = 0x100000;
    m.put64(tss_at + 4, 0x1f0000);
    m.code({0xa1, 0x00, 0x00, 0x20, 0x00, 0, 0, 0, 0});
    m.run(2);
    CHECK(m.vector_reached() == 14);
    CHECK(m.pushed(0) == 5);  // user, protection, read
    CHECK(m.state.cr2 == 0x200000);
  }
  CHECK(m.state.cpl() == 0);
  CHECK(m.pushed(2) == 0x23);
  CHECK(m.pushed(5) == 0x1b);
}

TEST_CASE("INT3 pushes the next instruction and IRETQ goes back to user mode") {
  System m;
  m.user();
  m.code({0xcc, 0xb0, 7, 0xf4});
  m.code({0x48, 0xcf}, handler_at + 3 * 16);
  m.run(4);
  CHECK((m.state.gpr[rax] & 0xff) == 7);
  CHECK(m.logged(trace::Kind::software_interrupt));
  CHECK(m.logged(trace::Kind::returned_to_user));
  CHECK(m.vector_reached() == 13);  // the HLT
}

TEST_CASE("SYSCALL and SYSRET") {
  System m;
  m.user();
  State& s = m.state;
  s.star = u64{0x13} << 48 | u64{8} << 32;
  s.lstar = 0x30000;
  s.sfmask = 0x200;
  s.rflags = 0x202;
  s.gpr[rax] = 39;
  m.code({0x0f, 0x05, 0xb0, 7, 0x0f, 0x05});
  m.code({0x48, 0x0f, 0x07}, 0x30000);
  m.run(1);
  CHECK(s.rip == 0x30000);
  CHECK(s.cpl() == 0);
  CHECK(s.gpr[rcx] == code_at + 2);
  CHECK(s.gpr[r11] == 0x202);
  CHECK((s.rflags & 0x200) == 0);
  CHECK(m.log.at(m.log.first()).kind == trace::Kind::syscall_entered);
  CHECK(m.log.at(m.log.first()).cpl == 3);
  m.run(2);
  CHECK(s.cpl() == 3);
  CHECK(s.segment[cs].selector == 0x23);
  CHECK(s.segment[ss].selector == 0x1b);
  CHECK((s.gpr[rax] & 0xff) == 7);
  CHECK((s.rflags & 0x200) != 0);
}

TEST_CASE("interrupts: IF, the shadow of STI, and the interrupted instruction") {
  System m;
  m.code({0xfb, 0x90, 0x90, 0xf4});  // sti; nop; nop
  m.cpu.set_state(m.state);
  m.interrupts.request(0x40);
  m.cpu.run(1);
  CHECK(m.cpu.state().rip == code_at + 1);
  m.cpu.run(2);
  CHECK(m.cpu.state().rip == code_at + 2);  // in the shadow
  m.cpu.run(3);
  m.state = m.cpu.state();
  CHECK(m.vector_reached() == 0x40);
  CHECK(m.pushed(0) == code_at + 2);
}

TEST_CASE("HLT waits for an interrupt") {
  System m;
  m.code({0xfb, 0xf4, 0x90});
  CHECK(m.run(100) == StopReason::halted);
  CHECK(m.cpu.run(100) == StopReason::halted);
  m.interrupts.request(0x41);
  CHECK(m.cpu.run(100) == StopReason::halted);  // the handler's HLT
  CHECK(m.cpu.state().rip == handler_at + 0x41 * 16 + 1);
}

TEST_CASE("an exception in delivering one is a double fault, and then the end") {
  System m;
  m.code({0x0f, 0x0b});
  SUBCASE("#UD gate absent: #NP, by its own gate") {
    m.gate(6, handler_at, 0x0e);
    m.run(2);
    CHECK(m.vector_reached() == 11);
    CHECK(m.pushed(0) == 6 * 8 + 3);
  }
  SUBCASE("#GP and #NP gates absent: double fault") {
    m.code({0xcd, 0x80});
    m.gate(0x80, handler_at, 0x0e);  // #NP
    m.gate(11, handler_at, 0x0e);    // #NP again: contributory twice
    m.gate(8, handler_at + 8 * 16, 0x8e, 1);
    m.run(2);
    CHECK(m.vector_reached() == 8);
    CHECK(m.pushed(0) == 0);
  }
  SUBCASE("no IDT: shutdown") {
    m.state.idtr.limit = 0;
    CHECK(m.run(2) == StopReason::shutdown);
    CHECK(m.logged(trace::Kind::shut_down));
  }
}

TEST_CASE("a machine that only faults still reaches its limit") {
  System m;
  m.code({0x0f, 0x0b});
  m.gate(6, code_at, 0x8e, 1);
  CHECK(m.run(1000) == StopReason::limit);
}

TEST_CASE("non-canonical addresses: #GP, and #SS by the stack") {
  System m;
  m.gate(12, handler_at + 12 * 16, 0x8e, 1);
  m.state.gpr[rbx] = m.state.gpr[rbp] = u64{1} << 47;
  SUBCASE("data") {
    m.code({0x8a, 0x03});
    m.run(2);
    CHECK(m.vector_reached() == 13);
  }
  SUBCASE("stack") {
    m.code({0x8a, 0x45, 0x00});
    m.run(2);
    CHECK(m.vector_reached() == 12);
  }
  SUBCASE("jump: reported at the jump") {
    m.code({0xff, 0xe3});
    m.run(2);
    CHECK(m.vector_reached() == 13);
    CHECK(m.pushed(1) == code_at);
  }
}

TEST_CASE("breakpoints stop before their instruction, once") {
  System m;
  m.code({0x90, 0x90, 0x90, 0xf4});
  m.cpu.set_state(m.state);
  const Gva at[] = {{code_at}, {code_at + 2}};
  m.cpu.set_breakpoints(at);
  CHECK(m.cpu.run(100) == StopReason::breakpoint);
  CHECK(m.cpu.state().rip == code_at);
  CHECK(m.cpu.run(100) == StopReason::breakpoint);
  CHECK(m.cpu.state().rip == code_at + 2);
  CHECK(m.clock.retired == 2);
  CHECK(m.cpu.run(100) == StopReason::halted);
}

TEST_CASE("the trap flag single-steps") {
  System m;
  m.code({0x90, 0x90});
  m.state.rflags |= 0x100;
  m.run(1);
  CHECK(m.vector_reached() == 1);
  CHECK(m.pushed(0) == code_at + 1);
  CHECK((m.state.dr6 & 1 << 14) != 0);
}

TEST_CASE("REP restarts where its fault came") {
  System m;
  m.code({0xf3, 0xaa, 0xf4});  // rep stosb
  m.state.gpr[rdi] = far_data + 0xff0;
  m.state.gpr[rcx] = 0x20;
  m.state.gpr[rax] = 0x5a;
  m.run(5);
  CHECK(m.vector_reached() == 14);
  CHECK(m.state.gpr[rcx] == 0x10);
  CHECK(m.state.gpr[rdi] == far_data + 0x1000);
  CHECK(m.state.cr2 == far_data + 0x1000);
  CHECK(m.pushed(1) == code_at);
  CHECK(m.ram.data()[far_data + 0xfff] == 0x5a);
}

TEST_CASE("from protected mode without paging into 64-bit mode, as a kernel does it") {
  System m;
  m.state = pvh_entry_state(code_at, {0x6000});
  m.state.gdtr = {gdt_at, 0x37};
  // mov eax,0x20; mov cr4,eax; mov eax,pml4; mov cr3,eax; mov ecx,0xc0000080; rdmsr; or eax,0x100; wrmsr;
  // mov eax,cr0; or eax,0x80000000; mov cr0,eax; jmp 8:next; next: mov rax, imm64; hlt
  const u8 next = 0x30;
  std::vector<u8> bytes = {0xb8, 0x20, 0,    0,    0,    0x0f, 0x22, 0xe0, 0xb8, 0,    0x10, 0,    0,    0x0f, 0x22,
                           0xd8, 0xb9, 0x80, 0,    0,    0xc0, 0x0f, 0x32, 0x0d, 0,    1,    0,    0,    0x0f, 0x30,
                           0x0f, 0x20, 0xc0, 0x0d, 0,    0,    0,    0x80, 0x0f, 0x22, 0xc0, 0xea, next, 0,    1,
                           0,    8,    0,    0x48, 0xb8, 8,    7,    6,    5,    4,    3,    2,    1,    0xf4};
  m.code(bytes);
  CHECK(m.run(100) == StopReason::halted);
  CHECK(m.state.gpr[rax] == 0x0102030405060708);
  CHECK((m.state.efer & 0x500) == 0x500);
  CHECK(m.state.gpr[rbx] == 0x6000);
}

TEST_CASE("MTRRs and machine-check banks keep what they take, and refuse what is reserved") {
  struct Case {
    u32 msr;
    u64 value;
    bool taken;
  };
  // SDM vol. 3, 11.11.2 and 15.3.2
  for (const auto& [msr, value, taken] : {Case{0x200, 0x80000006, true},
                                          {0x200, 0x80000002, false},
                                          {0x200, 0x106, false},
                                          {0x20f, 0xff80000800, true},
                                          {0x20f, 0x10000000800, false},
                                          {0x20f, 0x400, false},
                                          {0x210, 0, false},
                                          {0x250, 0x0606050401000606, true},
                                          {0x26f, 0x0706060606060606, false},
                                          {0x251, 0, false},
                                          {0x2ff, 0xc06, true},
                                          {0x2ff, 0x1006, false},
                                          {0xfe, 0, false},
                                          {0x179, 0, false},
                                          {0x17a, 4, true},
                                          {0x400, ~u64{0}, true},
                                          {0x400, 5, false},
                                          {0x401, 0, true},
                                          {0x401, 1, false},
                                          {0x40f, 77, true},
                                          {0x410, 0, false}}) {
    System m;
    m.code({0x0f, 0x30, 0x31, 0xc0, 0x31, 0xd2, 0x0f, 0x32});  // wrmsr; xor eax,eax; xor edx,edx; rdmsr
    m.state.gpr[rcx] = msr, m.state.gpr[rax] = static_cast<u32>(value), m.state.gpr[rdx] = value >> 32;
    m.run(4);
    CAPTURE(msr);
    CHECK((m.vector_reached() == 13) == !taken);
    if (taken) CHECK((m.state.gpr[rdx] << 32 | m.state.gpr[rax]) == value);
  }
}

TEST_CASE("CPUID ends, and RDTSC is virtual time") {
  System m;
  m.code({0x0f, 0xa2, 0x90, 0x0f, 0x31, 0xf4});
  m.state.gpr[rax] = 4;
  m.state.gpr[rcx] = 3;
  m.run(10);
  CHECK(m.state.gpr[rax] == 2);  // two instructions before it
}
