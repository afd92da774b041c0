// SPDX-License-Identifier: MIT
// Oracle: the Multiboot specification 0.6.96, Linux's boot.rst, the gABI: images are built here field
// by field, and what the loader leaves is read back by the offsets in those texts.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/machine/boot_image.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/machine/machine.h"
#include "tests/unit/elf_builder.h"

using namespace lucid;
using namespace lucid::test;
using machine::BootFiles;
using machine::load_boot_image;

namespace {

constexpr u64 ram_size = 32 << 20;

template <typename T>
T at(const mem::PhysicalMemory& ram, u64 address) {
  T value{};
  REQUIRE(ram.contains({address}, sizeof value));
  std::memcpy(&value, ram.data() + address, sizeof value);
  return value;
}

std::string text_at(const mem::PhysicalMemory& ram, u64 address) {
  REQUIRE(address < ram.size());
  return reinterpret_cast<const char*>(ram.data() + address);
}

void add_multiboot_header(Bytes& file, size_t offset, u32 flags) {
  put<u32>(file, offset, 0x1badb002), put<u32>(file, offset + 4, flags);
  put<u32>(file, offset + 8, 0 - 0x1badb002 - flags);
}

/// ELF32 for i386: one segment with a Multiboot header and then `code`, entered at `code`.
Bytes multiboot_elf32(const Bytes& code, u32 load_at, u32 linked_at) {
  Bytes f(0x100);
  std::memcpy(f.data(),
              "\x7f"
              "ELF\x01\x01\x01",
              7);
  put<u16>(f, 16, 2), put<u16>(f, 18, 3), put<u32>(f, 20, 1), put<u32>(f, 24, linked_at + 12);
  put<u32>(f, 28, 52), put<u16>(f, 40, 52), put<u16>(f, 42, 32), put<u16>(f, 44, 1);
  const u32 size = static_cast<u32>(12 + code.size());
  for (const auto& [field, value] :
       {std::pair<size_t, u32>{0, 1}, {4, 0x100}, {8, linked_at}, {12, load_at}, {16, size}, {20, size + 100}, {24, 7}})
    put<u32>(f, 52 + field, value);
  add_multiboot_header(f, 0x100, 3);
  f.insert(f.end(), code.begin(), code.end());
  return f;
}

Bytes bzimage(const Bytes& code, u32 needed_memory = 1 << 20) {
  Bytes f(3 * 512);
  put<u8>(f, 0x1f1, 2), put<u32>(f, 0x1f4, static_cast<u32>((code.size() + 15) / 16)), put<u16>(f, 0x1fe, 0xaa55);
  put<u8>(f, 0x200, 0xeb), put<u8>(f, 0x201, 0x66), put<u32>(f, 0x202, 0x53726448), put<u16>(f, 0x206, 0x20f);
  put<u8>(f, 0x211, 1), put<u32>(f, 0x22c, 0x17fffff), put<u32>(f, 0x238, 100), put<u64>(f, 0x258, 0x400000);
  put<u32>(f, 0x260, needed_memory), put<u32>(f, 0x248, 0x12345678);
  f.insert(f.end(), code.begin(), code.end());
  f.resize((f.size() + 15) / 16 * 16);
  return f;
}

std::string message_of(const Bytes& image, const Bytes& initrd = {}) {
  mem::PhysicalMemory ram{ram_size};
  BootFiles files{image, "image", {}, ""};
  if (!initrd.empty()) files.modules.push_back({initrd, ""});
  const auto result = load_boot_image(ram, files);
  if (result.ok()) return "";
  CHECK(std::all_of(ram.data(), ram.data() + ram_size, [](u8 b) { return b == 0; }));
  return result.error().message;
}

bool says(const std::string& message, const char* words) {
  return message.find(words) != message.npos && message.find('\n') == message.npos;
}

}  // namespace

