// SPDX-License-Identifier: MIT
// Oracle: gABI (ELF64), the Xen PVH boot ABI, and this rule: a bad file is one clear line.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>

#include "core/abi/boot_info.h"
#include "core/machine/boot_image.h"
#include "tests/unit/elf_builder.h"

using namespace lucid;
using namespace lucid::test;
using machine::load_boot_image;

namespace {

constexpr u64 ram_size = 8 << 20;

template <typename T>
T at(const mem::PhysicalMemory& ram, u64 address) {
  T value;
  std::memcpy(&value, ram.data() + address, sizeof value);
  return value;
}

/// The message for a kernel with one field changed.
template <typename T>
std::string spoiled(size_t field, T value) {
  Bytes kernel = pvh_kernel({0xf4});
  put<T>(kernel, field, value);
  mem::PhysicalMemory ram{ram_size};
  const auto result = load_boot_image(ram, {kernel, "", {}, ""});
  REQUIRE_FALSE(result.ok());
  CHECK(std::all_of(ram.data(), ram.data() + ram_size, [](u8 b) { return b == 0; }));
  return result.error().message;
}

bool says(const std::string& message, const char* words) {
  return message.find(words) != message.npos && message.find('\n') == message.npos;
}

std::vector<machine::BootModule> modules_of(const Bytes& initrd) {
  return initrd.empty() ? std::vector<machine::BootModule>{} : std::vector<machine::BootModule>{{initrd, "initrd"}};
}

std::string message_of(const Bytes& kernel, const Bytes& initrd = {}, const std::string& command_line = "") {
  mem::PhysicalMemory ram{ram_size};
  const auto result = load_boot_image(ram, {kernel, "", modules_of(initrd), command_line});
  return result.ok() ? "" : result.error().message;
}

}  // namespace

TEST_CASE("segments, zeroed tail, initrd, command line and memory map land where the boot ABI says") {
  mem::PhysicalMemory ram{ram_size};
  std::fill_n(ram.data(), ram_size, u8{0xcc});
  const Bytes initrd(5000, 0x77);
  const Bytes kernel = pvh_kernel({1, 2, 3, 4}, 0x200000, 100);
  const auto result = load_boot_image(ram, {kernel, "", modules_of(initrd), "console=ttyS0 quiet"});
  REQUIRE(result.ok());
  CHECK(result.value().cpu.rip == 0x200000);
  CHECK_FALSE(result.value().after_firmware);
  CHECK(at<u32>(ram, 0x200000) == 0x04030201);
  CHECK(at<u8>(ram, 0x200004) == 0);
  CHECK(at<u8>(ram, 0x200067) == 0);
  CHECK(at<u8>(ram, 0x200068) == 0xcc);

  const auto info = at<abi::HvmStartInfo>(ram, result.value().cpu.gpr[cpu::rbx]);
  CHECK(info.magic == 0x336ec578);
  CHECK(info.version == 1);
  CHECK(std::string(reinterpret_cast<const char*>(ram.data() + info.command_line)) == "console=ttyS0 quiet");
  REQUIRE(info.module_count == 1);
  const auto module = at<abi::HvmModule>(ram, info.module_list);
  CHECK(module.size == 5000);
  CHECK(module.address % 4096 == 0);
  CHECK(module.address + module.size <= ram_size);
  CHECK(ram_size - module.address < 5000 + 4096);
  CHECK(std::all_of(ram.data() + module.address, ram.data() + module.address + 5000, [](u8 b) { return b == 0x77; }));

  u64 expected = 0;  // the map covers RAM without gap or overlap
  for (u32 i = 0; i < info.memory_map_entries; ++i) {
    const auto entry = at<abi::HvmMemoryMapEntry>(ram, info.memory_map + i * sizeof(abi::HvmMemoryMapEntry));
    CHECK(entry.address == expected);
    CHECK(entry.type == (entry.address == 0xa0000 ? 2 : 1));
    expected += entry.size;
  }
  CHECK(expected == ram_size);
}

TEST_CASE("without an initrd there is no module") {
  mem::PhysicalMemory ram{ram_size};
  const Bytes kernel = pvh_kernel({0xf4});
  const auto result = load_boot_image(ram, {kernel, "", {}, ""});
  REQUIRE(result.ok());
  CHECK(at<abi::HvmStartInfo>(ram, result.value().cpu.gpr[cpu::rbx]).module_count == 0);
}

