// SPDX-License-Identifier: MIT
// Whole-board behaviour with a few instructions of guest code. Oracles: the rules of determinism
// (run equals step, a restored snapshot goes on the same), and arithmetic on virtual time.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/machine/machine.h"

#include <doctest/doctest.h>

#include "core/machine/snapshot.h"
#include "tests/unit/elf_builder.h"

using namespace lucid;
using namespace lucid::test;
using machine::Machine;
using machine::MachineStop;

namespace {

constexpr u64 ram_size = 8 << 20;
constexpr u32 base = 0x100000, gdt = 0x101000, idt = 0x102000, counter = 0x103000;
constexpr u64 second = bus::ticks_per_second;

/// 32-bit machine code, byte by byte (SDM vol. 2).
struct Code : Bytes {
  Code& emit(std::initializer_list<u8> bytes) { return insert(end(), bytes), *this; }
  Code& word(u32 value) { return emit({u8(value), u8(value >> 8), u8(value >> 16), u8(value >> 24)}); }
  Code& out8(u8 port, u8 value) { return emit({0xb0, value, 0xe6, port}); }  // mov al; out
  Code& out_dx(u16 port, u8 value) { return emit({0x66, 0xba, u8(port), u8(port >> 8), 0xb0, value, 0xee}); }  // mov dx
  Code& cli() { return emit({0xfa}); }
  Code& sti() { return emit({0xfb}); }
  Code& hlt() { return emit({0xf4}); }
  Code& halt_loop() { return emit({0xf4, 0xeb, 0xfd}); }
  Code& spin() { return emit({0xff, 0xc0, 0xeb, 0xfc}); }  // inc eax; jmp
  Code& load_tables() {
    emit({0x0f, 0x01, 0x15}).word(gdt + 0x80);
    emit({0x0f, 0x01, 0x1d}).word(gdt + 0x90);
    emit({0xea}).word(base + static_cast<u32>(size()) + 6).emit({8, 0});              // jmp far 8:next
    return emit({0x66, 0xb8, 0x10, 0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc}).word(0x110000);  // ds, ss, esp
  }
  Code& init_pics(u8 mask) {
    out8(0x20, 0x11).out8(0x21, 0x20).out8(0x21, 4).out8(0x21, 1).out8(0x21, mask);
    return out8(0xa0, 0x11).out8(0xa1, 0x28).out8(0xa1, 2).out8(0xa1, 1).out8(0xa1, 0xff);
  }
  Code& pit(u8 mode, u16 count) {
    return out8(0x43, u8(0x30 | mode << 1)).out8(0x40, u8(count)).out8(0x40, u8(count >> 8));
  }
  /// Interrupt handler at a fixed place: inc [counter]; EOI; iretd.
  Code& handler_at(u32 offset) {
    resize(offset, 0x90);
    return emit({0x50, 0xff, 0x05}).word(counter).out8(0x20, 0x20).emit({0x58, 0xcf});
  }
};

constexpr u32 handler = 0x200;

struct Board : Machine {
  Board() : Machine(ram_size) {}
  explicit Board(const Code& code) : Machine(ram_size) { boot(code); }
  void boot(const Code& code) {
    const Bytes kernel = pvh_kernel(code);
    const auto loaded = load({kernel, "", {}, ""});
    REQUIRE(loaded.ok());
    u8* ram8 = ram().data();
    const u64 descriptors[3] = {0, 0x00cf9b000000ffff, 0x00cf93000000ffff};
    std::memcpy(ram8 + gdt, descriptors, sizeof descriptors);
    table(gdt + 0x80, gdt, sizeof descriptors - 1);
    table(gdt + 0x90, idt, 48 * 8 - 1);
    for (u32 vector = 0x20; vector < 0x30; ++vector) {
      const u32 entry = base + handler;
      const u64 gate = (entry & 0xffff) | 8u << 16 | u64{0x8e00} << 32 | u64{entry >> 16} << 48;
      std::memcpy(ram8 + idt + vector * 8, &gate, 8);
    }
    cpu().memory_changed();
  }
  void table(u32 at, u32 address, u16 limit) {
    std::memcpy(ram().data() + at, &limit, 2);
    std::memcpy(ram().data() + at + 2, &address, 4);
  }
  u32 ticks() {
    u32 value;
    std::memcpy(&value, ram().data() + counter, 4);
    return value;
  }
};

/// A timer at 100 Hz that counts; the main program halts or spins.
Code ticking(bool spins) {
  Code code;
  code.load_tables().init_pics(0xfe).pit(2, 11932).sti();
  (spins ? code.spin() : code.halt_loop()).handler_at(handler);
  return code;
}

constexpr u64 forever = ~u64{0};

}  // namespace

