// SPDX-License-Identifier: MIT
#include "tests/fuzz/code.h"

#include <algorithm>
#include <cstring>

#include "tests/fuzz/world.h"

namespace lucid::fuzz {
namespace {

/// Appends bytes until the region is full; the last instruction may be cut off.
class Emitter {
 public:
  explicit Emitter(std::span<u8> out) : out_(out) {}
  bool full() const { return at_ >= out_.size(); }
  void byte(u64 value) {
    if (!full()) out_[at_++] = static_cast<u8>(value);
  }
  void bytes(std::initializer_list<unsigned> values) {
    for (const unsigned value : values) byte(value);
  }
  void word(u64 value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) byte(value >> 8 * i);
  }

 private:
  std::span<u8> out_;
  size_t at_ = 0;
};

constexpr u8 prefixes[] = {0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};

void operand_bytes(Random& random, Emitter& e) {
  const unsigned count = static_cast<unsigned>(random.below(9));
  if (random.chance(30)) return e.word(random_place(random), 4);
  for (unsigned i = 0; i < count; ++i) e.byte(random.chance(40) ? random.below(32) : random.next());
}

/// Prefixes, an opcode of any map, and bytes that can be ModRM, displacement and immediate.
void instruction(Random& random, const CodeShape& shape, Emitter& e) {
  while (random.chance(20)) e.byte(prefixes[random.below(sizeof prefixes)]);
  if (shape.bits64 && random.chance(40)) e.byte(0x40 | random.below(16));
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      e.byte(0x0f);
      break;
    case 3:
      e.bytes({0x0f, random.chance(50) ? 0x38u : 0x3au});
      break;
    default:
      break;
  }
  e.byte(random.next());
  e.byte(random.next());
  operand_bytes(random, e);
}

void load_register(Random&, const CodeShape&, Emitter& e, unsigned reg, u64 value) {
  e.byte(0xb8 + reg);  // MOV r32, imm32; in 16-bit code half of it is another instruction, which is as good
  e.word(value, 4);
}

u32 random_msr(Random& random) {
  static constexpr u32 msrs[] = {0x10,       0x1b,       0x3a,       0x3b,       0x8b,       0xfe,       0x174,
                                 0x175,      0x176,      0x179,      0x17a,      0x1a0,      0x200,      0x201,
                                 0x250,      0x277,      0x2ff,      0x400,      0xc0000080, 0xc0000081, 0xc0000082,
                                 0xc0000083, 0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102, 0xc0000103};
  return random.chance(90) ? msrs[random.below(sizeof msrs / sizeof *msrs)] : static_cast<u32>(random.next());
}

u16 random_port(Random& random) {
  static constexpr u16 ports[] = {0x20,  0x21,  0xa0,  0xa1,  0x40,  0x41,  0x42,  0x43,  0x60,  0x61,  0x64,  0x70,
                                  0x71,  0x92,  0x80,  0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x2f8, 0x2f9,
                                  0x2fa, 0x2fb, 0x2fc, 0x4d0, 0x4d1, 0xe0,  0xe1,  0xe2,  0xe4,  0xe8};
  return random.chance(85) ? ports[random.below(sizeof ports / sizeof *ports)] : static_cast<u16>(random.next());
}

void port_access(Random& random, const CodeShape& shape, Emitter& e) {
  load_register(random, shape, e, 2, random_port(random));
  if (random.chance(60)) load_register(random, shape, e, 0, random.interesting());
  if (random.chance(20)) e.byte(0x66);
  if (random.chance(20)) e.bytes({0xb9, static_cast<u8>(random.below(16)), 0, 0, 0, 0xf3});
  static constexpr u8 accesses[] = {0xec, 0xed, 0xee, 0xef, 0x6c, 0x6d, 0x6e, 0x6f};
  e.byte(accesses[random.below(sizeof accesses)]);
}

void msr_access(Random& random, const CodeShape& shape, Emitter& e) {
  load_register(random, shape, e, 1, random_msr(random));
  if (random.chance(30)) return e.bytes({0x0f, 0x32});
  load_register(random, shape, e, 0, random.chance(50) ? random_place(random) : random.interesting());
  load_register(random, shape, e, 2, random.chance(70) ? 0 : random.interesting());
  e.bytes({0x0f, 0x30});
}

/// MOV to and from CR0, CR2, CR3, CR4, CR8 and the debug registers.
void control_access(Random& random, const CodeShape& shape, Emitter& e) {
  const unsigned reg = static_cast<unsigned>(random.below(random.chance(90) ? 5 : 8));
  e.bytes({0x0f, random.chance(70) ? 0x20u : 0x21u, 0xc0 | reg << 3});  // read into EAX
  if (random.chance(60))
    e.bytes({0x0f, 0xba, 0xf8, static_cast<u8>(random.below(32))});  // BTC: one bit changed
  else
    load_register(random, shape, e, 0, random.chance(50) ? random_table(random) : random.interesting());
  e.bytes({0x0f, random.chance(70) ? 0x22u : 0x23u, 0xc0 | reg << 3});
}