TEST_CASE("Multiboot: registers, memory, map, command line with the name first, modules on pages") {
  mem::PhysicalMemory ram{ram_size};
  const Bytes image = multiboot_elf32({0xf4, 0xeb}, 0x200000, 0xc0200000), one(5000, 1), two(3, 2);
  const auto result = load_boot_image(ram, {image, "kernel.elf", {{one, "first"}, {two, "second x"}}, "a b"});
  REQUIRE(result.ok());
  const cpu::State& cpu = result.value().cpu;
  CHECK(result.value().after_firmware);
  CHECK(cpu.rip == 0x20000c);
  CHECK(at<u16>(ram, cpu.rip) == 0xebf4);
  CHECK(cpu.gpr[cpu::rax] == 0x2badb002);
  CHECK((cpu.cr0 & 0x80000001) == 1);
  CHECK((cpu.rflags & 0x20200) == 0);
  const u64 info = cpu.gpr[cpu::rbx];
  CHECK((at<u32>(ram, info) & 0x4d) == 0x4d);
  CHECK(at<u32>(ram, info + 4) == 640);
  CHECK(at<u32>(ram, info + 8) == (ram_size >> 10) - 1024);
  CHECK(text_at(ram, at<u32>(ram, info + 16)) == "kernel.elf a b");
  REQUIRE(at<u32>(ram, info + 20) == 2);
  const u64 modules = at<u32>(ram, info + 24);
  for (const auto& [index, size, name] : {std::tuple{0u, 5000u, "first"}, {1u, 3u, "second x"}}) {
    const u64 start = at<u32>(ram, modules + 16 * index);
    CHECK(start % 4096 == 0);
    CHECK(start >= 0x200000);
    CHECK(at<u32>(ram, modules + 16 * index + 4) - start == size);
    CHECK(at<u8>(ram, start + size - 1) == index + 1);
    CHECK(text_at(ram, at<u32>(ram, modules + 16 * index + 8)) == name);
  }
  u64 expected = 0;  // the map covers RAM without gap or overlap
  for (u64 entry = at<u32>(ram, info + 48), end = entry + at<u32>(ram, info + 44); entry < end;
       entry += at<u32>(ram, entry) + 4) {
    CHECK(at<u64>(ram, entry + 4) == expected);
    CHECK(at<u32>(ram, entry + 20) == (expected == 0xa0000 ? 2 : 1));
    expected += at<u64>(ram, entry + 12);
  }
  CHECK(expected == ram_size);
}

TEST_CASE("a flat Multiboot image goes where its header says") {
  Bytes image(0x40, 0xcc);
  add_multiboot_header(image, 0x40, 0x10000);
  // header, load, load end, bss end, entry
  for (const u32 value : {0x100040u, 0x100020u, 0u, 0x100200u, 0x100060u}) put<u32>(image, image.size(), value);
  image.insert(image.end(), {0xf4, 0x90});
  mem::PhysicalMemory ram{ram_size};
  const auto result = load_boot_image(ram, {image, "", {}, ""});
  REQUIRE(result.ok());
  CHECK(result.value().cpu.rip == 0x100060);
  CHECK(at<u16>(ram, 0x100060) == 0x90f4);
  CHECK(at<u32>(ram, 0x100040) == 0x1badb002);
  CHECK(at<u8>(ram, 0x100020) == 0xcc);
  CHECK(at<u8>(ram, 0x10001f) == 0);
  Bytes wrong = image;
  put<u32>(wrong, 0x40 + 16, 0x100000 - 0x20);
  CHECK(says(message_of(wrong), "load address"));
  wrong = image;
  put<u32>(wrong, 0x40 + 20, 0x200000);
  CHECK(says(message_of(wrong), "truncated"));
  wrong = image;
  put<u32>(wrong, 0x40 + 28, 0x300000);
  CHECK(says(message_of(wrong), "entry"));
  wrong = image;
  put<u32>(wrong, 0x40 + 24, 0x40000000);
  CHECK(says(message_of(wrong), "more memory"));
}