TEST_CASE("the exit port ends the run with its value, and the end stays") {
  Board board{Code{}.out8(0xf4, 42).spin()};
  CHECK(board.run(forever) == MachineStop::exit_port);
  CHECK(board.exit_value() == 42);
  CHECK(board.clock().retired == 2);
  CHECK(board.run(forever) == MachineStop::exit_port);
  CHECK(board.clock().retired == 2);
  CHECK(board.log().count_of(trace::Kind::exit_requested) == 1);
}

TEST_CASE("each serial line sends and receives its own bytes") {
  Code code;
  code.out_dx(0x3f8, 'a').out_dx(0x2f8, 'b').emit({0x66, 0xba, 0xf8, 0x03, 0xec, 0xe6, 0xf4});  // in al, dx; out 0xf4
  Board board{code};
  const u8 input[] = {'z'};
  board.serial_input(0, input);
  CHECK(board.run(forever) == MachineStop::exit_port);
  CHECK(board.take_serial_output(0) == "a");
  CHECK(board.take_serial_output(1) == "b");
  CHECK(board.exit_value() == 'z');
}

TEST_CASE("the NMI button: wakes HLT, waits for IRET, and port 0x70 masks it") {
  // Vector 2 is an interrupt gate to: inc [counter]; nop; iretd.
  Code code;
  code.load_tables().halt_loop();
  code.resize(handler, 0x90);
  code.emit({0xff, 0x05}).word(counter).emit({0x90, 0xcf});
  Board board(code);
  const u32 gate[2] = {8u << 16 | ((base + handler) & 0xffff), (base & 0xffff0000) | 0x8e00};
  std::vector<u8> bytes(8);
  std::memcpy(bytes.data(), gate, 8);
  REQUIRE(board.poke({idt + 2 * 8}, bytes));
  CHECK(board.run(1000) == MachineStop::halted_forever);
  board.press_nmi();
  CHECK(board.run(board.clock().retired + 2) == MachineStop::limit);  // delivery, inc
  CHECK(board.ticks() == 1);
  CHECK(board.cpu().state().nmi_blocked);
  board.press_nmi();
  board.press_nmi();  // one waits, not two
  board.run(board.clock().retired + 2);
  CHECK(board.ticks() == 1);
  CHECK(board.run(board.clock().retired + 100) == MachineStop::halted_forever);
  CHECK(board.ticks() == 2);
  CHECK_FALSE(board.cpu().state().nmi_blocked);
  Board masked;
  masked.boot(Code().load_tables().out8(0x70, 0x80).halt_loop());
  masked.run(1000);
  masked.press_nmi();
  CHECK(masked.run(2000) == MachineStop::halted_forever);
}

TEST_CASE("the instruction limit is exact") {
  Board board{Code{}.spin()};
  for (const u64 limit : {1, 2, 3, 1000, 1001}) {
    CHECK(board.run(limit) == MachineStop::limit);
    CHECK(board.clock().retired == limit);
  }
}

TEST_CASE("ways to stand still") {
  CHECK(Board{Code{}.cli().hlt()}.run(forever) == MachineStop::halted_forever);
  CHECK(Board{Code{}.sti().halt_loop()}.run(forever) == MachineStop::idle);
  CHECK(Board{Code{}.emit({0x0f, 0x0b})}.run(forever) == MachineStop::shutdown);  // #UD without an IDT
}

TEST_CASE("a timer nobody listens to does not keep the host busy for ever") {
  Board board{Code{}.load_tables().init_pics(0xff).pit(2, 2).sti().halt_loop()};
  CHECK(board.run(forever) == MachineStop::idle);
  CHECK(board.clock().now() <= 2 * second);
}

TEST_CASE("halted time is skipped: 100 ticks a second, few instructions, and time stops where asked") {
  Board board{ticking(false)};
  CHECK(board.run(forever, 10 * second) == MachineStop::time_limit);
  CHECK(board.clock().now() == 10 * second);
  CHECK(board.ticks() == 1000);  // 1193182 / 11932 = 99.9985 Hz: 999.985 periods, and the rise at loading mode 2
  CHECK(board.clock().retired < 20'000);
  CHECK(board.run(forever, 20 * second) == MachineStop::time_limit);
  CHECK(board.clock().now() == 20 * second);
}

TEST_CASE("a spinning guest is interrupted at the same rate") {
  Board board{ticking(true)};
  CHECK(board.run(forever, second / 4) == MachineStop::time_limit);
  CHECK(board.clock().now() == second / 4);
  CHECK(board.ticks() >= 24);
  CHECK(board.ticks() <= 26);
}

TEST_CASE("run equals step") {
  for (const bool spins : {false, true}) {
    Board whole{ticking(spins)}, stepped{ticking(spins)};
    whole.run(5'000'000, second / 20);
    u64 random = 88172645463325252;
    while (stepped.clock().now() < second / 20) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      const u64 stride = random % 64 ? random % 5000 : 1;
      const auto stop = stepped.run(std::min(stepped.clock().retired + stride, u64{5'000'000}), second / 20);
      if (stop == MachineStop::time_limit) break;
    }
    CHECK(whole.clock().retired == stepped.clock().retired);
    CHECK(whole.state_hash() == stepped.state_hash());
    CHECK(whole.log().hash() == stepped.log().hash());
  }
}

