// SPDX-License-Identifier: MIT
#include "core/machine/pvh_loader.h"

#include "core/abi/boot_info.h"
#include "core/cpu/cpu.h"
#include "core/machine/boot_modules.h"

namespace lucid::machine {
namespace {

constexpr u64 info_from = 0x6000;

u64 add_start_info(InfoBlock& info, const std::vector<PlacedModule>& modules, u64 ram_size,
                   std::string_view command_line) {
  abi::HvmStartInfo start{};
  start.magic = abi::hvm_start_magic;
  start.version = 1;
  start.module_count = static_cast<u32>(modules.size());
  start.module_list = modules.empty() ? 0 : info.next();
  for (const PlacedModule& module : modules) info.add(abi::HvmModule{module.start, module.size, 0, 0});
  start.memory_map = info.next();
  for (const MemoryRange& range : memory_map(ram_size)) {
    info.add(abi::HvmMemoryMapEntry{range.start, range.size, range.type, 0});
    ++start.memory_map_entries;
  }
  start.command_line = info.add_text(command_line);
  return info.add(start);
}

}  // namespace

Result<BootEntry> load_pvh(mem::PhysicalMemory& ram, const BootFiles& files, const ElfKernel& kernel) {
  const u32 entry = *kernel.pvh_entry;
  if (!kernel.contains(entry)) return Error{"kernel: its PVH entry point lies outside what it loads"};
  Placement placement(ram.size());
  if (const auto taken = placement.take_segments(kernel.segments); !taken) return taken.error();
  const auto modules = place_modules_high(placement, files.modules, ram.size());
  if (!modules) return modules.error();
  InfoBlock info(placement, info_from, files.command_line.size());
  if (!info.placed()) return no_room_for_info();
  const u64 start = add_start_info(info, modules.value(), ram.size(), files.command_line);

  put_segments(ram, kernel.segments);
  put_modules(ram, modules.value(), files.modules);
  info.write(ram);
  return BootEntry{cpu::pvh_entry_state(entry, Gpa{start})};
}

}  // namespace lucid::machine