TEST_CASE("a Multiboot kernel gets the interrupt vectors and devices of a PC's firmware") {
  machine::Machine machine{ram_size};
  const Bytes image = multiboot_elf32({0xe4, 0x21, 0xe6, 0xf4, 0xf4}, 0x100000, 0x100000);
  REQUIRE(machine.load({image, "", {}, ""}).ok());
  CHECK(at<u16>(machine.ram(), 4 * 0x10 + 2) == 0xf000);
  CHECK(at<u16>(machine.ram(), 0x413) == 640);
  CHECK(machine.run(100) == machine::MachineStop::exit_port);
  CHECK((machine.exit_value() & 0xff) == 0xfa);
}

TEST_CASE("a bzImage is entered at 1 MiB with a zero page; the initrd stays below the kernel's limit") {
  mem::PhysicalMemory ram{ram_size};
  const Bytes image = bzimage({0x90, 0xf4}), initrd(100, 7), more(50, 8);
  const auto result = load_boot_image(ram, {image, "", {{initrd, ""}, {more, ""}}, "console=ttyS0"});
  REQUIRE(result.ok());
  const cpu::State& cpu = result.value().cpu;
  CHECK(cpu.rip == 0x100000);
  CHECK(at<u16>(ram, 0x100000) == 0xf490);
  CHECK(cpu.segment[cpu::cs].selector == 0x10);
  CHECK(cpu.segment[cpu::ds].selector == 0x18);
  CHECK(at<u64>(ram, cpu.gdtr.base + 0x10) == 0x00cf9b000000ffff);
  CHECK(at<u64>(ram, cpu.gdtr.base + 0x18) == 0x00cf93000000ffff);
  const u64 zero_page = cpu.gpr[cpu::rsi];
  CHECK(at<u32>(ram, zero_page + 0x202) == 0x53726448);
  CHECK(at<u32>(ram, zero_page + 0x248) == 0x12345678);  // the whole setup header was copied
  CHECK(at<u8>(ram, zero_page + 0x210) == 0xff);
  CHECK(text_at(ram, at<u32>(ram, zero_page + 0x228)) == "console=ttyS0");
  const u64 start = at<u32>(ram, zero_page + 0x218), size = at<u32>(ram, zero_page + 0x21c);
  CHECK(size == 150);
  CHECK(start + size <= 0x1800000);
  CHECK(start > 0x500000);
  CHECK(at<u8>(ram, start + 99) == 7);
  CHECK(at<u8>(ram, start + 100) == 8);
  CHECK(at<u8>(ram, zero_page + 0x1e8) == 3);
  CHECK(at<u64>(ram, zero_page + 0x2d0 + 40) == 0x100000);
  CHECK(at<u64>(ram, zero_page + 0x2d0 + 48) == ram_size - 0x100000);
  CHECK(at<u32>(ram, zero_page + 0x2d0 + 56) == 1);
}

TEST_CASE("bad bzImages") {
  const Bytes code(1000, 0x90);
  Bytes image = bzimage(code);
  image.resize(image.size() - 16);
  CHECK(says(message_of(image), "truncated"));
  CHECK(says(message_of(bzimage(code, 64 << 20)), "more memory"));
  CHECK(says(message_of(bzimage(code), Bytes(30 << 20)), "initrd"));
  image = bzimage(code);
  put<u8>(image, 0x211, 0);
  CHECK(says(message_of(image), "zImage"));
  image = bzimage(code);
  put<u16>(image, 0x206, 0x201);
  CHECK(says(message_of(image), "2.02"));
  image = bzimage(code);
  mem::PhysicalMemory ram{ram_size};
  CHECK(says(load_boot_image(ram, {image, "", {}, std::string(101, 'x')}).error().message, "command line"));
}

TEST_CASE("a vmlinux without a PVH note is entered in 64-bit mode and can run there") {
  Bytes image = pvh_kernel({0x48, 0x89, 0xf0, 0x8b, 0x80, 0x02, 0x02, 0, 0,  // mov rax, rsi; mov eax, [rax + 0x202]
                            0xe7, 0xf4},                                     // out 0xf4, eax
                           0x1000000);
  put<u32>(image, elf::note, 0);
  put<u64>(image, elf::load + 16, 0xffffffff81000000);
  machine::Machine machine{ram_size};
  REQUIRE(machine.load({image, "", {}, "quiet"}).ok());
  CHECK(machine.run(100) == machine::MachineStop::exit_port);
  CHECK(machine.exit_value() == 0x53726448);
  const cpu::State& cpu = machine.cpu().state();
  CHECK((cpu.efer & 0x500) == 0x500);
  CHECK(text_at(machine.ram(), at<u32>(machine.ram(), cpu.gpr[cpu::rsi] + 0x228)) == "quiet");
}

