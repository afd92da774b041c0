// SPDX-License-Identifier: MIT
#include "core/machine/pvh_loader.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

#include "core/abi/boot_info.h"
#include "core/machine/elf_kernel.h"

namespace lucid::machine {
namespace {

constexpr Gpa start_info_at{0x6000}, module_at{0x6040}, memory_map_at{0x6080}, command_line_at{0x7000};
constexpr u64 conventional_end = 0xa'0000, extended_start = 0x10'0000;
constexpr u32 type_ram = 1, type_reserved = 2;

std::string mebibytes(u64 bytes) { return std::to_string((bytes >> 20) + ((bytes & 0xfffff) != 0)) + " MiB"; }

template <typename T>
std::span<const u8> bytes_of(const T& value) {
  return {reinterpret_cast<const u8*>(&value), sizeof value};
}

/// Everything was checked to lie in RAM.
void put(mem::PhysicalMemory& ram, Gpa at, std::span<const u8> bytes) {
  [[maybe_unused]] const bool fits = ram.write(at, bytes);
  assert(fits);
}

void put_segment(mem::PhysicalMemory& ram, const KernelSegment& segment) {
  put(ram, segment.at, segment.bytes);
  const std::vector<u8> zeros(segment.memory_size - segment.bytes.size());
  put(ram, segment.at + segment.bytes.size(), zeros);
}

void put_start_info(mem::PhysicalMemory& ram, Gpa initrd_at, u64 initrd_size, std::string_view command_line) {
  const std::array<abi::HvmMemoryMapEntry, 3> map{{
      {0, conventional_end, type_ram, 0},
      {conventional_end, extended_start - conventional_end, type_reserved, 0},
      {extended_start, ram.size() - extended_start, type_ram, 0},
  }};
  const abi::HvmModule module{initrd_at.value, initrd_size, 0, 0};
  abi::HvmStartInfo info{};
  info.magic = abi::hvm_start_magic;
  info.version = 1;
  info.module_count = initrd_size ? 1 : 0;
  info.module_list = initrd_size ? module_at.value : 0;
  info.command_line = command_line_at.value;
  info.memory_map = memory_map_at.value;
  info.memory_map_entries = map.size();
  put(ram, start_info_at, bytes_of(info));
  put(ram, module_at, bytes_of(module));
  put(ram, memory_map_at, bytes_of(map));
  const std::string text(command_line);
  put(ram, command_line_at, {reinterpret_cast<const u8*>(text.c_str()), text.size() + 1});
}

}  // namespace

Result<PvhEntry> load_pvh(mem::PhysicalMemory& ram, std::span<const u8> kernel_file, std::span<const u8> initrd,
                          std::string_view command_line) {
  if (command_line.size() > max_command_line)
    return Error{"kernel command line: " + std::to_string(command_line.size()) + " bytes are too long; at most " +
                 std::to_string(max_command_line) + " fit"};
  if (command_line.find('\0') != command_line.npos) return Error{"kernel command line: contains a NUL byte; remove it"};
  const Result<ElfKernel> parsed = parse_elf_kernel(kernel_file);
  if (!parsed) return parsed.error();
  const ElfKernel& kernel = parsed.value();
  const u64 kernel_end = kernel.segments.back().end();
  if (kernel_end > ram.size())
    return Error{"kernel: needs memory up to " + mebibytes(kernel_end) + ", the machine has " + mebibytes(ram.size()) +
                 "; give it more memory"};
  const Gpa initrd_at = Gpa{ram.size() - std::min<u64>(initrd.size(), ram.size())}.page();
  if (initrd_at.value < kernel_end)
    return Error{"initrd: its " + mebibytes(initrd.size()) + " do not fit beside the kernel in " +
                 mebibytes(ram.size()) + "; give the machine more memory"};

  for (const KernelSegment& segment : kernel.segments) put_segment(ram, segment);
  if (!initrd.empty()) put(ram, initrd_at, initrd);
  put_start_info(ram, initrd_at, initrd.size(), command_line);
  return PvhEntry{kernel.entry, start_info_at};
}

}  // namespace lucid::machine
