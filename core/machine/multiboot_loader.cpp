// SPDX-License-Identifier: MIT
#include "core/machine/multiboot_loader.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/cpu/cpu.h"
#include "core/machine/boot_modules.h"
#include "core/machine/firmware.h"

namespace lucid::machine {
namespace {

constexpr u32 header_magic = 0x1badb002, loader_magic = 0x2badb002;
constexpr u64 header_area = 8192;
constexpr u64 info_from = 0x9000;
constexpr char loader_name[] = "lucid86";

struct Information {
  static constexpr u32 has_memory = 1, has_command_line = 4, has_modules = 8, has_map = 64, has_loader_name = 512;
  u32 flags = 0;
  u32 memory_lower = 0, memory_upper = 0;  // KiB from 0 and from 1 MiB
  u32 boot_device = 0;
  u32 command_line = 0;
  u32 module_count = 0, modules = 0;
  u32 symbols[4] = {};
  u32 map_bytes = 0, map = 0;
  u32 drives[2] = {};
  u32 configuration_table = 0;
  u32 loader_name = 0;
  u32 apm_and_video[13] = {};
};
static_assert(sizeof(Information) == 120);

struct Module {
  u32 start, end, name, reserved;
};
static_assert(sizeof(Module) == 16);

struct [[gnu::packed]] MapEntry {
  u32 size;  // of what follows
  u64 start, length;
  u32 type;
};
static_assert(sizeof(MapEntry) == 24);

u32 word_at(std::span<const u8> bytes, u64 at) {
  u32 word;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

/// By the specification the first word of a command line, or of a module's string, is the file's name.
std::string with_name(std::string_view name, std::string_view text) {
  std::string line(name);
  if (!line.empty() && !text.empty()) line += ' ';
  return line.append(text);
}

u32 add_information(InfoBlock& info, const BootFiles& files, const std::vector<PlacedModule>& modules, u64 ram_size) {
  const auto low = [](u64 value) { return static_cast<u32>(value); };
  Information out;
  out.flags = Information::has_memory | Information::has_command_line | Information::has_modules |
              Information::has_map | Information::has_loader_name;
  out.memory_lower = low(hole_start >> 10);
  out.memory_upper = low((ram_size - hole_end) >> 10);
  out.command_line = low(info.add_text(with_name(files.image_name, files.command_line)));
  std::vector<Module> table;
  for (size_t i = 0; i < modules.size(); ++i) {
    const auto name = low(info.add_text(files.modules[i].name));
    table.push_back({low(modules[i].start), low(modules[i].start + modules[i].size), name, 0});
  }
  out.module_count = low(table.size());
  out.modules = low(info.next());
  for (const Module& module : table) info.add(module);
  out.map = low(info.next());
  for (const MemoryRange& range : memory_map(ram_size)) {
    info.add(MapEntry{sizeof(MapEntry) - 4, range.start, range.size, range.type});
    out.map_bytes += sizeof(MapEntry);
  }
  out.loader_name = low(info.add_text(loader_name));
  return low(info.add(out));
}

/// What both kinds of images share once their segments are known.
Result<BootEntry> load(mem::PhysicalMemory& ram, const BootFiles& files, const std::vector<KernelSegment>& segments,
                       u32 entry) {
  Placement placement(ram.size());
  if (const auto taken = placement.take_segments(segments); !taken) return taken.error();
  const auto modules = place_modules_low(placement, files.modules, std::max(segments.back().end(), hole_end));
  if (!modules) return modules.error();
  u64 text = files.image_name.size() + files.command_line.size();
  for (const BootModule& module : files.modules) text += module.name.size() + sizeof(Module) + 8;
  InfoBlock info(placement, info_from, text);
  if (!info.placed()) return no_room_for_info();
  const u32 information = add_information(info, files, modules.value(), ram.size());

  put_firmware_data(ram);
  put_segments(ram, segments);
  put_modules(ram, modules.value(), files.modules);
  info.write(ram);
  cpu::State state = cpu::pvh_entry_state(entry, Gpa{information});  // the same registers, but for EAX
  state.gpr[cpu::rax] = loader_magic;
  return BootEntry{state, true};
}

}  // namespace

std::optional<MultibootHeader> find_multiboot_header(std::span<const u8> image) {
  const u64 end = std::min<u64>(image.size(), header_area);
  for (u64 at = 0; at + 12 <= end; at += 4) {
    if (word_at(image, at) != header_magic) continue;
    MultibootHeader header;
    header.offset = at;
    header.flags = word_at(image, at + 4);
    if (header_magic + header.flags + word_at(image, at + 8) != 0) continue;
    if (!header.has_addresses()) return header;
    if (at + 32 > image.size()) continue;
    header.header_address = word_at(image, at + 12);
    header.load_address = word_at(image, at + 16);
    header.load_end = word_at(image, at + 20);
    header.bss_end = word_at(image, at + 24);
    header.entry = word_at(image, at + 28);
    return header;
  }
  return std::nullopt;
}

Result<BootEntry> load_multiboot_elf(mem::PhysicalMemory& ram, const BootFiles& files, const ElfKernel& kernel) {
  if (!kernel.contains(kernel.entry)) return Error{"kernel: its entry point lies outside what it loads"};
  return load(ram, files, kernel.segments, static_cast<u32>(kernel.entry));
}

/// The specification, 3.1.3: the address fields.
Result<BootEntry> load_multiboot_flat(mem::PhysicalMemory& ram, const BootFiles& files, const MultibootHeader& header) {
  const u64 before = u64{header.header_address} - header.load_address;  // of the header, bytes to load
  if (header.load_address > header.header_address || before > header.offset)
    return Error{"kernel: its Multiboot header names a load address that the file does not reach"};
  const auto bytes = files.image.subspan(header.offset - before);
  const u64 size = header.load_end ? u64{header.load_end} - header.load_address : bytes.size();
  if (header.load_end && (header.load_end < header.load_address || size > bytes.size()))
    return Error{"kernel: the file is truncated: its Multiboot header promises more bytes"};
  const u64 end = std::max<u64>(header.load_address + size, header.bss_end);
  if (header.load_address < hole_end && end > hole_start)
    return Error{"kernel: wants memory between 640 KiB and 1 MiB, which is no RAM; link it at 1 MiB or above"};
  if (header.entry < header.load_address || header.entry >= end)
    return Error{"kernel: its entry point lies outside what it loads"};
  return load(ram, files,
              {{bytes.first(size), Gpa{header.load_address}, header.load_address, end - header.load_address}},
              header.entry);
}

}  // namespace lucid::machine