TEST_CASE("each kind of bad kernel has its own line, and leaves RAM alone") {
  CHECK(says(message_of({}), "empty"));
  CHECK(says(message_of({'h', 'e', 'l', 'l', 'o', '\n'}), "not an ELF file"));
  CHECK(says(message_of({0x7f, 'E', 'L', 'F', 2, 1}), "truncated"));
  CHECK(says(spoiled<u8>(elf::ident_class, 1), "64-bit"));
  CHECK(says(spoiled<u16>(elf::machine, 183), "another machine"));
  CHECK(says(spoiled<u16>(elf::type, 1), "not linked"));
  CHECK(says(spoiled<u16>(elf::phnum, 0), "no program headers"));
  CHECK(says(spoiled<u16>(elf::phnum, 0xffff), "truncated"));
  CHECK(says(spoiled<u16>(elf::phentsize, 32), "strange size"));
  CHECK(says(spoiled<u64>(elf::phoff, ~u64{0} - 8), "truncated"));
  CHECK(says(spoiled<u32>(elf::load, 0), "nothing to load"));
  CHECK(says(spoiled<u32>(elf::note, 0), "neither a PVH note"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_offset, ~u64{0}), "truncated"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_memsz, 0), "more bytes than memory") == false);
  CHECK(says(spoiled<u64>(elf::load + elf::p_filesz, 2), "more bytes than memory"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_paddr, 0x1000), "outside"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_paddr, 0xa0000), "640 KiB"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_paddr, ~u64{0}), "address space"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_paddr, 0x40000000), "outside"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_memsz, 64 << 20), "more memory"));
  CHECK(says(spoiled<u64>(elf::load + elf::p_memsz, ~u64{0}), "address space"));
  CHECK(says(spoiled<u32>(elf::note_bytes + 16, 0x100001), "outside"));
  CHECK(says(spoiled<u32>(elf::note_bytes, 0xffffffff), "neither a PVH note"));
  CHECK(says(spoiled<u32>(elf::note_bytes + 4, 3), "neither a PVH note"));
}

TEST_CASE("overlapping segments are refused") {
  Bytes kernel = pvh_kernel({0xf4});
  std::copy_n(kernel.begin() + elf::load, 56, kernel.begin() + elf::note);
  kernel.insert(kernel.end(), 56 * 2, 0);
  Bytes two = pvh_kernel({0xf4});
  const size_t table = two.size();
  two.insert(two.end(), two.begin() + elf::load, two.begin() + elf::load + 112);
  two.insert(two.end(), two.begin() + elf::load, two.begin() + elf::load + 56);
  put<u64>(two, elf::phoff, table), put<u16>(two, elf::phnum, 3);
  CHECK(says(message_of(two), "overlap"));
}

TEST_CASE("initrd and command line that do not fit") {
  const Bytes kernel = pvh_kernel({0xf4});
  CHECK(says(message_of(kernel, Bytes(ram_size)), "initrd"));
  CHECK(says(message_of(kernel, Bytes(ram_size - 0x100000)), "initrd"));
  CHECK(message_of(kernel, Bytes(ram_size - 0x101000)).empty());
  CHECK(message_of(kernel, {}, std::string(4095, 'x')).empty());
  CHECK(says(message_of(kernel, {}, std::string(4096, 'x')), "command line"));
  CHECK(says(message_of(kernel, {}, std::string("a\0b", 3)), "NUL"));
}

TEST_CASE("mutated and truncated kernels never do worse than one line of error") {
  const Bytes good = pvh_kernel(Bytes(64, 0x90), 0x100000, 4096);
  mem::PhysicalMemory ram{ram_size};
  u64 random = 0x2545f4914f6cdd1d;
  const auto next = [&random] { return random ^= random << 13, random ^= random >> 7, random ^= random << 17; };
  unsigned loaded = 0, refused = 0;
  for (int i = 0; i < 200'000; ++i) {
    Bytes file = good;
    for (u64 n = next() % 4 + 1; n; --n) {
      const u64 at = next() % 200;
      switch (next() % 4) {
        case 0:
          file[at] = static_cast<u8>(next());
          break;
        case 1:
          file[at] ^= static_cast<u8>(1 << next() % 8);
          break;
        case 2:
          put<u32>(file, at & ~u64{3}, next() % 2 ? ~u32{0} : 0x7fffffff);
          break;
        default:
          put<u64>(file, at & ~u64{7}, next() % 2 ? ~u64{0} : ~u64{0} - 0x100000);
          break;
      }
    }
    if (next() % 8 == 0) file.resize(next() % (file.size() + 1));
    file.shrink_to_fit();
    const auto result = load_boot_image(ram, {file, "", {}, "x"});
    if (!result) CHECK_UNARY(!result.error().message.empty());
    ++(result.ok() ? loaded : refused);
  }
  CHECK(loaded > 1000);
  CHECK(refused > 1000);
}