TEST_CASE("two runs are equal, and a restored snapshot goes on as the original did") {
  Board one{ticking(true)}, two{ticking(true)};
  const u8 typed[] = {'h', 'i'};
  for (Board* board : {&one, &two}) {
    board->run(forever, second / 50);
    board->serial_input(0, typed);
    board->run(forever, second / 40);
  }
  CHECK(one.state_hash() == two.state_hash());
  const auto snapshot = one.snapshot();
  const u64 at_snapshot = one.state_hash();
  one.run(forever, second / 10);
  const u64 later = one.state_hash();
  CHECK(later != at_snapshot);
  one.restore(*snapshot);
  CHECK(one.state_hash() == at_snapshot);
  one.run(forever, second / 10);
  CHECK(one.state_hash() == later);
  Board fresh;
  fresh.restore(*snapshot);
  fresh.run(forever, second / 10);
  CHECK(fresh.state_hash() == later);
}

TEST_CASE("snapshots share the pages that did not change, and any of them can be gone back to") {
  Board board{ticking(true)};
  std::vector<std::shared_ptr<const machine::Snapshot>> snapshots;
  std::vector<u64> hashes, held;
  for (int i = 0; i < 6; ++i) {
    board.run(forever, second / 10 * static_cast<u64>(i));
    snapshots.push_back(board.snapshot());
    hashes.push_back(board.state_hash());
    held.push_back(board.snapshot_bytes());
  }
  CHECK(held[0] >= 3 * page_size);                // code, tables, start info
  CHECK(held[5] - held[1] <= 4 * 3 * page_size);  // stack and counter, and a row of pointers
  for (const size_t i : {3, 0, 5, 5, 1, 4, 2}) {
    board.restore(*snapshots[i]);
    CHECK(board.state_hash() == hashes[i]);
    CHECK(board.frames_touched() == 0);
    if (i < 5) {
      board.run(forever, second / 10 * (i + 1));
      CHECK(board.state_hash() == hashes[i + 1]);
      CHECK(board.log().hash() == snapshots[i + 1]->log.hash);
    }
  }
  snapshots.erase(snapshots.begin(), snapshots.end() - 1);
  CHECK(board.snapshot_bytes() < held[5]);
}

TEST_CASE("a poke into code that ran is seen") {
  Board board{ticking(true)};
  board.run(1000);
  const auto before = board.snapshot();
  const u64 hash = board.state_hash();
  const u8 halt_for_ever[] = {0xfa, 0xf4};
  REQUIRE(board.poke(Gpa{board.cpu().state().rip}, halt_for_ever));
  CHECK(board.run(forever, second) == MachineStop::halted_forever);
  board.restore(*before);
  CHECK(board.state_hash() == hash);
  CHECK(board.run(2000) == MachineStop::limit);
  CHECK_FALSE(board.poke(Gpa{ram_size - 1}, halt_for_ever));
}

TEST_CASE("the hash sees registers, RAM, devices and time") {
  Board board{ticking(true)};
  board.run(1000);
  u64 before = board.state_hash();
  board.ram().data()[0x700000] ^= 1;
  CHECK(board.state_hash() != before);
  board.ram().data()[0x700000] ^= 1;
  CHECK(board.state_hash() == before);
  const u8 typed[] = {'x'};
  board.serial_input(1, typed);
  CHECK(board.state_hash() != before);
  before = board.state_hash();
  board.run(1001);
  CHECK(board.state_hash() != before);
}

TEST_CASE("an event of a stop kind ends the run, and only once") {
  Board board{ticking(false)};
  board.log().set_stop_kinds(trace::KindSet{}.with(trace::Kind::interrupt_delivered));
  CHECK(board.run(forever, second) == MachineStop::event);
  const u64 count = board.log().count_of(trace::Kind::interrupt_delivered);
  CHECK(count == 1);
  CHECK(board.run(forever, second) == MachineStop::event);
  CHECK(board.log().count_of(trace::Kind::interrupt_delivered) == 2);
}

TEST_CASE("a failed load changes nothing and says why") {
  Machine machine{ram_size};
  const u64 before = machine.state_hash();
  const Bytes text{'#', '!', '/', 'b', 'i', 'n'};
  const auto result = machine.load({text, "", {}, ""});
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().message.find("not an ELF") != std::string::npos);
  CHECK(machine.state_hash() == before);
}