void far_transfer(Random& random, const CodeShape&, Emitter& e) {
  const u16 selector = random_selector(random);
  switch (random.below(6)) {
    case 0:  // JMP or CALL far, direct (legacy modes)
      e.byte(random.chance(50) ? 0xea : 0x9a);
      e.word(random_code_place(random), 4);
      return e.word(selector, 2);
    case 1:  // RETF after two pushes
      e.byte(0x68), e.word(selector, 4);
      e.byte(0x68), e.word(random_code_place(random), 4);
      return e.byte(0xcb);
    case 2:  // IRET, with and without REX.W
      e.byte(0x68), e.word(random_selector(random), 4);
      e.byte(0x68), e.word(random_place(random), 4);
      e.byte(0x68), e.word(random.next() & 0x277fd7, 4);
      e.byte(0x68), e.word(selector, 4);
      e.byte(0x68), e.word(random_code_place(random), 4);
      if (random.chance(60)) e.byte(0x48);
      return e.byte(0xcf);
    case 3:
      return e.bytes({0xcd, static_cast<u8>(random.next())});  // INT n
    case 4:
      return e.bytes({0x0f, random.chance(50) ? 0x05u : 0x34u});  // SYSCALL, SYSENTER
    default:
      if (random.chance(50)) e.byte(0x48);
      return e.bytes({0x0f, random.chance(50) ? 0x07u : 0x35u});  // SYSRET, SYSEXIT
  }
}

void segment_load(Random& random, const CodeShape& shape, Emitter& e) {
  load_register(random, shape, e, 0, random_selector(random));
  if (random.chance(30)) return e.bytes({0x0f, 0x00, 0xc0 | static_cast<unsigned>(random.below(8)) << 3});  // LLDT …
  e.bytes({0x8e, 0xc0 | static_cast<unsigned>(random.below(6)) << 3});
}

/// LGDT, LIDT, SGDT, SIDT, INVLPG, LMSW … of some memory.
void table_access(Random& random, const CodeShape& shape, Emitter& e) {
  load_register(random, shape, e, 3, random_place(random));
  e.bytes({0x0f, 0x01, 0x03 | static_cast<unsigned>(random.below(8)) << 3});
}

void system_sequence(Random& random, const CodeShape& shape, Emitter& e) {
  switch (random.below(8)) {
    case 0:
      return port_access(random, shape, e);
    case 1:
      return msr_access(random, shape, e);
    case 2:
      return control_access(random, shape, e);
    case 3:
    case 4:
      return far_transfer(random, shape, e);
    case 5:
      return segment_load(random, shape, e);
    case 6:
      return table_access(random, shape, e);
    default: {
      static constexpr u8 single[] = {0xfa, 0xfb, 0xf4, 0x9d, 0xfc, 0xfd, 0x9c, 0xcc, 0xf1, 0xce};
      return e.byte(single[random.below(sizeof single)]);
    }
  }
}

/// Writes over code near by and goes on: decoded blocks must notice.
void self_modification(Random& random, const CodeShape& shape, Emitter& e) {
  if (shape.bits64) {
    e.bytes({0xc6, 0x05});  // MOV byte [rip + d], imm
    e.word(random.below(96) - 48, 4);
  } else {
    e.bytes({0xc6, 0x05});
    e.word(random_code_place(random), 4);
  }
  e.byte(random.chance(50) ? 0x90 : random.next());
}

/// A loop of a few turns: blocks are linked and run again.
void loop(Random& random, const CodeShape& shape, Emitter& e) {
  load_register(random, shape, e, 1, 2 + random.below(30));
  const unsigned body = 1 + static_cast<unsigned>(random.below(20));
  for (unsigned i = 0; i < body; ++i) e.byte(random.chance(50) ? 0x40 | random.below(16) : random.next());
  e.bytes({0xe2, 256 - body - 2});  // LOOP
}

}  // namespace

void fill_code(Random& random, const CodeShape& shape, std::span<u8> out) {
  Emitter e(out);
  while (!e.full()) {
    if (random.chance(shape.raw_percent)) {
      for (unsigned i = 0; i < 12; ++i) e.byte(random.next());
    } else if (random.chance(shape.system ? 25 : 6)) {
      system_sequence(random, shape, e);
    } else if (random.chance(5)) {
      self_modification(random, shape, e);
    } else if (random.chance(5)) {
      loop(random, shape, e);
    } else {
      instruction(random, shape, e);
    }
  }
}

}  // namespace lucid::fuzz
