// SPDX-License-Identifier: MIT
#include "tests/fuzz/world.h"

#include <cstring>
#include <vector>

#include "core/cpu/control.h"
#include "tests/fuzz/code.h"

namespace lucid::fuzz {
namespace {

using cpu::State;

constexpr u64 used_bytes = data_at + region_bytes;

/// The world's memory before it is put into the machine.
struct Image {
  std::vector<u8> bytes = std::vector<u8>(used_bytes);
  void put(u64 at, u64 value, unsigned size = 8) { std::memcpy(bytes.data() + at, &value, size); }
  std::span<u8> region(u64 at, u64 size) { return {bytes.data() + at, size}; }
};

// --- page tables ---

/// 4-level (or 5-level) tables that map the first 2 MiB one to one, for everybody or partly.
void identity_tables(Random& random, Image& image, bool pae, bool long_mode, u64 leaf_flags) {
  const u64 l1 = tables_at + 0x3000;
  if (!pae) {
    for (u64 i = 0; i < 256; ++i)
      image.put(l1 + 4 * i, i << 12 | (random.chance(98) ? leaf_flags : random.below(8)), 4);
    image.put(tables_at, l1 | 7, 4);
    return;
  }
  for (u64 i = 0; i < 256; ++i) image.put(l1 + 8 * i, i << 12 | (random.chance(98) ? leaf_flags : random.below(8)));
  const u64 l2 = tables_at + 0x2000, l3 = tables_at + 0x1000, l4 = tables_at, l5 = tables_at + 0x4000;
  image.put(l2, l1 | 7);
  image.put(l3, l2 | (long_mode ? 7 : 1));
  image.put(l4, l3 | 7);
  image.put(l5, l4 | 7);
  if (!long_mode) std::memcpy(image.bytes.data() + l4, image.bytes.data() + l3, 32);
}

/// Entries that mostly point somewhere, with any attributes: tables that contain each other, large
/// pages, reserved bits.
void random_tables(Random& random, Image& image) {
  for (u64 i = 0; i < table_frames * 512; ++i) {
    u64 entry = random.below(8) | (random.chance(90) ? 7 : 0);
    if (random.chance(20)) entry |= random.next() & 0xff8;
    entry |= random.chance(40) ? random_table(random) : random_place(random) & ~0xfffu;
    if (random.chance(3)) entry |= u64{1} << 63;
    if (random.chance(2)) entry |= random.next();
    if (random.chance(5)) entry = 0;
    image.put(tables_at + 8 * i, entry);
  }
}

// --- descriptors ---

constexpr u64 flat_code64 = 0x00af9b000000ffff, flat_data = 0x00cf93000000ffff, flat_code32 = 0x00cf9b000000ffff,
              flat_code16 = 0x000f9b000000ffff, flat_data16 = 0x000093000000ffff, dpl3 = u64{3} << 45;

u64 random_descriptor(Random& random) {
  static constexpr u64 shapes[] = {flat_code64, flat_data, flat_code32, flat_code16, flat_data16};
  u64 d = shapes[random.below(5)] | random.below(4) << 45;
  if (random.chance(40)) d = (d & ~(u64{0x1f} << 40)) | random.below(32) << 40;  // any type, gates too
  if (random.chance(20)) d ^= u64{1} << (40 + random.below(16));                 // one attribute
  if (random.chance(30)) d = (d & ~u64{0xffff0000}) | u64{random_place(random) & 0xffffu} << 16;
  if (random.chance(5)) d = random.next();
  return d;
}

/// Selectors 8…38: code and data of both rings as the kinds use them; from 40: TSS, LDT, then random ones.
void descriptor_tables(Random& random, Image& image, bool random_all) {
  const u64 fixed[] = {0,
                       flat_code64,
                       flat_data,
                       flat_code64 | dpl3,
                       flat_data | dpl3,
                       flat_code32,
                       flat_code32 | dpl3,
                       flat_code16 | dpl3,
                       u64{0x67} | tss_at << 16 | u64{0x89} << 40,
                       0,
                       u64{0xff} | ldt_at << 16 | u64{0x82} << 40,
                       0};
  for (u64 i = 0; i < 64; ++i) {
    const bool known = i < sizeof fixed / sizeof *fixed && !(random_all && random.chance(15));
    image.put(gdt_at + 8 * i, known ? fixed[i] : random_descriptor(random));
    image.put(ldt_at + 8 * i, random_descriptor(random));
  }
  for (u64 i = 0; i < 0x200; i += 4) image.put(tss_at + i, random.chance(80) ? random_place(random) : random.next(), 4);
  image.put(tss_at + 4, data_at + 0xf000);  // RSP0, or ESP0 and the low half of SS0
  for (u64 i = 0; i < 7; ++i) image.put(tss_at + 0x24 + 8 * i, data_at + 0xe000 - 0x400 * i);
  image.put(tss_at + 0x66, random.chance(50) ? 0x68 : random.next() & 0x1ff, 2);
}

// --- handlers: drop the error code, take a place from the time stamp, return there ---

void handlers64(Image& image, u64 at, bool has_error) {
  std::vector<u8> code;
  if (has_error) code = {0x48, 0x83, 0xc4, 0x08};
  for (const u8 byte : {0x0f, 0x31, 0x25, 0xff, 0xff, 0x00, 0x00, 0x05, 0x00, 0x00, 0x02, 0x00,  // rdtsc; and; add
                        0x48, 0x89, 0x04, 0x24, 0x48, 0xcf})  // mov [rsp], rax; iretq
    code.push_back(byte);
  std::memcpy(image.bytes.data() + at, code.data(), code.size());
}

void handlers32(Image& image, u64 at, bool has_error) {
  std::vector<u8> code;
  if (has_error) code = {0x83, 0xc4, 0x04};
  for (const u8 byte : {0x0f, 0x31, 0x25, 0xff, 0xff, 0x00, 0x00, 0x05, 0x00, 0x00, 0x02, 0x00, 0x89, 0x04, 0x24, 0xcf})
    code.push_back(byte);
  std::memcpy(image.bytes.data() + at, code.data(), code.size());
}

bool pushes_error(u64 vector) { return vector < 32 && (u32{0x60227d00} >> vector & 1); }

void interrupt_table64(Random& random, Image& image, bool random_all) {
  handlers64(image, handlers_at, false);
  handlers64(image, handlers_at + 0x100, true);
  for (u64 vector = 0; vector < 256; ++vector) {
    const u64 handler = handlers_at + (pushes_error(vector) ? 0x100 : 0);
    const u64 type = random.chance(70) ? 0x8e : random.chance(50) ? 0xee : 0xef;
    const u64 ist = random.chance(15) ? random.below(8) : 0;
    image.put(idt_at + 16 * vector, (handler & 0xffff) | u64{8} << 16 | ist << 32 | type << 40 | handler >> 16 << 48);
    if (random_all && random.chance(15)) image.put(idt_at + 16 * vector, random_descriptor(random));
  }
}

void interrupt_table32(Random& random, Image& image, bool random_all) {
  handlers32(image, handlers_at, false);
  handlers32(image, handlers_at + 0x100, true);
  for (u64 vector = 0; vector < 256; ++vector) {
    const u64 handler = handlers_at + (pushes_error(vector) ? 0x100 : 0);
    const u64 type = random.chance(70) ? 0x8e : random.chance(50) ? 0xee : 0xef;
    image.put(idt_at + 8 * vector, (handler & 0xffff) | u64{0x28} << 16 | type << 40 | handler >> 16 << 48);
    if (random_all && random.chance(15)) image.put(idt_at + 8 * vector, random_descriptor(random));
  }
}

/// Real mode: handlers return to a place in the 64 KiB of the code they interrupted.
void interrupt_table_real(Random& random, Image& image) {
  static constexpr u8 handler[] = {0x0f, 0x31, 0x89, 0xe5, 0x89, 0x46, 0x00, 0xcf};  // rdtsc; mov bp,sp; mov [bp],ax
  std::memcpy(image.bytes.data() + handlers_at, handler, sizeof handler);
  for (u64 vector = 0; vector < 256; ++vector)
    image.put(4 * vector, random.chance(98) ? (handlers_at >> 4) << 16 : random.next(), 4);
}

// --- registers ---

void random_registers(Random& random, State& s) {
  for (u64& r : s.gpr) r = random.chance(50) ? random_place(random) : random.interesting();
  s.gpr[cpu::rsp] = data_at + 0x8000 + random.below(0x1000) * 8;
  s.rflags = 2 | (random.next() & 0x43ed5) | (random.chance(2) ? 0x100 : 0) | (random.chance(2) ? 0x4000 : 0);
  for (cpu::F80& f : s.fpu.reg) f = {random.next(), static_cast<u16>(random.next())};
  for (cpu::Xmm& x : s.xmm) x = {random.interesting_double(), random.next()};
  s.fpu.control = static_cast<u16>(random.chance(70) ? 0x37f : 0x40 | (random.next() & 0xf3f));
  s.mxcsr = static_cast<u32>(random.chance(70) ? 0x1f80 : random.next() & 0xffff);
  s.star = u64{0x0013} << 48 | u64{0x08} << 32;
  s.lstar = s.cstar = handlers_at;
  s.sfmask = random.next() & 0x47700;
  s.sysenter_cs = random.chance(80) ? 8 : 0;
  s.sysenter_eip = handlers_at, s.sysenter_esp = data_at + 0xd000;
  s.kernel_gs_base = random_place(random);
  if (random.chance(5)) {
    for (u64& d : s.dr) d = random_code_place(random);
    s.dr7 = 0x400 | (random.next() & 0xff) | (random.next() & 0xffff0000);
  }
}

cpu::Segment segment_of(const Image& image, u16 selector) {
  u64 raw;
  std::memcpy(&raw, image.bytes.data() + gdt_at + (selector & 0xf8), 8);
  cpu::Segment s;
  s.selector = selector;
  s.attributes = static_cast<u16>((raw >> 40 & 0xff) | (raw >> 40 & 0xf000));
  s.limit = static_cast<u32>((raw & 0xffff) | (raw >> 32 & 0xf0000));
  if (s.attributes >> 15) s.limit = s.limit << 12 | 0xfff;
  s.base = (raw >> 16 & 0xffffff) | (raw >> 32 & 0xff000000);
  return s;
}

void use_segments(State& s, const Image& image, u16 code, u16 data) {
  s.segment.fill(segment_of(image, data));
  s.segment[cpu::cs] = segment_of(image, code);
}

void use_tables(Random& random, State& s) {
  s.gdtr = {gdt_at, 0x1ff};
  s.idtr = {idt_at, 0xfff};
  s.tr = {0x40, 0x8b, static_cast<u32>(random.chance(70) ? 0x67 : 0x200), tss_at};
  s.ldtr = {0x50, 0x82, 0x1ff, ldt_at};
}

constexpr u64 optional_cr0 = cpu::cr0::mp | cpu::cr0::em | cpu::cr0::ts | cpu::cr0::ne | cpu::cr0::wp | cpu::cr0::am;

u64 random_cr0(Random& random) {
  return cpu::cr0::pe | cpu::cr0::et | (random.chance(60) ? 0x50032 : random.next() & optional_cr0);
}
u64 random_cr4(Random& random) {
  const u64 usual = cpu::cr4::osfxsr | cpu::cr4::osxmmexcpt | cpu::cr4::pge;
  return random.chance(60) ? usual : random.next() & cpu::cr4::known;
}

void long_mode(Random& random, State& s, Image& image, unsigned ring) {
  s.efer = 0x501 | (random.chance(80) ? 0x800 : 0);
  s.cr0 = random_cr0(random) | cpu::cr0::pg;
  s.cr4 = random_cr4(random) | cpu::cr4::pae;
  // Rings 0 and 3 in one identity map: with SMEP or SMAP ring 0 can do next to nothing.
  if (random.chance(90)) s.cr4 &= ~(cpu::cr4::smep | cpu::cr4::smap);
  const bool five_levels = s.cr4 >> 12 & 1;
  s.cr3 = tables_at + (five_levels ? 0x4000 : 0);
  use_segments(s, image, ring ? 0x1b : 0x08, ring ? 0x23 : 0x10);
  use_tables(random, s);
}

void protected_mode(Random& random, State& s, Image& image, unsigned ring) {
  s.cr0 = random_cr0(random);
  s.cr4 = random_cr4(random) & ~(cpu::cr4::pae | cpu::cr4::smep | cpu::cr4::smap | u64{1} << 12 | u64{1} << 17);
  s.cr3 = tables_at;
  const bool pae = random.chance(50);
  if (pae) s.cr4 |= cpu::cr4::pae;
  identity_tables(random, image, pae, false, 7);
  if (random.chance(66)) s.cr0 |= cpu::cr0::pg;
  use_segments(s, image, ring ? 0x33 : 0x28, ring ? 0x23 : 0x10);
  use_tables(random, s);
  image.put(tss_at + 8, 0x10, 4);  // SS0
}

void real_mode(Random& random, State& s) {
  s.cr0 = cpu::cr0::et | (random.next() & optional_cr0);
  s.idtr = {0, 0x3ff};
  s.segment.fill({0x3000, 0x93, 0xffff, data_at});
  s.segment[cpu::cs] = {0x2000, 0x9b, 0xffff, code_at};
  s.tr = {0, 0x8b, 0xffff, 0}, s.ldtr = {0, 0x82, 0xffff, 0};
  s.gdtr = {gdt_at, 0x1ff};
  for (u64& r : s.gpr) r &= random.chance(80) ? 0xffff : ~u64{0};
  s.gpr[cpu::rsp] &= 0xffff;
}

void virtual_8086(Random& random, State& s, Image& image) {
  protected_mode(random, s, image, 3);
  s.rflags |= 1 << 17 | (random.chance(50) ? 0x3000 : 0);
  for (unsigned i = 0; i < 6; ++i) s.segment[i] = {0x3000, 0xf3, 0xffff, data_at};
  s.segment[cpu::cs] = {0x2000, 0xf3, 0xffff, code_at};
  s.gpr[cpu::rsp] &= 0xffff;
}

bool long_code(const State& s) { return (s.efer >> 10 & 1) && (s.segment[cpu::cs].attributes >> 13 & 1); }

}  // namespace

const char* name_of(Kind kind) {
  static constexpr const char* names[] = {"user64", "kernel64", "compat32", "protected32", "real16", "tables", "chaos"};
  return names[static_cast<unsigned>(kind)];
}

u32 random_code_place(Random& random) { return static_cast<u32>(code_at + random.below(region_bytes)); }
u32 random_table(Random& random) { return static_cast<u32>(tables_at + random.below(table_frames) * page_size); }
u32 random_place(Random& random) {
  switch (random.below(8)) {
    case 0:
      return random_code_place(random);
    case 1:
      return static_cast<u32>(tables_at + random.below(table_frames * page_size));
    case 2:
      return static_cast<u32>(gdt_at + random.below(handlers_at - gdt_at));
    case 3:
      return static_cast<u32>(data_at + (random.below(16) + 1) * page_size - random.below(16));
    case 4:
      return static_cast<u32>(memory_bytes - random.below(32));
    default:
      return static_cast<u32>(data_at + random.below(region_bytes));
  }
}
u16 random_selector(Random& random) {
  static constexpr u16 usual[] = {0x08, 0x10, 0x1b, 0x23, 0x28, 0x33, 0x3b, 0x40, 0x50, 0};
  if (random.chance(70)) return usual[random.below(sizeof usual / sizeof *usual)];
  return static_cast<u16>(random.chance(90) ? random.next() & 0x1ff : random.next());
}

void start_timer(machine::Machine& machine) {
  constexpr u8 auto_end = 3, vector_base = 0x20, counter = 5;
  const u8 bytes[][2] = {{0x11, 0x20}, {vector_base, 0x21}, {4, 0x21},       {auto_end, 0x21},
                         {0, 0x21},    {0x34, 0x43},        {counter, 0x40}, {0, 0x40}};
  std::vector<u8> code;
  for (const auto& [value, port] : bytes) code.insert(code.end(), {0xb0, value, 0xe6, port});  // MOV AL; OUT
  code.push_back(0xf4);
  if (!machine.poke({code_at}, code)) __builtin_trap();
  State s;
  s.segment[cpu::cs] = {0x2000, 0x9b, 0xffff, code_at};
  machine.cpu().set_state(s);
  machine.run(code.size());
}

void build_world(Random& random, Kind kind, machine::Machine& machine) {
  Image image;
  State s;
  random_registers(random, s);
  s.rip = random_code_place(random);
  const bool all_random = kind == Kind::chaos;
  for (u64 i = 0; i < region_bytes; i += 8)
    image.put(data_at + i, random.chance(30) ? random_place(random) : random.interesting());
  descriptor_tables(random, image, all_random);
  const unsigned ring = random.chance(50) ? 3 : 0;
  const auto kernel64 = [&](unsigned at_ring, u64 leaf_flags) {
    identity_tables(random, image, true, true, leaf_flags);
    interrupt_table64(random, image, all_random);
    long_mode(random, s, image, at_ring);
  };
  switch (kind) {
    case Kind::user64:
      kernel64(3, 7);
      break;
    case Kind::kernel64:
      kernel64(0, random.chance(50) ? 3 : 7);
      break;
    case Kind::compat32:
      kernel64(3, 7);
      use_segments(s, image, random.chance(75) ? 0x33 : 0x3b, 0x23);
      break;
    case Kind::protected32:
      interrupt_table32(random, image, all_random);
      protected_mode(random, s, image, ring);
      break;
    case Kind::real16:
      if (random.chance(60)) {
        interrupt_table_real(random, image);
        real_mode(random, s);
      } else {
        interrupt_table32(random, image, all_random);
        virtual_8086(random, s, image);
      }
      s.rip &= 0xffff;
      break;
    case Kind::tables:
    case Kind::chaos:
    default:
      if (random.chance(66)) {
        kernel64(ring, 7);
      } else {
        interrupt_table32(random, image, all_random);
        protected_mode(random, s, image, ring);
      }
      random_tables(random, image);
      if (!all_random) {
        // The first megabyte stays where it is, else not even a handler could be fetched.
        const bool pae = s.cr4 & cpu::cr4::pae;
        identity_tables(random, image, pae, s.efer >> 10 & 1, 7);
      } else {
        s.cr3 = random_table(random);
      }
      break;
  }
  const CodeShape shape{long_code(s), ring == 0 || kind == Kind::chaos, static_cast<unsigned>(random.below(60))};
  fill_code(random, shape, image.region(code_at, region_bytes));
  if (!machine.poke({0}, image.bytes)) __builtin_trap();
  if (s.cr4 & cpu::cr4::pae) mem::load_pdptes(machine.ram(), s.cr3, s.pdpte);
  machine.cpu().set_state(s);
}

}  // namespace lucid::fuzz