TEST_CASE("a ROM ends at 1 MiB and is entered at the reset vector, in real mode") {
  Bytes rom(8192, 0x90);
  const Bytes code = {0xb8, 0x34, 0x12, 0xe7, 0xf4};    // mov ax, 0x1234; out 0xf4, ax
  const Bytes vector = {0xea, 0x00, 0xe0, 0x00, 0xf0};  // jmp 0xf000:0xe000, where it starts
  std::copy(code.begin(), code.end(), rom.begin());
  std::copy(vector.begin(), vector.end(), rom.end() - 16);
  machine::Machine machine{ram_size};
  REQUIRE(machine.load({rom, "", {}, ""}).ok());
  const cpu::State& reset = machine.cpu().state();
  CHECK(reset.rip == 0xfff0);  // SDM vol. 3, table 10-1
  CHECK(reset.segment[cpu::cs].selector == 0xf000);
  CHECK(reset.cr0 == 0x60000010);
  CHECK(reset.rflags == 2);
  CHECK(machine.run(100) == machine::MachineStop::exit_port);
  CHECK(machine.exit_value() == 0x1234);
  CHECK(machine.load({rom, "", {}, "words"}).ok() == false);
  rom.resize(8191);
  CHECK(says(message_of(rom), "ROM"));
}

TEST_CASE("files that are no kernels are told what they are") {
  CHECK(says(message_of({}), "empty"));
  CHECK(says(message_of({'#', '!', '/', 'b', 'i', 'n'}), "Multiboot"));
  CHECK(says(message_of({0x1f, 0x8b, 8, 0}), "compressed"));
  Bytes program = pvh_kernel({0xf4});
  put<u32>(program, elf::note, 0);
  CHECK(says(message_of(program), "lucid86 run"));
  Bytes arm = multiboot_elf32({0xf4}, 0x100000, 0x100000);
  put<u16>(arm, 18, 40);
  CHECK(says(message_of(arm), "another machine"));
  CHECK(says(message_of(multiboot_elf32({0xf4}, 0xa0000, 0xa0000)), "640 KiB"));
  CHECK(says(message_of(multiboot_elf32({0xf4}, 0x10000000, 0x10000000)), "more memory"));
}

TEST_CASE("mutated and truncated images never do worse than one line of error") {
  const Bytes good[] = {multiboot_elf32(Bytes(64, 0x90), 0x100000, 0x100000), bzimage(Bytes(64, 0x90))};
  mem::PhysicalMemory ram{8 << 20};
  u64 random = 0x2545f4914f6cdd1d;
  const auto next = [&random] { return random ^= random << 13, random ^= random >> 7, random ^= random << 17; };
  unsigned loaded = 0, refused = 0;
  for (int i = 0; i < 40'000; ++i) {
    Bytes file = good[i & 1];
    const size_t from = i & 1 ? 0x1f0 : 0, span = i & 1 ? 0x80 : 0x10c;
    for (u64 n = next() % 4 + 1; n; --n) {
      const u64 where = from + next() % span;
      if (next() % 2)
        file[where] = static_cast<u8>(next());
      else
        put<u32>(file, where & ~u64{3}, next() % 2 ? ~u32{0} : static_cast<u32>(next()));
    }
    if (next() % 8 == 0) file.resize(next() % (file.size() + 1));
    file.shrink_to_fit();
    const auto result = load_boot_image(ram, {file, "x", {{good[1], "m"}}, "x"});
    if (!result) CHECK_UNARY(!result.error().message.empty());
    ++(result.ok() ? loaded : refused);
  }
  CHECK(loaded > 1000);
  CHECK(refused > 1000);
}
