// SPDX-License-Identifier: MIT
// The loader: asks the firmware for the memory map, reads the kernel's ELF segments and (unless the kernel is told to read
// it itself) the root archive from their partitions to where they belong, writes down what the kernel wants to know, and enters it.
#include "core/abi/boot_info.h"
#include "core/firmware/loader/console.h"
#include "core/firmware/loader/disk.h"

extern "C" [[noreturn]] void enter_kernel(lucid::loader::u32 entry, const void* start_info);

namespace lucid::loader {
namespace {

constexpr u32 most_ranges = 32, most_segments = 16, page = 4096;
constexpr u32 command_line_size = 1024;  // at the end of the loader's own partition
constexpr u32 ram = 1;

abi::HvmMemoryMapEntry memory_map[most_ranges];
abi::HvmModule root_module;
abi::HvmStartInfo start_info;
char command_line[command_line_size + 8];  // ends in zeros

template <typename T>
u32 address_of(const T& object) {
  return reinterpret_cast<u32>(&object);
}

void find_memory() {
  u32 which = 0;
  MemoryRange range;
  do {
    if (!memory_range(which, range)) break;
    memory_map[start_info.memory_map_entries++] = {range.start, range.size, range.type, 0};
  } while (which && start_info.memory_map_entries < most_ranges);
  if (!start_info.memory_map_entries) fail("the firmware has no memory map");
  start_info.memory_map = address_of(memory_map);
}

/// Is [start, end) RAM, above the first mebibyte? Gives the end of that RAM, as far as 32 bits reach, else 0.
u32 ram_end(u32 start, u32 end) {
  constexpr u64 top = 0xffff'f000;
  for (u32 i = 0; i < start_info.memory_map_entries; i++) {
    const abi::HvmMemoryMapEntry& e = memory_map[i];
    if (e.type == ram && e.address >= 0x100000 && e.address <= start && e.address + e.size >= end)
      return static_cast<u32>(e.address + e.size < top ? e.address + e.size : top);
  }
  return 0;
}

struct ElfHeader {
  u8 magic[4];
  u8 bits, order, version, rest[9];
  u16 type, machine;
  u32 file_version;
  u64 entry, segments_at, sections_at;
  u32 flags;
  u16 header_size, segment_size, segment_count, section_size, section_count, names;
};
static_assert(sizeof(ElfHeader) == 64);

struct Segment {
  u32 type, flags;
  u64 at, virtual_address, physical_address, file_size, memory_size, alignment;
};
static_assert(sizeof(Segment) == 56);

constexpr u32 load_segment = 1, note_segment = 4;
constexpr u8 elf_64 = 2;

struct Kernel {
  u32 entry = 0;
  u32 end = 0;    // of what it takes of memory
  u32 bytes = 0;  // read
};

/// "Xen", type 18: the 32-bit entry point (core/abi/boot_info.h).
u32 entry_in_note(const Disk& disk, const Partition& partition, const Segment& s) {
  struct {
    u32 name_size, size, type;
    char name[4];
    u32 entry;
  } note;
  if (s.file_size < sizeof note) return 0;
  disk.read(partition, static_cast<u32>(s.at), sizeof note, address_of(note));
  return note.type == abi::pvh_note_type && note.name[0] == 'X' ? note.entry : 0;
}

Kernel load_kernel(const Disk& disk, const Partition& partition) {
  ElfHeader header;
  disk.read(partition, 0, sizeof header, address_of(header));
  constexpr u8 magic[] = {0x7f, 'E', 'L', 'F'};
  if (__builtin_memcmp(header.magic, magic, 4) != 0 || header.bits != elf_64 ||
      header.segment_size != sizeof(Segment) || header.segment_count > most_segments)
    fail("the kernel's partition holds no ELF file for 64 bits");
  static Segment segments[most_segments];
  disk.read(partition, static_cast<u32>(header.segments_at), header.segment_count * sizeof(Segment),
            address_of(segments));
  Kernel kernel;
  for (u32 i = 0; i < header.segment_count; i++) {
    const Segment& s = segments[i];
    if (s.type == note_segment && !kernel.entry) kernel.entry = entry_in_note(disk, partition, s);
    if (s.type != load_segment || !s.memory_size) continue;
    const u32 start = static_cast<u32>(s.physical_address), end = start + static_cast<u32>(s.memory_size);
    if (!ram_end(start, end)) fail("the kernel does not fit into memory");
    disk.read(partition, static_cast<u32>(s.at), static_cast<u32>(s.file_size), start);
    __builtin_memset(reinterpret_cast<void*>(start + static_cast<u32>(s.file_size)), 0,
                     static_cast<u32>(s.memory_size - s.file_size));
    if (end > kernel.end) kernel.end = end;
    kernel.bytes += static_cast<u32>(s.file_size);
  }
  if (!kernel.entry) fail("the kernel has no PVH entry point");
  say("kernel: ");
  say(kernel.bytes / 1024);
  say(" KiB, entry ");
  say_address(kernel.entry);
  say("\n");
  return kernel;
}

/// To the top of the RAM that the kernel lies in.
void load_root(const Disk& disk, const Partition& partition, const Kernel& kernel) {
  const u32 size = partition.sectors * sector_size, end = ram_end(0x100000, kernel.end) & ~(page - 1);
  if (size > end || ((end - size) & ~(page - 1)) < kernel.end) fail("the root archive does not fit into memory");
  const u32 start = (end - size) & ~(page - 1);
  disk.read(partition, 0, size, start);
  root_module = {start, size, 0, 0};
  start_info.module_list = address_of(root_module);
  start_info.module_count = 1;
  say("root: ");
  say(size / 1024);
  say(" KiB\n");
}

/// Does the command line name a disk for the root (root=)? Then the kernel reads it as needed.
bool kernel_reads_root() {
  constexpr char word[] = "root=";
  for (const char* at = command_line; *at; at++)
    if ((at == command_line || at[-1] == ' ') && __builtin_memcmp(at, word, sizeof word - 1) == 0) return true;
  return false;
}

}  // namespace

extern "C" [[noreturn]] void load(u32 drive) {
  setup_console();
  say("lucid86 loader\n");
  open_a20();
  find_memory();
  const Disk disk(static_cast<u8>(drive));
  const Partition own = disk.find(loader_data, true), kernel_at = disk.find(loader_data, false),
                  root = disk.find(linux_data, false);
  if (!own.sectors || !kernel_at.sectors) fail("the disk has no partition with a kernel");
  disk.read(own, own.sectors * sector_size - command_line_size, command_line_size, address_of(command_line));
  command_line[command_line_size - 1] = 0;
  const Kernel kernel = load_kernel(disk, kernel_at);
  if (root.sectors && !kernel_reads_root()) load_root(disk, root, kernel);
  start_info.magic = abi::hvm_start_magic;
  start_info.version = 1;
  start_info.command_line = address_of(command_line);
  enter_kernel(kernel.entry, &start_info);
}

}  // namespace lucid::loader

// What the compiler may call by itself.
extern "C" void* memset(void* to, int value, unsigned size) {
  void* at = to;
  asm volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(value) : "memory");
  return to;
}
extern "C" void* memcpy(void* to, const void* from, unsigned size) {
  void* at = to;
  asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size)::"memory");
  return to;
}
extern "C" int memcmp(const void* a, const void* b, unsigned size) {
  auto* x = static_cast<const unsigned char*>(a);
  auto* y = static_cast<const unsigned char*>(b);
  for (; size; size--, x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}
